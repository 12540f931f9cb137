//! The heartbeats of pods: the port that says which pods live, and how long ago each was heard.
//!
//! An old heartbeat alone proves nothing: it makes a pod suspect, and the fencing of the rooms store
//! makes a wrong suspicion harmless.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Answer, Unavailable};
use crate::ids::PodId;

/// What a pod says of itself with each heartbeat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heartbeat {
    /// The pod.
    pub pod: PodId,
    /// Where it listens, for operators.
    pub address: String,
    /// The formats of snapshots that it reads.
    pub snapshots: Vec<u32>,
    /// The formats of bus messages that it reads.
    pub bus: Vec<u32>,
}

/// A pod that has been heard of within [`POD_LIFE`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LivingPod {
    /// What it said.
    pub said: Heartbeat,
    /// How long ago, on the store's clock.
    pub age: Duration,
}

/// How long a heartbeat is kept without being renewed.
pub const POD_LIFE: Duration = Duration::from_secs(3);

/// The heartbeats of pods.
pub trait Pods: Send + Sync {
    /// Renews this pod's heartbeat.
    fn beat(&self, heartbeat: Heartbeat) -> Answer<(), Unavailable>;

    /// How long ago a pod was last heard, on the store's clock; `None` after [`POD_LIFE`] and for a
    /// pod that has left.
    fn age(&self, pod: PodId) -> Answer<Option<Duration>, Unavailable>;

    /// Every pod that lives.
    fn living(&self) -> Answer<Vec<LivingPod>, Unavailable>;

    /// This pod stops: nobody need wait for its heartbeat to grow old.
    fn leave(&self, pod: PodId) -> Answer<(), Unavailable>;
}
