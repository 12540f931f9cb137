//! The stores against real servers. Ignored where none shall be started: `scripts/test` runs them
//! with `cargo test --lib -- --ignored valkey::`.

mod clocks;
pub(crate) mod cluster;
mod doors;
mod failover;
mod foreign;
mod lifetimes;
mod lost_reply;
mod measure;
mod open;
mod outages;
pub(crate) mod proxy;
mod recorders;
mod replicas;
pub(crate) mod servers;
pub(crate) mod sides;
mod starting;

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::ValkeyStore;
use crate::cluster::contract::{commit, new_room};
use crate::cluster::{CommitError, Rooms};
use crate::ids::{PodId, RoomId};

/// Longer than anything takes that is not broken.
const PATIENCE: Duration = Duration::from_secs(20);

/// A host that commits one version after the other.
struct Host {
    store: ValkeyStore,
    room: RoomId,
    pod: PodId,
    version: u64,
}

impl Host {
    async fn of(store: &ValkeyStore) -> Self {
        Self::of_room(store, |_| true).await
    }

    /// Of a room whose id is wanted.
    async fn of_room(store: &ValkeyStore, wanted: impl Fn(RoomId) -> bool) -> Self {
        let (store, pod) = (store.clone(), PodId::random());
        let mut new = new_room(pod);
        while !wanted(new.id) {
            new.id = RoomId::random();
        }
        let room = new.id;
        assert!(store.found(new).await.unwrap());
        Self { store, room, pod, version: 1 }
    }

    /// Tries to commit the next version.
    async fn commit(&mut self) -> Result<u64, CommitError> {
        self.version += 1;
        let next = commit(self.room, self.pod, 1, self.version);
        self.store.commit(next).await.map(|()| self.version)
    }

    /// Commits until one is taken; how long that took.
    async fn commit_until_taken(&mut self) -> Duration {
        let began = Instant::now();
        while let Err(error) = self.commit().await {
            assert!(matches!(error, CommitError::Unavailable(_)), "{error}");
            assert!(began.elapsed() < PATIENCE, "{error}");
            sleep(Duration::from_millis(20)).await;
        }
        began.elapsed()
    }

    async fn stored_version(&self) -> u64 {
        self.store.load(self.room).await.unwrap().unwrap().version.0
    }
}
