//! The stores of one process on disk: rooms, directory of players and outbox in one SQLite file.
//!
//! What was answered survives the process (`kill -9`), not the power: the write-ahead log is written
//! at every commit and forced to the disk at checkpoints. The file belongs to one process; the lock
//! on the data directory sees to that. Calls that wait together share one transaction.

mod outbox;
mod players;
mod rooms;
mod schema;
mod sign_outs;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use rusqlite::Connection;

use super::{
    Answer, Arrival, ClaimError, Claimed, Commit, CommitError, KEEP_ENDED, KEEP_PLAYER, NewRoom,
    NewSignOuts, OpenRoom, Players, Rooms, SignOut, SignOuts, StoredRoom, Unavailable,
};
use crate::ids::{Epoch, Generation, PlayerId, PodId, RoomId};
use crate::results::{DeadLetters, Outbox, OutboxEntry, OutboxId, SetAside};
use crate::sqlite::{Access, Database, NoAnswer, OpenError, Settings};
use crate::wall_clock;

/// Milliseconds since 1970, from wherever time comes.
pub(super) type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// The stores of one process on disk. Not for a paused clock: answers come from another thread, and
/// a paused clock runs on to the calls' deadline while it waits for them.
///
/// Cloning gives another handle to the same file; when the last one is dropped, what waits is
/// written, and the file is closed when the drop returns.
#[derive(Clone)]
pub struct SqliteStore {
    database: Database,
    clock: Clock,
}

impl SqliteStore {
    /// Opens the stores in this file, which is made if it is not there.
    ///
    /// # Errors
    /// When the file can't be opened, is no database, or was written by a newer version.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        Self::open_with(path.as_ref(), settings(), Arc::new(now))
    }

    fn open_with(path: &Path, settings: Settings, clock: Clock) -> Result<Self, OpenError> {
        let now = clock.clone();
        let housekeeping = move |connection: &Connection| {
            rooms::forget_ended(connection, before(now(), KEEP_ENDED))?;
            players::forget_untouched(connection, before(now(), KEEP_PLAYER))
        };
        let settings = Settings { housekeeping: Some(Arc::new(housekeeping)), ..settings };
        Ok(Self { database: Database::open(path, &schema::SCHEMA, settings)?, clock })
    }

    /// Whether calls are answered: the file is open and its thread has not panicked.
    pub fn is_running(&self) -> bool {
        self.database.is_running()
    }

    /// Writes what waits and closes the file. Later calls are answered `Unavailable`. Blocks until
    /// it is closed.
    pub fn close(&self) {
        self.database.close();
    }

    /// Every room that has not ended, with who sits in it.
    pub fn open_rooms(&self) -> Answer<Vec<OpenRoom>, Unavailable> {
        self.ask(Access::Read, |connection, _| rooms::open(connection))
    }

    /// A call whose answer is a success, or that the store is not available.
    fn ask<T>(
        &self,
        access: Access,
        work: impl FnMut(&Connection, i64) -> rusqlite::Result<T> + Send + 'static,
    ) -> Answer<T, Unavailable>
    where
        T: Send + 'static,
    {
        let answer = self.call(access, work);
        async move { answer.await.map_err(unavailable) }.boxed()
    }

    /// A call that may be refused: the store then has answered, and nothing has changed.
    fn try_ask<T, E>(
        &self,
        access: Access,
        work: impl FnMut(&Connection, i64) -> rusqlite::Result<Result<T, E>> + Send + 'static,
    ) -> Answer<T, E>
    where
        T: Send + 'static,
        E: From<Unavailable> + Send + 'static,
    {
        let answer = self.call(access, work);
        async move { answer.await.map_err(unavailable)? }.boxed()
    }

    fn call<T>(
        &self,
        access: Access,
        mut work: impl FnMut(&Connection, i64) -> rusqlite::Result<T> + Send + 'static,
    ) -> impl Future<Output = Result<T, NoAnswer>> + Send + 'static
    where
        T: Send + 'static,
    {
        let clock = self.clock.clone();
        self.database.call(access, move |connection| work(connection, clock()))
    }
}

fn settings() -> Settings {
    Settings {
        name: "rooms-store",
        capacity: 8192,
        group: 512,
        deadline: Duration::from_secs(2),
        busy: Duration::from_millis(500),
        housekeeping: None,
    }
}

fn unavailable(no_answer: NoAnswer) -> Unavailable {
    Unavailable(no_answer.to_string())
}

/// Milliseconds since 1970, as SQLite keeps numbers.
fn now() -> i64 {
    i64::try_from(wall_clock::millis()).unwrap_or(i64::MAX)
}

fn before(now: i64, age: Duration) -> i64 {
    now.saturating_sub(i64::try_from(age.as_millis()).unwrap_or(i64::MAX))
}

impl Rooms for SqliteStore {
    fn found(&self, room: NewRoom) -> Answer<bool, Unavailable> {
        self.ask(Access::Write, move |connection, _| rooms::found(connection, &room))
    }

    fn commit(&self, mut commit: Commit) -> Answer<(), CommitError> {
        let record = match commit.finished.take().map(|game| serde_json::to_string(&game)) {
            Some(Err(error)) => {
                let refused = Err(Unavailable(error.to_string()).into());
                return std::future::ready(refused).boxed();
            }
            Some(Ok(record)) => Some(record),
            None => None,
        };
        self.try_ask(Access::Write, move |connection, now| match &record {
            None => rooms::commit(connection, &commit),
            Some(record) => rooms::commit_end(connection, &commit, record, now),
        })
    }

    fn claim(
        &self,
        room: RoomId,
        host: PodId,
        seen: Epoch,
        formats: &'static [u32],
    ) -> Answer<Claimed, ClaimError> {
        self.try_ask(Access::Write, move |connection, now| {
            rooms::claim(connection, room, host, seen, (formats, before(now, KEEP_ENDED)))
        })
    }

    fn release(&self, room: RoomId, host: PodId, epoch: Epoch) -> Answer<(), Unavailable> {
        self.ask(Access::Write, move |connection, _| rooms::release(connection, room, host, epoch))
    }

    fn load(&self, room: RoomId) -> Answer<Option<StoredRoom>, Unavailable> {
        self.ask(Access::Read, move |connection, now| {
            rooms::load(connection, room, before(now, KEEP_ENDED))
        })
    }

    fn some_open(&self) -> Answer<Vec<RoomId>, Unavailable> {
        std::future::ready(Ok(Vec::new())).boxed()
    }
}

impl Players for SqliteStore {
    fn arrive(&self, player: PlayerId, _: PodId) -> Answer<Arrival, Unavailable> {
        self.ask(Access::Write, move |connection, now| {
            players::arrive(connection, player, now, before(now, KEEP_PLAYER))
        })
    }

    fn newest(&self, players: Vec<PlayerId>) -> Answer<Vec<(PlayerId, Generation)>, Unavailable> {
        self.ask(Access::Write, move |connection, now| {
            players::keep(connection, &players, now).map(|()| Vec::new())
        })
    }

    fn seated(&self, room: RoomId, players: Vec<PlayerId>) -> Answer<(), Unavailable> {
        self.ask(Access::Write, move |connection, now| {
            players::seated(connection, room, &players, now)
        })
    }

    fn leave_behind(&self, player: PlayerId, room: RoomId) -> Answer<(), Unavailable> {
        self.ask(Access::Write, move |connection, now| {
            players::leave_behind(connection, player, room, now)
        })
    }
}

impl Outbox for SqliteStore {
    fn take(&self, limit: usize) -> Answer<Vec<OutboxEntry>, Unavailable> {
        self.ask(Access::Write, move |connection, _| outbox::take(connection, limit))
    }

    fn done(&self, id: OutboxId) -> Answer<(), Unavailable> {
        self.ask(Access::Write, move |connection, _| outbox::done(connection, id))
    }

    fn set_aside(&self, id: OutboxId, why: String) -> Answer<(), Unavailable> {
        self.ask(Access::Write, move |connection, now| outbox::set_aside(connection, id, &why, now))
    }

    fn holds(&self, room: RoomId) -> Answer<bool, Unavailable> {
        self.ask(Access::Read, move |connection, _| outbox::holds(connection, room))
    }
}

impl DeadLetters for SqliteStore {
    fn list(&self, after: Option<OutboxId>, limit: usize) -> Answer<Vec<SetAside>, Unavailable> {
        let after = after.map_or(0, OutboxId::number);
        self.ask(Access::Read, move |connection, now| {
            outbox::list_aside(connection, after, limit, now)
        })
    }

    fn put_back(&self, id: OutboxId) -> Answer<bool, Unavailable> {
        self.ask(Access::Write, move |connection, _| outbox::put_back(connection, id))
    }
}

impl SignOuts for SqliteStore {
    fn sign_out(&self, outs: Vec<SignOut>) -> Answer<(), Unavailable> {
        self.ask(Access::Write, move |connection, now| sign_outs::keep(connection, &outs, now))
    }

    fn new_sign_outs(&self, from: u64) -> Answer<NewSignOuts, Unavailable> {
        self.ask(Access::Read, move |connection, _| sign_outs::new_since(connection, from))
    }
}
