//! Courier: stands for the Sessions of another pod, and puts what rooms tell them on the bus.

use std::sync::Arc;

use actix::{Actor, Context, Handler};

use super::super::Delivery;
use crate::cluster::{Bus, BusMessage};
use crate::ids::PodId;

/// The way back to the players of one other pod.
pub(super) struct Courier {
    pod: PodId,
    bus: Arc<dyn Bus>,
}

/// Deliveries it holds before rooms find it full; the next state replaces what they drop then.
const MAILBOX: usize = 4096;

impl Courier {
    pub(super) fn to(pod: PodId, bus: Arc<dyn Bus>) -> Self {
        Self { pod, bus }
    }
}

impl Actor for Courier {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(MAILBOX);
    }
}

impl Handler<Delivery> for Courier {
    type Result = ();

    fn handle(&mut self, delivery: Delivery, _: &mut Context<Self>) {
        let Delivery { room, connection, frames, progress } = delivery;
        self.bus.send(self.pod, BusMessage::Delivery { room, connection, frames, progress });
    }
}
