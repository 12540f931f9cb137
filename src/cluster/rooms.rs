//! The rooms store: the port that decides which pod hosts a room, and keeps its snapshot.
//!
//! A room has one host, and the store says who: a commit is *fenced* when the stored epoch is
//! higher, or equal under another host; it is taken when its epoch and version are above the stored
//! ones. Every attempt, a retry too, takes a new version, so a lost reply harms nothing.

use std::time::Duration;

use bytes::Bytes;

use super::{Answer, Unavailable};
use crate::ids::{BySeat, Epoch, PlayerId, PodId, RoomId, Version};
use crate::results::FinishedGame;

/// A room to be created.
#[derive(Clone, Debug)]
pub struct NewRoom {
    /// Its id.
    pub id: RoomId,
    /// The pod that will host it.
    pub host: PodId,
    /// The epoch in which it will: 1, unless a host restores what the store has lost.
    pub epoch: Epoch,
    /// The number of this first commit: 1, unless a host restores what the store has lost.
    pub version: Version,
    /// Who sits in it; a bot's seat is `None`.
    pub players: BySeat<Option<PlayerId>>,
    /// The format of the snapshot.
    pub format: u32,
    /// Its first snapshot.
    pub snapshot: Bytes,
}

/// One write of a room by its host.
#[derive(Clone, Debug)]
pub struct Commit {
    /// The room.
    pub room: RoomId,
    /// The pod that believes it hosts the room.
    pub host: PodId,
    /// The epoch in which it does.
    pub epoch: Epoch,
    /// The number of this attempt, above all numbers tried before.
    pub version: Version,
    /// The format of the snapshot.
    pub format: u32,
    /// Everything the room is.
    pub snapshot: Bytes,
    /// Present in the commit that ends the room: goes to the outbox in the same transaction,
    /// the first time only.
    pub finished: Option<FinishedGame>,
}

/// Why a commit was not taken.
#[derive(Clone, Debug, thiserror::Error)]
pub enum CommitError {
    /// Another pod hosts the room, or did in between, or the room has ended.
    #[error("fenced: this pod does not host the room any more")]
    Fenced,
    /// The store has no such room: it has lost what it confirmed, or the room ended long ago.
    #[error("the store does not know the room")]
    Missing,
    /// It may or may not have been written. Try again with a new version.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// A room as stored.
#[derive(Clone, Debug)]
pub struct StoredRoom {
    /// Who hosts it; `None` after a release.
    pub host: Option<PodId>,
    /// How often the hosting has changed hands.
    pub epoch: Epoch,
    /// The number of the last commit.
    pub version: Version,
    /// The format of the snapshot.
    pub format: u32,
    /// Everything the room was at that commit.
    pub snapshot: Bytes,
    /// Whether it has ended. An ended room is kept for ten minutes.
    pub ended: bool,
    /// Who sits in it; a bot's seat is `None`.
    pub players: BySeat<Option<PlayerId>>,
    /// How long ago it was committed or claimed, on the store's clock. `None` in a store that only
    /// one pod uses, which need not suspect anybody.
    pub idle: Option<Duration>,
}

/// A room that this pod hosts from now on.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// The new epoch.
    pub epoch: Epoch,
    /// The number of the last commit.
    pub version: Version,
    /// The format of the snapshot, one of those the claim named.
    pub format: u32,
    /// Everything the room was at that commit.
    pub snapshot: Bytes,
}

/// Why a room could not be claimed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ClaimError {
    /// There is no such room.
    #[error("there is no such room")]
    Missing,
    /// The room has ended.
    #[error("the room has ended")]
    Ended,
    /// Somebody else was quicker: the epoch is not the one that was seen.
    #[error("the room is in epoch {0} already")]
    Lost(Epoch),
    /// The snapshot is in a format that this pod cannot read.
    #[error("the snapshot is in format {0}, which this pod cannot read")]
    Unreadable(u32),
    /// Whether it was claimed is unknown.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// A room that has not ended, and who sits in it; a bot's seat is `None`.
pub type OpenRoom = (RoomId, BySeat<Option<PlayerId>>);

/// The rooms store.
pub trait Rooms: Send + Sync {
    /// Creates a room, if it is not there. `false`: it was there already, and nothing has changed.
    fn found(&self, room: NewRoom) -> Answer<bool, Unavailable>;

    /// Writes a snapshot, and with `finished` ends the room and puts the result into the outbox.
    fn commit(&self, commit: Commit) -> Answer<(), CommitError>;

    /// Makes a pod the host, if the epoch is still the one that was seen and the format is one that
    /// the pod reads. Raises the epoch.
    fn claim(
        &self,
        room: RoomId,
        host: PodId,
        seen: Epoch,
        formats: &'static [u32],
    ) -> Answer<Claimed, ClaimError>;

    /// Gives the room up: it has no host until somebody claims it. Nothing happens when the pod
    /// does not host it in this epoch.
    fn release(&self, room: RoomId, host: PodId, epoch: Epoch) -> Answer<(), Unavailable>;

    /// A room as stored; `None` when there is no such room.
    fn load(&self, room: RoomId) -> Answer<Option<StoredRoom>, Unavailable>;

    /// Some of the rooms that have not ended, others every time, and all while they are few. A part
    /// of the store that does not answer is left out. None in a store that only one pod uses: it opens
    /// them when it starts.
    fn some_open(&self) -> Answer<Vec<RoomId>, Unavailable>;
}
