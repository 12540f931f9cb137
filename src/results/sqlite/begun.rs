//! Games that have begun and have no result yet, inside somebody's transaction.

use std::ops::Range;

use rusqlite::{Connection, params};

use crate::ids::RoomId;
use crate::results::FinishedGame;
use crate::sqlite::{Count, Id};

/// Those that began first.
pub(super) const UNFINISHED: &str =
    "SELECT record FROM begun WHERE began_at >= ?1 AND began_at < ?2 ORDER BY began_at LIMIT ?3";

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
    began: Range<u64>,
    limit: usize,
) -> rusqlite::Result<Vec<FinishedGame>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut statement = connection.prepare_cached(UNFINISHED)?;
    let given = params![Count(began.start), Count(began.end), limit];
    let records = statement.query_map(given, |row| row.get::<_, String>(0))?;
    let records = records.collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(records.iter().filter_map(|record| FinishedGame::noted(record)).collect())
}
