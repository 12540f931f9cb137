//! Connections that do nothing: what each costs in memory.

use clap::Args;
use futures_util::stream::{self, StreamExt};
use serde::Serialize;
use tokio::time::Instant;

use super::super::meter::Sample;
use super::super::socket::Socket;
use super::{AT_ONCE, LoadArgs, Site, SwarmError};

/// How many connections to hold.
#[derive(Args, Clone, Debug)]
pub(in super::super) struct IdleArgs {
    #[command(flatten)]
    pub(in super::super) load: LoadArgs,
}

/// What they cost.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct IdleReport {
    pub(in super::super) connections: usize,
    pub(in super::super) still_open: usize,
    connected_in_seconds: f64,
    rss_before_kib: Option<u64>,
    rss_after_kib: Option<u64>,
    rss_kib_per_connection: Option<f64>,
    /// Processor time of the server while it held them, as a share of one core.
    cpu_share: Option<f64>,
}

/// Opens the connections, holds them for the given time, and says what they cost.
pub(in super::super) async fn run(args: &IdleArgs) -> Result<IdleReport, SwarmError> {
    let site = Site::find(&args.load).await?;
    let guests = site.sign_in(args.load.connections).await?;
    let look = || args.load.watch.and_then(Sample::of);
    let before = look();
    let began = Instant::now();
    let opened = stream::iter(&guests).map(|(from, guest)| site.open(*from, &guest.token));
    let sockets: Vec<Socket> = opened
        .buffer_unordered(AT_ONCE)
        .collect::<Vec<_>>()
        .await
        .into_iter()
        .collect::<Result<_, _>>()?;
    let connected_in_seconds = began.elapsed().as_secs_f64();
    let held = sockets.into_iter().map(|socket| tokio::spawn(hold(socket))).collect::<Vec<_>>();
    let after = look();
    tokio::time::sleep(site.seconds).await;
    let end = look();
    let still_open = held.iter().filter(|task| !task.is_finished()).count();
    let grown = before.zip(end).map(|(b, e)| e.rss_kib.saturating_sub(b.rss_kib));
    Ok(IdleReport {
        connections: guests.len(),
        still_open,
        connected_in_seconds,
        rss_before_kib: before.map(|sample| sample.rss_kib),
        rss_after_kib: end.map(|sample| sample.rss_kib),
        rss_kib_per_connection: grown.map(|kib| kib as f64 / guests.len() as f64),
        cpu_share: after.zip(end).map(|(a, e)| {
            (e.cpu_seconds - a.cpu_seconds) / e.at.duration_since(a.at).as_secs_f64()
        }),
    })
}

/// Reads on, so that pings are answered, until the connection ends.
async fn hold(mut socket: Socket) {
    while socket.next().await.is_ok() {}
}
