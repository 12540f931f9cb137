//! The outbox: the port through which finished games reach the recorder.

use crate::cluster::{Answer, Unavailable};

/// An entry's place in the outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OutboxId(pub u64);

/// A finished game that waits to be recorded.
#[derive(Clone, Debug)]
pub struct OutboxEntry {
    /// Its place.
    pub id: OutboxId,
    /// The record, as JSON of a [`FinishedGame`](super::FinishedGame). It is parsed by the
    /// recorder, so that one that cannot be read does not stop those behind it.
    pub record: String,
    /// How often it has been taken before.
    pub tries: u32,
}

/// The outbox. An entry stays until it is done or set aside.
pub trait Outbox: Send + Sync {
    /// The oldest entries, at most `limit`; counts one more try for each.
    fn take(&self, limit: usize) -> Answer<Vec<OutboxEntry>, Unavailable>;

    /// Removes an entry that has been recorded.
    fn done(&self, id: OutboxId) -> Answer<(), Unavailable>;

    /// Puts an entry where it is kept but not taken again.
    fn set_aside(&self, id: OutboxId, why: String) -> Answer<(), Unavailable>;
}
