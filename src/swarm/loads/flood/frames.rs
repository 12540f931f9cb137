//! Clients that send small frames as fast as they can: how soon each is cut off.

use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep};

use super::client::{Client, until_cut_off};
use super::kind::Stream;
use super::report::{End, Tally};

const FRAMES_PER_WRITE: usize = 64;
/// Rest between being cut off and the next attempt, so that the load stays bounded.
const REST: Duration = Duration::from_millis(500);

/// Floods until the end; who is cut off comes back after a moment.
pub(super) async fn keep_streaming(client: Client, what: Stream) -> Tally {
    let mut tally = Tally::default();
    while let Some(opened) = client.open().await {
        match opened {
            Ok(socket) => {
                let began = Instant::now();
                let (frames, end) = stream(socket.into_tcp(), &what, &client).await;
                tally.frames += frames;
                tally.count(end, began.elapsed());
            }
            Err(_) => tally.refused += 1,
        }
        sleep(REST).await;
    }
    tally
}

/// Writes until it is cut off: frames written, and how it ended.
async fn stream(tcp: TcpStream, what: &Stream, client: &Client) -> (u64, End) {
    let frames = what.frame.repeat(FRAMES_PER_WRITE);
    let (mut reader, mut writer) = tcp.into_split();
    let mut written = 0;
    let writing = async {
        let mut next = [what.opening.clone(), frames.clone()].concat();
        while writer.write_all(&next).await.is_ok() {
            written += FRAMES_PER_WRITE as u64;
            next.clone_from(&frames);
            // Others share this thread.
            tokio::task::yield_now().await;
        }
    };
    let end = client.until(async {
        tokio::select! { () = writing => {}, () = until_cut_off(&mut reader) => {} }
    });
    let end = end.await;
    (written, end)
}
