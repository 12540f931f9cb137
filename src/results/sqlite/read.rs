//! Reading totals, history and leaderboards, inside somebody's transaction.

use jiff::Timestamp;
use rusqlite::types::FromSqlError;
use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

use super::schema::ALL_TIME;
use crate::ids::{PlayerId, RoomId};
use crate::protocol::Reason;
use crate::results::cursor::Cursor;
use crate::results::{HistoryEntry, HistoryPage, Outcome, PlayerProfile, Ranked, Totals};
use crate::sqlite::{Count, Id, Word};

/// A player's games below a place, newest first.
pub(super) const HISTORY: &str = "\
    SELECT g.id, g.ended_at, g.game, g.reason, g.winner, h.seat,
           own.points, own.clicks, other.points, other.clicks,
           other.player, other.name, other.picture, other.bot
    FROM history h
    JOIN games g ON g.id = h.game
    JOIN seats own ON own.game = h.game AND own.seat = h.seat
    JOIN seats other ON other.game = h.game AND other.seat = 1 - h.seat
    WHERE h.player = ?1 AND (h.ended_at, h.game) < (?2, ?3)
    ORDER BY h.ended_at DESC, h.game DESC LIMIT ?4";

/// The best of a period.
pub(super) const TOP: &str = "\
    SELECT s.player, p.name, p.picture, s.points, s.games, s.wins
    FROM standings s JOIN players p ON p.id = s.player
    WHERE s.period = ?1 ORDER BY s.points DESC, s.reached_at, s.player LIMIT ?2";

/// A player's own place in a period.
pub(super) const PLACE: &str = "\
    SELECT s.player, p.name, p.picture, s.points, s.games, s.wins,
           1 + (SELECT count(*) FROM standings a
                WHERE a.period = s.period AND a.points > s.points)
             + (SELECT count(*) FROM standings a
                WHERE a.period = s.period AND a.points = s.points
                AND (a.reached_at, a.player) < (s.reached_at, s.player))
    FROM standings s JOIN players p ON p.id = s.player
    WHERE s.period = ?1 AND s.player = ?2";

/// A player's totals.
pub(super) fn totals(connection: &Connection, player: PlayerId) -> rusqlite::Result<Totals> {
    let totals = connection
        .prepare_cached(
            "SELECT points, games, wins, draws FROM standings WHERE period = ?1 AND player = ?2",
        )?
        .query_row(params![ALL_TIME, Id(player.as_uuid())], |row| {
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
    let mut games: Vec<(Cursor, HistoryEntry)> = connection
        .prepare_cached(HISTORY)?
        .query_map(
            params![Id(player.as_uuid()), Count(from.ended_at), Id(from.game.as_uuid()), rows],
            read_game,
        )?
        .collect::<rusqlite::Result<_>>()?;
    let more = games.len() > limit;
    games.truncate(limit);
    let last = games.last().map(|(place, _)| *place);
    let next = last.filter(|_| more).map(|place| place.encode(player));
    Ok(HistoryPage { games: games.into_iter().map(|(_, entry)| entry).collect(), next })
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
        result: outcome(reason, row.get(4)?, row.get(5)?),
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
    };
    Ok((Cursor { ended_at: ended_at.unsigned_abs(), game }, entry))
}

fn outcome(reason: Reason, winner: Option<i64>, seat: i64) -> Outcome {
    match winner {
        _ if reason == Reason::Void => Outcome::Void,
        None => Outcome::Draw,
        Some(winner) if winner == seat => Outcome::Win,
        Some(_) => Outcome::Loss,
    }
}

/// The top of a period's board, best first.
pub(super) fn top(
    connection: &Connection,
    period: i64,
    limit: usize,
) -> rusqlite::Result<Vec<Ranked>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut rank = 0;
    connection
        .prepare_cached(TOP)?
        .query_map([period, limit], |row| {
            rank += 1;
            read_ranked(row, rank)
        })?
        .collect()
}

/// A player's own place. Counts those above it by index: about 10 million a second.
pub(super) fn place(
    connection: &Connection,
    period: i64,
    player: PlayerId,
) -> rusqlite::Result<Option<Ranked>> {
    connection
        .prepare_cached(PLACE)?
        .query_row(params![period, Id(player.as_uuid())], |row| {
            read_ranked(row, row.get::<_, Count>(6)?.0)
        })
        .optional()
}

fn read_ranked(row: &Row<'_>, rank: u64) -> rusqlite::Result<Ranked> {
    Ok(Ranked {
        rank,
        player: PlayerProfile {
            id: PlayerId::from(row.get::<_, Id>(0)?.0),
            name: row.get(1)?,
            picture: row.get(2)?,
        },
        points: row.get::<_, Count>(3)?.0,
        games: row.get::<_, Count>(4)?.0,
        wins: row.get::<_, Count>(5)?.0,
    })
}
