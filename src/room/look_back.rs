//! A look back at a room that has ended. A store that loses its memory just then knows neither the
//! result, which the recorder may not have taken, nor the end, which players elsewhere may not have
//! heard. Whoever hosted the room still does.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use super::snapshot::SnapshotError;
use super::{GameRoom, RoomDeps, free_seats};
use crate::cluster::{Commit, CommitError, NewRoom, Unavailable};
use crate::results::FinishedGame;
use crate::wall_clock;

/// An ended room, as its players are told.
pub(super) struct LookBack {
    deps: Arc<RoomDeps>,
    room: NewRoom,
    record: FinishedGame,
}

/// So often the store has to answer: three seconds after the end the recorder has normally taken the
/// game, and every player has asked for its end.
const LOOKS: u32 = 6;
const EVERY: Duration = Duration::from_millis(500);
/// How long one look may take. Each of its calls has a deadline of its own.
const ONE_LOOK: Duration = Duration::from_secs(3);
/// While the store does not answer, it is asked again, but not for longer than it keeps a room that
/// has ended: after that, one that is missing is nothing special.
const NO_LONGER: Duration = Duration::from_secs(9 * 60);

impl GameRoom {
    /// What is needed to look back at this room, which has ended.
    ///
    /// # Errors
    /// When the state cannot be written.
    pub(super) fn look_back(&mut self) -> Result<LookBack, SnapshotError> {
        let room = self.as_new_room()?;
        let record = self.state.finished(wall_clock::millis());
        Ok(LookBack { deps: self.deps.clone(), room, record })
    }
}

impl LookBack {
    /// Looks again and again, until the store has answered often enough.
    pub(super) async fn watch(mut self) {
        let ended = Instant::now();
        let mut looks = 0;
        while looks < LOOKS {
            sleep(EVERY).await;
            if ended.elapsed() > NO_LONGER {
                return;
            }
            let looked = timeout(ONE_LOOK, self.look()).await;
            match looked.unwrap_or_else(|_| Err(Unavailable("no answer in time".to_owned()))) {
                Ok(()) => looks += 1,
                Err(error) => {
                    tracing::debug!(room = %self.room.id, %error, "an end is looked for again");
                }
            }
        }
    }

    async fn look(&mut self) -> Result<(), Unavailable> {
        match self.deps.rooms.load(self.room.id).await? {
            Some(stored) if stored.ended => Ok(()),
            // A failover has taken the end back, or it has not been put back wholly. If somebody else
            // hosts the room by now, this is fenced.
            Some(_) => self.end().await,
            None => self.put_back().await,
        }
    }

    /// Whoever still asks for the room finds its end. Nobody is called back to it: who plays the next
    /// game may be unknown to the store, too, at this moment.
    async fn put_back(&mut self) -> Result<(), Unavailable> {
        let id = self.room.id;
        tracing::error!(room = %id, "the store has lost a room that had just ended; restoring it");
        if self.deps.rooms.found(self.room.clone()).await? {
            self.deps.metrics.rooms_restored.inc();
            self.end().await?;
        }
        Ok(())
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
            Err(CommitError::Fenced | CommitError::Missing) => return Ok(()),
            Err(CommitError::Unavailable(error)) => return Err(error),
        }
        free_seats(&*self.deps.matchmaking, id, self.record.people().collect()).await
    }
}
