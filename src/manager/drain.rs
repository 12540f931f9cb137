//! The manager's part of the drain: rooms and players leave a few at a time.
//!
//! Everybody who must be taken in elsewhere costs the other pods a moment: a claim, an upgrade, a
//! look into the directory. All at once, each would wait for all the others.

use std::time::Duration;

use actix::{AsyncContext, Context, Handler, ResponseFuture};
use tokio::sync::oneshot;

use super::GameManager;
use super::connections::Connected;
use super::hosting::Hosted;
use super::messages::{Drain, Notice, Withdraw};
use crate::ids::{BySeat, PlayerId, RoomId};

/// How far a drain has come.
pub(super) struct Draining {
    /// Rooms that have not been asked to go.
    staying: Vec<RoomId>,
    /// How many are asked at a time.
    at_a_time: usize,
    /// Every connection has been told to close.
    told: bool,
    /// Answers the shutdown.
    done: Option<oneshot::Sender<()>>,
    /// Nobody is here any more, and no heartbeat says otherwise.
    left: bool,
}

/// However many there are, they have all been asked after so many steps: within two seconds.
const STEPS: usize = 20;
const STEP: Duration = Duration::from_millis(100);
/// So few are no burden.
const FEW: usize = 8;

impl Handler<Withdraw> for GameManager {
    type Result = ();

    fn handle(&mut self, _: Withdraw, _: &mut Context<Self>) {
        self.withdrawn = true;
    }
}

impl Handler<Drain> for GameManager {
    type Result = ResponseFuture<()>;

    /// Who waits, or is in no game, is told to close, with 1012. Room by room, each commits and is
    /// given up, and its players here are told. When the last connection is gone, the answer comes.
    /// The caller bounds the wait.
    fn handle(&mut self, _: Drain, ctx: &mut Context<Self>) -> Self::Result {
        let (done, wait) = oneshot::channel();
        self.withdrawn = true;
        self.rooms.retain(|_, hosted| !matches!(hosted, Hosted::Opening(_)));
        self.unopened.clear();
        let staying: Vec<RoomId> = self.rooms.keys().copied().collect();
        let at_a_time = at_a_time(staying.len(), self.deps.room.vitals.is_accompanied());
        self.draining =
            Some(Draining { staying, at_a_time, told: false, done: Some(done), left: false });
        // Who has asked for the next game is not kept for the last one.
        let stays = |known: &Connected| known.waiting.is_none() && known.plays_in(&self.rooms);
        for known in self.connections.values().filter(|known| !stays(known)) {
            known.tell(Notice::GoingAway);
        }
        self.give_away(ctx);
        Box::pin(async move {
            let _ = wait.await;
        })
    }
}

/// How many of these rooms leave at a time. Nobody takes in what a pod without others gives away:
/// there, every moment is one without the game.
fn at_a_time(rooms: usize, accompanied: bool) -> usize {
    if accompanied { rooms.div_ceil(STEPS).max(FEW) } else { rooms }
}

impl GameManager {
    /// Asks the next few rooms to go, and comes back for the rest.
    fn give_away(&mut self, ctx: &mut Context<Self>) {
        let Some(draining) = &mut self.draining else { return };
        let rest = draining.staying.len().saturating_sub(draining.at_a_time);
        for room in draining.staying.split_off(rest) {
            if let Some(hosted) = self.rooms.get(&room) {
                hosted.release();
            }
        }
        if !draining.staying.is_empty() {
            ctx.run_later(STEP, Self::give_away);
        }
        self.drain_on();
    }

    /// A room has gone: its players here have nothing left to stay for.
    pub(super) fn send_away(&self, room: RoomId, persons: &BySeat<Option<PlayerId>>) {
        if self.draining.is_none() {
            return;
        }
        let known = persons.present().filter_map(|player| self.connections.get(&player));
        for known in known.filter(|known| known.last_room == Some(room)) {
            known.tell(Notice::GoingAway);
        }
    }

    /// Goes one step further, if the one before is done.
    pub(super) fn drain_on(&mut self) {
        let Some(draining) = &mut self.draining else { return };
        if !self.rooms.is_empty() {
            return;
        }
        if !draining.told {
            draining.told = true;
            for known in self.connections.values() {
                known.tell(Notice::GoingAway);
            }
        }
        if self.connections.is_empty()
            && let Some(done) = draining.done.take()
        {
            draining.left = true;
            let leaving = self.deps.pods.leave(self.deps.room.host);
            actix::spawn(async move {
                if let Err(error) = leaving.await {
                    tracing::debug!(%error, "the heartbeat is left to grow old");
                }
                let _ = done.send(());
            });
        }
    }

    /// Whether this pod has said that it is gone.
    pub(super) fn has_left(&self) -> bool {
        self.draining.as_ref().is_some_and(|draining| draining.left)
    }
}

#[cfg(test)]
mod tests {
    use super::at_a_time;

    #[test]
    fn however_many_rooms_there_are_they_have_left_after_twenty_steps() {
        let told = [0, 8, 9, 160, 161, 5000].map(|rooms| at_a_time(rooms, true));
        assert_eq!(told, [8, 8, 8, 8, 9, 250]);
        assert_eq!(at_a_time(5000, false), 5000);
    }
}
