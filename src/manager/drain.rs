//! The manager's part of the drain: first the rooms, then the connections.

use actix::{Context, Handler, ResponseFuture};
use tokio::sync::oneshot;

use super::GameManager;
use super::hosting::Hosted;
use super::messages::{Drain, Notice};
use crate::room::RoomCommand;

/// How far a drain has come.
pub(super) struct Draining {
    /// The connections have been told to close.
    told: bool,
    /// Answers the shutdown.
    done: Option<oneshot::Sender<()>>,
}

impl Handler<Drain> for GameManager {
    type Result = ResponseFuture<()>;

    /// Every room commits and is given up; when the last one is, every connection is closed with
    /// 1012; when the last one is gone, the answer comes. The caller bounds the wait.
    fn handle(&mut self, _: Drain, _: &mut Context<Self>) -> Self::Result {
        let (done, wait) = oneshot::channel();
        self.draining = Some(Draining { told: false, done: Some(done) });
        for hosted in self.rooms.values() {
            if let Hosted::Live { room, .. } = hosted {
                // Beyond the bound of the mailbox: one message, the last one of the room's life.
                room.do_send(RoomCommand::Release);
            }
        }
        self.rooms.retain(|_, hosted| matches!(hosted, Hosted::Live { .. }));
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
            let _ = done.send(());
        }
    }
}
