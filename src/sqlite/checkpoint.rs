//! Checkpoints: moving what was committed from the write-ahead log into the file.
//!
//! A checkpoint waits for the disk twice. On the database's thread that would stall every commit
//! behind it, so it has a connection and a thread of its own, and the database never does one.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::Connection;

use super::OpenError;

/// How often the log is looked at, while there are commits.
const EVERY: Duration = Duration::from_secs(1);

/// A log of more bytes than this is started afresh, which holds commits up for as long as the disk
/// takes to store the last few pages. Below that only what can be done beside commits is done: at a
/// quiet moment the log starts afresh by itself.
const RESTART_ABOVE: i64 = 32 << 20;

/// How long starting afresh waits for a writer.
const BUSY: Duration = Duration::from_millis(50);

/// The thread that makes checkpoints.
#[derive(Debug)]
pub(super) struct Checkpoints {
    dirty: Arc<AtomicBool>,
    /// Dropped to end the thread.
    stop: SyncSender<()>,
    thread: JoinHandle<()>,
}

impl Checkpoints {
    /// Starts the thread for a file that has been set up already.
    pub(super) fn start(path: &Path, name: &str) -> Result<Self, OpenError> {
        let connection = Connection::open(path)
            .and_then(|connection| {
                connection.busy_timeout(BUSY)?;
                connection.pragma_update(None, "synchronous", "NORMAL")?;
                Ok(connection)
            })
            .map_err(|source| OpenError::Sqlite { path: path.to_owned(), source })?;
        let dirty = Arc::new(AtomicBool::new(false));
        let (stop, stopped) = sync_channel::<()>(0);
        let work = {
            let dirty = dirty.clone();
            move || {
                while stopped.recv_timeout(EVERY) == Err(RecvTimeoutError::Timeout) {
                    if dirty.swap(false, Ordering::Relaxed) {
                        checkpoint(&connection);
                    }
                }
            }
        };
        let thread = std::thread::Builder::new()
            .name(format!("{name}-wal"))
            .spawn(work)
            .map_err(OpenError::Thread)?;
        Ok(Self { dirty, stop, thread })
    }

    /// Something was committed.
    pub(super) fn written(&self) {
        self.dirty.store(true, Ordering::Relaxed);
    }

    /// Ends the thread. A checkpoint under way is finished first.
    pub(super) fn stop(self) {
        drop(self.stop);
        if self.thread.join().is_err() {
            tracing::error!("a checkpoint thread had panicked");
        }
    }
}

fn checkpoint(connection: &Connection) {
    let done = run(connection, "PRAGMA wal_checkpoint(PASSIVE)").and_then(|pages| {
        let page: i64 = connection.pragma_query_value(None, "page_size", |row| row.get(0))?;
        if pages * page > RESTART_ABOVE {
            return run(connection, "PRAGMA wal_checkpoint(RESTART)").map(drop);
        }
        Ok(())
    });
    if let Err(error) = done {
        tracing::warn!(%error, "a checkpoint failed");
    }
}

/// Runs a checkpoint; the answer is the length of the log in pages.
fn run(connection: &Connection, pragma: &str) -> rusqlite::Result<i64> {
    connection.prepare_cached(pragma)?.query_row([], |row| row.get(1))
}
