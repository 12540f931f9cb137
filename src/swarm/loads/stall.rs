//! Clients that sit in a game, click, and never read: what they cost, and how soon they are gone.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Duration;

use clap::Args;
use serde::Serialize;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{Instant, interval, timeout};

use super::super::meter::Sample;
use super::super::wire;
use super::{LoadArgs, Site, SwarmError, frame, kernel};

const CLICK_EVERY: Duration = Duration::from_millis(60);
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// Small, so that the server's side fills within seconds.
const RECEIVE_BUFFER: u32 = 2048;

/// How many clients, and for how long at most.
#[derive(Args, Clone, Debug)]
pub(in super::super) struct StallArgs {
    #[command(flatten)]
    load: LoadArgs,
}

/// What they cost.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct StallReport {
    connections: usize,
    /// How many the server got rid of.
    gone: usize,
    /// From the moment a client could take no more until it was cut off; the longest.
    longest_seconds: Option<f64>,
    rss_before_kib: Option<u64>,
    rss_peak_kib: Option<u64>,
    kernel_before_kib: Option<u64>,
    kernel_peak_kib: Option<u64>,
    /// Both together, each client's share of the peak. The kernel's part counts both ends.
    kib_per_connection: Option<f64>,
}

/// Lets the clients stall until all are gone, or the time is over.
pub(in super::super) async fn run(args: &StallArgs) -> Result<StallReport, SwarmError> {
    let site = Site::find(&args.load).await?;
    let guests = site.sign_in(args.load.connections).await?;
    let look = || (args.load.watch.and_then(Sample::of).map(|s| s.rss_kib), kernel::tcp_kib());
    let before = look();
    let mut peak = before;
    let mut clients = JoinSet::new();
    let mut ports = Vec::new();
    let end = Instant::now() + site.seconds;
    for (from, guest) in &guests {
        let socket = site.open_narrow(*from, &guest.token, RECEIVE_BUFFER).await?;
        let tcp = socket.into_tcp();
        let port = tcp.local_addr().map_err(|error| SwarmError::Connect(error.to_string()))?;
        ports.push(port);
        clients.spawn(async move { (port, click_blindly(tcp, end).await) });
    }
    let mut full_since: HashMap<SocketAddr, (u64, Instant)> = HashMap::new();
    let mut gone = HashMap::new();
    let mut looks = interval(LOOK_EVERY);
    while !clients.is_empty() {
        tokio::select! {
            Some(ended) = clients.join_next() => {
                let (port, at) = ended?;
                if let Some(at) = at { gone.insert(port, at); }
            }
            _ = looks.tick() => {
                let (rss, held) = look();
                peak = (peak.0.max(rss), peak.1.max(held));
                for (port, unread) in kernel::unread(&ports) {
                    let known = full_since.get(&port).is_some_and(|(before, _)| *before == unread);
                    if !known { full_since.insert(port, (unread, Instant::now())); }
                }
            }
        }
    }
    let longest = gone.iter().filter_map(|(port, at)| Some(*at - full_since.get(port)?.1)).max();
    let grown = |peak: Option<u64>, before: Option<u64>| Some(peak?.saturating_sub(before?));
    let kib = grown(peak.0, before.0).zip(grown(peak.1, before.1)).map(|(rss, held)| rss + held);
    Ok(StallReport {
        connections: guests.len(),
        gone: gone.len(),
        longest_seconds: longest.map(|longest| longest.as_secs_f64()),
        rss_before_kib: before.0,
        rss_peak_kib: peak.0,
        kernel_before_kib: before.1,
        kernel_peak_kib: peak.1,
        kib_per_connection: kib.map(|kib| kib as f64 / guests.len() as f64),
    })
}

/// Joins a game and clicks without ever reading. When it was cut off; `None`: not before the end.
async fn click_blindly(mut tcp: TcpStream, end: Instant) -> Option<Instant> {
    let mut next = [frame::pong(), frame::text(&wire::join_queue())].concat();
    let click = frame::text(r#"{"type":"CLICK","payload":{}}"#);
    let mut clicks = interval(CLICK_EVERY);
    while Instant::now() < end {
        clicks.tick().await;
        match timeout(CLICK_EVERY, tcp.write_all(&next)).await {
            Ok(Err(_)) => return Some(Instant::now()),
            // Our own side is full too: nothing of a frame may be half written, so wait for the end.
            Err(_) => return cut_off(tcp, end).await,
            Ok(Ok(())) => next.clone_from(&click),
        }
    }
    None
}

async fn cut_off(tcp: TcpStream, end: Instant) -> Option<Instant> {
    while Instant::now() < end {
        if matches!(timeout(LOOK_EVERY, tcp.writable()).await, Ok(Err(_)))
            || tcp.take_error().is_ok_and(|error| error.is_some())
        {
            return Some(Instant::now());
        }
    }
    None
}
