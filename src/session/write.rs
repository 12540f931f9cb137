//! The write pump: what the manager and the room send, as frames.
//!
//! Both come through the bounded mailbox of this actor. The actor is polled only while its socket
//! can be written, so a client that does not read fills the mailbox, and whoever sends finds it
//! full; the socket's own time-out gets rid of that client.

use actix::Handler;

use super::{Context, Session};
use crate::manager::Notice;
use crate::protocol::{CloseReason, ServerMsg};
use crate::room::Delivery;

impl Session {
    pub(super) fn say(&mut self, message: &ServerMsg, ctx: &mut Context) {
        self.deps.metrics.frames_out.inc();
        ctx.text(message.encode());
    }
}

impl Handler<Notice> for Session {
    type Result = ();

    fn handle(&mut self, notice: Notice, ctx: &mut Context) {
        match notice {
            Notice::Tell(message) => self.say(&message, ctx),
            Notice::Seated(room) => self.sit_down(room, ctx),
            Notice::Replaced => self.close(CloseReason::Replaced, ctx),
            Notice::GoingAway => self.close(CloseReason::GoingAway, ctx),
        }
    }
}

impl Handler<Delivery> for Session {
    type Result = ();

    fn handle(&mut self, delivery: Delivery, ctx: &mut Context) {
        if self.closing.is_some() || !self.is_seated_in(delivery.room) {
            return;
        }
        self.deps.metrics.frames_out.inc_by(delivery.frames.len() as u64);
        for frame in delivery.frames {
            ctx.text(frame);
        }
        self.on_progress(delivery.room, delivery.progress, ctx);
    }
}
