//! The outbox in SQLite. Each function is one call inside somebody's transaction.

use std::time::Duration;

use rusqlite::{Connection, params};

use crate::ids::RoomId;
use crate::results::{OutboxEntry, OutboxId, RECORD_FORMAT, SetAside};
use crate::sqlite::Count;

pub(super) fn add(connection: &Connection, record: &str) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT INTO outbox (record, tries) VALUES (?1, 0)")?
        .execute([record])
        .map(drop)
}

pub(super) fn take(connection: &Connection, limit: usize) -> rusqlite::Result<Vec<OutboxEntry>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let entries: Vec<OutboxEntry> = connection
        .prepare_cached("SELECT id, record, tries FROM outbox ORDER BY id LIMIT ?1")?
        .query_map([limit], |row| {
            let id = OutboxId::numbered(row.get::<_, Count>(0)?.0);
            let (record, tries) = (row.get(1)?, row.get(2)?);
            Ok(OutboxEntry { id, record, format: RECORD_FORMAT, tries, age: None })
        })?
        .collect::<rusqlite::Result<_>>()?;
    if let (Some(first), Some(last)) = (entries.first(), entries.last()) {
        connection
            .prepare_cached("UPDATE outbox SET tries = tries + 1 WHERE id BETWEEN ?1 AND ?2")?
            .execute([Count(first.id.number()), Count(last.id.number())])?;
    }
    Ok(entries)
}

pub(super) fn done(connection: &Connection, id: OutboxId) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM outbox WHERE id = ?1")?
        .execute([Count(id.number())])
        .map(drop)
}

pub(super) fn set_aside(
    connection: &Connection,
    id: OutboxId,
    why: &str,
    now: i64,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO outbox_aside (id, record, tries, why, since)
             SELECT id, record, tries, ?2, ?3 FROM outbox WHERE id = ?1",
        )?
        .execute(params![Count(id.number()), why, now])?;
    done(connection, id)
}

/// Whether a record that waits, or was set aside, is of this room.
pub(super) fn holds(connection: &Connection, room: RoomId) -> rusqlite::Result<bool> {
    connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM outbox WHERE instr(record, ?1))
                 OR EXISTS (SELECT 1 FROM outbox_aside WHERE instr(record, ?1))",
        )?
        .query_row([room.to_string()], |row| row.get(0))
}

/// Some of those set aside, from the one after `after` on.
pub(super) fn list_aside(
    connection: &Connection,
    after: u64,
    limit: usize,
    now: i64,
) -> rusqlite::Result<Vec<SetAside>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    connection
        .prepare_cached(
            "SELECT id, record, why, since FROM outbox_aside WHERE id > ?1 ORDER BY id LIMIT ?2",
        )?
        .query_map(params![Count(after), limit], |row| {
            let id = OutboxId::numbered(row.get::<_, Count>(0)?.0);
            let age = u64::try_from(now - row.get::<_, i64>(3)?).unwrap_or_default();
            let (record, why) = (row.get(1)?, row.get(2)?);
            let age = Duration::from_millis(age);
            Ok(SetAside { id, record, format: RECORD_FORMAT, why, age })
        })?
        .collect()
}

pub(super) fn put_back(connection: &Connection, id: OutboxId) -> rusqlite::Result<bool> {
    let copied = connection
        .prepare_cached(
            "INSERT INTO outbox (record, tries) SELECT record, 0 FROM outbox_aside WHERE id = ?1",
        )?
        .execute([Count(id.number())])?;
    connection
        .prepare_cached("DELETE FROM outbox_aside WHERE id = ?1")?
        .execute([Count(id.number())])?;
    Ok(copied == 1)
}
