//! Finished games: what is recorded of them, where, and who reads it.
//!
//! A finished game goes to the [`Outbox`] in the commit that ends it. The recorder takes it from
//! there and writes it to the [`Results`], in one transaction that is refused if the game is there
//! already; refused means recorded, and is fine. So a crash at any moment records it exactly once.

#[cfg(test)]
pub(crate) mod contract;
mod cursor;
mod dynamodb;
mod finished;
mod outbox;
mod ports;
mod recorder;
mod sqlite;

#[cfg(test)]
pub(crate) use dynamodb::tests::moto::{endpoint as aws_for_tests, results as dynamodb_for_tests};
pub use dynamodb::{DynamoError, DynamoResults, DynamoSettings};
pub use finished::{FinishedGame, FinishedSeat};
pub use outbox::{
    BadOutboxId, DeadLetters, Outbox, OutboxEntry, OutboxId, RECORD_FORMAT, SetAside,
};
pub use ports::{
    HistoryEntry, HistoryPage, Outcome, PlayerProfile, Recorded, Results, ResultsError, Totals,
};
pub use recorder::{Recorder, RecorderHandle, RecorderPorts, RecorderSettings};
pub use sqlite::SqliteResults;
