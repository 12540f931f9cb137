//! Opening a room: from its founding record if it is not in the store yet, by a claim if it is.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::hosting::Wanted;
use crate::cluster::{ClaimError, NewRoom, StoredRoom, Unavailable};
use crate::games::Catalogue;
use crate::ids::{BySeat, Epoch, PlayerId, PodId, RoomId};
use crate::matchmaking::Founding;
use crate::room::remote::Whereabouts;
use crate::room::snapshot::SnapshotError;
use crate::room::{self, LastCommit, RoomDeps, RoomState, Tenure, WriteOffError, snapshot};
use crate::telemetry::count;

/// A room that was opened.
pub(super) enum Opened {
    /// This pod hosts it from now on.
    Hosted(Box<RoomState>, Tenure),
    /// Another pod hosts it; these persons sit in it.
    Elsewhere(Whereabouts, BySeat<Option<PlayerId>>),
    /// It has ended: this is how, and how long ago, where the store knows.
    Ended(Box<RoomState>, Option<Duration>),
}

/// Why a room was not opened.
#[derive(Debug, thiserror::Error)]
pub(super) enum OpenError {
    #[error("there is no such room")]
    Gone,
    #[error("it was written off")]
    WrittenOff,
    /// Another pod may know how.
    #[error("this server cannot read it: {0}")]
    Unreadable(String),
    /// Another pod may claim it.
    #[error("this server is about to leave, and takes over nothing more")]
    Withdrawn,
    /// No pod can do anything with it.
    #[error("it cannot be opened: {0}")]
    Damaged(String),
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Only a snapshot that nobody can read is hopeless; anything else is tried again.
fn not_written_off(error: WriteOffError) -> OpenError {
    match error {
        WriteOffError::Snapshot(error) => OpenError::Damaged(error.to_string()),
        WriteOffError::Claim(ClaimError::Unreadable(_)) => OpenError::Unreadable(error.to_string()),
        WriteOffError::Claim(_) | WriteOffError::Commit(_) => {
            OpenError::Unavailable(Unavailable(error.to_string()))
        }
    }
}

/// Whose room it is.
enum Judged {
    /// This pod may claim it, and why: `None` when it was this pod's before.
    Ours(Option<&'static str>),
    /// That pod hosts it.
    Theirs(PodId),
}

/// How often a claim that somebody else won is tried again before the player is sent to ask later.
const CLAIMS: u32 = 3;

/// What opening a room needs, free of the actor so that it can wait.
#[derive(Clone)]
pub(super) struct Opener {
    pub(super) room: Arc<RoomDeps>,
    pub(super) catalogue: Arc<Catalogue>,
    /// Whether rooms of other pods may be claimed. Not by a pod that is about to leave: they would
    /// move twice.
    pub(super) may_claim: bool,
}

impl Opener {
    /// Opens a room by its id: says where it is hosted, or hosts it here.
    pub(super) async fn open(
        self,
        id: RoomId,
        wanted: Option<Wanted>,
    ) -> Result<Opened, OpenError> {
        for _ in 0..CLAIMS {
            let Some(stored) = self.room.rooms.load(id).await? else {
                let founding = self.room.matchmaking.founding(id).await?;
                let founding = founding.ok_or(OpenError::Gone)?;
                // Whoever made the match may not have heard that it lasts: a game that begins without
                // that has players who may be matched a second time.
                if !self.room.matchmaking.confirm(id).await? {
                    return Err(OpenError::Gone);
                }
                if let Some(opened) = self.create(self.state_of(founding)?).await? {
                    return Ok(opened);
                }
                continue;
            };
            if stored.ended {
                return self.ended(id, &stored);
            }
            match self.judge(&stored, wanted).await? {
                Judged::Theirs(host) => {
                    let at = Whereabouts { room: id, host, epoch: stored.epoch };
                    return Ok(Opened::Elsewhere(at, stored.players));
                }
                Judged::Ours(Some(_)) if !self.may_claim => return Err(OpenError::Withdrawn),
                Judged::Ours(why) => {
                    if let Some(opened) = self.take(id, stored.epoch, why).await? {
                        return Ok(opened);
                    }
                }
            }
        }
        Err(Unavailable("the room changes hands".to_owned()).into())
    }

    /// Founds a room from its record.
    pub(super) async fn found(self, founding: Founding) -> Result<Opened, OpenError> {
        let id = founding.room;
        match self.create(self.state_of(founding)?).await? {
            Some(opened) => Ok(opened),
            None => self.open(id, None).await,
        }
    }

    /// Founds a room that has waited too long for it, and whose game ends with that.
    pub(super) async fn found_void(self, founding: Founding) -> Result<Opened, OpenError> {
        let id = founding.room;
        let mut state = self.state_of(founding)?;
        state.void();
        match self.create(state).await? {
            Some(opened) => Ok(opened),
            None => self.open(id, None).await,
        }
    }

    /// Who may host a room: another pod for as long as it lives, unless it is suspected.
    async fn judge(
        &self,
        stored: &StoredRoom,
        wanted: Option<Wanted>,
    ) -> Result<Judged, Unavailable> {
        let Some(host) = stored.host else { return Ok(Judged::Ours(Some("released"))) };
        if host == self.room.host {
            // A room of this pod's that has panicked, or was claimed by a call without an answer.
            return Ok(Judged::Ours(None));
        }
        if let Some(wanted) = wanted.filter(|wanted| wanted.epoch == Some(stored.epoch)) {
            return Ok(Judged::Ours(Some(wanted.why)));
        }
        if self.room.vitals.age(host).await?.is_some() {
            return Ok(Judged::Theirs(host));
        }
        if stored.idle.is_some() && !self.room.vitals.may_suspect() {
            // After an outage of the store every heartbeat is gone, of the living too.
            return Err(Unavailable("this pod is not fit to judge others".to_owned()));
        }
        Ok(Judged::Ours(Some(wanted.map_or("left", |wanted| wanted.why))))
    }

    /// `None`: somebody else was quicker.
    async fn take(
        &self,
        id: RoomId,
        seen: Epoch,
        why: Option<&'static str>,
    ) -> Result<Option<Opened>, OpenError> {
        match self.claim(id, seen).await {
            Ok(opened) => {
                if let Some(why) = why {
                    count(&self.room.metrics.takeovers, why);
                    tracing::info!(room = %id, why, "taken over");
                }
                opened.map(Some)
            }
            Err(ClaimError::Lost(_) | ClaimError::Ended) => Ok(None),
            Err(ClaimError::Missing) => Err(OpenError::Gone),
            Err(ClaimError::Unavailable(error)) => Err(error.into()),
            Err(error @ ClaimError::Unreadable(_)) => {
                self.room.metrics.snapshots_unreadable.inc();
                Err(OpenError::Unreadable(error.to_string()))
            }
        }
    }

    fn state_of(&self, founding: Founding) -> Result<RoomState, OpenError> {
        RoomState::found(founding, &self.catalogue)
            .ok_or_else(|| OpenError::Unreadable("the game is unknown".to_owned()))
    }

    /// `None`: it was there already.
    async fn create(&self, state: RoomState) -> Result<Option<Opened>, OpenError> {
        let format = self.room.format.get();
        let snapshot =
            state.snapshot(format).map_err(|error| OpenError::Damaged(error.to_string()))?;
        let room = NewRoom {
            id: state.id,
            host: self.room.host,
            epoch: Tenure::FOUNDED.epoch,
            version: Tenure::FOUNDED.version,
            players: state.persons(),
            format,
            snapshot,
        };
        if !self.room.rooms.found(room).await? {
            return Ok(None);
        }
        self.note_seats(&state).await?;
        Ok(Some(Opened::Hosted(Box::new(state), Tenure::FOUNDED)))
    }

    /// So that the players find the room, and later its end, when they come back.
    async fn note_seats(&self, state: &RoomState) -> Result<(), Unavailable> {
        self.room.players.seated(state.id, state.persons().present().collect()).await
    }

    /// Ends a room as void in the store alone, because nothing can be done with its game without a
    /// panic: the record has the players, and no points.
    pub(super) async fn write_off(self, id: RoomId) -> Result<Opened, OpenError> {
        let Some(stored) = self.room.rooms.load(id).await?.filter(|stored| !stored.ended) else {
            return Err(OpenError::Gone);
        };
        let last = |_, snapshot: &Bytes| {
            let record = snapshot::write_off(id, snapshot)?;
            Ok(LastCommit { snapshot: snapshot.clone(), record })
        };
        let record = room::write_off(&*self.room.rooms, self.room.host, (id, &stored), last).await;
        let record = record.map_err(not_written_off)?;
        room::free_seats(&*self.room.matchmaking, id, record.people().collect()).await?;
        tracing::error!(room = %id, "the room was written off as void");
        Err(OpenError::WrittenOff)
    }

    async fn claim(
        &self,
        id: RoomId,
        seen: Epoch,
    ) -> Result<Result<Opened, OpenError>, ClaimError> {
        let host = self.room.host;
        let claim = self.room.rooms.claim(id, host, seen, snapshot::READABLE);
        let claimed = claim.await?;
        let mut state = match RoomState::restore(id, &claimed.snapshot, &self.catalogue) {
            Ok(state) => state,
            Err(SnapshotError::UnknownGame(game)) => {
                self.room.metrics.snapshots_unreadable.inc();
                self.room.rooms.release(id, host, claimed.epoch).await?;
                return Ok(Err(OpenError::Unreadable(format!("the game {game:?} is unknown"))));
            }
            Err(SnapshotError::Damaged(error)) => {
                self.room.metrics.snapshots_unreadable.inc();
                tracing::error!(room = %id, %error, "a snapshot is damaged");
                return Ok(self.clone().write_off(id).await);
            }
        };
        // Who sits in a live room is not matched again. After a restart of a single server the seats
        // are known from the rooms alone.
        if let Some(other) = room::restore_seats(&self.room, state.founding()).await? {
            tracing::warn!(room = %id, %other, "its players play another game by now");
            state.void();
        }
        Ok(Ok(Opened::Hosted(Box::new(state), Tenure::from(&claimed))))
    }

    fn ended(&self, id: RoomId, stored: &StoredRoom) -> Result<Opened, OpenError> {
        RoomState::restore(id, &stored.snapshot, &self.catalogue)
            .map(|state| Opened::Ended(Box::new(state), stored.idle))
            .map_err(|error| OpenError::Damaged(error.to_string()))
    }
}
