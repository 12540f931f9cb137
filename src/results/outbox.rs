//! The outbox: the port through which finished games reach the recorder.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::ready;

use crate::cluster::{Answer, Unavailable};
use crate::ids::RoomId;

/// The format of the records that this version writes, and the only one that it reads.
pub const RECORD_FORMAT: u32 = 1;

/// An entry's place in the outbox. Older entries have smaller ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OutboxId {
    at: u64,
    number: u64,
    partition: u8,
}

impl OutboxId {
    /// The place of an entry in an outbox that numbers its entries.
    pub(crate) fn numbered(number: u64) -> Self {
        Self { at: 0, number, partition: 0 }
    }

    /// The place of an entry in one of several streams: when it came, on the store's clock in
    /// milliseconds, and its number among those that came with it.
    pub(crate) fn in_stream(partition: u8, at: u64, number: u64) -> Self {
        Self { at, number, partition }
    }

    pub(crate) fn partition(self) -> u8 {
        self.partition
    }

    pub(crate) fn at(self) -> u64 {
        self.at
    }

    pub(crate) fn number(self) -> u64 {
        self.number
    }
}

impl fmt::Display for OutboxId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}-{}", self.partition, self.at, self.number)
    }
}

/// The text is not the place of an entry.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is not the place of an entry, such as 3:1764430000000-0")]
pub struct BadOutboxId;

impl FromStr for OutboxId {
    type Err = BadOutboxId;

    fn from_str(text: &str) -> Result<Self, BadOutboxId> {
        let (partition, place) = text.split_once(':').ok_or(BadOutboxId)?;
        let (at, number) = place.split_once('-').ok_or(BadOutboxId)?;
        let parts = (partition.parse(), at.parse(), number.parse());
        let (Ok(partition), Ok(at), Ok(number)) = parts else { return Err(BadOutboxId) };
        Ok(Self { at, number, partition })
    }
}

/// A finished game that waits to be recorded.
#[derive(Clone, Debug)]
pub struct OutboxEntry {
    /// Its place.
    pub id: OutboxId,
    /// The record, as JSON of a [`FinishedGame`](super::FinishedGame). It is parsed by the
    /// recorder, so that one that cannot be read does not stop those behind it.
    pub record: String,
    /// The format of the record. Another than [`RECORD_FORMAT`] is for pods that can read it.
    pub format: u32,
    /// How often it has been taken before.
    pub tries: u32,
    /// How long it has waited, on the store's clock. `None` in a store that only one pod uses:
    /// there is nobody else who might read what this one cannot.
    pub age: Option<Duration>,
}

/// The outbox. An entry stays until it is done or set aside.
pub trait Outbox: Send + Sync {
    /// The oldest entries, at most `limit`; counts one more try for each.
    fn take(&self, limit: usize) -> Answer<Vec<OutboxEntry>, Unavailable>;

    /// Removes an entry that has been recorded.
    fn done(&self, id: OutboxId) -> Answer<(), Unavailable>;

    /// Leaves entries that were taken to other recorders, if there are any; else they are taken
    /// again. Counts no try.
    fn leave_to_others(&self, _ids: Vec<OutboxId>) -> Answer<(), Unavailable> {
        ready(Ok(())).boxed()
    }

    /// Puts an entry where it is kept but not taken again.
    fn set_aside(&self, id: OutboxId, why: String) -> Answer<(), Unavailable>;

    /// Whether the result of a room waits here, or was set aside.
    fn holds(&self, room: RoomId) -> Answer<bool, Unavailable>;
}

/// An entry that was set aside.
#[derive(Clone, Debug)]
pub struct SetAside {
    /// Its place among those set aside.
    pub id: OutboxId,
    /// The record, as it was found.
    pub record: String,
    /// The format of the record.
    pub format: u32,
    /// Why nobody could record it.
    pub why: String,
    /// How long ago it was set aside, on the store's clock.
    pub age: Duration,
}

/// What was set aside: the outbox's dead letters. For operators; no server looks at them.
pub trait DeadLetters: Send + Sync {
    /// Some of them from the place after one on, the oldest first.
    fn list(&self, after: Option<OutboxId>, limit: usize) -> Answer<Vec<SetAside>, Unavailable>;

    /// Puts one back into the outbox as if it were new. `false`: it is not there.
    fn put_back(&self, id: OutboxId) -> Answer<bool, Unavailable>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_as_it_is_written() {
        for id in [OutboxId::numbered(7), OutboxId::in_stream(15, 1_764_430_000_000, 3)] {
            assert_eq!(id.to_string().parse(), Ok(id));
        }
        for text in ["", "7", "1:2", "1-2", "256:1-1", "1:-1-1", "1:1-x", "1:1-1-1"] {
            assert_eq!(text.parse::<OutboxId>(), Err(BadOutboxId), "{text}");
        }
    }
}
