//! What a Session does by itself, once a second: it says to its room that it is there, pings the
//! client, and notices when nobody is there, or the player's session has expired or was signed out.
//!
//! One timer for all of it: whenever something happens to an actor, each of its timers is polled.

use std::time::Duration;

use actix::AsyncContext;

use super::{Context, Session};
use crate::protocol::CloseReason;
use crate::wall_clock;

/// How often it beats. A room finds a seat empty that has not said for two of these that it is not.
const PULSE: Duration = Duration::from_secs(1);
/// How often it pings the client, in pulses.
const PING: u32 = 20;
/// A client that has not answered such a ping for so long was never there, whatever it sends.
const UNANSWERED: Duration = Duration::from_secs(10);
/// A client that has sent no frame for so long is gone.
const DEAD: Duration = Duration::from_secs(60);

impl Session {
    pub(super) fn start_pulse(&mut self, ctx: &mut Context) {
        let mut pulses = 0u32;
        ctx.run_interval(PULSE, move |session, ctx| {
            pulses = pulses.wrapping_add(1);
            session.on_pulse(pulses, ctx);
        });
    }

    fn on_pulse(&mut self, pulses: u32, ctx: &mut Context) {
        let session = &self.upgrade.session;
        let is_over = wall_clock::millis() >= session.expires_at;
        if is_over || self.deps.signed_out.contains(session) {
            return self.close(CloseReason::Expired, ctx);
        }
        let never_answered = self.unanswered().is_some_and(|waited| waited > UNANSWERED);
        if never_answered {
            self.upgrade.credit.never_answered();
        }
        if never_answered || self.heard.elapsed() > DEAD {
            return self.close(CloseReason::Silent, ctx);
        }
        self.attach_again(ctx);
        if pulses.is_multiple_of(PING) {
            ctx.ping(b"");
        }
    }
}
