//! Courier: stands for the Sessions of another pod, and puts what rooms tell them on the bus.

use std::sync::Arc;
use std::time::Duration;

use actix::{Actor, ActorContext, AsyncContext, Context, Handler};

use super::super::Delivery;
use crate::cluster::{Bus, BusMessage};
use crate::ids::PodId;

/// The way back to the players of one other pod.
pub(super) struct Courier {
    pod: PodId,
    bus: Arc<dyn Bus>,
    /// Something was delivered since this was last looked at.
    used: bool,
}

/// Deliveries it holds before rooms find it full; the next state replaces what they drop then.
const MAILBOX: usize = 4096;

/// A seat gets a delivery a second, so a courier without one for so long serves nobody.
const UNUSED: Duration = Duration::from_secs(60);

impl Courier {
    pub(super) fn to(pod: PodId, bus: Arc<dyn Bus>) -> Self {
        Self { pod, bus, used: true }
    }
}

impl Actor for Courier {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(MAILBOX);
        ctx.run_interval(UNUSED, |courier, ctx| {
            if !std::mem::take(&mut courier.used) {
                ctx.stop();
            }
        });
    }
}

impl Handler<Delivery> for Courier {
    type Result = ();

    fn handle(&mut self, delivery: Delivery, _: &mut Context<Self>) {
        self.used = true;
        let Delivery { room, connection, frames, progress } = delivery;
        self.bus.send(self.pod, BusMessage::Delivery { room, connection, frames, progress });
    }
}
