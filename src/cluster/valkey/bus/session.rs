//! One pair of connections, from subscribing until it breaks: reads, writes, and listens for
//! itself, all in one task.

use std::time::Duration;

use futures_util::StreamExt;
use redis::aio::{MultiplexedConnection, PubSubStream};
use redis::{Pipeline, RedisError};
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

use super::envelope::Envelope;
use super::line::Pair;
use super::outbound::{Outbound, Outgoing, Receiver, gather};
use super::pings::{EVERY, Pings, SILENCE};
use super::reader::Reader;
use crate::cluster::valkey::keys::Keys;
use crate::ids::PodId;
use crate::telemetry::Metrics;

/// How long the server may take to confirm a round of publications.
const CONFIRMED: Duration = Duration::from_secs(1);

/// Why a pair of connections is given up.
#[derive(Debug, thiserror::Error)]
pub(super) enum Broken {
    /// The server ended the subscription.
    #[error("the subscription has ended")]
    Ended,
    /// Publishing failed.
    #[error("publishing failed: {0}")]
    Publishing(#[from] RedisError),
    /// The server does not confirm publications.
    #[error("publications are not confirmed")]
    Unconfirmed,
    /// The pod does not hear itself.
    #[error("nothing is heard")]
    Silent,
    /// The node has lost sight of its cluster: who listens elsewhere hears nothing of it.
    #[error("the node has lost its cluster")]
    Alone,
}

/// What one pair of connections works with.
pub(super) struct Session<'a> {
    pub(super) pod: PodId,
    pub(super) cluster: bool,
    pub(super) keys: &'a Keys,
    pub(super) metrics: &'a Metrics,
    pub(super) pings: &'a Pings,
    pub(super) working: &'a watch::Sender<bool>,
}

impl Session<'_> {
    /// Runs until something breaks. `None`: the bus was dropped.
    pub(super) async fn run(
        &self,
        pair: Pair,
        reader: &mut Reader,
        outbound: &mut Outbound,
    ) -> Option<Broken> {
        let Pair { publisher, subscription } = pair;
        let watched = publisher.clone();
        tokio::select! {
            () = self.read(subscription, reader) => Some(Broken::Ended),
            broken = self.write(publisher, outbound) => broken,
            () = self.pings.silent() => Some(Broken::Silent),
            () = self.lose_cluster(watched) => Some(Broken::Alone),
        }
    }

    async fn read(&self, mut subscription: PubSubStream, reader: &mut Reader) {
        while let Some(message) = subscription.next().await {
            let (channel, payload) = (message.get_channel_name(), message.get_payload_bytes());
            reader.read(channel, payload, self.pings, self.working);
        }
    }

    /// Sends one round after the other. What gathers while one is under way makes the next.
    async fn write(
        &self,
        mut publisher: MultiplexedConnection,
        outbound: &mut Outbound,
    ) -> Option<Broken> {
        let mut pings = interval(EVERY);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let round = tokio::select! {
                biased;
                _ = pings.tick() => None,
                round = outbound.next_round() => Some(round?),
            };
            let pipeline = match &round {
                None => self.ping(),
                Some(round) => self.pipeline(round),
            };
            let mut told = outbound.told(round.map_or(0, |round| round.len()));
            let sent = self.publish(&mut publisher, &pipeline).await;
            told.is_sent = sent.is_ok();
            if let Err(broken) = sent {
                return Some(broken);
            }
        }
    }

    fn ping(&self) -> Pipeline {
        let envelope = Envelope::ping(self.pod, self.pings.next());
        // An id and two numbers: this cannot fail.
        let payload = serde_json::to_vec(&envelope).unwrap_or_default();
        let mut pipeline = Pipeline::new();
        pipeline.publish(self.keys.inbox(self.pod), payload).ignore();
        pipeline
    }

    fn pipeline(&self, round: &[Outgoing]) -> Pipeline {
        let mut pipeline = Pipeline::new();
        for publication in gather(self.pod, round) {
            let channel = match publication.to {
                Receiver::Pod(pod) => self.keys.inbox(pod),
                Receiver::Everybody => self.keys.match_notify(),
            };
            pipeline.publish(channel, publication.payload).ignore();
        }
        pipeline
    }

    async fn publish(
        &self,
        publisher: &mut MultiplexedConnection,
        round: &Pipeline,
    ) -> Result<(), Broken> {
        if round.is_empty() {
            return Ok(());
        }
        self.metrics.bus_publishes.inc_by(round.len() as u64);
        let confirmed = timeout(CONFIRMED, round.exec_async(publisher)).await;
        Ok(confirmed.map_err(|_| Broken::Unconfirmed)??)
    }

    /// Ready when the node has said for [`SILENCE`] that its cluster is down: it hears itself, but
    /// nobody else may hear it. Never ready without a cluster.
    async fn lose_cluster(&self, mut node: MultiplexedConnection) {
        if !self.cluster {
            return std::future::pending().await;
        }
        let mut looks = interval(EVERY);
        let mut well = Instant::now();
        while well.elapsed() < SILENCE {
            looks.tick().await;
            let asked = redis::cmd("CLUSTER").arg("INFO").take();
            let answer = timeout(CONFIRMED, asked.query_async::<String>(&mut node)).await;
            // No answer is for the pings to judge.
            let is_down = matches!(&answer, Ok(Ok(info)) if info.contains("cluster_state:fail"));
            if !is_down {
                well = Instant::now();
            }
        }
    }
}
