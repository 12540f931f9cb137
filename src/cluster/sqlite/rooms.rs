//! Rooms in SQLite. Each function is one call inside somebody's transaction.

use bytes::Bytes;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::outbox;
use crate::cluster::{
    ClaimError, Claimed, Commit, CommitError, Held, Judged, NewRoom, OpenRoom, StoredRoom, judge,
};
use crate::ids::{BySeat, Epoch, PlayerId, PodId, RoomId, Version};
use crate::sqlite::{Count, Id};

/// Ended rooms forgotten in one step.
const FORGET_AT_ONCE: i64 = 100;

pub(super) fn found(connection: &Connection, room: &NewRoom) -> rusqlite::Result<bool> {
    let player = |player: Option<PlayerId>| player.map(|player| Id(player.as_uuid()));
    let created = connection
        .prepare_cached(
            "INSERT INTO rooms (id, host, epoch, version, p1, p2, format, snapshot)
             VALUES (?1, ?2, ?7, ?8, ?3, ?4, ?5, ?6) ON CONFLICT (id) DO NOTHING",
        )?
        .execute(params![
            Id(room.id.as_uuid()),
            Id(room.host.as_uuid()),
            player(room.players.p1),
            player(room.players.p2),
            room.format,
            &room.snapshot[..],
            Count(room.epoch.0),
            Count(room.version.0),
        ])?;
    Ok(created == 1)
}

/// A commit that does not end the room, the hottest call of all: one statement when all is well,
/// and a look at the room only when that changed nothing.
pub(super) fn commit(
    connection: &Connection,
    commit: &Commit,
) -> rusqlite::Result<Result<(), CommitError>> {
    let written = connection
        .prepare_cached(
            "UPDATE rooms SET version = ?4, format = ?5, snapshot = ?6
             WHERE id = ?1 AND host = ?2 AND epoch = ?3 AND version < ?4 AND ended_at IS NULL",
        )?
        .execute(params![
            Id(commit.room.as_uuid()),
            Id(commit.host.as_uuid()),
            Count(commit.epoch.0),
            Count(commit.version.0),
            commit.format,
            &commit.snapshot[..],
        ])?;
    if written == 1 {
        return Ok(Ok(()));
    }
    commit_judged(connection, commit, None)
}

/// The commit that ends the room, and puts the result into the outbox.
pub(super) fn commit_end(
    connection: &Connection,
    commit: &Commit,
    record: &str,
    now: i64,
) -> rusqlite::Result<Result<(), CommitError>> {
    commit_judged(connection, commit, Some((record, now)))
}

fn commit_judged(
    connection: &Connection,
    commit: &Commit,
    end: Option<(&str, i64)>,
) -> rusqlite::Result<Result<(), CommitError>> {
    let judged = match held(connection, commit.room)? {
        None => return Ok(Err(CommitError::Missing)),
        Some(held) => judge(&held, commit.host, commit.epoch, commit.version),
    };
    match judged {
        Judged::Fenced => return Ok(Err(CommitError::Fenced)),
        Judged::Overtaken => return Ok(Ok(())),
        Judged::Taken => {}
    }
    connection
        .prepare_cached(
            "UPDATE rooms SET host = ?2, epoch = ?3, version = ?4, format = ?5, snapshot = ?6,
             ended_at = ?7 WHERE id = ?1",
        )?
        .execute(params![
            Id(commit.room.as_uuid()),
            Id(commit.host.as_uuid()),
            Count(commit.epoch.0),
            Count(commit.version.0),
            commit.format,
            &commit.snapshot[..],
            end.map(|(_, now)| now),
        ])?;
    if let Some((record, _)) = end {
        outbox::add(connection, record)?;
    }
    Ok(Ok(()))
}

fn held(connection: &Connection, room: RoomId) -> rusqlite::Result<Option<Held>> {
    connection
        .prepare_cached("SELECT host, epoch, version, ended_at FROM rooms WHERE id = ?1")?
        .query_row([Id(room.as_uuid())], read_held)
        .optional()
}

/// Reads the first four columns: host, epoch, version, end.
fn read_held(row: &Row<'_>) -> rusqlite::Result<Held> {
    Ok(Held {
        host: row.get::<_, Option<Id>>(0)?.map(|Id(uuid)| PodId::from(uuid)),
        epoch: Epoch(row.get::<_, Count>(1)?.0),
        version: Version(row.get::<_, Count>(2)?.0),
        ended: row.get::<_, Option<i64>>(3)?.is_some(),
    })
}

pub(super) fn load(
    connection: &Connection,
    room: RoomId,
    kept_since: i64,
) -> rusqlite::Result<Option<StoredRoom>> {
    connection
        .prepare_cached(
            "SELECT host, epoch, version, ended_at, format, snapshot, p1, p2 FROM rooms
             WHERE id = ?1 AND (ended_at IS NULL OR ended_at > ?2)",
        )?
        .query_row(params![Id(room.as_uuid()), kept_since], |row| {
            let held = read_held(row)?;
            Ok(StoredRoom {
                host: held.host,
                epoch: held.epoch,
                version: held.version,
                format: row.get(4)?,
                snapshot: Bytes::copy_from_slice(row.get_ref(5)?.as_blob()?),
                ended: held.ended,
                players: BySeat { p1: player(row.get(6)?), p2: player(row.get(7)?) },
                idle: None,
            })
        })
        .optional()
}

fn player(id: Option<Id>) -> Option<PlayerId> {
    id.map(|Id(uuid)| PlayerId::from(uuid))
}

/// `readable`: the formats the pod reads, and since when ended rooms are kept.
pub(super) fn claim(
    connection: &Connection,
    room: RoomId,
    host: PodId,
    seen: Epoch,
    (formats, kept_since): (&[u32], i64),
) -> rusqlite::Result<Result<Claimed, ClaimError>> {
    let Some(stored) = load(connection, room, kept_since)? else {
        return Ok(Err(ClaimError::Missing));
    };
    if stored.ended {
        return Ok(Err(ClaimError::Ended));
    }
    if stored.epoch != seen {
        return Ok(Err(ClaimError::Lost(stored.epoch)));
    }
    if !formats.contains(&stored.format) {
        return Ok(Err(ClaimError::Unreadable(stored.format)));
    }
    let epoch = seen.next();
    connection
        .prepare_cached("UPDATE rooms SET host = ?2, epoch = ?3 WHERE id = ?1")?
        .execute(params![Id(room.as_uuid()), Id(host.as_uuid()), Count(epoch.0)])?;
    let StoredRoom { version, format, snapshot, .. } = stored;
    Ok(Ok(Claimed { epoch, version, format, snapshot }))
}

pub(super) fn release(
    connection: &Connection,
    room: RoomId,
    host: PodId,
    epoch: Epoch,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "UPDATE rooms SET host = NULL
             WHERE id = ?1 AND host = ?2 AND epoch = ?3 AND ended_at IS NULL",
        )?
        .execute(params![Id(room.as_uuid()), Id(host.as_uuid()), Count(epoch.0)])
        .map(drop)
}

pub(super) fn open(connection: &Connection) -> rusqlite::Result<Vec<OpenRoom>> {
    connection
        .prepare_cached("SELECT id, p1, p2 FROM rooms WHERE ended_at IS NULL")?
        .query_map([], |row| {
            let id = row.get::<_, Id>(0)?.0;
            let seats = BySeat { p1: player(row.get(1)?), p2: player(row.get(2)?) };
            Ok((RoomId::from(id), seats))
        })?
        .collect()
}

/// Forgets some of the rooms that ended before that time.
pub(super) fn forget_ended(connection: &Connection, before: i64) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "DELETE FROM rooms WHERE key IN
             (SELECT key FROM rooms WHERE ended_at <= ?1 ORDER BY ended_at LIMIT ?2)",
        )?
        .execute([before, FORGET_AT_ONCE])
        .map(drop)
}
