//! The thread that owns the connection: gathers calls, runs them in one transaction, answers.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode};

use super::checkpoint::Checkpoints;
use super::job::Job;
use super::{Access, NoAnswer, Settings};

/// How often housekeeping runs.
const HOUSEKEEPING_EVERY: Duration = Duration::from_secs(1);

/// The owner of the connection.
pub(super) struct DatabaseThread {
    connection: Connection,
    settings: Settings,
    checkpoints: Checkpoints,
    cleaned: Instant,
}

impl DatabaseThread {
    pub(super) fn new(
        connection: Connection,
        settings: Settings,
        checkpoints: Checkpoints,
    ) -> Self {
        Self { connection, settings, checkpoints, cleaned: Instant::now() }
    }

    /// Serves calls until every handle is gone and nothing waits.
    pub(super) fn run(mut self, waiting: &Receiver<Box<dyn Job>>) {
        let mut group = Vec::with_capacity(self.settings.group);
        loop {
            match waiting.recv_timeout(HOUSEKEEPING_EVERY) {
                Ok(first) => {
                    let others = waiting.try_iter().take(self.settings.group - 1);
                    let all = std::iter::once(first).chain(others);
                    group.extend(all.filter(|job| job.is_wanted()));
                    self.serve(&mut group);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            self.clean_up();
        }
        self.checkpoints.stop();
    }

    /// Runs a group in one transaction and answers it. When one of the group's own errors spoils
    /// the transaction, each is run alone instead, so that only the culprit is refused.
    fn serve(&mut self, group: &mut Vec<Box<dyn Job>>) {
        if group.is_empty() {
            return;
        }
        match self.transact(group) {
            Ok(()) => group.drain(..).for_each(Job::answer),
            Err(error) if group.len() == 1 || is_of_the_store(&error) => {
                let why = NoAnswer(error.to_string());
                tracing::warn!(%error, calls = group.len(), "a transaction failed");
                group.drain(..).for_each(|job| job.refuse(why.clone()));
            }
            Err(_) => {
                for job in std::mem::take(group) {
                    self.serve(&mut vec![job]);
                }
            }
        }
    }

    fn transact(&self, group: &mut [Box<dyn Job>]) -> rusqlite::Result<()> {
        let writes = group.iter().any(|job| job.access() == Access::Write);
        self.attempt(writes, |connection| group.iter_mut().try_for_each(|job| job.run(connection)))
    }

    /// One transaction: all of `work`, or nothing.
    fn attempt(
        &self,
        writes: bool,
        work: impl FnOnce(&Connection) -> rusqlite::Result<()>,
    ) -> rusqlite::Result<()> {
        let connection = &self.connection;
        let statement = |sql| connection.prepare_cached(sql)?.execute([]).map(drop);
        let done = statement(if writes { "BEGIN IMMEDIATE" } else { "BEGIN" })
            .and_then(|()| work(connection))
            .and_then(|()| statement("COMMIT"));
        // After some errors SQLite has rolled back by itself.
        if done.is_err()
            && !connection.is_autocommit()
            && let Err(error) = statement("ROLLBACK")
        {
            tracing::error!(%error, "a transaction could not be rolled back");
        }
        done
    }

    fn clean_up(&mut self) {
        let Some(step) = self.settings.housekeeping.clone() else { return };
        if self.cleaned.elapsed() < HOUSEKEEPING_EVERY {
            return;
        }
        self.cleaned = Instant::now();
        if let Err(error) = self.attempt(true, |connection| step(connection)) {
            tracing::warn!(%error, "housekeeping failed");
        }
    }
}

/// Whether an error is the file's or the machine's, so that trying each call alone is no use.
fn is_of_the_store(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(
            ErrorCode::DatabaseBusy
                | ErrorCode::DatabaseLocked
                | ErrorCode::OutOfMemory
                | ErrorCode::ReadOnly
                | ErrorCode::SystemIoFailure
                | ErrorCode::DatabaseCorrupt
                | ErrorCode::DiskFull
                | ErrorCode::CannotOpen
                | ErrorCode::FileLockingProtocolFailed
                | ErrorCode::NotADatabase
        )
    )
}
