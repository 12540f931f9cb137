//! Sign-outs in SQLite. Each function is one call inside somebody's transaction.

use rusqlite::{Connection, params};

use crate::auth::MOST_SIGN_OUTS;
use crate::cluster::{NewSignOuts, SIGN_OUTS_AT_ONCE, SignOut};
use crate::ids::{PlayerId, SessionId};
use crate::sqlite::{Count, Id};

/// Keeps some, and forgets those whose tokens have expired, and the oldest when there are too many.
pub(super) fn keep(connection: &Connection, outs: &[SignOut], now: i64) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM sign_outs WHERE until < ?1")?
        .execute([now.div_euclid(1000)])?;
    let mut keep = connection.prepare_cached(
        "INSERT INTO sign_outs (player, session, at, until) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT DO NOTHING",
    )?;
    for out in outs {
        let session = out.session.map(|session| Id(session.as_uuid()));
        keep.execute(params![Id(out.player.as_uuid()), session, Count(out.at), Count(out.until)])?;
    }
    let most = i64::try_from(MOST_SIGN_OUTS).unwrap_or(i64::MAX);
    connection
        .prepare_cached("DELETE FROM sign_outs WHERE id <= (SELECT max(id) FROM sign_outs) - ?1")?
        .execute([most])?;
    Ok(())
}

pub(super) fn new_since(connection: &Connection, from: u64) -> rusqlite::Result<NewSignOuts> {
    let limit = i64::try_from(SIGN_OUTS_AT_ONCE).unwrap_or(i64::MAX);
    let rows = connection
        .prepare_cached(
            "SELECT player, session, at, until, id FROM sign_outs WHERE id > ?1
             ORDER BY id LIMIT ?2",
        )?
        .query_map(params![Count(from), limit], |row| {
            let session = row.get::<_, Option<Id>>(1)?;
            let out = SignOut {
                player: PlayerId::from(row.get::<_, Id>(0)?.0),
                session: session.map(|Id(session)| SessionId::from(session)),
                at: row.get::<_, Count>(2)?.0,
                until: row.get::<_, Count>(3)?.0,
            };
            Ok((out, row.get::<_, Count>(4)?.0))
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let next = rows.last().map_or(from, |(_, id)| *id);
    let more = rows.len() == SIGN_OUTS_AT_ONCE;
    let outs = rows.into_iter().map(|(out, _)| out).collect();
    // A file is not lost while it is open.
    Ok(NewSignOuts { outs, next, more, empty: false })
}
