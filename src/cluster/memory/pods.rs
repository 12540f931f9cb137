//! Heartbeats in memory.

use std::collections::BTreeMap;

use tokio::time::Instant;

use crate::cluster::{Heartbeat, LivingPod, POD_LIFE};
use crate::ids::PodId;

/// The last heartbeat of each pod.
#[derive(Debug, Default)]
pub(super) struct Heartbeats {
    last: BTreeMap<PodId, (Heartbeat, Instant)>,
}

impl Heartbeats {
    pub(super) fn beat(&mut self, heartbeat: Heartbeat) {
        self.last.retain(|_, (_, at)| at.elapsed() < POD_LIFE);
        self.last.insert(heartbeat.pod, (heartbeat, Instant::now()));
    }

    pub(super) fn living(&self) -> Vec<LivingPod> {
        let living =
            |(said, at): &(Heartbeat, Instant)| LivingPod { said: said.clone(), age: at.elapsed() };
        self.last.values().map(living).filter(|pod| pod.age < POD_LIFE).collect()
    }

    pub(super) fn leave(&mut self, pod: PodId) {
        self.last.remove(&pod);
    }
}
