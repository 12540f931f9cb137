//! Opens the two connections of the bus, and opens them again, for ever.

use std::sync::Arc;
use std::time::Duration;

use rand::{RngExt, SeedableRng};
use rand_core::{OsRng, RngCore};
use rand_pcg::Pcg32;
use redis::aio::{MultiplexedConnection, PubSubStream};
use redis::{AsyncConnectionConfig, Client, RedisError, RedisResult, Value};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use super::complaints::Complaints;
use super::nodes::Nodes;
use super::outbound::Outbound;
use super::pings::Pings;
use super::reader::Reader;
use super::session::Session;
use crate::cluster::valkey::link::Valkey;
use crate::cluster::valkey::settings::Address;
use crate::cluster::valkey::slots::SlotMap;
use crate::cluster::{Inbox, Unavailable};
use crate::ids::PodId;
use crate::telemetry::Metrics;

/// How long opening both connections may take.
const OPENING: Duration = Duration::from_secs(1);

/// The wait after the first failure; doubled by each further one.
const FIRST_WAIT: Duration = Duration::from_millis(50);

/// The longest wait.
const LONGEST_WAIT: Duration = Duration::from_millis(500);

/// Two connections to one node.
pub(super) struct Pair {
    pub(super) publisher: MultiplexedConnection,
    pub(super) subscription: PubSubStream,
}

/// Why there is no pair of connections.
#[derive(Debug, thiserror::Error)]
enum NotOpened {
    #[error("no answer within a second")]
    TooSlow,
    #[error(transparent)]
    Failed(#[from] RedisError),
    #[error(transparent)]
    NoClient(#[from] Unavailable),
}

/// The pod's line to the others: one pair of connections after the other.
pub(super) struct Line {
    pod: PodId,
    metrics: Metrics,
    valkey: Valkey,
    nodes: Nodes,
    reader: Reader,
    dice: Pcg32,
}

impl Line {
    pub(super) fn new(valkey: Valkey, pod: PodId, inbox: Arc<dyn Inbox>, metrics: Metrics) -> Self {
        let reader = Reader {
            pod,
            inbox,
            metrics: metrics.clone(),
            announcements: valkey.keys().match_notify(),
            complaints: Complaints::default(),
        };
        let nodes = Nodes::new(valkey.settings().seeds(), valkey.nodes(), OsRng.next_u32());
        let dice = Pcg32::seed_from_u64(OsRng.next_u64());
        Self { pod, metrics, valkey, nodes, reader, dice }
    }

    /// Runs until the bus is dropped. While it lives it holds `working`, so that whoever watches
    /// that sees it die.
    pub(super) async fn run(mut self, mut outbound: Outbound, working: watch::Sender<bool>) {
        let mut failures = 0;
        let mut opened_before = false;
        let mut last_ping = 0;
        loop {
            let wait = self.wait(failures);
            let opened = tokio::select! {
                opened = self.open_after(wait) => opened,
                // Ends only with the bus.
                () = outbound.hold() => return,
            };
            let (node, pair) = match opened {
                Ok(opened) => opened,
                Err(error) => {
                    failures += 1;
                    tracing::debug!(%error, failures, "the bus could not be opened");
                    continue;
                }
            };
            if std::mem::replace(&mut opened_before, true) {
                self.metrics.bus_resubscriptions.inc();
            }
            tracing::info!(node = %node, failures, "the bus is subscribed");
            let pings = Pings::after(last_ping);
            let session = Session {
                pod: self.pod,
                cluster: self.valkey.is_cluster(),
                keys: self.valkey.keys(),
                metrics: &self.metrics,
                pings: &pings,
                working: &working,
            };
            let Some(broken) = session.run(pair, &mut self.reader, &mut outbound).await else {
                return;
            };
            tracing::warn!(node = %node, reason = %broken, "the bus broke");
            working.send_replace(false);
            last_ping = pings.last();
            // A pair that never worked is one more failure, or a server that takes and drops
            // connections would be asked without a pause.
            failures = if pings.any() { 0 } else { failures + 1 };
        }
    }

    fn wait(&mut self, failures: u32) -> Duration {
        let Some(doublings) = failures.checked_sub(1) else { return Duration::ZERO };
        let longest = FIRST_WAIT.saturating_mul(2u32.saturating_pow(doublings)).min(LONGEST_WAIT);
        longest.mul_f64(self.dice.random_range(0.5..=1.0))
    }

    async fn open_after(&mut self, wait: Duration) -> Result<(Address, Pair), NotOpened> {
        sleep(wait).await;
        // There always is one: those that were configured stay.
        let node = self.nodes.next().ok_or(NotOpened::TooSlow)?;
        let keys = self.valkey.keys();
        let channels = [keys.inbox(self.pod), keys.match_notify()];
        let opening = open(self.valkey.client(&node)?, channels);
        let mut pair = timeout(OPENING, opening).await.map_err(|_| NotOpened::TooSlow)??;
        if self.valkey.is_cluster() {
            let asked = redis::cmd("CLUSTER").arg("SLOTS").take();
            let answer = timeout(OPENING, asked.query_async::<Value>(&mut pair.publisher)).await;
            let answer = answer.map_err(|_| NotOpened::TooSlow)??;
            let map = SlotMap::read(&answer, &node).unwrap_or_default();
            self.nodes.learn(&node, map.nodes());
        }
        Ok((node, pair))
    }
}

async fn open(client: Client, channels: [String; 2]) -> RedisResult<Pair> {
    // Every wait has a deadline of the bus's own.
    let config =
        AsyncConnectionConfig::new().set_connection_timeout(None).set_response_timeout(None);
    let subscribing = async {
        let mut subscriber = client.get_async_pubsub().await?;
        subscriber.subscribe(&channels[..]).await?;
        Ok(subscriber.into_on_message())
    };
    let publishing = client.get_multiplexed_async_connection_with_config(&config);
    let (subscription, publisher) = futures_util::future::try_join(subscribing, publishing).await?;
    Ok(Pair { publisher, subscription })
}
