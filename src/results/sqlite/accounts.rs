//! Accounts, beside the results. Each function is one call inside somebody's transaction.

use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

use crate::accounts::{Account, DELETED, SignIn};
use crate::auth::{Identity, Provider};
use crate::ids::PlayerId;
use crate::matchmaking::Profile;
use crate::results::FinishedSeat;
use crate::sqlite::{Count, Id, Word};

pub(super) fn sign_in(
    connection: &Connection,
    identity: &Identity,
    newcomer: &Profile,
) -> rusqlite::Result<SignIn> {
    let known: Option<Id> = connection
        .prepare_cached("SELECT player FROM identities WHERE identity = ?1")?
        .query_row([identity.key()], |row| row.get(0))
        .optional()?;
    let player = known.map_or(newcomer.id, |Id(uuid)| PlayerId::from(uuid));
    if known.is_none() {
        if is_deleted(connection, player)? {
            return Ok(SignIn::Deleted);
        }
        let has_one = account(connection, player)?.map(|account| account.provider);
        if has_one.is_some_and(|provider| provider != Provider::Guest) {
            return Ok(SignIn::Taken);
        }
        connection
            .prepare_cached("INSERT INTO identities (identity, player) VALUES (?1, ?2)")?
            .execute(params![identity.key(), Id(player.as_uuid())])?;
    }
    connection
        .prepare_cached(
            "INSERT INTO accounts (player, provider, name, picture) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (player)
             DO UPDATE SET provider = excluded.provider, picture = excluded.picture",
        )?
        .execute(params![
            Id(player.as_uuid()),
            Word(identity.provider),
            newcomer.name,
            newcomer.picture
        ])?;
    Ok(account(connection, player)?.map_or(SignIn::Deleted, SignIn::Account))
}

pub(super) fn account(
    connection: &Connection,
    player: PlayerId,
) -> rusqlite::Result<Option<Account>> {
    connection
        .prepare_cached("SELECT name, picture, provider FROM accounts WHERE player = ?1")?
        .query_row([Id(player.as_uuid())], |row| {
            let player = Profile { id: player, name: row.get(0)?, picture: row.get(1)? };
            Ok(Account { player, provider: row.get::<_, Word<Provider>>(2)?.0 })
        })
        .optional()
}

pub(super) fn rename(
    connection: &Connection,
    player: &Profile,
    now: u64,
) -> rusqlite::Result<bool> {
    if is_deleted(connection, player.id)? {
        return Ok(false);
    }
    let id = Id(player.id.as_uuid());
    connection
        .prepare_cached(
            "INSERT INTO accounts (player, provider, name, picture) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (player) DO UPDATE SET name = excluded.name",
        )?
        .execute(params![id, Word(Provider::Guest), player.name, player.picture])?;
    connection
        .prepare_cached("UPDATE players SET name = ?2, shown_at = max(shown_at, ?3) WHERE id = ?1")?
        .execute(params![id, player.name, Count(now)])?;
    Ok(true)
}

pub(super) fn is_deleted(connection: &Connection, player: PlayerId) -> rusqlite::Result<bool> {
    connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM deleted WHERE player = ?1)")?
        .query_row([Id(player.as_uuid())], |row| row.get(0))
}

pub(super) fn delete(connection: &Connection, player: PlayerId) -> rusqlite::Result<()> {
    let id = Id(player.as_uuid());
    connection
        .prepare_cached(
            "UPDATE seats SET player = ?2, name = ?3, picture = NULL
             WHERE (game, seat) IN (SELECT game, seat FROM history WHERE player = ?1)",
        )?
        .execute(params![id, Id(Uuid::nil()), DELETED])?;
    for forget in [
        "DELETE FROM history WHERE player = ?1",
        "DELETE FROM standings WHERE player = ?1",
        "DELETE FROM players WHERE id = ?1",
        "DELETE FROM identities WHERE player = ?1",
        "DELETE FROM accounts WHERE player = ?1",
        "INSERT INTO deleted (player) VALUES (?1) ON CONFLICT (player) DO NOTHING",
    ] {
        connection.prepare_cached(forget)?.execute([id])?;
    }
    Ok(())
}

/// A seat of somebody who has been deleted, as it may be kept.
pub(super) fn anonymous(sat: &FinishedSeat) -> FinishedSeat {
    let player = PlayerId::from(Uuid::nil());
    FinishedSeat { player, name: DELETED.to_owned(), picture: None, ..sat.clone() }
}
