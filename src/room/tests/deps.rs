//! What rooms of a pod work with, on the stores of a process that several pods may share.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::ready;

use super::super::remote::{Switchboard, Vitals};
use super::super::{Patience, RoomDeps, snapshot};
use crate::cluster::{
    Answer, BusMessage, Heartbeat, Inbox, LivingPod, MatchMade, MemoryBus, MemoryStore, Pods,
    Unavailable,
};
use crate::games::{Catalogue, Settings};
use crate::ids::PodId;
use crate::matchmaking::MemoryMatchmaking;
use crate::telemetry::Metrics;

/// Everything that pods share.
#[derive(Clone, Default)]
pub(crate) struct World {
    pub(crate) store: MemoryStore,
    pub(crate) pods: MemoryStore,
    pub(crate) matchmaking: MemoryMatchmaking,
    pub(crate) bus: MemoryBus,
    pub(crate) silent: Silent,
}

/// Pods that nobody hears any more, on the bus or by their heartbeat. They still reach the store.
pub(crate) type Silent = Arc<Mutex<HashSet<PodId>>>;

impl World {
    /// What the rooms of one more pod work with. To be called on a thread of actix.
    pub(crate) fn room_deps(&self, pod: PodId) -> RoomDeps {
        let catalogue = Arc::new(Catalogue::new(Settings::default()));
        let store = Arc::new(self.store.clone());
        let switchboard = Arc::new(Switchboard::new(catalogue));
        let inbox = Ear { pod, silent: self.silent.clone(), inbox: switchboard.clone() };
        switchboard.connect(Arc::new(self.bus.join(pod, Arc::new(inbox))));
        RoomDeps {
            host: pod,
            rooms: store.clone(),
            matchmaking: Arc::new(self.matchmaking.clone()),
            players: store,
            vitals: Vitals::new(Arc::new(self.heartbeats())),
            switchboard,
            format: snapshot::Format::default(),
            wake_recorder: Box::new(|| {}),
            note_begun: Box::new(|_| {}),
            patience: Patience::default(),
            metrics: Metrics::default(),
        }
    }

    pub(crate) fn heartbeats(&self) -> impl Pods + 'static {
        Heart { pods: self.pods.clone(), silent: self.silent.clone() }
    }

    pub(crate) fn silence(&self, pod: PodId) {
        self.silent.lock().unwrap().insert(pod);
    }
}

struct Ear {
    pod: PodId,
    silent: Silent,
    inbox: Arc<dyn Inbox>,
}

impl Inbox for Ear {
    fn receive(&self, from: PodId, message: BusMessage) {
        let cut = {
            let silent = self.silent.lock().unwrap();
            silent.contains(&self.pod) || silent.contains(&from)
        };
        if !cut {
            self.inbox.receive(from, message);
        }
    }

    fn announced(&self, made: MatchMade) {
        self.inbox.announced(made);
    }
}

struct Heart {
    pods: MemoryStore,
    silent: Silent,
}

impl Pods for Heart {
    fn beat(&self, heartbeat: Heartbeat) -> Answer<(), Unavailable> {
        if self.silent.lock().unwrap().contains(&heartbeat.pod) {
            return ready(Err(Unavailable("cut off".to_owned()))).boxed();
        }
        self.pods.beat(heartbeat)
    }

    fn age(&self, pod: PodId) -> Answer<Option<Duration>, Unavailable> {
        self.pods.age(pod)
    }

    fn living(&self) -> Answer<Vec<LivingPod>, Unavailable> {
        self.pods.living()
    }

    fn leave(&self, pod: PodId) -> Answer<(), Unavailable> {
        self.pods.leave(pod)
    }
}

/// What a pod says of itself.
pub(crate) fn heartbeat(pod: PodId) -> Heartbeat {
    let address = "127.0.0.1:0".to_owned();
    Heartbeat { pod, address, snapshots: snapshot::READABLE.to_vec(), bus: vec![1] }
}
