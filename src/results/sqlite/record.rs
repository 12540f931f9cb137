//! Writing a finished game, inside somebody's transaction.

use rusqlite::{Connection, params};

use super::accounts;
use crate::ids::Seat;
use crate::leaderboard::Period;
use crate::results::{FinishedGame, FinishedSeat, PlayerProfile, Recorded};
use crate::sqlite::{Count, Id, Word};

pub(super) fn number(seat: Seat) -> i64 {
    match seat {
        Seat::P1 => 0,
        Seat::P2 => 1,
    }
}

/// Writes a game that ended in that week, unless it is there.
pub(super) fn record(
    connection: &Connection,
    game: &FinishedGame,
    week: Period,
) -> rusqlite::Result<Recorded> {
    let created = connection
        .prepare_cached(
            "INSERT INTO games (id, game, ended_at, reason, winner) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (id) DO NOTHING",
        )?
        .execute(params![
            Id(game.game_id.as_uuid()),
            game.game,
            Count(game.ended_at),
            Word(game.reason),
            game.winner.map(number),
        ])?;
    super::begun::forget(connection, game.game_id)?;
    if created == 0 {
        return Ok(Recorded::Already);
    }
    for (seat, sat) in game.seats.iter() {
        if accounts::is_deleted(connection, sat.player)? {
            add_seat(connection, game, seat, &accounts::anonymous(sat))?;
            continue;
        }
        add_seat(connection, game, seat, sat)?;
        if sat.bot.is_none() {
            add_history(connection, game, seat, sat)?;
            show(connection, &sat.profile(), game.ended_at)?;
        }
        if game.is_ranked() {
            add_points(connection, game, seat, Period::AllTime)?;
            add_points(connection, game, seat, week)?;
        }
    }
    Ok(Recorded::New)
}

fn add_seat(
    connection: &Connection,
    game: &FinishedGame,
    seat: Seat,
    sat: &FinishedSeat,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO seats (game, seat, player, name, picture, bot, points, clicks, rhythm)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?
        .execute(params![
            Id(game.game_id.as_uuid()),
            number(seat),
            Id(sat.player.as_uuid()),
            sat.name,
            sat.picture,
            sat.bot.map(Word),
            Count(sat.points),
            sat.clicks,
            sat.rhythm.as_ref().and_then(|rhythm| serde_json::to_string(rhythm).ok()),
        ])
        .map(drop)
}

fn add_history(
    connection: &Connection,
    game: &FinishedGame,
    seat: Seat,
    sat: &FinishedSeat,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO history (player, ended_at, game, seat) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![
            Id(sat.player.as_uuid()),
            Count(game.ended_at),
            Id(game.game_id.as_uuid()),
            number(seat),
        ])
        .map(drop)
}

/// Keeps name and picture, unless a later game has shown the player already. Whoever has chosen a
/// name is called by that, however long ago the game began.
pub(super) fn show(
    connection: &Connection,
    player: &PlayerProfile,
    shown_at: u64,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO players (id, name, picture, shown_at)
             VALUES (?1, coalesce((SELECT name FROM accounts WHERE player = ?1), ?2), ?3, ?4)
             ON CONFLICT (id) DO UPDATE
             SET name = excluded.name, picture = excluded.picture, shown_at = excluded.shown_at
             WHERE excluded.shown_at >= shown_at",
        )?
        .execute(params![Id(player.id.as_uuid()), player.name, player.picture, Count(shown_at)])
        .map(drop)
}

/// Games may be recorded in another order than they ended: the points were reached when the last of
/// them ended.
fn add_points(
    connection: &Connection,
    game: &FinishedGame,
    seat: Seat,
    period: Period,
) -> rusqlite::Result<()> {
    let sat = &game.seats[seat];
    connection
        .prepare_cached(
            "INSERT INTO standings (period, player, points, games, wins, draws, reached_at)
             VALUES (?1, ?2, ?3, 1, ?4, ?5, ?6)
             ON CONFLICT (period, player) DO UPDATE SET
                 points = points + excluded.points,
                 games = games + 1,
                 wins = wins + excluded.wins,
                 draws = draws + excluded.draws,
                 reached_at = iif(excluded.points = 0, reached_at,
                                  max(reached_at, excluded.reached_at))",
        )?
        .execute(params![
            period.number(),
            Id(sat.player.as_uuid()),
            Count(sat.points),
            game.winner == Some(seat),
            game.winner.is_none(),
            Count(game.ended_at),
        ])
        .map(drop)
}
