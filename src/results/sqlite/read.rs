//! Reading totals and history, inside somebody's transaction.

use jiff::Timestamp;
use rusqlite::types::FromSqlError;
use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

use crate::ids::{PlayerId, RoomId};
use crate::leaderboard::{Period, Standing};
use crate::protocol::Reason;
use crate::results::cursor::{Cursor, page};
use crate::results::{HistoryEntry, HistoryPage, Outcome, PlayerProfile, Totals};
use crate::sqlite::{Count, Id, Word};

/// A player's games below a place, newest first.
pub(super) const HISTORY: &str = "\
    SELECT g.id, g.ended_at, g.game, g.reason, g.winner, h.seat,
           own.points, own.clicks, other.points, other.clicks,
           other.player, other.name, other.picture, other.bot, own.rhythm
    FROM history h
    JOIN games g ON g.id = h.game
    JOIN seats own ON own.game = h.game AND own.seat = h.seat
    JOIN seats other ON other.game = h.game AND other.seat = 1 - h.seat
    WHERE h.player = ?1 AND (h.ended_at, h.game) < (?2, ?3)
    ORDER BY h.ended_at DESC, h.game DESC LIMIT ?4";

/// A player's totals.
pub(super) fn totals(connection: &Connection, player: PlayerId) -> rusqlite::Result<Totals> {
    let totals = connection
        .prepare_cached(
            "SELECT points, games, wins, draws FROM standings WHERE period = 0 AND player = ?1",
        )?
        .query_row(params![Id(player.as_uuid())], |row| {
            Ok(Totals {
                points: row.get::<_, Count>(0)?.0,
                games: row.get::<_, Count>(1)?.0,
                wins: row.get::<_, Count>(2)?.0,
                draws: row.get::<_, Count>(3)?.0,
            })
        })
        .optional()?;
    Ok(totals.unwrap_or_default())
}

/// A page of a player's games, from the one after `cursor` on.
pub(super) fn history(
    connection: &Connection,
    player: PlayerId,
    cursor: Option<Cursor>,
    limit: usize,
) -> rusqlite::Result<HistoryPage> {
    // Nothing is newer than this place: no game ends at the end of time.
    let newest = Cursor { ended_at: i64::MAX as u64, game: RoomId::from(Uuid::max()) };
    let from = cursor.unwrap_or(newest);
    // One more than asked for tells whether there is another page.
    let rows = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
    let games: Vec<(Cursor, HistoryEntry)> = connection
        .prepare_cached(HISTORY)?
        .query_map(
            params![Id(player.as_uuid()), Count(from.ended_at), Id(from.game.as_uuid()), rows],
            read_game,
        )?
        .collect::<rusqlite::Result<_>>()?;
    Ok(page(player, limit, games))
}

fn read_game(row: &Row<'_>) -> rusqlite::Result<(Cursor, HistoryEntry)> {
    let game = RoomId::from(row.get::<_, Id>(0)?.0);
    let ended_at = row.get::<_, i64>(1)?;
    let reason = row.get::<_, Word<Reason>>(3)?.0;
    let time = Timestamp::from_millisecond(ended_at)
        .map_err(|error| rusqlite::Error::from(FromSqlError::other(error)))?;
    let entry = HistoryEntry {
        game_id: game,
        game: row.get(2)?,
        // Always with milliseconds, so that the texts sort as the times do.
        ended_at: format!("{time:.3}"),
        result: Outcome::of(reason, row.get::<_, Option<i64>>(4)?, row.get(5)?),
        reason,
        points: row.get::<_, Count>(6)?.0,
        clicks: row.get(7)?,
        opponent_points: row.get::<_, Count>(8)?.0,
        opponent_clicks: row.get(9)?,
        opponent: PlayerProfile {
            id: PlayerId::from(row.get::<_, Id>(10)?.0),
            name: row.get(11)?,
            picture: row.get(12)?,
        },
        practice: row.get::<_, Option<Word<_>>>(13)?.map(|word| word.0),
        rhythm: row
            .get::<_, Option<String>>(14)?
            .and_then(|rhythm| serde_json::from_str(&rhythm).ok()),
    };
    Ok((Cursor { ended_at: ended_at.unsigned_abs(), game }, entry))
}

/// A player's totals of all time and of one week, as a leaderboard keeps them.
pub(super) fn standings(
    connection: &Connection,
    player: PlayerId,
    week: Period,
) -> rusqlite::Result<Vec<Standing>> {
    let mut statement = connection.prepare_cached(
        "SELECT s.period = 0, p.name, p.picture, p.shown_at, s.points, s.games, s.wins, s.reached_at
         FROM standings s JOIN players p ON p.id = s.player
         WHERE s.player = ?1 AND s.period IN (0, ?2)",
    )?;
    let rows = statement.query_map(params![Id(player.as_uuid()), week.number()], |row| {
        Ok(Standing {
            period: if row.get(0)? { Period::AllTime } else { week },
            player: PlayerProfile { id: player, name: row.get(1)?, picture: row.get(2)? },
            shown_at: row.get::<_, Count>(3)?.0,
            points: row.get::<_, Count>(4)?.0,
            games: row.get::<_, Count>(5)?.0,
            wins: row.get::<_, Count>(6)?.0,
            reached_at: row.get::<_, Count>(7)?.0,
        })
    })?;
    rows.collect()
}

/// Players whose standings are read at a time.
const AT_ONCE: i64 = 500;

/// Some of all standings, of all time and of this week, from the player after one on.
pub(super) fn all_standings(
    connection: &Connection,
    from: Option<&str>,
    week: Period,
) -> rusqlite::Result<(Vec<Standing>, Option<String>)> {
    let from = from.and_then(|id| Uuid::parse_str(id).ok());
    let mut statement = connection.prepare_cached(
        "SELECT player FROM standings WHERE period = 0 AND (?1 IS NULL OR player > ?1)
         ORDER BY player LIMIT ?2",
    )?;
    let ids = statement.query_map(params![from.map(Id), AT_ONCE], |row| row.get::<_, Id>(0))?;
    let ids = ids.collect::<rusqlite::Result<Vec<_>>>()?;
    let mut found = Vec::new();
    for id in &ids {
        found.extend(standings(connection, PlayerId::from(id.0), week)?);
    }
    let is_full = ids.len() as i64 == AT_ONCE;
    let next = ids.last().filter(|_| is_full).map(|id| id.0.to_string());
    Ok((found, next))
}
