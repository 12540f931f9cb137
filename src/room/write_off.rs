//! Ending a room in the store, without an actor: by the manager when its game cannot be touched any
//! more, and by an operator. Whoever hosts the room is fenced by it, and finds that it has ended.

use bytes::Bytes;

use super::snapshot::{READABLE, SnapshotError};
use crate::cluster::{ClaimError, Commit, CommitError, Rooms, StoredRoom};
use crate::ids::{PodId, RoomId};
use crate::results::FinishedGame;

/// What the last commit of a room writes.
pub struct LastCommit {
    /// The snapshot that is kept.
    pub snapshot: Bytes,
    /// The record for the outbox.
    pub record: FinishedGame,
}

/// Why a room was not ended.
#[derive(Debug, thiserror::Error)]
pub enum WriteOffError {
    /// It could not be claimed.
    #[error(transparent)]
    Claim(#[from] ClaimError),
    /// Its snapshot cannot be read.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// Its end was not written.
    #[error(transparent)]
    Commit(#[from] CommitError),
}

/// Claims a room in the epoch in which it was found, and ends it with one commit. `last` makes that
/// commit from a format and a snapshot. The seats are still to be freed; the recorder does it too.
///
/// # Errors
/// When `last` cannot make a commit of the room as it was found, nothing has changed. Otherwise the
/// room may have been claimed, which costs its host a move.
pub async fn write_off(
    rooms: &dyn Rooms,
    host: PodId,
    (room, found): (RoomId, &StoredRoom),
    last: impl Fn(u32, &Bytes) -> Result<LastCommit, SnapshotError>,
) -> Result<FinishedGame, WriteOffError> {
    last(found.format, &found.snapshot)?;
    let claimed = rooms.claim(room, host, found.epoch, READABLE).await?;
    let LastCommit { snapshot, record } = last(claimed.format, &claimed.snapshot)?;
    let commit = Commit {
        room,
        host,
        epoch: claimed.epoch,
        version: claimed.version.next(),
        format: claimed.format,
        snapshot,
        finished: Some(record.clone()),
    };
    rooms.commit(commit).await?;
    Ok(record)
}
