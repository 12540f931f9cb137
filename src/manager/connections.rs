//! Who is connected here: one live connection per player, the newest wins.

use actix::{ActorFutureExt, Context, Handler, Recipient, ResponseActFuture, WrapFuture};

use super::GameManager;
use super::lobby::Waiting;
use super::messages::{Connect, Disconnect, Notice, Refusal, Welcome};
use crate::cluster::{Arrival, Unavailable};
use crate::ids::{ConnectionId, Generation, PlayerId, RoomId};
use crate::matchmaking::Profile;

/// A connection of a player.
pub(super) struct Connected {
    pub(super) connection: ConnectionId,
    generation: Generation,
    pub(super) player: Profile,
    pub(super) notices: Recipient<Notice>,
    /// The player's ticket, while waiting for an opponent.
    pub(super) waiting: Option<Waiting>,
    /// The room whose end the player has not left behind.
    pub(super) last_room: Option<RoomId>,
}

impl Connected {
    /// Tells the Session. A full mailbox means a client that does not read; it asks again when it
    /// does, or is cut.
    pub(super) fn tell(&self, notice: Notice) {
        if self.notices.try_send(notice).is_err() {
            tracing::debug!(connection = %self.connection, "a Session does not take a notice");
        }
    }
}

impl Handler<Connect> for GameManager {
    type Result = ResponseActFuture<Self, Result<Welcome, Refusal>>;

    fn handle(&mut self, connect: Connect, _: &mut Context<Self>) -> Self::Result {
        if self.draining.is_some() {
            return Box::pin(async { Err(Refusal::Unavailable) }.into_actor(self));
        }
        let arrival = self.deps.players.arrive(connect.player.id);
        let seats = self.matchmaking().seats_of(vec![connect.player.id]);
        let both = async move {
            let arrival = arrival.await?;
            let seats = seats.await?;
            Ok((arrival, seats.first().map(|(_, room)| *room)))
        };
        Box::pin(
            both.into_actor(self).map(move |answer, manager, _| manager.welcome(connect, answer)),
        )
    }
}

impl GameManager {
    fn welcome(
        &mut self,
        connect: Connect,
        answer: Result<(Arrival, Option<RoomId>), Unavailable>,
    ) -> Result<Welcome, Refusal> {
        let (arrival, seat) = answer.map_err(|error| {
            tracing::warn!(%error, "a connection is refused");
            Refusal::Unavailable
        })?;
        let player = connect.player.id;
        let generation = arrival.generation;
        let older = self.connections.get(&player);
        if older.is_some_and(|older| older.generation > generation) {
            return Err(Refusal::Replaced);
        }
        let room = seat.or(arrival.last_room);
        let connected = Connected {
            connection: connect.connection,
            generation,
            player: connect.player,
            notices: connect.notices,
            waiting: None,
            last_room: room,
        };
        // The Session may have ended while the directory was asked.
        if connected.notices.connected()
            && let Some(older) = self.connections.insert(player, connected)
        {
            older.tell(Notice::Replaced);
            self.deps.room.metrics.queue.dec_by(i64::from(older.waiting.is_some()));
        }
        Ok(Welcome { generation, room })
    }

    /// The connection of a player, if it is this one.
    pub(super) fn connected(
        &mut self,
        player: PlayerId,
        connection: ConnectionId,
    ) -> Option<&mut Connected> {
        self.connections.get_mut(&player).filter(|known| known.connection == connection)
    }
}

impl Handler<Disconnect> for GameManager {
    type Result = ();

    /// Who waited does not wait any more, lest an opponent meet an empty seat. Not in a drain:
    /// then the ticket is left to whoever serves the player next.
    fn handle(&mut self, gone: Disconnect, ctx: &mut Context<Self>) {
        if self.connected(gone.player, gone.connection).is_none() {
            return;
        }
        let known = self.connections.remove(&gone.player);
        if let Some(waiting) = known.and_then(|known| known.waiting) {
            self.deps.room.metrics.queue.dec();
            if self.draining.is_none() {
                let left = self.matchmaking().leave(waiting.game, gone.player, waiting.ticket);
                self.ask(ctx, left, |_, answer, _| {
                    if let Err(error) = answer {
                        tracing::debug!(%error, "a ticket is left to expire");
                    }
                });
            }
        }
        self.drain_on();
    }
}
