//! Players who open a WebSocket and never say anything: not even the pong that proves they are there.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::client::{Client, until_cut_off};
use super::report::Tally;

/// Rest after a refusal, so that the load stays bounded.
const REST: Duration = Duration::from_millis(500);

/// Keeps a socket open until the end; who is cut off opens another one at once. What the server says
/// is read from the bare stream: the WebSocket beneath would answer pings.
pub(super) async fn keep_silent(client: Client) -> Tally {
    let mut tally = Tally::default();
    while let Some(opened) = client.open().await {
        match opened {
            Ok(socket) => {
                let began = Instant::now();
                let mut tcp = socket.into_tcp();
                let end = client.until(until_cut_off(&mut tcp)).await;
                tally.count(end, began.elapsed());
            }
            Err(_) => {
                tally.refused += 1;
                sleep(REST).await;
            }
        }
    }
    tally
}
