//! Clients that mean no good, of several kinds: how soon each is cut off, and what they cost.
//!
//! All run on one thread, from addresses of their own, and each is bounded: one connection at a time
//! for each client, and an end.

mod client;
mod connections;
mod frames;
mod heads;
mod kind;
mod report;
mod silent;

use std::io::Write;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::super::meter::Sample;
use super::{LoadArgs, Site, SwarmError};
use client::{Client, apart};
use kind::{Kind, Way};
use report::{FloodReport, Tally};

const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Which kind, how many clients, and for how long.
#[derive(Args, Clone, Debug)]
pub(in super::super) struct FloodArgs {
    /// What the clients do.
    #[arg(long, value_enum, default_value_t)]
    kind: Kind,
    /// The server; only this machine is gone to.
    #[arg(long, default_value = "http://127.0.0.1:8080")]
    url: String,
    /// Clients, each with one connection at a time; as many as its kind needs, if it is not said.
    #[arg(long)]
    connections: Option<usize>,
    /// Seconds, from when all of them have come.
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// Process id of the server, to measure it.
    #[arg(long)]
    watch: Option<u32>,
}

impl FloodArgs {
    fn load(&self) -> LoadArgs {
        LoadArgs {
            url: self.url.clone(),
            connections: self.connections.unwrap_or_else(|| self.kind.connections()),
            seconds: self.seconds,
            watch: self.watch,
        }
    }
}

/// Floods for the given time.
pub(in super::super) async fn run(args: &FloodArgs) -> Result<FloodReport, SwarmError> {
    let (kind, load) = (args.kind, args.load());
    let site = Arc::new(Site::find(&load).await?);
    let whos = sessions(kind, &site, load.connections).await?;
    let look = || load.watch.and_then(Sample::of).map(|sample| sample.rss_kib);
    let rss_before_kib = look();
    let mut rss_peak_kib = rss_before_kib;
    let began = Instant::now();
    let end = began + kind.coming() + site.seconds;
    let mut arrivals = interval((kind.coming() / whos.len() as u32).max(Duration::from_nanos(1)));
    let mut looks = interval(LOOK_EVERY);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut waiting = whos.into_iter();
    let (mut clients, mut all) = (JoinSet::new(), Tally::default());
    while waiting.len() > 0 || !clients.is_empty() {
        tokio::select! {
            _ = arrivals.tick(), if waiting.len() > 0 => {
                if let Some((from, token)) = waiting.next() {
                    let site = Arc::clone(&site);
                    let client = Client { site, from, token, patience: kind.patience(), end };
                    clients.spawn(flood(kind, client));
                }
                if waiting.len() == 0 {
                    // For whoever started this: now is the time to look at the others.
                    let _ = writeln!(std::io::stderr(), "swarm: the whole flood is there");
                }
            }
            Some(one) = clients.join_next() => all += one?,
            _ = looks.tick() => rss_peak_kib = rss_peak_kib.max(look()),
        }
    }
    let seconds = began.elapsed().as_secs_f64();
    let connections = load.connections;
    Ok(FloodReport { kind, connections, seconds, all, rss_before_kib, rss_peak_kib })
}

/// Where each client comes from, and the token of its session.
async fn sessions(
    kind: Kind,
    site: &Site,
    count: usize,
) -> Result<Vec<(IpAddr, String)>, SwarmError> {
    if !kind.signs_in() {
        return Ok((0..count).map(|i| (apart(site.spread.of(i)), String::new())).collect());
    }
    let guests = site.sign_in(count).await?;
    Ok(guests.into_iter().map(|(from, guest)| (apart(from), guest.token)).collect())
}

async fn flood(kind: Kind, client: Client) -> Tally {
    match kind.way() {
        Way::Stream(what) => frames::keep_streaming(client, what).await,
        Way::OpenAndClose => connections::keep_opening(client).await,
        Way::Trickle => heads::keep_trickling(client).await,
        Way::Wait { answers } => silent::keep_silent(client, answers).await,
    }
}
