//! The directory of players in SQLite. Each function is one call inside somebody's transaction.

use rusqlite::{Connection, OptionalExtension, params};

use crate::cluster::Arrival;
use crate::ids::{Generation, PlayerId, RoomId};
use crate::sqlite::{Count, Id};

/// Players forgotten in one step.
const FORGET_AT_ONCE: i64 = 100;

/// Counts a connection. Generations come from one counter for all players, which outlives their
/// entries: a forgotten player's next connection still outranks one that was left open.
pub(super) fn arrive(
    connection: &Connection,
    player: PlayerId,
    now: i64,
    kept_since: i64,
) -> rusqlite::Result<Arrival> {
    let generation: Count = connection
        .prepare_cached("UPDATE generations SET last = last + 1 RETURNING last")?
        .query_row([], |row| row.get(0))?;
    let last_room: Option<Option<Id>> = connection
        .prepare_cached("SELECT last_room FROM players WHERE id = ?1 AND touched_at > ?2")?
        .query_row(params![Id(player.as_uuid()), kept_since], |row| row.get(0))
        .optional()?;
    let last_room = last_room.flatten();
    put(connection, player, last_room, now)?;
    Ok(Arrival {
        generation: Generation(generation.0),
        last_room: last_room.map(|Id(uuid)| RoomId::from(uuid)),
        // One pod alone uses this store, and knows its own connections.
        pod_before: None,
    })
}

/// The last generation given to each player is not kept: only one pod uses this store, and it
/// knows its own connections. So this only keeps the entries.
pub(super) fn keep(
    connection: &Connection,
    players: &[PlayerId],
    now: i64,
) -> rusqlite::Result<()> {
    let mut touch =
        connection.prepare_cached("UPDATE players SET touched_at = ?2 WHERE id = ?1")?;
    for player in players {
        touch.execute(params![Id(player.as_uuid()), now])?;
    }
    Ok(())
}

pub(super) fn seated(
    connection: &Connection,
    room: RoomId,
    players: &[PlayerId],
    now: i64,
) -> rusqlite::Result<()> {
    players.iter().try_for_each(|player| put(connection, *player, Some(Id(room.as_uuid())), now))
}

pub(super) fn leave_behind(
    connection: &Connection,
    player: PlayerId,
    room: RoomId,
    now: i64,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "UPDATE players SET touched_at = ?3, last_room = nullif(last_room, ?2) WHERE id = ?1",
        )?
        .execute(params![Id(player.as_uuid()), Id(room.as_uuid()), now])
        .map(drop)
}

fn put(
    connection: &Connection,
    player: PlayerId,
    last_room: Option<Id>,
    now: i64,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO players (id, last_room, touched_at) VALUES (?1, ?2, ?3) ON CONFLICT (id)
             DO UPDATE SET last_room = excluded.last_room, touched_at = excluded.touched_at",
        )?
        .execute(params![Id(player.as_uuid()), last_room, now])
        .map(drop)
}

/// Forgets some of the players not touched since that time.
pub(super) fn forget_untouched(connection: &Connection, before: i64) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "DELETE FROM players WHERE id IN
             (SELECT id FROM players WHERE touched_at <= ?1 ORDER BY touched_at LIMIT ?2)",
        )?
        .execute([before, FORGET_AT_ONCE])
        .map(drop)
}
