//! The leaderboards in the results file, inside somebody's transaction.

use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::ids::PlayerId;
use crate::leaderboard::{LeaderboardPage, NEIGHBOURS, Period, Query, Ranked, Standing};
use crate::results::PlayerProfile;
use crate::sqlite::{Count, Id};

/// A standing's columns, as [`read_placed`] reads them.
macro_rules! ranked {
    ($rest:literal) => {
        concat!(
            "SELECT s.player, p.name, p.picture, s.points, s.games, s.wins, s.reached_at
             FROM standings s JOIN players p ON p.id = s.player WHERE s.period = ?1 ",
            $rest
        )
    };
}

/// The best of a period.
pub(super) const TOP: &str = ranked!("ORDER BY s.points DESC, s.reached_at, s.player LIMIT ?2");

/// One player.
const ONE: &str = ranked!("AND s.player = ?2");

/// Those just above a place: with as many points first, then with more.
pub(super) const ABOVE: [&str; 2] = [
    ranked!(
        "AND s.points = ?2 AND (s.reached_at, s.player) < (?3, ?4)
         ORDER BY s.reached_at DESC, s.player DESC LIMIT ?5"
    ),
    ranked!(
        "AND s.points > ?2 AND ?3 = ?3 AND ?4 = ?4
         ORDER BY s.points, s.reached_at DESC, s.player DESC LIMIT ?5"
    ),
];

/// Those just below a place.
pub(super) const BELOW: [&str; 2] = [
    ranked!(
        "AND s.points = ?2 AND (s.reached_at, s.player) > (?3, ?4)
         ORDER BY s.reached_at, s.player LIMIT ?5"
    ),
    ranked!(
        "AND s.points < ?2 AND ?3 = ?3 AND ?4 = ?4
         ORDER BY s.points DESC, s.reached_at, s.player LIMIT ?5"
    ),
];

/// How many are above a place: of each level of `ranks`, the groups before its own in the group
/// above; then those who came to as many points in the same millisecond. `CROSS JOIN` keeps the order
/// in which the tables stand: the other way round SQLite would read all of `ranks`.
pub(super) const RANK: &str = "
    SELECT 1
    + (SELECT coalesce(sum(r.players), 0) FROM rank_levels l
       CROSS JOIN ranks r
       WHERE l.reached_shift = 63
         AND r.period = ?1 AND r.level = l.level AND r.reached = 0
         AND r.points >= ((1099511627775 - ?2) >> l.points_shift >> 8) << 8
         AND r.points < (1099511627775 - ?2) >> l.points_shift)
    + (SELECT coalesce(sum(r.players), 0) FROM rank_levels l
       CROSS JOIN ranks r
       WHERE l.reached_shift < 63
         AND r.period = ?1 AND r.level = l.level AND r.points = 1099511627775 - ?2
         AND r.reached >= (?3 >> l.reached_shift >> 8) << 8
         AND r.reached < ?3 >> l.reached_shift)
    + (SELECT count(*) FROM standings
       WHERE period = ?1 AND points = ?2 AND reached_at = ?3 AND player < ?4)";

/// A player on the board, and when the points were reached.
struct Placed {
    ranked: Ranked,
    reached_at: Count,
}

/// The top of a board, and the place of whoever asks.
pub(super) fn page(
    connection: &Connection,
    query: Query,
    period: Period,
) -> rusqlite::Result<LeaderboardPage> {
    let Query { board, limit, me, .. } = query;
    let entries = top(connection, period, limit)?;
    let around = match me {
        Some(me) => around(connection, period, me)?,
        None => Vec::new(),
    };
    let own = around.iter().find(|ranked| Some(ranked.player.id) == me).cloned();
    Ok(LeaderboardPage { board, entries, me: own, around })
}

fn top(connection: &Connection, period: Period, limit: usize) -> rusqlite::Result<Vec<Ranked>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let placed = connection
        .prepare_cached(TOP)?
        .query_map(params![period.number(), limit], read_placed)?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(numbered(placed, 1))
}

/// A player's place with its neighbours, best first; none without a ranked game.
fn around(
    connection: &Connection,
    period: Period,
    player: PlayerId,
) -> rusqlite::Result<Vec<Ranked>> {
    let place = params![period.number(), Id(player.as_uuid())];
    let own = connection.prepare_cached(ONE)?.query_row(place, read_placed).optional()?;
    let Some(own) = own else { return Ok(Vec::new()) };
    let place =
        params![period.number(), Count(own.ranked.points), own.reached_at, Id(player.as_uuid())];
    let rank: Count = connection.prepare_cached(RANK)?.query_row(place, |row| row.get(0))?;
    let mut list = next_to(connection, period, &own, ABOVE)?;
    list.reverse();
    let first = rank.0.saturating_sub(list.len() as u64);
    let below = next_to(connection, period, &own, BELOW)?;
    list.push(own);
    list.extend(below);
    Ok(numbered(list, first))
}

/// The next few in one direction, the nearest first.
fn next_to(
    connection: &Connection,
    period: Period,
    own: &Placed,
    [tied, others]: [&str; 2],
) -> rusqlite::Result<Vec<Placed>> {
    let mut found = Vec::new();
    for sql in [tied, others] {
        let missing = i64::try_from(NEIGHBOURS - found.len()).unwrap_or_default();
        let place = params![
            period.number(),
            Count(own.ranked.points),
            own.reached_at,
            Id(own.ranked.player.id.as_uuid()),
            missing,
        ];
        let mut statement = connection.prepare_cached(sql)?;
        for placed in statement.query_map(place, read_placed)? {
            found.push(placed?);
        }
    }
    Ok(found)
}

fn numbered(placed: Vec<Placed>, first: u64) -> Vec<Ranked> {
    let with_rank = |(rank, Placed { ranked, .. })| Ranked { rank, ..ranked };
    (first..).zip(placed).map(with_rank).collect()
}

fn read_placed(row: &Row<'_>) -> rusqlite::Result<Placed> {
    let ranked = Ranked {
        rank: 0,
        player: PlayerProfile {
            id: PlayerId::from(row.get::<_, Id>(0)?.0),
            name: row.get(1)?,
            picture: row.get(2)?,
        },
        points: row.get::<_, Count>(3)?.0,
        games: row.get::<_, Count>(4)?.0,
        wins: row.get::<_, Count>(5)?.0,
    };
    Ok(Placed { ranked, reached_at: row.get(6)? })
}

/// Keeps a standing of somebody else's results, unless one of as many games is kept.
pub(super) fn set(connection: &Connection, standing: &Standing) -> rusqlite::Result<()> {
    let player = Id(standing.player.id.as_uuid());
    super::record::show(connection, &standing.player, standing.shown_at)?;
    connection
        .prepare_cached(
            "INSERT INTO standings (period, player, points, games, wins, draws, reached_at)
             VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6)
             ON CONFLICT (period, player) DO UPDATE SET
                 points = excluded.points, games = excluded.games, wins = excluded.wins,
                 reached_at = excluded.reached_at
             WHERE excluded.games > games",
        )?
        .execute(params![
            standing.period.number(),
            player,
            Count(standing.points),
            Count(standing.games),
            Count(standing.wins),
            Count(standing.reached_at),
        ])
        .map(drop)
}

/// Takes a player off all of them.
pub(super) fn remove(connection: &Connection, player: PlayerId) -> rusqlite::Result<()> {
    for forget in ["DELETE FROM standings WHERE player = ?1", "DELETE FROM players WHERE id = ?1"] {
        connection.prepare_cached(forget)?.execute([Id(player.as_uuid())])?;
    }
    Ok(())
}

/// Whether they have been built from results that are elsewhere.
pub(super) fn are_built(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row("SELECT EXISTS (SELECT 1 FROM boards_built)", [], |row| row.get(0))
}

pub(super) fn set_built(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute("INSERT OR IGNORE INTO boards_built VALUES (1)", []).map(drop)
}

/// Forgets them all, in a file that has no results of its own: there they are the totals.
pub(super) fn empty(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(
        "DELETE FROM standings WHERE NOT EXISTS (SELECT 1 FROM games);
         DELETE FROM boards_built;",
    )
}
