//! What Sessions and the manager want of a room.

use actix::{Context, Handler};

use super::delivery::Attached;
use super::messages::{Attach, Delivery, RoomCommand, SeatInput};
use super::seat::InputOutcome;
use super::{GameRoom, Stopped};
use crate::cluster::Progress;
use crate::ids::{ConnectionId, Generation, PlayerId};
use crate::telemetry::count;

impl Handler<RoomCommand> for GameRoom {
    type Result = ();

    fn handle(&mut self, command: RoomCommand, ctx: &mut Context<Self>) {
        if self.commits.releasing || self.stopping.is_some() {
            return;
        }
        self.advance();
        match command {
            RoomCommand::Attach(attach) => self.attach(attach),
            RoomCommand::Input(input) => self.input(&input),
            RoomCommand::Quit { player, generation } => self.quit(player, generation),
            RoomCommand::Detach { player, connection } => self.detach(player, connection),
            RoomCommand::Release => self.release(ctx),
        }
        self.settle(ctx);
    }
}

impl GameRoom {
    /// A new connection is answered by a `GAME_START` after the next commit; one that is attached
    /// already gets what it missed.
    fn attach(&mut self, attach: Attach) {
        let Some(seat) = self.state.seat_of(attach.player) else { return };
        if !self.state.seats[seat].accepts(attach.generation) {
            return self.shut_out(&attach);
        }
        let seen = attach.seen;
        let known = self.links[seat].is_connection(attach.connection);
        self.links[seat].attached = Some(Attached::new(attach.connection, attach.to));
        if known {
            self.catch_up(seat, seen);
        } else {
            self.state.attach(seat, attach.generation);
            self.links[seat].start_owed = true;
            self.commits.wanted = true;
        }
    }

    /// A newer connection has the seat, maybe on another pod.
    fn shut_out(&self, attach: &Attach) {
        let (room, connection) = (self.id, attach.connection);
        let progress = Progress::Replaced;
        let shut_out = Delivery { room, connection, frames: Vec::new(), progress };
        // Full or gone: it attaches again, or never.
        let _ = attach.to.try_send(shut_out);
    }

    fn input(&mut self, input: &SeatInput) {
        let Some(seat) = self.state.seat_of(input.player) else { return };
        let what = (input.kind, input.payload.as_str());
        let n = input.n.unwrap_or(self.state.seats[seat].consumed + 1);
        let outcome = self.state.input(seat, input.generation, n, what);
        let label = match outcome {
            InputOutcome::Consumed => {
                self.commits.wanted = true;
                "consumed"
            }
            InputOutcome::Duplicate => {
                // The same acknowledgement again, which every update carries.
                self.commits.wanted = true;
                "duplicate"
            }
            InputOutcome::Gap { from } => {
                self.tell_gap(seat, from);
                "gap"
            }
            InputOutcome::Bad(why) => {
                self.tell_bad(seat, why);
                "bad"
            }
            InputOutcome::Outdated => "outdated",
            InputOutcome::Over => "over",
        };
        count(&self.deps.metrics.inputs, label);
    }

    fn quit(&mut self, player: PlayerId, generation: Generation) {
        if let Some(seat) = self.state.seat_of(player)
            && self.state.seats[seat].accepts(generation)
        {
            self.state.quit(seat);
        }
    }

    fn detach(&mut self, player: PlayerId, connection: ConnectionId) {
        if let Some(seat) = self.state.seat_of(player)
            && self.links[seat].is_connection(connection)
        {
            self.empty(seat);
        }
    }

    /// Commits what there is and gives the room up; inputs that come later are not consumed, so
    /// their clients send them again to whoever hosts the room next.
    fn release(&mut self, ctx: &mut Context<Self>) {
        self.commits.releasing = true;
        self.commits.wanted = true;
        if self.commits.is_failing() && !self.commits.lost {
            // The store is away: it keeps what it has confirmed, and nobody was told more.
            self.stop(Stopped::Released, ctx);
            self.tell_all(Progress::Moved);
        }
    }
}
