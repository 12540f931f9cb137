//! What pods share about live games: the rooms store and the directory of players.
//!
//! Both are ports: small traits with an in-process side for one pod without a disk (tests,
//! simulations) and a SQLite side that survives the process. The same contract tests run against
//! every side. Whoever implements a port decides who hosts a room; actors only ask.

#[cfg(test)]
pub(crate) mod contract;
mod fencing;
mod memory;
mod players;
mod rooms;
mod sqlite;

pub use memory::MemoryStore;
pub use players::{Arrival, Players};
pub use rooms::{ClaimError, Claimed, Commit, CommitError, NewRoom, OpenRoom, Rooms, StoredRoom};
pub use sqlite::SqliteStore;

use fencing::{Held, Judged, KEEP_ENDED, KEEP_PLAYER, judge};
use futures_util::future::BoxFuture;

/// The answer of a port, on its way.
pub type Answer<T, E> = BoxFuture<'static, Result<T, E>>;

/// The store did not answer, or answered with an error: whether it did what was asked is unknown.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the store is not available: {0}")]
pub struct Unavailable(pub String);
