//! Putting a room back that the store has lost: a store that was wiped knows nothing, but whoever
//! hosts a room still does.

use std::sync::Arc;

use actix::{ActorContext, ActorFutureExt, AsyncContext, Context, WrapFuture};

use super::snapshot::SnapshotError;
use super::{GameRoom, RoomDeps, Tenure};
use crate::cluster::{MatchMade, NewRoom, StoredRoom, Unavailable};
use crate::ids::{PlayerId, RoomId, Seat};
use crate::matchmaking::Founding;
use crate::telemetry::count;

impl GameRoom {
    /// The store does not know the room.
    pub(super) fn on_missing(&mut self, ctx: &mut Context<Self>) {
        count(&self.deps.metrics.commits, "missing");
        tracing::error!(room = %self.id, "the store has lost the room; restoring it");
        self.commits.lost = true;
        self.restore(ctx);
    }

    /// The room is put back as it is, with its seats, and the next commit goes on from there. It is
    /// tried until all of it is back: a room that is there without its seats has players who may be
    /// matched a second time.
    pub(super) fn restore(&mut self, ctx: &mut Context<Self>) {
        let Ok(room) = self.as_new_room() else { return ctx.stop() };
        let restored = restore(self.deps.clone(), room, self.state.founding());
        ctx.spawn(restored.into_actor(self).map(|restored, room, ctx| {
            match &restored {
                Ok(Restored::Whole) => room.is_back(),
                Ok(Restored::Deserted) => room.state.void(),
                Ok(Restored::Elsewhere) => return room.on_fenced(ctx),
                Err(error) => tracing::warn!(room = %room.id, %error, "not restored yet"),
            }
            let unknown = Unavailable("the room had to be restored".to_owned());
            room.on_unavailable(&unknown, ctx);
            if restored.is_ok() {
                room.commits.lost = false;
                room.commits.try_at_once();
                room.commit_if_wanted(ctx);
            }
        }));
    }

    /// The room as it is, for a store that does not know it.
    ///
    /// # Errors
    /// When the state cannot be written.
    pub(super) fn as_new_room(&mut self) -> Result<NewRoom, SnapshotError> {
        let format = self.deps.format.get();
        let snapshot = self.state.snapshot(format)?;
        let Tenure { epoch, version } = self.commits.next_attempt();
        let (id, host, players) = (self.id, self.deps.host, self.state.persons());
        Ok(NewRoom { id, host, epoch, version, players, format, snapshot })
    }

    /// Its players may have come back to a store that did not know where they sit.
    fn is_back(&self) {
        self.deps.metrics.rooms_restored.inc();
        let players = self.state.persons().present().collect();
        self.deps.switchboard.announce(MatchMade { room: self.id, players });
    }
}

/// The room comes before its founding record: from that alone another pod would found it anew, with
/// nothing that was played.
async fn restore(
    deps: Arc<RoomDeps>,
    room: NewRoom,
    founding: Founding,
) -> Result<Restored, Unavailable> {
    let (id, host, epoch) = (room.id, room.host, room.epoch);
    if !deps.rooms.found(room).await? {
        let stored = deps.rooms.load(id).await?;
        let ours =
            |room: &StoredRoom| !room.ended && room.host == Some(host) && room.epoch == epoch;
        if !stored.as_ref().is_some_and(ours) {
            return Ok(Restored::Elsewhere);
        }
    }
    let other = restore_seats(&deps, founding).await?;
    Ok(if other.is_none() { Restored::Whole } else { Restored::Deserted })
}

/// What came of a room that the store had lost.
enum Restored {
    /// It is back, with its seats.
    Whole,
    /// It is back. Somebody who sat in it plays another game by now: this one cannot go on.
    Deserted,
    /// Somebody else has put it back, and hosts it.
    Elsewhere,
}

/// Seats the players of a room in it, whatever the store has lost, and notes that they find it, and
/// later its end, when they come back. Answers the other room that one of them sits in by now, in a
/// game of its own; then nobody is seated, and only the others find this one.
///
/// # Errors
/// When the store does not answer; some may be seated.
pub async fn restore_seats(
    deps: &RoomDeps,
    founding: Founding,
) -> Result<Option<RoomId>, Unavailable> {
    let elsewhere = seat_again(deps, &founding).await?;
    let mut persons: Vec<PlayerId> = founding.people().collect();
    if elsewhere.is_some() {
        let sits = deps.matchmaking.seats_of(persons.clone()).await?;
        persons.retain(|person| !sits.iter().any(|(player, _)| player == person));
    }
    deps.players.seated(founding.room, persons).await?;
    Ok(elsewhere)
}

async fn seat_again(deps: &RoomDeps, founding: &Founding) -> Result<Option<RoomId>, Unavailable> {
    for _ in Seat::BOTH {
        let Some(other) = seat(deps, founding).await? else { return Ok(None) };
        // A failover may have brought back a seat in a game that is over.
        match deps.rooms.load(other).await? {
            Some(stored) if stored.ended => {
                deps.matchmaking.free(other, stored.players.present().collect()).await?;
            }
            _ => return Ok(Some(other)),
        }
    }
    seat(deps, founding).await
}

async fn seat(deps: &RoomDeps, founding: &Founding) -> Result<Option<RoomId>, Unavailable> {
    let taken = deps.matchmaking.seat(founding.clone()).await?;
    Ok(taken.filter(|room| *room != founding.room))
}
