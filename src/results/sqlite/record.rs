//! Writing a finished game, inside somebody's transaction.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rusqlite::{Connection, params};

use super::schema::ALL_TIME;
use crate::ids::Seat;
use crate::results::{FinishedGame, FinishedSeat, Recorded};
use crate::sqlite::{Count, Id, Word};

/// The ISO week in UTC of a time in milliseconds since 1970, as a period of the standings; `None`
/// for a time beyond the calendar.
pub(super) fn week(millis: u64) -> Option<i64> {
    let time = Timestamp::from_millisecond(i64::try_from(millis).ok()?).ok()?;
    let week = time.to_zoned(TimeZone::UTC).date().iso_week_date();
    Some(i64::from(week.year()) * 100 + i64::from(week.week()))
}

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
    week: i64,
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
    if created == 0 {
        return Ok(Recorded::Already);
    }
    for (seat, sat) in game.seats.iter() {
        add_seat(connection, game, seat, sat)?;
        if sat.bot.is_none() {
            add_history(connection, game, seat, sat)?;
            show(connection, game, sat)?;
        }
        if game.is_ranked() {
            add_points(connection, game, seat, ALL_TIME)?;
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
            "INSERT INTO seats (game, seat, player, name, picture, bot, points, clicks)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
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

/// Keeps name and picture, unless a later game has shown the player already.
fn show(connection: &Connection, game: &FinishedGame, sat: &FinishedSeat) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO players (id, name, picture, shown_at) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (id) DO UPDATE
             SET name = excluded.name, picture = excluded.picture, shown_at = excluded.shown_at
             WHERE excluded.shown_at >= shown_at",
        )?
        .execute(params![Id(sat.player.as_uuid()), sat.name, sat.picture, Count(game.ended_at)])
        .map(drop)
}

/// Games may be recorded in another order than they ended: the points were reached when the last of
/// them ended.
fn add_points(
    connection: &Connection,
    game: &FinishedGame,
    seat: Seat,
    period: i64,
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
            period,
            Id(sat.player.as_uuid()),
            Count(sat.points),
            game.winner == Some(seat),
            game.winner.is_none(),
            Count(game.ended_at),
        ])
        .map(drop)
}

#[cfg(test)]
mod tests {
    use super::week;

    fn week_of(time: &str) -> Option<i64> {
        let time: jiff::Timestamp = time.parse().unwrap();
        week(u64::try_from(time.as_millisecond()).unwrap())
    }

    #[test]
    fn weeks_begin_on_monday_in_utc_and_belong_to_the_year_of_their_thursday() {
        assert_eq!(week_of("2026-11-22T23:59:59.999Z"), Some(202647));
        assert_eq!(week_of("2026-11-23T00:00:00Z"), Some(202648));
        assert_eq!(week_of("2027-01-03T12:00:00Z"), Some(202653));
        assert_eq!(week_of("2024-12-30T12:00:00Z"), Some(202501));
        assert_eq!(week(u64::MAX), None);
    }
}
