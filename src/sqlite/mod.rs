//! One SQLite file on a thread of its own.
//!
//! Whoever stores something in SQLite hands closures to a [`Database`]; its thread runs those that
//! wait together in one transaction and answers only after the commit. Nothing here knows what is
//! stored. No other code may open a connection, so that no caller ever blocks on the disk.

mod checkpoint;
mod job;
mod open;
#[cfg(test)]
mod tests;
mod thread;
mod values;

pub use open::OpenError;
pub(crate) use open::Schema;
pub(crate) use values::{Count, Id, Word};

use std::future::Future;
use std::path::Path;
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::oneshot;

use self::checkpoint::Checkpoints;
use self::job::{Job, job};
use self::thread::DatabaseThread;

/// Why there is no answer: too busy, too slow, closed, or what SQLite said. Unless it was too busy
/// or the transaction was refused, the work may or may not have been done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct NoAnswer(pub(crate) String);

/// How a database is run.
#[derive(Clone)]
pub(crate) struct Settings {
    /// The thread's name.
    pub(crate) name: &'static str,
    /// Calls that may wait; one more is refused at once.
    pub(crate) capacity: usize,
    /// Calls that share one transaction, at most.
    pub(crate) group: usize,
    /// How long a caller waits for its answer.
    pub(crate) deadline: Duration,
    /// How long the thread waits for a lock of another connection.
    pub(crate) busy: Duration,
    /// Run on the thread about once a second, busy or idle, in a transaction of its own: one
    /// bounded step of cleaning up.
    pub(crate) housekeeping: Option<Housekeeping>,
}

/// One bounded step of cleaning up.
pub(crate) type Housekeeping = Arc<dyn Fn(&Connection) -> rusqlite::Result<()> + Send + Sync>;

/// Whether a call changes anything: only then its transaction takes the file's write lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// It only asks.
    Read,
    /// It changes something.
    Write,
}

/// A handle to a SQLite file on a thread of its own. Cloning gives another handle; when the last is
/// dropped, what waits is still done, and the thread has ended when the drop returns.
#[derive(Clone, Debug)]
pub(crate) struct Database {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    /// `None` once closed. A lock, because closing takes it away from all handles.
    jobs: Mutex<Option<SyncSender<Box<dyn Job>>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    deadline: Duration,
}

impl Database {
    /// Opens or creates the file, brings its schema up to date and starts the thread.
    ///
    /// # Errors
    /// When the file can't be opened, is no database, or was written by a newer version.
    pub(crate) fn open(
        path: &Path,
        schema: &Schema,
        settings: Settings,
    ) -> Result<Self, OpenError> {
        let connection = schema.open(path, settings.busy)?;
        let checkpoints = Checkpoints::start(path, settings.name)?;
        let (jobs, waiting) = sync_channel(settings.capacity);
        let deadline = settings.deadline;
        let thread = std::thread::Builder::new()
            .name(settings.name.to_owned())
            .spawn(move || DatabaseThread::new(connection, settings, checkpoints).run(&waiting))
            .map_err(OpenError::Thread)?;
        let inner =
            Inner { jobs: Mutex::new(Some(jobs)), thread: Mutex::new(Some(thread)), deadline };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Runs `work` in a transaction, possibly with others, and answers after the commit.
    ///
    /// `work` is run again when a neighbour made the transaction fail; its changes of the first run
    /// have been rolled back then. An error of SQLite in it undoes all it has changed. A caller who
    /// stops waiting takes the work back, unless it has begun.
    pub(crate) fn call<T>(
        &self,
        access: Access,
        work: impl FnMut(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> impl Future<Output = Result<T, NoAnswer>> + Send + 'static
    where
        T: Send + 'static,
    {
        let inner = self.inner.clone();
        async move {
            let (reply, answer) = oneshot::channel();
            inner.send(job(access, work, reply))?;
            match tokio::time::timeout(inner.deadline, answer).await {
                Ok(Ok(result)) => result,
                Ok(Err(_)) => Err(NoAnswer("closed".to_owned())),
                Err(_) => Err(NoAnswer("no answer in time, the outcome is unknown".to_owned())),
            }
        }
    }

    /// Whether the thread is there: it ends when it is closed, or panics.
    pub(crate) fn is_running(&self) -> bool {
        let thread = self.inner.thread.lock().unwrap_or_else(PoisonError::into_inner);
        thread.as_ref().is_some_and(|thread| !thread.is_finished())
    }

    /// Finishes what waits and ends the thread. Calls made later get no answer. Blocks until then.
    pub(crate) fn close(&self) {
        self.inner.close();
    }
}

impl Inner {
    fn send(&self, job: Box<dyn Job>) -> Result<(), NoAnswer> {
        let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        let closed = || NoAnswer("closed".to_owned());
        jobs.as_ref().ok_or_else(closed)?.try_send(job).map_err(|refused| match refused {
            TrySendError::Full(_) => NoAnswer("too many calls wait".to_owned()),
            TrySendError::Disconnected(_) => closed(),
        })
    }

    fn close(&self) {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner).take();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread
            && thread.join().is_err()
        {
            tracing::error!("a database thread had panicked");
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.close();
    }
}
