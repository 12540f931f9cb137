//! The Session's seat in a room: finding the room, attaching to it, and passing inputs on.
//!
//! The room may be lost at any moment (its pod dies, it panics, it moves). Then nothing is
//! acknowledged, and the Session asks the manager again until the room is found or is over.

use std::time::Duration;

use actix::{ActorFutureExt, AsyncContext, Recipient, WrapFuture};
use tokio::time::Instant;

use super::{Context, Lobby, Session};
use crate::ids::{Generation, RoomId, Version};
use crate::manager::{FindRoom, Found, LobbyCommand, NotFound, Over, Wish};
use crate::protocol::{CloseReason, ErrorCode, Input, ServerMsg};
use crate::room::{Attach, Progress, RoomCommand, SeatInput};

/// A seat in a room.
pub(super) struct Seated {
    room: RoomId,
    /// The way to the room; `None` while it is looked for.
    link: Option<Recipient<RoomCommand>>,
    /// The last version that was sent to the client; `None` before the `GAME_START`.
    seen: Option<Version>,
    /// What the player wants of the lobby, should this game turn out to be over.
    wish: Option<Wish>,
    /// The game has begun, as this connection knows.
    begun: bool,
    /// The player has given up.
    quits: bool,
    /// The player has heard that the room is not found at the moment.
    told_paused: bool,
}

/// How long to wait before a room that cannot be found now is looked for again.
const SEARCH_AGAIN: Duration = Duration::from_millis(100);

impl Seated {
    fn in_room(room: RoomId) -> Self {
        let (link, seen, wish) = (None, None, None);
        Self { room, link, seen, wish, begun: false, quits: false, told_paused: false }
    }

    /// Tells the room, if it is there. `false`: it did not take it.
    pub(super) fn tell(&self, command: RoomCommand) -> bool {
        self.link.as_ref().is_some_and(|link| link.try_send(command).is_ok())
    }

    /// The client has been sent something. Until it was sent the whole state, it has none, whatever
    /// else it was sent: the `GAME_START` may have been lost on its way from another pod.
    fn see(&mut self, progress: Progress) {
        match (progress, self.seen) {
            (Progress::Started { version }, _) | (Progress::Reached { version }, Some(_)) => {
                self.seen = Some(version);
            }
            _ => {}
        }
    }

    fn is_lost(&self) -> bool {
        self.link.as_ref().is_some_and(|link| !link.connected())
    }
}

impl Session {
    pub(super) fn is_seated_in(&self, room: RoomId) -> bool {
        self.seat.as_ref().is_some_and(|seat| seat.room == room)
    }

    /// The player sits in this room from now on.
    pub(super) fn sit_down(&mut self, room: RoomId, ctx: &mut Context) {
        if !self.is_seated_in(room) {
            self.seat = Some(Seated::in_room(room));
            self.find_room(room, ctx);
        }
    }

    /// Once a second: says to the room that this connection is there, and what it has seen; or to
    /// the player that nobody hosts the game at the moment.
    pub(super) fn attach_again(&mut self, ctx: &mut Context) {
        let Some(seat) = &self.seat else { return };
        let room = seat.room;
        if seat.is_lost() {
            self.find_room(room, ctx);
        } else if seat.link.is_some() {
            self.attach(ctx);
        } else {
            self.say_paused(ctx);
        }
    }

    fn say_paused(&mut self, ctx: &mut Context) {
        let reason = "the game is being looked for".to_owned();
        self.say(&ServerMsg::Paused { reason }, ctx);
    }

    /// The client has lost the state, or wants it again.
    fn ask_for_start(&mut self, ctx: &mut Context) {
        if let Some(seat) = &mut self.seat {
            seat.seen = None;
        }
        self.attach_again(ctx);
    }

    fn generation(&self) -> Generation {
        match &self.lobby {
            Lobby::Inside(welcome) => welcome.generation,
            Lobby::Knocking { .. } => Generation(0),
        }
    }

    fn attach(&mut self, ctx: &mut Context) {
        let (player, generation) = (self.player(), self.generation());
        let Some(seat) = &mut self.seat else { return };
        seat.tell(RoomCommand::Attach(Attach {
            player,
            connection: self.upgrade.connection,
            generation,
            seen: seat.seen,
            to: ctx.address().recipient(),
        }));
        if seat.quits {
            seat.tell(RoomCommand::Quit { player, generation });
        }
    }

    /// Nothing that was known of the room holds any more: whoever hosts it next has only what was
    /// safe, and says so with a `GAME_START`.
    fn find_room(&mut self, room: RoomId, ctx: &mut Context) {
        if let Some(seat) = &mut self.seat {
            seat.link = None;
            seat.seen = None;
        }
        let player = self.player();
        let asked = self.deps.manager.send(FindRoom { room, player }).into_actor(self);
        ctx.spawn(asked.map(move |answer, session, ctx| {
            session.on_found(room, answer.unwrap_or(Err(NotFound::Unavailable)), ctx);
        }));
    }

    fn on_found(&mut self, room: RoomId, found: Result<Found, NotFound>, ctx: &mut Context) {
        let Some(seat) = self.seat.as_mut().filter(|seat| seat.room == room) else { return };
        match found {
            Ok(Found::Live(link)) => {
                seat.link = Some(link);
                seat.told_paused = false;
                if let Some(wish) = seat.wish.take().filter(|_| !seat.begun) {
                    self.asked_for = Some((wish, Instant::now()));
                }
                self.attach(ctx);
                self.search_again_if_lost(room, ctx);
            }
            Ok(Found::Ended(over)) => self.get_up(Some(over), ctx),
            Err(NotFound::Gone) => self.get_up(None, ctx),
            // Another pod may know how to read it, or is not about to leave.
            Err(NotFound::NotHere) => self.close(CloseReason::GoingAway, ctx),
            Err(NotFound::Unavailable) => {
                // Silence would make the client give up a connection that nothing is wrong with.
                if !std::mem::replace(&mut seat.told_paused, true) {
                    self.say_paused(ctx);
                }
                self.search_again(room, ctx);
            }
        }
    }

    /// What was found may have gone on its way here: the room had just moved.
    fn search_again_if_lost(&self, room: RoomId, ctx: &mut Context) {
        if self.seat.as_ref().is_some_and(Seated::is_lost) {
            self.search_again(room, ctx);
        }
    }

    fn search_again(&self, room: RoomId, ctx: &mut Context) {
        ctx.run_later(SEARCH_AGAIN, move |session, ctx| {
            let lost = |seat: &Seated| seat.link.is_none() || seat.is_lost();
            if session.is_seated_in(room) && session.seat.as_ref().is_some_and(lost) {
                session.find_room(room, ctx);
            }
        });
    }

    /// The game is over. Its end is told, unless the player has already asked for the next one: a
    /// failover may bring back a seat in the last one. A game that is gone before it began was lost
    /// with its match. In both cases whoever waited waits on.
    fn get_up(&mut self, over: Option<Over>, ctx: &mut Context) {
        let Some(Seated { room, wish, .. }) = self.seat.take() else { return };
        let asked_for = self.asked_for.take();
        // The clocks of two primaries may differ, and an end that was lost may be stored anew.
        let known = over.is_some() && self.knew_of_end(room);
        let after = |at: Instant, over: &Over| over.ago.is_some_and(|ago| ago > at.elapsed());
        let waits_on = |at| known || over.as_ref().is_none_or(|over| after(at, over));
        let asked_for = asked_for.filter(|(_, at)| waits_on(*at));
        tracing::debug!(
            player = %self.player(), %room, is_over = over.is_some(),
            wishes = wish.is_some(), asked = asked_for.is_some(), "gets up",
        );
        match (wish, over, asked_for) {
            (Some(wish), ..) => self.wish(wish, ctx),
            (None, _, Some(asked_for)) => self.wait_on(asked_for, ctx),
            (None, Some(over), None) => self.say(&over.message, ctx),
            (None, None, None) => self.say_not_in_game(ctx),
        }
    }

    /// The room is over. Whether this connection knew that before.
    fn knew_of_end(&mut self, room: RoomId) -> bool {
        self.known_over.replace(room) == Some(room)
    }

    fn wait_on(&mut self, asked_for: (Wish, Instant), ctx: &mut Context) {
        self.asked_for = Some(asked_for);
        ctx.run_later(SEARCH_AGAIN, Self::wish_again);
    }

    /// Unless the player has left meanwhile, or sits somewhere.
    fn wish_again(&mut self, ctx: &mut Context) {
        if self.seat.is_none()
            && let Some((wish, _)) = self.asked_for.take()
        {
            self.wish(wish, ctx);
        }
    }

    /// The player wants something of the lobby. Who sits in a live game gets its state instead; until
    /// that has begun, it may yet be lost with its match, and what was wanted last holds.
    pub(super) fn wish(&mut self, wish: Wish, ctx: &mut Context) {
        match &mut self.seat {
            Some(seat) if seat.link.is_none() => seat.wish = Some(wish),
            Some(seat) => {
                if !seat.begun {
                    self.asked_for = Some((wish, Instant::now()));
                }
                self.ask_for_start(ctx);
            }
            None => {
                if let Err(why) = self.ask_lobby(wish) {
                    self.say_error(ErrorCode::QueueUnavailable, why.to_owned(), ctx);
                }
            }
        }
    }

    fn ask_lobby(&mut self, wish: Wish) -> Result<(), &'static str> {
        let asks_for_game = !matches!(wish, Wish::Leave);
        if asks_for_game && !self.upgrade.credit.take_game() {
            return Err("these were many games; try again in a few seconds");
        }
        let (connection, player) = (self.upgrade.connection, self.player());
        let asked_for = asks_for_game.then(|| (wish.clone(), Instant::now()));
        let command = LobbyCommand { connection, player, wish };
        self.deps.manager.try_send(command).map_err(|_| "the server is busy; try again")?;
        self.asked_for = asked_for;
        Ok(())
    }

    /// How things stand with the room after a delivery.
    pub(super) fn on_progress(&mut self, room: RoomId, progress: Progress, ctx: &mut Context) {
        let Some(seat) = self.seat.as_mut() else { return };
        match progress {
            Progress::Started { .. } => {
                seat.see(progress);
                // Until then a match, and the room with it, may be lost, however live it was.
                (seat.begun, self.asked_for) = (true, None);
            }
            Progress::Reached { .. } | Progress::Same => seat.see(progress),
            Progress::Over => self.leave_behind(room, ctx),
            Progress::Moved => self.find_room(room, ctx),
            Progress::Replaced => self.close(CloseReason::Replaced, ctx),
            Progress::Elsewhere => self.close(CloseReason::GoingAway, ctx),
        }
    }

    /// The game is over. Whoever knew that, and waits for the next one, waits on: a store that was wiped
    /// may bring the seats back with the game.
    fn leave_behind(&mut self, room: RoomId, ctx: &mut Context) {
        self.seat = None;
        let (known, asked_for) = (self.knew_of_end(room), self.asked_for.take());
        if let Some(asked_for) = asked_for.filter(|_| known) {
            self.wait_on(asked_for, ctx);
        }
    }

    /// Passes an input on. One that the room does not take is not acknowledged, and the client
    /// sends it again.
    pub(super) fn input(&mut self, input: Input, ctx: &mut Context) {
        let generation = self.generation();
        let player = self.player();
        let Some(seat) = &self.seat else { return self.say_not_in_game(ctx) };
        let Input { kind, n, room_id, payload } = input;
        if room_id.is_none_or(|room| room == seat.room) {
            seat.tell(RoomCommand::Input(SeatInput { player, generation, n, kind, payload }));
        }
    }

    pub(super) fn quit(&mut self, ctx: &mut Context) {
        let (player, generation) = (self.player(), self.generation());
        self.asked_for = None;
        match &mut self.seat {
            // Said again with every attach until the game is over: it may get lost on the way.
            Some(seat) => {
                seat.quits = true;
                seat.tell(RoomCommand::Quit { player, generation });
            }
            None => self.say_not_in_game(ctx),
        }
    }

    fn say_not_in_game(&mut self, ctx: &mut Context) {
        self.say_error(ErrorCode::NotInGame, "you are in no game".to_owned(), ctx);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_update_does_not_stand_for_a_game_start_that_was_lost() {
        let mut seat = Seated::in_room(RoomId::random());
        let reached = |version| Progress::Reached { version: Version(version) };
        seat.see(reached(7));
        assert_eq!(seat.seen, None, "the next attach asks for the whole state");
        seat.see(Progress::Started { version: Version(8) });
        seat.see(Progress::Same);
        assert_eq!(seat.seen, Some(Version(8)));
        seat.see(reached(9));
        assert_eq!(seat.seen, Some(Version(9)));
    }
}
