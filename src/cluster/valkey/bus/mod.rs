//! The bus between pods over Valkey's publish/subscribe.
//!
//! A pod subscribes to its own inbox and to the announcements, so its traffic grows with its own
//! players and not with the number of pods. Everything here is at most once: whatever cannot be
//! sent soon is dropped and counted, and a subscription that has fallen silent is built anew
//! ([`pings`] notices, since the client library does not).
//!
//! | file | what it does |
//! | --- | --- |
//! | `envelope.rs` | what a publication looks like: written and read |
//! | `outbound.rs` | what waits to be sent: bounded, dropped when old |
//! | `nodes.rs` | which server to talk to next |
//! | `line.rs` | opens the two connections, and keeps opening them |
//! | `session.rs` | one pair of connections, from subscribing until it breaks |
//! | `reader.rs` | gives the inbox what arrives, skips what nobody can read |
//! | `pings.rs` | messages to oneself: the lag, and whether anything arrives at all |

mod complaints;
mod envelope;
mod line;
mod nodes;
mod outbound;
mod pings;
mod reader;
mod session;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use serde::Serialize;
use serde_json::value::to_raw_value;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

pub use self::envelope::{Envelope, Unreadable};
use self::line::Line;
use self::outbound::{Outbound, Outgoing, QUEUE, Receiver};
use super::link::Valkey;
use crate::cluster::{Bus, BusMessage, Inbox, MatchMade};
use crate::ids::PodId;
use crate::telemetry::{Metrics, count};

/// The bus, as one pod sees it. Dropping it ends its task.
pub struct ValkeyBus {
    pod: PodId,
    inbox: Arc<dyn Inbox>,
    metrics: Metrics,
    queue: mpsc::Sender<Outgoing>,
    /// Whether the bus works at present. Its sender lives as long as the task does.
    working: watch::Receiver<bool>,
}

impl ValkeyBus {
    /// Starts the bus of a pod, on the runtime this is called on and over connections of its own.
    /// What others send arrives in the inbox as soon as they are there; they are tried for ever.
    pub fn start(valkey: Valkey, pod: PodId, inbox: Arc<dyn Inbox>, metrics: Metrics) -> Self {
        let (queue, taken) = mpsc::channel(QUEUE);
        let (says, working) = watch::channel(false);
        let outbound = Outbound::new(taken, metrics.clone());
        let line = Line::new(valkey, pod, Arc::clone(&inbox), metrics.clone());
        tokio::spawn(line.run(outbound, says));
        Self { pod, inbox, metrics, queue, working }
    }

    /// Ready once a message of this pod to itself has come through.
    pub fn works(&self) -> impl Future<Output = ()> + Send + 'static {
        let mut working = self.working.clone();
        async move {
            // An error means that the task is gone, which is for `stopped` to tell.
            let _ = working.wait_for(|working| *working).await;
        }
    }

    /// Ready when the bus has ended. That is never, unless it was dropped or an inbox panicked; a
    /// pod without a bus must end too.
    pub fn stopped(&self) -> impl Future<Output = ()> + Send + 'static {
        let mut working = self.working.clone();
        async move { while working.changed().await.is_ok() {} }
    }

    fn enqueue(&self, to: Receiver, message: &impl Serialize) {
        let queued = to_raw_value(message).ok().filter(|message| outbound::fits(message));
        let sent = queued
            .map(|message| self.queue.try_send(Outgoing { to, message, queued: Instant::now() }));
        if !matches!(sent, Some(Ok(()))) {
            count(&self.metrics.bus_messages, "dropped");
        }
    }
}

impl Bus for ValkeyBus {
    fn send(&self, to: PodId, message: BusMessage) {
        if to == self.pod {
            self.inbox.receive(self.pod, message);
        } else {
            self.enqueue(Receiver::Pod(to), &message);
        }
    }

    fn announce(&self, made: MatchMade) {
        self.enqueue(Receiver::Everybody, &made);
        // This pod need not wait for its own voice; the reader skips it.
        self.inbox.announced(made);
    }
}
