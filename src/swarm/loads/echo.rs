//! Messages to a bare echo server, to know what the machine and the WebSocket crate cost alone.

use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use clap::Args;
use serde::Serialize;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep};

use super::super::latency::{Spread, Watch};
use super::super::meter::{Sample, Usage};
use super::super::socket::Socket;
use super::super::wire::{self, Kind};
use super::{LoadArgs, Site, SwarmError};
use crate::ids::RoomId;

/// Nothing is measured before this.
const WARM_UP: Duration = Duration::from_secs(1);

/// How many connections, for how long, and how fast.
#[derive(Args, Clone, Debug)]
pub(in super::super) struct EchoArgs {
    #[command(flatten)]
    load: LoadArgs,
    /// Messages a second of each connection; 0: the next as soon as the last has come back.
    #[arg(long, default_value_t = 0.0)]
    rate: f64,
}

/// What the echo server used.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct EchoReport {
    connections: usize,
    messages_per_second: f64,
    /// From sending a message to having read its echo, in milliseconds.
    latency_ms: Spread,
    server: Option<Usage>,
}

/// What has come back, to all connections together.
#[derive(Default)]
struct Echoes {
    count: AtomicU64,
    took: Mutex<Watch>,
}

impl Echoes {
    fn note(&self, sent: Instant) {
        self.count.fetch_add(1, Relaxed);
        self.took.lock().unwrap_or_else(PoisonError::into_inner).note(Some(sent.elapsed()));
    }

    /// Forgets how long the warm-up took.
    fn restart(&self) {
        *self.took.lock().unwrap_or_else(PoisonError::into_inner) = Watch::default();
    }

    fn spread(&self) -> Spread {
        self.took.lock().unwrap_or_else(PoisonError::into_inner).spread()
    }
}

/// Sends messages of the size of a click for the given time.
pub(in super::super) async fn run(args: &EchoArgs) -> Result<EchoReport, SwarmError> {
    let site = Site::find(&args.load).await?;
    let heard = Arc::new(Echoes::default());
    let mut clients = JoinSet::new();
    for i in 0..args.load.connections {
        let from: IpAddr = site.spread.of(i);
        let socket = site.open(from, "none").await?;
        let phase = i as f64 / args.load.connections as f64;
        clients.spawn(converse(socket, args.rate, phase, Arc::clone(&heard)));
    }
    sleep(WARM_UP).await;
    let look = || (args.load.watch.and_then(Sample::of), heard.count.load(Relaxed), Instant::now());
    let (first, before, began) = look();
    heard.restart();
    sleep(site.seconds).await;
    let (last, after, ended) = look();
    clients.abort_all();
    Ok(EchoReport {
        connections: args.load.connections,
        messages_per_second: (after - before) as f64 / (ended - began).as_secs_f64(),
        latency_ms: heard.spread(),
        server: first.zip(last).map(|(f, l)| Usage::between(&f, &l, after - before)),
    })
}

async fn converse(mut socket: Socket, rate: f64, phase: f64, heard: Arc<Echoes>) {
    let text = wire::input(Kind::Click, 100, RoomId::random());
    let every = (rate > 0.0).then(|| Duration::from_secs_f64(1.0 / rate));
    let mut pace = every.map(|every| {
        let mut pace = interval_at(Instant::now() + every.mul_f64(phase), every);
        pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
        pace
    });
    loop {
        if let Some(pace) = &mut pace {
            pace.tick().await;
        }
        let sent = Instant::now();
        if socket.send(text.clone()).await.is_err() || socket.next().await.is_err() {
            return;
        }
        heard.note(sent);
    }
}
