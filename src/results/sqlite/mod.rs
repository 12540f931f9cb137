//! Results in a SQLite file.
//!
//! Several processes on one machine may share the file: each write is one immediate transaction,
//! and waits for those of the others.

mod accounts;
mod begun;
mod boards;
mod read;
mod record;
mod schema;
#[cfg(test)]
mod tests;

use std::ops::Range;
use std::path::Path;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::ready;
use rusqlite::Connection;

use super::cursor::{Cursor, LONGEST_PAGE};
use super::{FinishedGame, HistoryPage, Recorded, Results, ResultsError, Totals};
use crate::accounts::{Account, Accounts, SignIn};
use crate::auth::Identity;
use crate::cluster::{Answer, Unavailable};
use crate::ids::PlayerId;
use crate::leaderboard::{
    Build, LONGEST, Leaderboard, LeaderboardPage, Period, Query, Rebuildable, Standing,
};
use crate::matchmaking::Profile;
use crate::sqlite::{Access, Database, OpenError, Settings};

/// Results in a SQLite file. Cloning gives another handle to the same file; when the last one is
/// dropped, what waits is written, and the file is closed when the drop returns.
#[derive(Clone, Debug)]
pub struct SqliteResults {
    database: Database,
}

impl SqliteResults {
    /// Opens the results in this file, which is made if it is not there.
    ///
    /// # Errors
    /// When the file can't be opened, is no database, or was written by a newer version.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        let settings = Settings {
            name: "results",
            capacity: 1024,
            group: 64,
            deadline: Duration::from_secs(5),
            busy: Duration::from_secs(2),
            housekeeping: None,
        };
        Ok(Self { database: Database::open(path.as_ref(), &schema::SCHEMA, settings)? })
    }

    /// Writes what waits and closes the file. Later calls are answered `Unavailable`. Blocks until
    /// it is closed.
    pub fn close(&self) {
        self.database.close();
    }

    fn ask<T: Send + 'static>(
        &self,
        access: Access,
        work: impl FnMut(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Answer<T, ResultsError> {
        let answer = self.work(access, work);
        async move { answer.await.map_err(ResultsError::from) }.boxed()
    }

    fn work<T: Send + 'static>(
        &self,
        access: Access,
        work: impl FnMut(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Answer<T, Unavailable> {
        let answer = self.database.call(access, work);
        async move { answer.await.map_err(|none| Unavailable(none.to_string())) }.boxed()
    }
}

fn beyond_the_calendar<T: Send + 'static>() -> Answer<T, ResultsError> {
    let why = "the time is beyond the calendar".to_owned();
    ready(Err(ResultsError::Refused(why))).boxed()
}

impl Results for SqliteResults {
    fn record(&self, game: FinishedGame) -> Answer<Recorded, ResultsError> {
        let Some(week) = Period::week_of(game.ended_at) else { return beyond_the_calendar() };
        self.ask(Access::Write, move |connection| record::record(connection, &game, week))
    }

    fn note_begun(&self, game: FinishedGame) -> Answer<(), ResultsError> {
        let Ok(record) = serde_json::to_string(&game) else {
            return ready(Err(ResultsError::Refused("it cannot be written".to_owned()))).boxed();
        };
        self.ask(Access::Write, move |connection| begun::note(connection, &game, &record))
    }

    fn unfinished(
        &self,
        began: Range<u64>,
        limit: usize,
    ) -> Answer<Vec<FinishedGame>, ResultsError> {
        self.ask(Access::Read, move |connection| {
            begun::unfinished(connection, began.clone(), limit)
        })
    }

    fn totals(&self, player: PlayerId) -> Answer<Totals, ResultsError> {
        self.ask(Access::Read, move |connection| read::totals(connection, player))
    }

    fn history(
        &self,
        player: PlayerId,
        cursor: Option<String>,
        limit: usize,
    ) -> Answer<HistoryPage, ResultsError> {
        let cursor = match Cursor::given(player, cursor) {
            Ok(given) => given,
            Err(error) => return ready(Err(error)).boxed(),
        };
        let limit = limit.clamp(1, LONGEST_PAGE);
        self.ask(Access::Read, move |connection| read::history(connection, player, cursor, limit))
    }

    fn standings(
        &self,
        players: Vec<PlayerId>,
        moment: u64,
    ) -> Answer<Vec<Standing>, ResultsError> {
        let Some(week) = Period::week_of(moment) else { return beyond_the_calendar() };
        self.ask(Access::Read, move |connection| {
            let of = |player: &PlayerId| read::standings(connection, *player, week);
            let all: rusqlite::Result<Vec<_>> = players.iter().map(of).collect();
            Ok(all?.concat())
        })
    }

    fn all_standings(
        &self,
        from: Option<String>,
        moment: u64,
    ) -> Answer<(Vec<Standing>, Option<String>), ResultsError> {
        let Some(week) = Period::week_of(moment) else { return beyond_the_calendar() };
        self.ask(Access::Read, move |connection| {
            read::all_standings(connection, from.as_deref(), week)
        })
    }
}

impl Accounts for SqliteResults {
    fn sign_in(&self, identity: Identity, newcomer: Profile) -> Answer<SignIn, ResultsError> {
        self.ask(Access::Write, move |connection| {
            accounts::sign_in(connection, &identity, &newcomer)
        })
    }

    fn account(&self, player: PlayerId) -> Answer<Option<Account>, ResultsError> {
        self.ask(Access::Read, move |connection| accounts::account(connection, player))
    }

    fn rename(&self, player: Profile, now: u64) -> Answer<bool, ResultsError> {
        self.ask(Access::Write, move |connection| accounts::rename(connection, &player, now))
    }

    fn delete(&self, player: PlayerId) -> Answer<(), ResultsError> {
        self.ask(Access::Write, move |connection| accounts::delete(connection, player))
    }
}

impl Leaderboard for SqliteResults {
    fn remove(&self, player: PlayerId) -> Answer<(), Unavailable> {
        self.work(Access::Write, move |connection| boards::remove(connection, player))
    }

    fn set(&self, standings: Vec<Standing>) -> Answer<(), Unavailable> {
        self.work(Access::Write, move |connection| {
            standings.iter().try_for_each(|standing| boards::set(connection, standing))
        })
    }

    fn page(&self, query: Query) -> Answer<LeaderboardPage, Unavailable> {
        let Some(period) = Period::of(query.board, query.now) else {
            let why = "the time is beyond the calendar".to_owned();
            return ready(Err(Unavailable(why))).boxed();
        };
        let query = Query { limit: query.limit.clamp(1, LONGEST), ..query };
        self.work(Access::Read, move |connection| boards::page(connection, query, period))
    }
}

impl Rebuildable for SqliteResults {
    fn is_whole(&self) -> Answer<bool, Unavailable> {
        self.work(Access::Read, boards::are_built)
    }

    fn begin(&self, _: Build, anew: bool) -> Answer<bool, Unavailable> {
        if !anew {
            return ready(Ok(true)).boxed();
        }
        self.work(Access::Write, |connection| boards::empty(connection).map(|()| true))
    }

    /// A file is not lost while somebody writes it.
    fn go_on(&self, _: Build) -> Answer<bool, Unavailable> {
        ready(Ok(true)).boxed()
    }

    fn finish(&self, _: Build) -> Answer<bool, Unavailable> {
        self.work(Access::Write, |connection| boards::set_built(connection).map(|()| true))
    }
}
