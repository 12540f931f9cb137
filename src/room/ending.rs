//! The end of a room: the result is safe, the seats are freed, the players are told.

use std::time::Duration;

use actix::{ActorFutureExt, AsyncContext, Context, WrapFuture};

use super::messages::Stopped;
use super::state::{Ending, RoomState};
use super::{GameRoom, RoomDeps, SeatState};
use crate::cluster::Unavailable;
use crate::ids::{BySeat, PlayerId, RoomId};
use crate::matchmaking::Matchmaking;
use crate::protocol::Reason;
use crate::results::{FinishedGame, FinishedSeat};
use crate::telemetry::count;

/// How often freeing the seats is tried before the players are told all the same: the recorder
/// repeats it before it takes the game from the outbox.
const TRIES: u32 = 3;

/// The pause between two tries.
const PAUSE: Duration = Duration::from_millis(50);

impl RoomState {
    /// The record that goes to the outbox with the final commit; void if nothing has ended the game.
    /// `ended_at` is in milliseconds since 1970.
    pub fn finished(&self, ended_at: u64) -> FinishedGame {
        let ending = self.ending.unwrap_or(Ending { reason: Reason::Void, winner: None });
        let points = self.table.points();
        FinishedGame {
            game_id: self.id,
            game: self.table.name().to_owned(),
            ended_at,
            reason: ending.reason,
            winner: ending.winner,
            seats: BySeat::from_fn(|seat| {
                let rhythm = self.table.rhythm(seat);
                FinishedSeat { rhythm, ..self.seats[seat].finished(points[seat]) }
            }),
        }
    }
}

impl RoomState {
    /// The record of this game if nothing is ever heard of it again: void, and without points. Asks
    /// the game nothing, since it may be one that fails. `began_at` is in milliseconds since 1970.
    pub fn begun(&self, began_at: u64) -> FinishedGame {
        FinishedGame {
            game_id: self.id,
            game: self.table.name().to_owned(),
            ended_at: began_at,
            reason: Reason::Void,
            winner: None,
            seats: BySeat::from_fn(|seat| self.seats[seat].finished(0)),
        }
    }
}

impl SeatState {
    /// This seat in the record of a finished game.
    pub(super) fn finished(&self, points: u64) -> FinishedSeat {
        FinishedSeat {
            player: self.player.id,
            name: self.player.name.clone(),
            picture: self.player.picture.clone(),
            bot: self.bot,
            points,
            clicks: self.consumed,
            rhythm: None,
        }
    }
}

impl GameRoom {
    /// After the final commit: free the seats, then tell the players, then stop. The end is looked back
    /// at for a while.
    pub(super) fn conclude(&mut self, ctx: &mut Context<Self>) {
        self.clock.stop();
        (self.deps.wake_recorder)();
        match self.look_back() {
            Ok(look_back) => drop(actix::spawn(look_back.watch())),
            Err(error) => tracing::debug!(room = %self.id, %error, "nobody looks back"),
        }
        let (deps, room) = (self.deps.clone(), self.id);
        let players: Vec<PlayerId> = self.state.persons().present().collect();
        let free = async move {
            if let Err(error) = note_where_they_sat(&deps, room, players.clone()).await {
                tracing::debug!(%room, %error, "who is away may not find the end");
            }
            free_seats(&*deps.matchmaking, room, players).await
        };
        ctx.spawn(free.into_actor(self).map(|freed, room, ctx| {
            if let Err(error) = freed {
                tracing::warn!(room = %room.id, %error, "the seats stay taken until the game is recorded");
            }
            if let Some(ending) = room.state.ending {
                count(&room.deps.metrics.games, label(ending.reason));
                room.tell_over(ending);
            }
            room.stop(Stopped::Ended, ctx);
        }));
    }
}

/// Until now the seats themselves say where somebody who comes back belongs. What was noted beside them
/// when the room was founded may have been lost in a failover since.
async fn note_where_they_sat(
    deps: &RoomDeps,
    room: RoomId,
    players: Vec<PlayerId>,
) -> Result<(), Unavailable> {
    let seats = deps.matchmaking.seats_of(players).await?.into_iter();
    let here = seats.filter(|(_, at)| *at == room).map(|(player, _)| player).collect();
    deps.players.seated(room, here).await
}

/// Frees the seats of a room that has ended.
///
/// # Errors
/// When the store does not answer, time after time. The recorder frees them before it takes the game
/// from the outbox.
pub async fn free_seats(
    matchmaking: &dyn Matchmaking,
    room: RoomId,
    players: Vec<PlayerId>,
) -> Result<(), Unavailable> {
    for _ in 1..TRIES {
        match matchmaking.free(room, players.clone()).await {
            Ok(()) => return Ok(()),
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
    }
    matchmaking.free(room, players).await
}

fn label(reason: Reason) -> &'static str {
    match reason {
        Reason::Time => "time",
        Reason::Quit => "quit",
        Reason::OpponentDisconnected => "opponent_disconnected",
        Reason::Void => "void",
    }
}
