//! Results in a SQLite file.
//!
//! Several processes on one machine may share the file: each write is one immediate transaction,
//! and waits for those of the others.

mod read;
mod record;
mod schema;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::ready;
use rusqlite::Connection;

use super::cursor::Cursor;
use super::{
    Board, FinishedGame, HistoryPage, LeaderboardPage, Recorded, Results, ResultsError, Totals,
};
use crate::cluster::Answer;
use crate::ids::PlayerId;
use crate::sqlite::{Access, Database, OpenError, Settings};

/// The longest page of a history or a leaderboard.
const LONGEST_PAGE: usize = 100;

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
        let answer = self.database.call(access, work);
        async move { answer.await.map_err(|none| ResultsError::Unavailable(none.to_string())) }
            .boxed()
    }
}

fn beyond_the_calendar<T: Send + 'static>() -> Answer<T, ResultsError> {
    let why = "the time is beyond the calendar".to_owned();
    ready(Err(ResultsError::Unavailable(why))).boxed()
}

impl Results for SqliteResults {
    fn record(&self, game: FinishedGame) -> Answer<Recorded, ResultsError> {
        let Some(week) = record::week(game.ended_at) else { return beyond_the_calendar() };
        self.ask(Access::Write, move |connection| record::record(connection, &game, week))
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
        let cursor = match cursor.map(|text| Cursor::decode(player, &text)) {
            Some(None) => return ready(Err(ResultsError::BadCursor)).boxed(),
            given => given.flatten(),
        };
        let limit = limit.clamp(1, LONGEST_PAGE);
        self.ask(Access::Read, move |connection| read::history(connection, player, cursor, limit))
    }

    fn leaderboard(
        &self,
        board: Board,
        now: u64,
        limit: usize,
        me: Option<PlayerId>,
    ) -> Answer<LeaderboardPage, ResultsError> {
        let period = match board {
            Board::All => Some(schema::ALL_TIME),
            Board::Week => record::week(now),
        };
        let Some(period) = period else { return beyond_the_calendar() };
        let limit = limit.clamp(1, LONGEST_PAGE);
        self.ask(Access::Read, move |connection| {
            let entries = read::top(connection, period, limit)?;
            let listed = |me: PlayerId| entries.iter().find(|ranked| ranked.player.id == me);
            let me = match me.map(|me| (me, listed(me).cloned())) {
                Some((me, None)) => read::place(connection, period, me)?,
                listed => listed.and_then(|(_, ranked)| ranked),
            };
            Ok(LeaderboardPage { board, entries, me })
        })
    }
}
