//! A host that cannot commit, although its pod is well, asks itself whether it still is the host.
//!
//! Only a commit that is answered can be fenced. A room whose commits get no answer learns from the
//! store that it has been taken over; and if nobody else wants it, sends its players to another pod,
//! if there is one, which may be able to write where this one is not. Its memory stays: it may be what
//! a wiped store is filled from.

use std::time::Duration;

use actix::{ActorFutureExt, AsyncContext, Context, WrapFuture};

use super::GameRoom;
use crate::cluster::{Progress, StoredRoom, Unavailable};

/// Commits that fail for so long, while the pod's heartbeat arrives, fail for this pod alone.
const SEND_ON: Duration = Duration::from_secs(2);

impl GameRoom {
    /// Once a second while commits fail.
    pub(super) fn doubt(&mut self, ctx: &mut Context<Self>) {
        let vitals = &self.deps.vitals;
        let fails_here_alone = vitals.may_suspect() && vitals.is_accompanied();
        if self.commits.failing_for() >= SEND_ON && fails_here_alone {
            tracing::warn!(room = %self.id, "commits fail here alone; its players are sent on");
            self.tell_all(Progress::Elsewhere);
        }
        let stored = self.deps.rooms.load(self.id);
        ctx.spawn(stored.into_actor(self).map(|stored, room, ctx| room.on_doubt(stored, ctx)));
    }

    fn on_doubt(
        &mut self,
        stored: Result<Option<StoredRoom>, Unavailable>,
        ctx: &mut Context<Self>,
    ) {
        let Ok(Some(stored)) = stored else { return };
        let ours = stored.host == Some(self.deps.host) && stored.epoch == self.commits.epoch();
        if !ours && self.commits.is_failing() {
            self.on_fenced(ctx);
        }
    }
}
