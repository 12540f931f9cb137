//! The end of a room: the result is safe, the seats are freed, the players are told.

use std::time::Duration;

use actix::{ActorFutureExt, AsyncContext, Context, WrapFuture};

use super::GameRoom;
use super::messages::Stopped;
use super::state::Ending;
use crate::ids::PlayerId;
use crate::matchmaking::Matchmaking;
use crate::protocol::Reason;
use crate::results::{FinishedGame, FinishedSeat};
use crate::telemetry::count;
use crate::wall_clock;

/// How often freeing the seats is tried before the players are told all the same: the recorder
/// repeats it before it takes the game from the outbox.
const TRIES: u32 = 3;

impl GameRoom {
    /// The record that goes to the outbox with the final commit.
    pub(super) fn finished(&self) -> FinishedGame {
        let ending = self.state.ending.unwrap_or(Ending { reason: Reason::Void, winner: None });
        let points = self.state.table.points();
        let seat = |seat| {
            let state = &self.state.seats[seat];
            FinishedSeat {
                player: state.player.id,
                name: state.player.name.clone(),
                picture: state.player.picture.clone(),
                bot: state.bot,
                points: points[seat],
                clicks: state.consumed,
            }
        };
        FinishedGame {
            game_id: self.id,
            game: self.state.table.name().to_owned(),
            ended_at: wall_clock::millis(),
            reason: ending.reason,
            winner: ending.winner,
            seats: crate::ids::BySeat::from_fn(seat),
        }
    }

    /// After the final commit: free the seats, then tell the players, then stop.
    pub(super) fn conclude(&mut self, ctx: &mut Context<Self>) {
        self.clock.stop();
        (self.deps.wake_recorder)();
        let (matchmaking, room) = (self.deps.matchmaking.clone(), self.id);
        let persons = self.state.persons();
        let players: Vec<PlayerId> = [persons.p1, persons.p2].into_iter().flatten().collect();
        let free = async move { free(&*matchmaking, room, players).await };
        ctx.spawn(free.into_actor(self).map(|(), room, ctx| {
            if let Some(ending) = room.state.ending {
                count(&room.deps.metrics.games, label(ending.reason));
                room.tell_over(ending);
            }
            room.stop(Stopped::Ended, ctx);
        }));
    }
}

async fn free(matchmaking: &dyn Matchmaking, room: crate::ids::RoomId, players: Vec<PlayerId>) {
    for attempt in 1..=TRIES {
        match matchmaking.free(room, players.clone()).await {
            Ok(()) => return,
            Err(error) if attempt == TRIES => {
                tracing::warn!(%room, %error, "the seats stay taken until the game is recorded");
            }
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

fn label(reason: Reason) -> &'static str {
    match reason {
        Reason::Time => "time",
        Reason::Quit => "quit",
        Reason::OpponentDisconnected => "opponent_disconnected",
        Reason::Void => "void",
    }
}
