//! Clients that send the head of a request one byte at a time, and never finish it.

use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

use super::client::{Client, until_cut_off};
use super::report::{End, Tally};

/// A prime number, so that clients who come at regular times do not all send at the same moments.
const BYTE_EVERY: Duration = Duration::from_millis(997);
const HEAD: &str = "GET /health/live HTTP/1.1\r\nHost: localhost\r\nX-Slow: ";
/// Rest after a refusal, so that the load stays bounded.
const REST: Duration = Duration::from_millis(500);

/// Sends heads until the end; who is cut off begins again at once.
pub(super) async fn keep_trickling(client: Client) -> Tally {
    let mut tally = Tally::default();
    while let Some(connected) = client.connect().await {
        match connected {
            Ok(tcp) => {
                let began = Instant::now();
                let end = trickle(tcp, &client).await;
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

async fn trickle(tcp: TcpStream, client: &Client) -> End {
    let (mut reader, mut writer) = tcp.into_split();
    let writing = async {
        let mut pace = interval(BYTE_EVERY);
        pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
        for byte in HEAD.bytes().chain(std::iter::repeat(b'x')) {
            pace.tick().await;
            if writer.write_all(&[byte]).await.is_err() {
                return;
            }
        }
    };
    let end = client.until(async {
        tokio::select! { () = writing => {}, () = until_cut_off(&mut reader) => {} }
    });
    end.await
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;
    use std::sync::Arc;

    use tokio::io::AsyncReadExt;
    use tokio::net::TcpListener;

    use super::super::super::{LoadArgs, Site};
    use super::*;

    #[tokio::test]
    async fn who_is_cut_off_begins_again_and_who_is_not_has_asked_for_nothing_yet() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let server = tokio::spawn(async move {
            for _ in 0..2 {
                let (mut stream, _) = listener.accept().await.unwrap();
                assert_eq!(stream.read_u8().await.unwrap(), b'G');
            }
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut head = String::new();
            stream.read_to_string(&mut head).await.unwrap();
            head
        });
        let load = LoadArgs { url, connections: 1, seconds: 1, watch: None };
        let site = Arc::new(Site::find(&load).await.unwrap());
        let (from, end) = (IpAddr::from([127, 0, 0, 1]), Instant::now() + site.seconds);
        let patience = Duration::from_secs(5);
        let client = Client { site, from, token: String::new(), patience, end };
        let tally = keep_trickling(client).await;
        assert_eq!((tally.opened, tally.cut_off, tally.never_cut_off), (3, 2, 0));
        let head = server.await.unwrap();
        assert!(HEAD.starts_with(&head), "{head:?}");
    }
}
