//! A look back at a room that has ended. A store that loses its memory just then knows neither the
//! result, which the recorder may not have taken, nor the end, which players elsewhere may not have
//! heard. Whoever hosted the room still does.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{sleep, timeout};

use super::snapshot::SnapshotError;
use super::{GameRoom, RoomDeps, Tenure, free_seats};
use crate::cluster::{Commit, CommitError, NewRoom, StoredRoom, Unavailable};
use crate::ids::PlayerId;
use crate::results::FinishedGame;
use crate::wall_clock;

/// An ended room, as it was told to its players.
pub(super) struct LookBack {
    deps: Arc<RoomDeps>,
    room: NewRoom,
    record: FinishedGame,
}

/// By then the recorder has taken the game, and every player has asked for its end.
const LOOKS: u32 = 6;
const EVERY: Duration = Duration::from_millis(500);

impl GameRoom {
    /// # Errors
    /// When the state cannot be written.
    pub(super) fn look_back(&mut self) -> Result<LookBack, SnapshotError> {
        let format = self.deps.format.get();
        let Tenure { epoch, version } = self.commits.next_attempt();
        let room = NewRoom {
            id: self.id,
            host: self.deps.host,
            epoch,
            version,
            players: self.state.persons(),
            format,
            snapshot: self.state.snapshot(format)?,
        };
        let record = self.state.finished(wall_clock::millis());
        Ok(LookBack { deps: self.deps.clone(), room, record })
    }
}

impl LookBack {
    /// Looks again and again, for three seconds or, if the store does not answer, six.
    pub(super) async fn watch(mut self) {
        for _ in 0..LOOKS {
            sleep(EVERY).await;
            // What does not answer in time is looked for again.
            if let Ok(Err(error)) = timeout(EVERY, self.look()).await {
                tracing::debug!(room = %self.room.id, %error, "the end of a room is looked for again");
            }
        }
    }

    async fn look(&mut self) -> Result<(), Unavailable> {
        match self.deps.rooms.load(self.room.id).await? {
            None => self.put_back().await,
            // A failover has taken the end back, or the reply of an attempt to put it back was lost.
            Some(stored) if self.is_open(&stored) => self.end().await,
            Some(_) => Ok(()),
        }
    }

    fn is_open(&self, stored: &StoredRoom) -> bool {
        !stored.ended && stored.host == Some(self.room.host) && stored.epoch == self.room.epoch
    }

    async fn put_back(&mut self) -> Result<(), Unavailable> {
        let id = self.room.id;
        tracing::error!(room = %id, "the store has lost a room that had just ended; restoring it");
        if !self.deps.rooms.found(self.room.clone()).await? {
            return Ok(());
        }
        self.end().await?;
        self.deps.metrics.rooms_restored.inc();
        // Whoever plays the next game is not called back.
        let mut players: Vec<PlayerId> = self.record.people().collect();
        let seated = self.deps.matchmaking.seats_of(players.clone()).await?;
        players.retain(|player| !seated.iter().any(|(sits, _)| sits == player));
        self.deps.players.seated(id, players).await
    }

    async fn end(&mut self) -> Result<(), Unavailable> {
        let NewRoom { id, host, epoch, format, .. } = self.room;
        self.room.version = self.room.version.next();
        let commit = Commit {
            room: id,
            host,
            epoch,
            version: self.room.version,
            format,
            snapshot: self.room.snapshot.clone(),
            finished: Some(self.record.clone()),
        };
        match self.deps.rooms.commit(commit).await {
            Ok(()) => (self.deps.wake_recorder)(),
            // Somebody else hosts it by now, and ends it; or it is lost again, and looked for again.
            Err(CommitError::Fenced | CommitError::Missing) => return Ok(()),
            Err(CommitError::Unavailable(error)) => return Err(error),
        }
        free_seats(&*self.deps.matchmaking, id, self.record.people().collect()).await
    }
}
