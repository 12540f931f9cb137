//! Clients that open a WebSocket, close it, and open it again at once.

use tokio::io::AsyncWriteExt;

use super::super::frame;
use super::client::Client;
use super::report::{End, Tally};

/// Opens and closes until the end, without a rest. Whether an attempt was taken or refused, the next
/// one follows at once: that is what makes it a flood.
pub(super) async fn keep_opening(client: Client) -> Tally {
    let mut tally = Tally::default();
    while let Some(opened) = client.open().await {
        match opened {
            Ok(socket) => {
                let mut tcp = socket.into_tcp();
                // A server that does not hear it finds the connection gone.
                let _ = tcp.write_all(&frame::goodbye()).await;
                tally.frames += 1;
                tally.count(End::Over, Default::default());
            }
            Err(_) => tally.refused += 1,
        }
        // A refusal of the kernel comes without waiting, and others share this thread.
        tokio::task::yield_now().await;
    }
    tally
}
