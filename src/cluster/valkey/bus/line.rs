//! Opens the two connections of the bus, and opens them again, for ever.

use std::sync::Arc;
use std::time::Duration;

use rand::{RngExt, SeedableRng};
use rand_core::{OsRng, RngCore};
use rand_pcg::Pcg32;
use redis::aio::{MultiplexedConnection, PubSubStream};
use redis::io::tcp::TcpSettings;
use redis::{AsyncConnectionConfig, Client, ConnectionInfo, RedisError, RedisResult, Value};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use super::BusSettings;
use super::complaints::Complaints;
use super::nodes::Nodes;
use super::outbound::Outbound;
use super::pings::Pings;
use super::reader::{Channels, Reader};
use super::session::Session;
use crate::cluster::Inbox;
use crate::ids::PodId;
use crate::telemetry::Metrics;

/// How long opening both connections may take.
const OPENING: Duration = Duration::from_secs(1);

/// How long the kernel may wait for a server to confirm what was sent to it.
const UNCONFIRMED: Duration = Duration::from_secs(2);

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
}

/// The pod's line to the others: one pair of connections after the other.
pub(super) struct Line {
    pod: PodId,
    metrics: Metrics,
    cluster: bool,
    channels: Channels,
    nodes: Nodes,
    reader: Reader,
    dice: Pcg32,
}

impl Line {
    pub(super) fn new(
        settings: BusSettings,
        pod: PodId,
        inbox: Arc<dyn Inbox>,
        metrics: Metrics,
    ) -> Self {
        let channels = Channels::new(&settings.prefix);
        let nodes = settings.nodes.into_iter().map(at_once).collect();
        let reader = Reader {
            pod,
            inbox,
            metrics: metrics.clone(),
            announcements: channels.announcements.clone(),
            complaints: Complaints::default(),
        };
        Self {
            pod,
            metrics,
            cluster: settings.cluster,
            channels,
            nodes: Nodes::new(nodes, OsRng.next_u32()),
            reader,
            dice: Pcg32::seed_from_u64(OsRng.next_u64()),
        }
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
            tracing::info!(node = %node.addr(), failures, "the bus is subscribed");
            let pings = Pings::after(last_ping);
            let session = Session {
                pod: self.pod,
                cluster: self.cluster,
                channels: &self.channels,
                metrics: &self.metrics,
                pings: &pings,
                working: &working,
            };
            let Some(broken) = session.run(pair, &mut self.reader, &mut outbound).await else {
                return;
            };
            tracing::warn!(node = %node.addr(), reason = %broken, "the bus broke");
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

    async fn open_after(&mut self, wait: Duration) -> Result<(ConnectionInfo, Pair), NotOpened> {
        sleep(wait).await;
        let Some(node) = self.nodes.next() else {
            // Without any address there is nothing to do but wait.
            return Err(NotOpened::TooSlow);
        };
        let opening = open(
            node.clone(),
            [self.channels.inbox(self.pod), self.channels.announcements.clone()],
        );
        let mut pair = timeout(OPENING, opening).await.map_err(|_| NotOpened::TooSlow)??;
        if self.cluster {
            let asked = redis::cmd("CLUSTER").arg("SLOTS").take();
            let answer = timeout(OPENING, asked.query_async::<Value>(&mut pair.publisher)).await;
            self.nodes.learn(&node, &answer.map_err(|_| NotOpened::TooSlow)??);
        }
        Ok((node, pair))
    }
}

/// No collecting of small packets, and no endless waiting for a peer that has vanished.
fn at_once(node: ConnectionInfo) -> ConnectionInfo {
    let tcp = TcpSettings::default().set_nodelay(true).set_user_timeout(UNCONFIRMED);
    node.set_tcp_settings(tcp)
}

async fn open(node: ConnectionInfo, channels: [String; 2]) -> RedisResult<Pair> {
    let client = Client::open(node)?;
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
