//! Checkpoints: moving what was committed from the write-ahead log into the file.
//!
//! A checkpoint waits for the disk twice. On the database's thread that would stall every commit
//! behind it, so it has a connection and a thread of its own, and the database never does one. Even
//! so a busy disk makes commits wait meanwhile, so it is done when nobody commits, or rarely.

use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::Connection;

use super::OpenError;

/// How often the log is looked at.
const EVERY: Duration = Duration::from_secs(1);

/// How long starting the log afresh waits for a writer.
const BUSY: Duration = Duration::from_millis(50);

/// How long the log may grow, in bytes.
#[derive(Clone, Copy, Debug)]
struct Limits {
    /// With more than this to move, a checkpoint does not wait for a quiet moment.
    pending: i64,
    /// A longer log is started afresh, which holds commits up until the disk has stored its last
    /// pages. A shorter one starts afresh by itself when a checkpoint has caught up with it.
    log: i64,
}

const LIMITS: Limits = Limits { pending: 16 << 20, log: 64 << 20 };

/// The thread that makes checkpoints.
#[derive(Debug)]
pub(super) struct Checkpoints {
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
        let (stop, stopped) = sync_channel::<()>(0);
        let work = move || {
            let mut seen = Log::default();
            while stopped.recv_timeout(EVERY) == Err(RecvTimeoutError::Timeout) {
                match keep_short(&connection, seen, LIMITS) {
                    Ok(log) => seen = log,
                    Err(error) => tracing::warn!(%error, "a checkpoint failed"),
                }
            }
        };
        let thread = std::thread::Builder::new()
            .name(format!("{name}-wal"))
            .spawn(work)
            .map_err(OpenError::Thread)?;
        Ok(Self { stop, thread })
    }

    /// Ends the thread. A checkpoint under way is finished first.
    pub(super) fn stop(self) {
        drop(self.stop);
        if self.thread.join().is_err() {
            tracing::error!("a checkpoint thread had panicked");
        }
    }
}

/// The log, in pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Log {
    length: i64,
    /// Those that are in the file already.
    moved: i64,
}

/// Looks at the log and does what it needs. `seen` is the log at the last look.
fn keep_short(connection: &Connection, seen: Log, limits: Limits) -> rusqlite::Result<Log> {
    let page: i64 =
        connection.prepare_cached("PRAGMA page_size")?.query_row([], |row| row.get(0))?;
    let log = checkpoint(connection, "PRAGMA wal_checkpoint(NOOP)")?;
    let pending = log.length - log.moved;
    let is_quiet = log.length == seen.length;
    if pending > 0 && (is_quiet || pending * page > limits.pending) {
        checkpoint(connection, "PRAGMA wal_checkpoint(PASSIVE)")?;
    }
    if log.length * page > limits.log {
        checkpoint(connection, "PRAGMA wal_checkpoint(RESTART)")?;
    }
    Ok(log)
}

fn checkpoint(connection: &Connection, kind: &str) -> rusqlite::Result<Log> {
    connection
        .prepare_cached(kind)?
        .query_row([], |row| Ok(Log { length: row.get(1)?, moved: row.get(2)? }))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use tempfile::TempDir;

    use super::*;
    use crate::sqlite::Schema;

    const SCHEMA: Schema =
        Schema { page_size: 1024, steps: &["CREATE TABLE t (n INTEGER) STRICT"] };

    /// A database that is written, and a connection beside it.
    struct Written {
        writer: Connection,
        beside: Connection,
        path: PathBuf,
        _directory: TempDir,
    }

    fn written() -> Written {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("t.db");
        let writer = SCHEMA.open(&path, BUSY).unwrap();
        let beside = Connection::open(&path).unwrap();
        let written = Written { writer, beside, path, _directory: directory };
        written.insert(100);
        written
    }

    impl Written {
        fn insert(&self, times: i64) {
            for n in 0..times {
                self.writer.execute("INSERT INTO t VALUES (?1)", [n]).unwrap();
            }
        }

        fn keep_short(&self, seen: Log, limits: Limits) -> Log {
            keep_short(&self.beside, seen, limits).unwrap()
        }

        fn log(&self) -> Log {
            checkpoint(&self.beside, "PRAGMA wal_checkpoint(NOOP)").unwrap()
        }

        /// Rows in the file alone, without the log.
        fn in_the_file(&self) -> i64 {
            let copy = self.path.with_extension("copy");
            std::fs::copy(&self.path, &copy).unwrap();
            let copy = Connection::open(&copy).unwrap();
            copy.query_row("SELECT count(*) FROM t", [], |row| row.get(0)).unwrap_or(0)
        }
    }

    #[test]
    fn a_log_under_way_is_left_alone_until_it_is_quiet() {
        let written = written();
        let seen = written.keep_short(Log::default(), LIMITS);
        assert_eq!((seen.moved, written.in_the_file()), (0, 0));
        written.insert(1);
        let seen = written.keep_short(seen, LIMITS);
        assert_eq!((written.log().moved, written.in_the_file()), (0, 0));
        written.keep_short(seen, LIMITS);
        assert_eq!((written.log().moved, written.in_the_file()), (seen.length, 101));
    }

    #[test]
    fn a_log_with_too_much_to_move_is_not_waited_for() {
        let written = written();
        written.keep_short(Log::default(), Limits { pending: 50 * 1024, ..LIMITS });
        assert_eq!(written.in_the_file(), 100);
    }

    #[test]
    fn a_log_that_is_too_long_is_started_afresh() {
        let written = written();
        written.keep_short(Log::default(), Limits { log: 50 * 1024, ..LIMITS });
        written.insert(1);
        assert!(written.log().length < 10);
    }

    #[test]
    fn a_writer_in_the_middle_of_something_only_puts_the_fresh_start_off() {
        let written = written();
        written.writer.execute_batch("BEGIN IMMEDIATE").unwrap();
        written.keep_short(Log::default(), Limits { pending: 0, log: 0 });
        written.insert(1);
        written.writer.execute_batch("COMMIT").unwrap();
        written.keep_short(written.log(), LIMITS);
        assert_eq!(written.in_the_file(), 101);
    }
}
