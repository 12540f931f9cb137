//! Opening a file: its settings, and its schema by version.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, Transaction, TransactionBehavior};

/// Prepared statements kept for reuse; more than any store here has.
const STATEMENTS: usize = 64;

/// How often switching a new file to the write-ahead log is tried: several processes may open the
/// same new file, and SQLite does not always wait for the others then.
const WAL_TRIES: u32 = 50;

/// Why a database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file was written by a newer version of this program.
    #[error("{} has schema {found}, this version knows {known} at most", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: usize,
        /// The newest schema known here.
        known: usize,
    },
    /// SQLite refused the file.
    #[error("{} cannot be opened", path.display())]
    Sqlite {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        source: rusqlite::Error,
    },
    /// The database's thread could not be started.
    #[error("a thread for the database cannot be started")]
    Thread(#[source] io::Error),
}

/// What a file looks like inside.
pub(crate) struct Schema {
    /// The size of a page in bytes, for a new file.
    pub(crate) page_size: u32,
    /// The script that leads from each version to the next, from an empty file on. Never changed
    /// once released, only added to.
    pub(crate) steps: &'static [&'static str],
}

impl Schema {
    /// Opens or creates a file with this schema.
    pub(super) fn open(&self, path: &Path, busy: Duration) -> Result<Connection, OpenError> {
        let refused = |source| OpenError::Sqlite { path: path.to_owned(), source };
        let mut connection = Connection::open(path).map_err(refused)?;
        self.configure(&connection, busy).map_err(refused)?;
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(refused)?;
        let found = version(&transaction).map_err(refused)?;
        let known = self.steps.len();
        if found > known {
            return Err(OpenError::Newer { path: path.to_owned(), found, known });
        }
        for step in &self.steps[found..] {
            transaction.execute_batch(step).map_err(refused)?;
        }
        if found < known {
            transaction.pragma_update(None, "user_version", known as i64).map_err(refused)?;
        }
        transaction.commit().map_err(refused)?;
        Ok(connection)
    }

    fn configure(&self, connection: &Connection, busy: Duration) -> rusqlite::Result<()> {
        connection.busy_timeout(busy)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        connection.pragma_update(None, "page_size", self.page_size)?;
        switch_to_wal(connection)?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        // Checkpoints have a thread of their own.
        connection.pragma_update(None, "wal_autocheckpoint", 0)
    }
}

fn version(connection: &Transaction<'_>) -> rusqlite::Result<usize> {
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    // A negative version is nothing this program wrote: as unreadable as one from the future.
    Ok(usize::try_from(version).unwrap_or(usize::MAX))
}

fn switch_to_wal(connection: &Connection) -> rusqlite::Result<()> {
    let mut tries = 0;
    loop {
        let busy = match connection.pragma_update(None, "journal_mode", "WAL") {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => error,
            done => return done,
        };
        tries += 1;
        if tries == WAL_TRIES {
            return Err(busy);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}
