//! How many connections each client address holds over all pods: the port that adds them up.
//!
//! A pod counts its own connections exactly. What the others hold is known as of the last few seconds, and
//! a pod that died is counted a while longer, so the limit over all pods is wider than that of one: whoever
//! has lost a pod must get in elsewhere at once.

use std::time::Duration;

use super::{Answer, Unavailable};
use crate::ids::PodId;

/// What a pod has said is believed for so long. Each says all of it again three times in this.
pub const DOORS_BELIEVED: Duration = Duration::from_secs(30);

/// The connections of one address at one pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AtDoor {
    /// The address, or the network that counts as one.
    pub address: String,
    /// How many.
    pub connections: u32,
}

/// Adds up connections by address.
pub trait Doors: Send + Sync {
    /// Says how many an address holds at this pod now, and asks how many it holds at the others.
    fn enter(&self, pod: PodId, held: AtDoor) -> Answer<u32, Unavailable>;

    /// Says how many these addresses hold at this pod now.
    fn hold(&self, pod: PodId, held: Vec<AtDoor>) -> Answer<(), Unavailable>;
}
