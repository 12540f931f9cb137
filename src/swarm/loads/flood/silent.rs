//! Players who open a WebSocket and never say anything: but for the pong that proves that they are there, or
//! not even that.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::client::{Client, until_cut_off};
use super::report::Tally;

/// Rest after a refusal, so that the load stays bounded.
const REST: Duration = Duration::from_millis(500);

/// Keeps a socket open until the end; who is cut off opens another one at once. Who does not even answer
/// pings reads the bare stream: the WebSocket on top would.
pub(super) async fn keep_silent(client: Client, answers: bool) -> Tally {
    let mut tally = Tally::default();
    while let Some(opened) = client.open().await {
        match opened {
            Ok(mut socket) => {
                let began = Instant::now();
                let end = if answers {
                    client.until(async { while socket.next().await.is_ok() {} }).await
                } else {
                    client.until(until_cut_off(&mut socket.into_tcp())).await
                };
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
