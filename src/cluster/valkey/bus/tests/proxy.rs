//! A TCP proxy that can make subscriptions silent: they stay open, and nothing comes through.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

pub(super) struct Proxy {
    port: u16,
    /// Subscriptions of an earlier age than this hear nothing.
    age: Arc<AtomicU64>,
}

impl Proxy {
    pub(super) async fn to(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let age = Arc::new(AtomicU64::new(0));
        let ages = Arc::clone(&age);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let Ok(server) = TcpStream::connect(("127.0.0.1", server)).await else { continue };
                tokio::spawn(between(client, server, Arc::clone(&ages)));
            }
        });
        Self { port, age }
    }

    pub(super) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// From now on the subscriptions that are open hear nothing; later ones do.
    pub(super) fn mute_subscriptions(&self) {
        self.age.fetch_add(1, Ordering::SeqCst);
    }
}

async fn between(client: TcpStream, server: TcpStream, age: Arc<AtomicU64>) {
    let born = age.load(Ordering::SeqCst);
    let subscribed = Arc::new(AtomicU64::new(0));
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let seen = Arc::clone(&subscribed);
    let up = pump(from_client, to_server, move |bytes| {
        if bytes.windows(9).any(|word| word == b"SUBSCRIBE") {
            seen.store(1, Ordering::SeqCst);
        }
        true
    });
    let down = pump(from_server, to_client, move |_| {
        subscribed.load(Ordering::SeqCst) == 0 || age.load(Ordering::SeqCst) == born
    });
    tokio::join!(up, down);
}

/// Passes on what is to be passed on, until one side is gone.
async fn pump(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut passes: impl FnMut(&[u8]) -> bool,
) {
    let mut bytes = vec![0; 16 * 1024];
    while let Ok(count @ 1..) = from.read(&mut bytes).await {
        if passes(&bytes[..count]) && to.write_all(&bytes[..count]).await.is_err() {
            return;
        }
    }
}
