//! Finished games: what is recorded of them, where, and who reads it.
//!
//! A finished game goes to the [`Outbox`] in the commit that ends it. The recorder takes it from
//! there and writes it to the [`Results`], in one transaction that is refused if the game is there
//! already; refused means recorded, and is fine. So a crash at any moment records it exactly once.

#[cfg(test)]
pub(crate) mod contract;
mod cursor;
mod finished;
mod outbox;
mod ports;
mod recorder;
mod sqlite;

pub use finished::{FinishedGame, FinishedSeat};
pub use outbox::{Outbox, OutboxEntry, OutboxId, RECORD_FORMAT};
pub use ports::{
    Board, HistoryEntry, HistoryPage, LeaderboardPage, Outcome, PlayerProfile, Ranked, Recorded,
    Results, ResultsError, Totals,
};
pub use recorder::{Recorder, RecorderHandle, RecorderPorts, RecorderSettings};
pub use sqlite::SqliteResults;
