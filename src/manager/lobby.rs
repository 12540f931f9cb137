//! The lobby: joining the queue, leaving it, practising, and being matched.
//!
//! A match is found twice: the pod that pairs announces it, and every pod asks for the seats of its
//! waiting players. Whoever hears first seats them.

use actix::{Context, Handler};
use tokio::time::Instant;

use super::GameManager;
use super::messages::{LobbyCommand, Notice, Wish};
use crate::cluster::{MatchMade, Unavailable};
use crate::ids::{BySeat, PlayerId, RoomId, Strength, TicketId};
use crate::matchmaking::{Founder, Founding, Joined, Left, Profile, Ticket};
use crate::protocol::{ErrorCode, Queue, ServerMsg};
use crate::randomness;

/// A player's place in the queue.
#[derive(Clone, Debug)]
pub(super) struct Waiting {
    pub(super) game: String,
    pub(super) ticket: TicketId,
    since: Instant,
    /// The join has not been answered yet.
    joining: bool,
    /// The player has asked to leave, which has not been answered yet.
    leaving: bool,
}

impl Waiting {
    /// Nothing is on its way that decides over the ticket.
    fn is_settled(&self) -> bool {
        !self.joining && !self.leaving
    }
}

impl Handler<LobbyCommand> for GameManager {
    type Result = ();

    fn handle(&mut self, command: LobbyCommand, ctx: &mut Context<Self>) {
        let LobbyCommand { connection, player, wish } = command;
        let draining = self.draining.is_some();
        let Some(known) = self.connected(player, connection) else { return };
        if draining {
            // Another pod can do it.
            known.tell(Notice::GoingAway);
            return;
        }
        match wish {
            Wish::Join { game } => self.join(player, &game, ctx),
            Wish::Leave => self.leave(player, ctx),
            Wish::Practice { game, strength } => self.practise(player, &game, strength, ctx),
        }
    }
}

impl GameManager {
    fn join(&mut self, player: PlayerId, game: &str, ctx: &mut Context<Self>) {
        let Some(game) = self.deps.catalogue.name(game) else {
            return self.tell_unknown_game(player);
        };
        let Some(known) = self.connections.get_mut(&player) else { return };
        let older = known.waiting.take();
        if older.is_some() {
            self.deps.room.metrics.queue.dec();
        }
        let ticket = Ticket {
            id: TicketId::random(),
            player: known.player.clone(),
            game: game.to_owned(),
            pod: self.deps.room.host,
        };
        let since = older.as_ref().map_or_else(Instant::now, |older| older.since);
        known.waiting = Some(Waiting {
            game: game.to_owned(),
            ticket: ticket.id,
            since,
            joining: true,
            leaving: false,
        });
        self.deps.room.metrics.queue.inc();
        let ticket_id = ticket.id;
        // Not the room of a game that begins before the join is answered: one for practice, say.
        let behind = known.last_room;
        let matchmaking = self.matchmaking();
        let joining = async move {
            // One queue at a time: who waits for another game leaves that first.
            if let Some(older) = older.filter(|older| older.game != ticket.game) {
                matchmaking.leave(older.game, player, older.ticket).await?;
            }
            matchmaking.join(ticket).await
        };
        self.ask(ctx, joining, move |manager, answer, ctx| {
            if let (Ok(Joined::Queued { .. }), Some(room)) = (&answer, behind) {
                manager.leave_behind(player, room, ctx);
            }
            manager.on_joined(player, ticket_id, game, answer, ctx);
        });
    }

    fn on_joined(
        &mut self,
        player: PlayerId,
        ticket: TicketId,
        game: &'static str,
        answer: Result<Joined, Unavailable>,
        ctx: &mut Context<Self>,
    ) {
        match answer {
            // The answer came late: the player has left, gone, or joined again meanwhile.
            Ok(Joined::Queued { .. }) if !self.waits_with(player, ticket) => {
                self.take_back(player, ticket, game, ctx);
            }
            Ok(Joined::Queued { .. }) if self.settles_to_leave(player) => self.leave(player, ctx),
            Ok(Joined::Queued { waiting }) => {
                tracing::debug!(%player, %ticket, "waits for an opponent");
                self.tell(player, queued(game, waiting));
                self.let_pair(player, ticket, game, ctx);
            }
            Ok(Joined::Seated(room)) => self.seat(player, room),
            // Who has asked again meanwhile waits with the newer ticket.
            Err(error) if self.waits_with(player, ticket) => {
                tracing::debug!(%player, %ticket, %error, "cannot join the queue");
                self.stop_waiting(player, Some(ticket));
                self.tell(player, queue_unavailable());
                self.take_back(player, ticket, game, ctx);
            }
            Err(_) => {}
        }
    }

    /// From now on the ticket is one that this pod knows of. If the store does not say so, the next
    /// round of renewing tries again.
    fn let_pair(
        &mut self,
        player: PlayerId,
        ticket: TicketId,
        game: &'static str,
        ctx: &mut Context<Self>,
    ) {
        let renewal = self.matchmaking().renew(vec![(player, ticket)]);
        self.ask(ctx, renewal, move |manager, answer, ctx| match answer {
            Ok(_) => manager.pair(game, ctx),
            Err(error) => tracing::debug!(%player, %ticket, %error, "cannot be paired yet"),
        });
    }

    /// The join has been answered. Whether the player has asked to leave before that.
    fn settles_to_leave(&mut self, player: PlayerId) -> bool {
        let known = self.connections.get_mut(&player);
        known.and_then(|known| known.waiting.as_mut()).is_some_and(|waiting| {
            waiting.joining = false;
            waiting.leaving
        })
    }

    fn waits_with(&self, player: PlayerId, ticket: TicketId) -> bool {
        let waiting = self.connections.get(&player).and_then(|known| known.waiting.as_ref());
        waiting.is_some_and(|waiting| waiting.ticket == ticket)
    }

    /// The join may have been done all the same: nobody is to be matched who was told otherwise, and
    /// who has been is told so.
    fn take_back(
        &mut self,
        player: PlayerId,
        ticket: TicketId,
        game: &'static str,
        ctx: &mut Context<Self>,
    ) {
        let leaving = self.matchmaking().leave(game.to_owned(), player, ticket);
        self.ask(ctx, leaving, move |manager, answer, _| match answer {
            Ok(Left::Seated(room)) => manager.seat(player, room),
            Ok(Left::Left { .. }) => {}
            Err(error) => tracing::debug!(%error, "a ticket is left to expire"),
        });
    }

    /// Waits for the join that went before: the store may see two calls in another order.
    fn leave(&mut self, player: PlayerId, ctx: &mut Context<Self>) {
        let known = self.connections.get_mut(&player);
        let Some(waiting) = known.and_then(|known| known.waiting.as_mut()) else {
            return self.leave_without_ticket(player, ctx);
        };
        waiting.leaving = true;
        if waiting.joining {
            return;
        }
        let waiting = waiting.clone();
        let leaving = self.matchmaking().leave(waiting.game.clone(), player, waiting.ticket);
        self.ask(ctx, leaving, move |manager, answer, _| match answer {
            Ok(Left::Left { waiting: others }) => {
                manager.stop_waiting(player, Some(waiting.ticket));
                manager.tell(player, queue_left(&waiting.game, others));
            }
            Ok(Left::Seated(room)) => manager.seat(player, room),
            Err(_) => {
                manager.waits_on(player, waiting.ticket);
                manager.tell(player, queue_unavailable());
            }
        });
    }

    /// The player could not leave.
    fn waits_on(&mut self, player: PlayerId, ticket: TicketId) {
        let known = self.connections.get_mut(&player);
        let waiting = known.and_then(|known| known.waiting.as_mut());
        if let Some(waiting) = waiting.filter(|waiting| waiting.ticket == ticket) {
            waiting.leaving = false;
        }
    }

    /// Who does not wait has left already, or been matched a moment ago.
    fn leave_without_ticket(&mut self, player: PlayerId, ctx: &mut Context<Self>) {
        let seats = self.matchmaking().seats_of(vec![player]);
        self.ask(ctx, seats, move |manager, answer, _| match answer.as_deref() {
            Ok([(_, room), ..]) => manager.seat(player, *room),
            Ok([]) => manager.tell(player, queue_left(DEFAULT_GAME, 0)),
            Err(_) => manager.tell(player, queue_unavailable()),
        });
    }

    fn practise(
        &mut self,
        player: PlayerId,
        game: &str,
        strength: Strength,
        ctx: &mut Context<Self>,
    ) {
        let Some(game) = self.deps.catalogue.name(game) else {
            return self.tell_unknown_game(player);
        };
        let Some(known) = self.connections.get(&player) else { return };
        let founding = Founding {
            room: RoomId::random(),
            game: game.to_owned(),
            seats: BySeat {
                p1: Founder { player: known.player.clone(), bot: None },
                p2: Founder { player: bot_profile(strength), bot: Some(strength) },
            },
            seed: randomness::seed(),
        };
        let seating = self.matchmaking().seat(founding.clone());
        self.ask(ctx, seating, move |manager, answer, ctx| match answer {
            Ok(None) => manager.found(founding, ctx),
            Ok(Some(room)) => manager.seat(player, room),
            Err(_) => manager.tell(player, queue_unavailable()),
        });
    }

    /// Pairs who waits for a game, and founds the rooms.
    pub(super) fn pair(&mut self, game: &'static str, ctx: &mut Context<Self>) {
        if self.withdrawn {
            return;
        }
        let pairing = self.matchmaking().pair(game.to_owned());
        self.ask(ctx, pairing, |manager, answer, ctx| match answer {
            Ok(foundings) => {
                for founding in foundings {
                    manager.matched(founding, ctx);
                }
            }
            Err(error) => tracing::warn!(%error, "nobody can be matched"),
        });
    }

    /// Tells every pod. A room lives best where one of its players is served; if that is not here,
    /// the pods of the players found it as soon as they hear of it.
    fn matched(&mut self, founding: Founding, ctx: &mut Context<Self>) {
        let players: Vec<PlayerId> =
            founding.seats.iter().map(|(_, founder)| founder.player.id).collect();
        let one_is_here = players.iter().any(|player| self.connections.contains_key(player));
        let made = MatchMade { room: founding.room, players };
        self.deps.room.switchboard.announce(made);
        if one_is_here {
            self.found(founding, ctx);
        }
    }

    /// A room that some pod has made, or brought back: those of its players who are here and do not
    /// know of it sit down.
    pub(super) fn seat_if_new(&mut self, player: PlayerId, room: RoomId) {
        if self.connections.get(&player).is_some_and(|known| known.last_room != Some(room)) {
            self.seat(player, room);
        }
    }

    pub(super) fn renew_tickets(&mut self, ctx: &mut Context<Self>) {
        // A ticket that is on its way is not gone because it is not there yet.
        let of = |known: &super::Connected| {
            let waiting = known.waiting.as_ref().filter(|waiting| !waiting.joining);
            waiting.map(|waiting| (known.player.id, waiting.ticket))
        };
        let tickets: Vec<_> = self.connections.values().filter_map(of).collect();
        if !tickets.is_empty() {
            let renewal = self.matchmaking().renew(tickets);
            self.ask(ctx, renewal, |manager, answer, ctx| match answer {
                Ok(gone) => manager.join_again(gone, ctx),
                Err(error) => tracing::warn!(%error, "tickets could not be renewed"),
            });
        }
    }

    /// Tickets that are gone: their players were matched, are served by another pod now, or this
    /// process stood still for longer than a ticket lives. Who still waits here joins again; not who
    /// leaves at this moment: the ticket may be gone for that reason.
    fn join_again(&mut self, gone: Vec<PlayerId>, ctx: &mut Context<Self>) {
        if gone.is_empty() {
            return;
        }
        let newest = self.deps.room.players.newest(gone.clone());
        self.ask(ctx, newest, |manager, newest, ctx| {
            let Ok(newest) = newest else { return };
            for (player, generation) in newest {
                manager.on_newer(player, generation);
            }
            manager.join_those(gone, ctx);
        });
    }

    fn join_those(&mut self, players: Vec<PlayerId>, ctx: &mut Context<Self>) {
        for player in players {
            let waiting = self.connections.get(&player).and_then(|known| known.waiting.as_ref());
            if let Some(game) = waiting.filter(|w| w.is_settled()).map(|w| w.game.clone()) {
                self.join(player, &game, ctx);
            }
        }
    }

    /// The poll behind the announcement: whoever waits here may have been matched elsewhere.
    pub(super) fn look_for_seats(&mut self, ctx: &mut Context<Self>) {
        let waits = |known: &&super::Connected| known.waiting.is_some();
        let players: Vec<_> =
            self.connections.values().filter(waits).map(|known| known.player.id).collect();
        if !players.is_empty() {
            let seats = self.matchmaking().seats_of(players);
            self.ask(ctx, seats, |manager, answer, _| {
                for (player, room) in answer.unwrap_or_default() {
                    manager.seat(player, room);
                }
            });
        }
    }

    /// A player sits in a room: the Session attaches to it, and asks for it if need be. Until it
    /// has taken that, the player waits, and is told again.
    pub(super) fn seat(&mut self, player: PlayerId, room: RoomId) {
        let Some(known) = self.connections.get_mut(&player) else { return };
        known.last_room = Some(room);
        tracing::debug!(%player, %room, waits = known.waiting.is_some(), "sits in a room");
        if known.tell(Notice::Seated(room)) {
            self.stop_waiting(player, None);
        }
    }

    fn stop_waiting(&mut self, player: PlayerId, ticket: Option<TicketId>) {
        let Some(known) = self.connections.get_mut(&player) else { return };
        let Some(waiting) = &known.waiting else { return };
        if ticket.is_none_or(|ticket| ticket == waiting.ticket) {
            self.deps.room.metrics.queue.dec();
            if ticket.is_none() {
                let waited = waiting.since.elapsed().as_secs_f64();
                self.deps.room.metrics.match_seconds.observe(waited);
            }
            known.waiting = None;
        }
    }

    fn leave_behind(&mut self, player: PlayerId, room: RoomId, ctx: &mut Context<Self>) {
        if let Some(known) = self.connections.get_mut(&player) {
            known.last_room.take_if(|last| *last == room);
        }
        let leaving = self.deps.room.players.leave_behind(player, room);
        self.ask(ctx, leaving, |_, answer, _| {
            if let Err(error) = answer {
                tracing::debug!(%error, "a player will be told of an old game once more");
            }
        });
    }

    fn tell(&self, player: PlayerId, notice: Notice) {
        if let Some(known) = self.connections.get(&player) {
            known.tell(notice);
        }
    }

    fn tell_unknown_game(&self, player: PlayerId) {
        self.tell(player, Notice::error(ErrorCode::UnknownGame, "there is no game of this name"));
    }
}

/// The game that is named to somebody who waits for none.
const DEFAULT_GAME: &str = "cookie";

fn queued(game: &str, waiting: u32) -> Notice {
    Notice::Tell(ServerMsg::Queued(Queue { game: game.to_owned(), waiting }))
}

fn queue_left(game: &str, waiting: u32) -> Notice {
    Notice::Tell(ServerMsg::QueueLeft(Queue { game: game.to_owned(), waiting }))
}

fn queue_unavailable() -> Notice {
    Notice::error(ErrorCode::QueueUnavailable, "the queue cannot be reached; try again")
}

fn bot_profile(strength: Strength) -> Profile {
    let name = match strength {
        Strength::Easy => "Crumb (bot)",
        Strength::Medium => "Biscuit (bot)",
        Strength::Hard => "Oven (bot)",
    };
    Profile { id: PlayerId::random(), name: name.to_owned(), picture: None }
}
