//! Opening a room: from its founding record if it is not in the store yet, by a claim if it is.

use std::sync::Arc;

use crate::cluster::{ClaimError, Commit, NewRoom, Players, StoredRoom, Unavailable};
use crate::games::Catalogue;
use crate::ids::RoomId;
use crate::matchmaking::{Founder, Founding};
use crate::room::{RoomDeps, RoomState, Tenure, snapshot};

/// A room that was opened.
pub(super) enum Opened {
    /// This pod hosts it from now on.
    Hosted(Box<RoomState>, Tenure),
    /// It has ended: this is how.
    Ended(Box<RoomState>),
}

/// Why a room was not opened.
#[derive(Debug, thiserror::Error)]
pub(super) enum OpenError {
    #[error("there is no such room")]
    Gone,
    #[error("this server cannot host it: {0}")]
    Unreadable(String),
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// How often a claim that somebody else won is tried again before the player is sent to ask later.
const CLAIMS: u32 = 3;

/// What opening a room needs, free of the actor so that it can wait.
#[derive(Clone)]
pub(super) struct Opener {
    pub(super) room: Arc<RoomDeps>,
    pub(super) players: Arc<dyn Players>,
    pub(super) catalogue: Arc<Catalogue>,
}

impl Opener {
    /// Opens a room by its id.
    pub(super) async fn open(self, id: RoomId) -> Result<Opened, OpenError> {
        for _ in 0..CLAIMS {
            match self.room.rooms.load(id).await? {
                Some(stored) if stored.ended => return self.ended(id, &stored),
                Some(stored) => match self.claim(id, &stored).await {
                    Err(ClaimError::Lost(_) | ClaimError::Ended) => {}
                    Ok(opened) => return opened,
                    Err(ClaimError::Missing) => return Err(OpenError::Gone),
                    Err(ClaimError::Unavailable(error)) => return Err(error.into()),
                    Err(error @ ClaimError::Unreadable(_)) => {
                        return Err(OpenError::Unreadable(error.to_string()));
                    }
                },
                None => {
                    let founding = self.room.matchmaking.founding(id).await?;
                    let founding = founding.ok_or(OpenError::Gone)?;
                    if let Some(opened) = self.create(founding).await? {
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
        match self.create(founding).await? {
            Some(opened) => Ok(opened),
            None => self.open(id).await,
        }
    }

    /// `None`: it was there already.
    async fn create(&self, founding: Founding) -> Result<Option<Opened>, OpenError> {
        let id = founding.room;
        let state = RoomState::found(founding, &self.catalogue)
            .ok_or_else(|| OpenError::Unreadable("the game is unknown".to_owned()))?;
        let snapshot =
            state.snapshot().map_err(|error| OpenError::Unreadable(error.to_string()))?;
        let room = NewRoom {
            id,
            host: self.room.host,
            epoch: Tenure::FOUNDED.epoch,
            version: Tenure::FOUNDED.version,
            players: state.persons(),
            format: snapshot::FORMAT,
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
        self.players
            .seated(state.id, state.persons().iter().filter_map(|(_, p)| *p).collect())
            .await
    }

    /// Ends a room as void in the store alone, because nothing can be done with its game without a
    /// panic: the record has the players, and no points.
    pub(super) async fn write_off(self, id: RoomId) -> Result<Opened, OpenError> {
        let Some(stored) = self.room.rooms.load(id).await?.filter(|stored| !stored.ended) else {
            return Err(OpenError::Gone);
        };
        let unreadable = |error: &dyn std::fmt::Display| OpenError::Unreadable(error.to_string());
        let record = snapshot::write_off(id, &stored.snapshot).map_err(|e| unreadable(&e))?;
        let players = record.seats.iter().map(|(_, seat)| seat.player).collect();
        let claim = self.room.rooms.claim(id, self.room.host, stored.epoch, snapshot::READABLE);
        let claimed = claim.await.map_err(|error| unreadable(&error))?;
        let commit = Commit {
            room: id,
            host: self.room.host,
            epoch: claimed.epoch,
            version: claimed.version.next(),
            format: claimed.format,
            snapshot: claimed.snapshot,
            finished: Some(record),
        };
        self.room.rooms.commit(commit).await.map_err(|error| unreadable(&error))?;
        self.room.matchmaking.free(id, players).await?;
        tracing::error!(room = %id, "the room was written off as void");
        Err(OpenError::Gone)
    }

    async fn claim(
        &self,
        id: RoomId,
        stored: &StoredRoom,
    ) -> Result<Result<Opened, OpenError>, ClaimError> {
        let host = self.room.host;
        let claim = self.room.rooms.claim(id, host, stored.epoch, snapshot::READABLE);
        let claimed = claim.await?;
        let state = match RoomState::restore(id, &claimed.snapshot, &self.catalogue) {
            Ok(state) => state,
            Err(error) => return Ok(Err(OpenError::Unreadable(error.to_string()))),
        };
        self.restore_seats(&state).await?;
        self.note_seats(&state).await?;
        Ok(Ok(Opened::Hosted(Box::new(state), Tenure::from(&claimed))))
    }

    /// Who sits in a live room is not matched again. After a restart of a single server the seats
    /// are known from the rooms alone.
    async fn restore_seats(&self, state: &RoomState) -> Result<(), Unavailable> {
        let founding = Founding {
            room: state.id,
            game: state.table.name().to_owned(),
            seats: state.seats.map(|s| Founder { player: s.player.clone(), bot: s.bot }),
            seed: 0,
        };
        self.room.matchmaking.seat(founding).await.map(|_| ())
    }

    fn ended(&self, id: RoomId, stored: &StoredRoom) -> Result<Opened, OpenError> {
        RoomState::restore(id, &stored.snapshot, &self.catalogue)
            .map(|state| Opened::Ended(Box::new(state)))
            .map_err(|error| OpenError::Unreadable(error.to_string()))
    }
}
