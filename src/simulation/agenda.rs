//! What is yet to happen, in the order in which it will: the network and the stores of a simulation.
//!
//! Not timers of the runtime: two of those that ring at the same moment ring in no order that is
//! promised, and here everything must happen in the same order each time.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::Duration;

use tokio::time::Instant;

use crate::swarm::simulated::Heard;

/// Something that happens.
pub(super) enum Event {
    /// Whatever it does.
    Deed(Box<dyn FnOnce() + Send>),
    /// A connection of a client says something to it.
    ToClient {
        /// Which client.
        client: usize,
        /// Which of its connections.
        connection: u64,
        /// What.
        heard: Heard,
    },
    /// A client's attempt at a connection arrives at a pod.
    Knock {
        /// Which client.
        client: usize,
        /// Which of its connections.
        connection: u64,
    },
    /// Something goes wrong, or right.
    Turn(Turn),
}

/// What happens to pods. Each pod is named by its place and by how often one was started there.
#[derive(Clone, Copy, Debug)]
pub(super) enum Turn {
    /// The next blow is due.
    Blow,
    /// A pod starts.
    Start(usize),
    /// A pod is asked to drain.
    Drain(usize),
    /// A pod that was frozen goes on.
    Thaw(usize, u32),
    /// A pod has drained.
    Drained(usize, u32),
    /// A machine that lost its power answers again, if only to say that it knows of nothing.
    Reset {
        /// Which client is told.
        client: usize,
        /// On which of its connections.
        connection: u64,
    },
}

/// What is yet to happen. Cloning gives another handle to the same agenda.
#[derive(Clone, Default)]
pub(super) struct Agenda {
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    events: BTreeMap<(Instant, u64), Event>,
    last: u64,
    waker: Option<Waker>,
}

impl Agenda {
    /// Puts something on it, after what is there for the same moment.
    pub(super) fn put(&self, at: Instant, event: Event) {
        let mut state = self.lock();
        state.last += 1;
        let place = (at, state.last);
        state.events.insert(place, event);
        if let Some(waker) = state.waker.take() {
            waker.wake();
        }
    }

    /// Something to be done at a moment.
    pub(super) fn at(&self, at: Instant, deed: impl FnOnce() + Send + 'static) {
        self.put(at, Event::Deed(Box::new(deed)));
    }

    /// Something to be done after a while.
    pub(super) fn after(&self, delay: Duration, deed: impl FnOnce() + Send + 'static) {
        self.at(Instant::now() + delay, deed);
    }

    /// Takes what is due.
    pub(super) fn take_due(&self, now: Instant) -> Option<Event> {
        let mut state = self.lock();
        let first = state.events.first_entry()?;
        (first.key().0 <= now).then(|| first.remove())
    }

    /// When something is due next.
    pub(super) fn next(&self) -> Option<Instant> {
        self.lock().events.first_key_value().map(|((at, _), _)| *at)
    }

    /// Whom to wake when something is put on it; nobody while its owner is at work.
    pub(super) fn wake(&self, waker: Option<Waker>) {
        self.lock().waker = waker;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
