//! What pods share about live games: the rooms store, the directory of players, the heartbeats of
//! pods and the bus between them.
//!
//! All are ports: small traits with an in-process side for one pod without a disk (tests,
//! simulations), a SQLite side that survives the process, and a Valkey side that many pods share. The
//! same contract tests run against every side. Whoever implements a port decides who hosts a room; actors only ask.

mod bus;
#[cfg(test)]
pub(crate) mod contract;
mod doors;
mod fencing;
mod memory;
mod players;
mod pods;
mod rooms;
mod sign_outs;
mod sqlite;
pub(crate) mod valkey;

pub use bus::{BUS_FORMAT, BUS_READABLE, Bus, BusMessage, Inbox, MatchMade, Progress};
pub use doors::{AtDoor, DOORS_BELIEVED, Doors};
pub use memory::{MemoryBus, MemoryStore};
pub use players::{Arrival, Players};
pub use pods::{Heartbeat, LivingPod, POD_LIFE, Pods};
pub use rooms::{ClaimError, Claimed, Commit, CommitError, NewRoom, OpenRoom, Rooms, StoredRoom};
pub use sign_outs::{NewSignOuts, SIGN_OUTS_AT_ONCE, SignOut, SignOuts};
pub use sqlite::SqliteStore;
pub use valkey::{
    BadValkeyUrl, Envelope, Look, OutboxStatus, Unreadable, Valkey, ValkeyBus, ValkeyError,
    ValkeySettings, ValkeyStore,
};

use fencing::{Held, Judged, KEEP_ENDED, KEEP_PLAYER, judge};
use futures_util::future::BoxFuture;

/// The answer of a port, on its way.
pub type Answer<T, E> = BoxFuture<'static, Result<T, E>>;

/// The store did not answer, or answered with an error: whether it did what was asked is unknown.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the store is not available: {0}")]
pub struct Unavailable(pub String);
