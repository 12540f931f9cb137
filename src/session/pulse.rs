//! What a Session does by itself: it says that it is there, pings, and notices when nobody is.

use std::time::Duration;

use actix::AsyncContext;

use super::{Context, Session, until};
use crate::protocol::CloseReason;

/// How often a Session tells its room that it is there.
const ATTACH: Duration = Duration::from_secs(1);
/// How often it pings the client.
const PING: Duration = Duration::from_secs(20);
/// A client that has sent no frame for so long is gone.
const DEAD: Duration = Duration::from_secs(60);
/// Timers of the runtime reach no further than about two years; sessions are shorter.
const LONGEST: Duration = Duration::from_secs(366 * 24 * 3600);

impl Session {
    pub(super) fn start_pulse(&mut self, ctx: &mut Context) {
        ctx.run_interval(ATTACH, |session, ctx| session.attach_again(ctx));
        ctx.run_interval(PING, |session, ctx| {
            if session.heard.elapsed() > DEAD {
                session.close(CloseReason::Silent, ctx);
            } else {
                ctx.ping(b"");
            }
        });
        let expiry = until(self.upgrade.expires_at).min(LONGEST);
        ctx.run_later(expiry, |session, ctx| session.close(CloseReason::Expired, ctx));
    }
}
