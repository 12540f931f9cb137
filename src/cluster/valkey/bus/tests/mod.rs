//! The bus against real servers.

mod faults;
mod foreign;
mod nodes;
mod speech;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::ValkeyBus;
use crate::cluster::valkey::tests::proxy::Proxy;
use crate::cluster::valkey::tests::servers::{Program, Server};
use crate::cluster::{Bus, BusMessage, Inbox, MatchMade, Valkey, ValkeySettings};
use crate::ids::{Generation, PlayerId, PodId, RoomId};
use crate::telemetry::{Metrics, Outcome};

/// Longer than anything takes that is not broken.
const PATIENCE: Duration = Duration::from_secs(20);

/// How soon the bus must work again once it can.
const BACK: Duration = Duration::from_secs(3);

/// An inbox that keeps what it gets.
#[derive(Default)]
struct Heard {
    messages: Mutex<Vec<(PodId, BusMessage)>>,
    announced: Mutex<Vec<MatchMade>>,
}

impl Inbox for Heard {
    fn receive(&self, from: PodId, message: BusMessage) {
        self.messages.lock().unwrap().push((from, message));
    }

    fn announced(&self, made: MatchMade) {
        self.announced.lock().unwrap().push(made);
    }
}

/// A pod on the bus.
struct Pod {
    id: PodId,
    bus: ValkeyBus,
    heard: Arc<Heard>,
    metrics: Metrics,
}

impl Pod {
    /// On the bus of one server, or of the cluster that these belong to.
    async fn on(urls: &str) -> Self {
        let pod = Self::starting(valkey(urls).await);
        tokio::time::timeout(PATIENCE, pod.bus.works()).await.expect("the bus does not start");
        pod
    }

    fn starting(valkey: Valkey) -> Self {
        let (id, heard, metrics) =
            (PodId::random(), Arc::new(Heard::default()), Metrics::default());
        let bus = ValkeyBus::start(valkey, id, heard.clone(), metrics.clone());
        Self { id, bus, heard, metrics }
    }

    /// Says a number to another pod.
    fn say(&self, to: &Pod, number: u64) {
        self.bus.send(to.id, saying(number));
    }

    /// The numbers heard from another pod, in order.
    fn heard_from(&self, from: &Pod) -> Vec<u64> {
        let messages = self.heard.messages.lock().unwrap();
        messages.iter().filter(|(pod, _)| *pod == from.id).map(|(_, said)| number(said)).collect()
    }

    fn counted(&self, outcome: &'static str) -> u64 {
        self.metrics.bus_messages.get_or_create(&Outcome { outcome }).get()
    }

    fn resubscriptions(&self) -> u64 {
        self.metrics.bus_resubscriptions.get()
    }
}

async fn valkey(urls: &str) -> Valkey {
    Valkey::connect(ValkeySettings::new(urls).unwrap()).await.unwrap()
}

fn saying(number: u64) -> BusMessage {
    let (room, player) = (RoomId::random(), PlayerId::random());
    BusMessage::Quit { room, player, generation: Generation(number) }
}

fn number(said: &BusMessage) -> u64 {
    match said {
        BusMessage::Quit { generation, .. } => generation.0,
        other => panic!("nobody said {other:?}"),
    }
}

fn made() -> MatchMade {
    MatchMade { room: RoomId::random(), players: vec![PlayerId::random(), PlayerId::random()] }
}

/// Waits until something is so.
async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < PATIENCE, "never: {what}");
        sleep(Duration::from_millis(5)).await;
    }
}

/// Speaks both ways until both have heard something said from now on, and tells how long it took.
async fn until_they_hear(one: &Pod, other: &Pod) -> Duration {
    let start = Instant::now();
    let before = (one.heard_from(other).len(), other.heard_from(one).len());
    let mut said = 1_000_000;
    loop {
        said += 1;
        one.say(other, said);
        other.say(one, said);
        sleep(Duration::from_millis(10)).await;
        if one.heard_from(other).len() > before.0 && other.heard_from(one).len() > before.1 {
            return start.elapsed();
        }
        assert!(start.elapsed() < PATIENCE, "they never hear each other again");
    }
}
