//! Clients that send small frames as fast as they can: how soon each is cut off.

use std::net::IpAddr;
use std::time::Duration;

use clap::Args;
use serde::Serialize;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{Instant, interval, sleep, timeout};

use super::super::meter::Sample;
use super::{LoadArgs, Site, SwarmError, frame};

const FRAMES_PER_WRITE: usize = 64;
/// Rest between being cut off and the next attempt, so that the load stays bounded.
const REST: Duration = Duration::from_millis(500);
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// A client that is not cut off after this counts as never cut off.
const PATIENCE: Duration = Duration::from_secs(5);

/// How many clients, and for how long.
#[derive(Args, Clone, Debug)]
pub(in super::super) struct FloodArgs {
    #[command(flatten)]
    load: LoadArgs,
}

/// What came of it.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct FloodReport {
    /// Connections made and flooded.
    floods: u32,
    /// How many of them the server cut off.
    cut_off: u32,
    /// How many attempts the server refused; a refusal is as good as a cut.
    refused: u32,
    /// From the first frame until the connection was gone; the longest.
    longest_ms: u64,
    /// Frames written, most of which the server never read.
    frames: u64,
    rss_before_kib: Option<u64>,
    rss_peak_kib: Option<u64>,
}

/// Floods for the given time; who is cut off comes back after a moment.
pub(in super::super) async fn run(args: &FloodArgs) -> Result<FloodReport, SwarmError> {
    let site = std::sync::Arc::new(Site::find(&args.load).await?);
    let guests = site.sign_in(args.load.connections).await?;
    let look = || args.load.watch.and_then(Sample::of).map(|sample| sample.rss_kib);
    let before = look();
    let mut total =
        FloodReport { rss_before_kib: before, rss_peak_kib: before, ..Default::default() };
    let end = Instant::now() + site.seconds;
    let mut clients = JoinSet::new();
    for (from, guest) in guests {
        clients.spawn(keep_flooding(std::sync::Arc::clone(&site), from, guest.token, end));
    }
    let mut looks = interval(LOOK_EVERY);
    while !clients.is_empty() {
        tokio::select! {
            Some(one) = clients.join_next() => total.add(&one?),
            _ = looks.tick() => total.rss_peak_kib = total.rss_peak_kib.max(look()),
        }
    }
    Ok(total)
}

impl FloodReport {
    fn add(&mut self, one: &FloodReport) {
        self.floods += one.floods;
        self.cut_off += one.cut_off;
        self.refused += one.refused;
        self.longest_ms = self.longest_ms.max(one.longest_ms);
        self.frames += one.frames;
    }
}

async fn keep_flooding(
    site: std::sync::Arc<Site>,
    from: IpAddr,
    token: String,
    end: Instant,
) -> FloodReport {
    let mut report = FloodReport::default();
    while Instant::now() < end {
        match site.open(from, &token).await {
            Ok(socket) => {
                let began = Instant::now();
                let (frames, cut) = flood(socket.into_tcp()).await;
                report.floods += 1;
                report.frames += frames;
                report.cut_off += u32::from(cut);
                report.longest_ms = report.longest_ms.max(began.elapsed().as_millis() as u64);
            }
            Err(_) => report.refused += 1,
        }
        sleep(REST).await;
    }
    report
}

/// Writes until it is cut off: frames written, and whether it was.
async fn flood(tcp: TcpStream) -> (u64, bool) {
    let frames = frame::text(r#"{"type":"LEAVE_QUEUE","payload":{}}"#).repeat(FRAMES_PER_WRITE);
    let (mut reader, mut writer) = tcp.into_split();
    let mut written = 0;
    let writing = async {
        while writer.write_all(&frames).await.is_ok() {
            written += FRAMES_PER_WRITE as u64;
            // Others share this thread.
            tokio::task::yield_now().await;
        }
    };
    let reading = async {
        let mut buffer = [0; 4096];
        while !matches!(reader.read(&mut buffer).await, Ok(0) | Err(_)) {}
    };
    let until_cut = async {
        tokio::select! { () = writing => {}, () = reading => {} }
    };
    let cut = timeout(PATIENCE, until_cut).await.is_ok();
    (written, cut)
}
