//! The limit of connections of one client address over all pods.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval, timeout};

use super::places::{Place, Places};
use crate::cluster::{AtDoor, DOORS_BELIEVED, Doors};
use crate::ids::PodId;

/// How long a client waits for the answer of the store. Without one it is let in: the limit of this pod
/// holds all the same.
const PATIENCE: Duration = Duration::from_millis(100);
/// How much wider the limit over all pods is than that of one.
const WIDER: u32 = 2;
/// Of an address that holds less than this part of what one pod allows the others are not told.
const FEW: u32 = 8;

/// Asks the other pods' counts, when there are other pods.
#[derive(Clone)]
pub struct SharedDoors {
    pod: PodId,
    doors: Arc<dyn Doors>,
}

impl SharedDoors {
    /// As this pod.
    pub fn new(pod: PodId, doors: Arc<dyn Doors>) -> Self {
        Self { pod, doors }
    }

    /// Whether the address that has just taken this place may keep it, of so many at one pod.
    pub(super) async fn admits(&self, place: &Place, limit: u32) -> bool {
        let here = place.at_door();
        let connections = here.connections;
        match timeout(PATIENCE, self.doors.enter(self.pod, here)).await {
            Ok(Ok(elsewhere)) => {
                connections.saturating_add(elsewhere) <= limit.saturating_mul(WIDER)
            }
            Ok(Err(error)) => {
                tracing::debug!(%error, "connections at other pods are not known");
                true
            }
            Err(_) => true,
        }
    }

    /// Says again and again what this pod holds, for as long as the process lives.
    pub(super) async fn tell(self, places: Places, limit: u32) {
        let mut told: HashSet<String> = HashSet::new();
        let mut again = interval(DOORS_BELIEVED / 3);
        again.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            again.tick().await;
            // Who holds few here is too far from any limit to be told of.
            let mut held = places.all();
            held.retain(|held| held.connections.saturating_mul(FEW) >= limit);
            let now: HashSet<String> = held.iter().map(|held| held.address.clone()).collect();
            // Those that have gone since hold none.
            held.extend(
                told.difference(&now).map(|gone| AtDoor { address: gone.clone(), connections: 0 }),
            );
            match self.doors.hold(self.pod, held).await {
                Ok(()) => told = now,
                Err(error) => {
                    tracing::debug!(%error, "other pods do not hear of connections here");
                    told.extend(now);
                }
            }
        }
    }
}
