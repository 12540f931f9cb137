//! The manager's part of the drain: first the rooms, then the connections.

use actix::{Context, Handler, ResponseFuture};
use tokio::sync::oneshot;

use super::GameManager;
use super::hosting::Hosted;
use super::messages::{Drain, Notice, Withdraw};
use crate::room::RoomCommand;

/// How far a drain has come.
pub(super) struct Draining {
    /// The connections have been told to close.
    told: bool,
    /// Answers the shutdown.
    done: Option<oneshot::Sender<()>>,
    /// Nobody is here any more, and no heartbeat says otherwise.
    left: bool,
}

impl Handler<Withdraw> for GameManager {
    type Result = ();

    fn handle(&mut self, _: Withdraw, _: &mut Context<Self>) {
        self.withdrawn = true;
    }
}

impl Handler<Drain> for GameManager {
    type Result = ResponseFuture<()>;

    /// Every room commits and is given up; when the last one is, every connection is closed with
    /// 1012; when the last one is gone, the answer comes. The caller bounds the wait.
    fn handle(&mut self, _: Drain, _: &mut Context<Self>) -> Self::Result {
        let (done, wait) = oneshot::channel();
        self.withdrawn = true;
        self.draining = Some(Draining { told: false, done: Some(done), left: false });
        for hosted in self.rooms.values() {
            match hosted {
                // Beyond the bound of the mailbox: one message, the last one of the room's life.
                Hosted::Live { room, .. } => room.do_send(RoomCommand::Release),
                Hosted::Elsewhere { room, .. } => room.do_send(RoomCommand::Release),
                Hosted::Opening(_) => {}
            }
        }
        self.rooms.retain(|_, hosted| matches!(hosted, Hosted::Live { .. }));
        self.unopened.clear();
        self.drain_on();
        Box::pin(async move {
            let _ = wait.await;
        })
    }
}

impl GameManager {
    /// Goes one step further, if the one before is done.
    pub(super) fn drain_on(&mut self) {
        let Some(draining) = &mut self.draining else { return };
        // One that has panicked gives nothing up any more; whoever wants it claims it.
        if self.rooms.values().any(|hosted| !hosted.is_dead()) {
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
