//! One call to the database: its work, and who waits for the answer.

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::{Access, NoAnswer};

/// A call that waits for its turn. It is run inside a transaction and answered after the commit.
pub(super) trait Job: Send {
    /// Whether it changes anything.
    fn access(&self) -> Access;
    /// Whether anybody still waits for the answer.
    fn is_wanted(&self) -> bool;
    /// Does the work and keeps the result. Run again, it starts afresh.
    fn run(&mut self, connection: &Connection) -> rusqlite::Result<()>;
    /// Sends the kept result.
    fn answer(self: Box<Self>);
    /// Sends that there is none.
    fn refuse(self: Box<Self>, why: NoAnswer);
}

struct Call<T, W> {
    access: Access,
    work: W,
    result: Option<T>,
    reply: oneshot::Sender<Result<T, NoAnswer>>,
}

/// Wraps work whose result goes to `reply`.
pub(super) fn job<T, W>(
    access: Access,
    work: W,
    reply: oneshot::Sender<Result<T, NoAnswer>>,
) -> Box<dyn Job>
where
    T: Send + 'static,
    W: FnMut(&Connection) -> rusqlite::Result<T> + Send + 'static,
{
    Box::new(Call { access, work, result: None, reply })
}

impl<T, W> Job for Call<T, W>
where
    T: Send,
    W: FnMut(&Connection) -> rusqlite::Result<T> + Send,
{
    fn access(&self) -> Access {
        self.access
    }

    fn is_wanted(&self) -> bool {
        !self.reply.is_closed()
    }

    fn run(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        self.result = None;
        self.result = Some((self.work)(connection)?);
        Ok(())
    }

    fn answer(self: Box<Self>) {
        // Whoever asked may have stopped waiting: then nobody needs the answer.
        if let Some(result) = self.result {
            drop(self.reply.send(Ok(result)));
        }
    }

    fn refuse(self: Box<Self>, why: NoAnswer) {
        drop(self.reply.send(Err(why)));
    }
}
