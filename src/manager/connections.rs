//! Who is connected here: one live connection per player, the newest wins.

use std::collections::BTreeMap;
use std::time::Duration;

use actix::{ActorFutureExt, Context, Handler, Recipient, ResponseActFuture, WrapFuture};

use super::GameManager;
use super::hosting::Hosted;
use super::lobby::Waiting;
use super::messages::{Connect, Disconnect, Notice, Refusal, Welcome};
use super::opening::Opener;
use crate::cluster::{Arrival, BusMessage, Unavailable};
use crate::ids::{ConnectionId, Generation, PlayerId, RoomId};
use crate::matchmaking::Profile;

/// A connection of a player.
pub(super) struct Connected {
    pub(super) connection: ConnectionId,
    pub(super) generation: Generation,
    /// The directory told of a newer one, while the player was in no room that is known here.
    pub(super) outdated: bool,
    pub(super) player: Profile,
    pub(super) notices: Recipient<Notice>,
    /// The player's ticket, while waiting for an opponent.
    pub(super) waiting: Option<Waiting>,
    /// The room whose end the player has not left behind.
    pub(super) last_room: Option<RoomId>,
}

impl Connected {
    /// The player's room is one of those that are known here.
    pub(super) fn plays_in(&self, rooms: &BTreeMap<RoomId, Hosted>) -> bool {
        self.last_room.is_some_and(|room| rooms.contains_key(&room))
    }

    /// Tells the Session. `false`: it does not take it, because its client does not read.
    pub(super) fn tell(&self, notice: Notice) -> bool {
        let taken = self.notices.try_send(notice).is_ok();
        if !taken {
            tracing::debug!(connection = %self.connection, "a Session does not take a notice");
        }
        taken
    }
}

impl Handler<Connect> for GameManager {
    type Result = ResponseActFuture<Self, Result<Welcome, Refusal>>;

    fn handle(&mut self, connect: Connect, _: &mut Context<Self>) -> Self::Result {
        if self.draining.is_some() {
            return Box::pin(async { Err(Refusal::GoingAway) }.into_actor(self));
        }
        let arrival = arrive(self.opener(), connect.player.id);
        Box::pin(
            arrival
                .into_actor(self)
                .map(move |answer, manager, _| manager.welcome(connect, answer)),
        )
    }
}

impl GameManager {
    fn welcome(
        &mut self,
        connect: Connect,
        answer: Result<Arrival, Unavailable>,
    ) -> Result<Welcome, Refusal> {
        let Arrival { generation, last_room: room, pod_before } = answer.map_err(|error| {
            tracing::warn!(%error, "a connection has to wait");
            let renewed = self.deps.room.vitals.last_renewed();
            Refusal::Unavailable { away: renewed.map_or(Duration::ZERO, |at| at.elapsed()) }
        })?;
        if self.draining.is_some() {
            // The drain may have told everybody already, and would wait for this one in vain.
            return Err(Refusal::GoingAway);
        }
        let player = connect.player.id;
        let older = self.connections.get(&player);
        if older.is_some_and(|older| older.generation > generation) {
            return Err(Refusal::Replaced);
        }
        // A ticket goes with its player: joining again keeps its place, leaving removes it.
        let waiting = older.and_then(|older| older.waiting.clone());
        let connected = Connected {
            connection: connect.connection,
            generation,
            outdated: false,
            player: connect.player,
            notices: connect.notices,
            waiting,
            last_room: room,
        };
        // The Session may have ended while the directory was asked.
        if connected.notices.connected() {
            if let Some(older) = self.connections.insert(player, connected) {
                let connection = older.connection;
                tracing::debug!(%connection, %player, ?generation, "a newer connection came here");
                older.tell(Notice::Replaced);
            }
            if let Some(pod) = pod_before.filter(|pod| *pod != self.deps.room.host) {
                let replaced = BusMessage::Replaced { player, generation };
                self.deps.room.switchboard.send(pod, replaced);
            }
        }
        Ok(Welcome { generation, room })
    }

    /// A player's newest connection has this number. An older one here is closed; its ticket is
    /// left to the newer one, or to expire.
    pub(super) fn on_newer(&mut self, player: PlayerId, generation: Generation) {
        let older = |known: &Connected| known.generation < generation;
        if self.connections.get(&player).is_some_and(older)
            && let Some(known) = self.connections.remove(&player)
        {
            let connection = known.connection;
            tracing::debug!(%connection, %player, ?generation, "a newer connection was heard of");
            known.tell(Notice::Replaced);
            if known.waiting.is_some() {
                self.deps.room.metrics.queue.dec();
            }
            self.drain_on();
        }
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
        if self.connected(gone.player, gone.connection).is_some() {
            self.forget(gone.player, ctx);
        }
    }
}

impl GameManager {
    /// A Session that panicked could not say goodbye.
    pub(super) fn forget_ghosts(&mut self, ctx: &mut Context<Self>) {
        let gone = |known: &&Connected| !known.notices.connected();
        let ghosts: Vec<_> = self.connections.values().filter(gone).map(|g| g.player.id).collect();
        for player in ghosts {
            self.forget(player, ctx);
        }
    }

    fn forget(&mut self, player: PlayerId, ctx: &mut Context<Self>) {
        let known = self.connections.remove(&player);
        if let Some(waiting) = known.and_then(|known| known.waiting) {
            self.deps.room.metrics.queue.dec();
            if self.draining.is_none() {
                let left = self.matchmaking().leave(waiting.game, player, waiting.ticket);
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

/// Counts the connection, and finds the room that the player sits in, or whose end the player has
/// not left behind. A room that is kept no longer is left behind now.
async fn arrive(ports: Opener, player: PlayerId) -> Result<Arrival, Unavailable> {
    let arrival = ports.room.players.arrive(player, ports.room.host).await?;
    let seats = ports.room.matchmaking.seats_of(vec![player]).await?;
    if let Some((_, seat)) = seats.first().copied() {
        let stored = ports.room.rooms.load(seat).await?;
        if stored.is_none() {
            // Whoever is told of a room waits for no other match: it must be one that lasts.
            ports.room.matchmaking.confirm(seat).await?;
        }
        // A failover may have brought back a seat in a game that is over.
        let left = arrival.last_room.is_some_and(|room| room != seat);
        if !(left && stored.is_some_and(|room| room.ended)) {
            return Ok(Arrival { last_room: Some(seat), ..arrival });
        }
    }
    let Some(room) = arrival.last_room else {
        let is_new = arrival.pod_before.is_none_or(|pod| pod == ports.room.host);
        let vitals = &ports.room.vitals;
        if is_new && vitals.is_accompanied() && vitals.is_just_back() {
            // Whoever is told of no room believes it. Alone, this pod has nobody to wait for.
            return Err(Unavailable("it may be known only in a moment who sits where".to_owned()));
        }
        return Ok(arrival);
    };
    if ports.room.rooms.load(room).await?.is_some() {
        return Ok(arrival);
    }
    ports.room.players.leave_behind(player, room).await?;
    Ok(Arrival { last_room: None, ..arrival })
}
