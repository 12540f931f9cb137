//! Games that have begun and have no result yet, inside somebody's transaction.

use rusqlite::types::FromSqlError;
use rusqlite::{Connection, params};

use crate::ids::RoomId;
use crate::results::FinishedGame;
use crate::sqlite::{Count, Id};

/// Those that began first.
pub(super) const UNFINISHED: &str =
    "SELECT record FROM begun WHERE began_at < ?1 ORDER BY began_at LIMIT ?2";

/// Notes a game, unless it has a result.
pub(super) fn note(
    connection: &Connection,
    game: &FinishedGame,
    record: &str,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT OR IGNORE INTO begun (game, began_at, record)
             SELECT ?1, ?2, ?3 WHERE NOT EXISTS (SELECT 1 FROM games WHERE id = ?1)",
        )?
        .execute(params![Id(game.game_id.as_uuid()), Count(game.ended_at), record])
        .map(drop)
}

/// It has a result.
pub(super) fn forget(connection: &Connection, game: RoomId) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM begun WHERE game = ?1")?
        .execute([Id(game.as_uuid())])
        .map(drop)
}

pub(super) fn unfinished(
    connection: &Connection,
    before: u64,
    limit: usize,
) -> rusqlite::Result<Vec<FinishedGame>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut statement = connection.prepare_cached(UNFINISHED)?;
    let records = statement.query_map(params![Count(before), limit], |row| row.get(0))?;
    let read = |record: rusqlite::Result<String>| {
        serde_json::from_str(&record?).map_err(|error| FromSqlError::other(error).into())
    };
    records.map(read).collect()
}
