//! The bus within one process: what one pod sends is in the other's inbox at once.
//!
//! For one pod alone, which only announces to itself, and for tests with several pods.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::cluster::{Bus, BusMessage, Inbox, MatchMade};
use crate::ids::PodId;

type Inboxes = BTreeMap<PodId, Arc<dyn Inbox>>;

/// A bus within one process. Cloning gives another handle to the same bus.
#[derive(Clone, Default)]
pub struct MemoryBus {
    inboxes: Arc<Mutex<Inboxes>>,
}

impl MemoryBus {
    /// A bus that nobody is on.
    pub fn new() -> Self {
        Self::default()
    }

    /// The bus as this pod sees it. What others send arrives in this inbox from now on.
    pub fn join(&self, pod: PodId, inbox: Arc<dyn Inbox>) -> impl Bus + 'static {
        self.lock().insert(pod, inbox);
        Joined { bus: self.clone(), pod }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inboxes> {
        // Nothing that can panic happens under the lock.
        self.inboxes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Joined {
    bus: MemoryBus,
    pod: PodId,
}

impl Bus for Joined {
    fn send(&self, to: PodId, message: BusMessage) {
        let inbox = self.bus.lock().get(&to).cloned();
        if let Some(inbox) = inbox {
            inbox.receive(self.pod, message);
        }
    }

    fn announce(&self, made: MatchMade) {
        let inboxes: Vec<_> = self.bus.lock().values().cloned().collect();
        for inbox in inboxes {
            inbox.announced(made.clone());
        }
    }
}
