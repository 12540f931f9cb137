//! A TCP proxy that does what networks do: connections that stay open and say nothing, and answers
//! that are lost although the work was done.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg32;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

/// A proxy in front of one server.
pub(crate) struct Proxy {
    port: u16,
    faults: Arc<Faults>,
}

#[derive(Default)]
struct Faults {
    /// Subscriptions of an earlier age than this hear nothing.
    age: AtomicU64,
    /// Answers still to be lost.
    losses: AtomicU64,
    connections: AtomicU64,
}

impl Proxy {
    /// A proxy on the runtime this is called on.
    pub(crate) async fn to(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let faults = Arc::new(Faults::default());
        let shared = Arc::clone(&faults);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let Ok(server) = TcpStream::connect(("127.0.0.1", server)).await else { continue };
                tokio::spawn(between(client, server, Arc::clone(&shared)));
            }
        });
        Self { port, faults }
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// From now on the subscriptions that are open hear nothing; later ones do.
    pub(crate) fn mute_subscriptions(&self) {
        self.faults.age.fetch_add(1, Ordering::SeqCst);
    }

    /// One answer in four is lost, and its connection with it, until so many were.
    pub(crate) fn lose(&self, answers: u64) {
        self.faults.losses.store(answers, Ordering::SeqCst);
    }

    /// Answers that are still to be lost.
    pub(crate) fn losses_left(&self) -> u64 {
        self.faults.losses.load(Ordering::SeqCst)
    }
}

async fn between(client: TcpStream, server: TcpStream, faults: Arc<Faults>) {
    let born = faults.age.load(Ordering::SeqCst);
    let number = faults.connections.fetch_add(1, Ordering::SeqCst);
    let mut dice = Pcg32::seed_from_u64(number);
    let subscribed = AtomicBool::new(false);
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let up = pump(from_client, to_server, |bytes| {
        if bytes.windows(9).any(|word| word == b"SUBSCRIBE") {
            subscribed.store(true, Ordering::SeqCst);
        }
        Fate::Passes
    });
    let down = pump(from_server, to_client, |_| {
        if subscribed.load(Ordering::SeqCst) && faults.age.load(Ordering::SeqCst) != born {
            return Fate::Vanishes;
        }
        let lost = || faults.losses.fetch_update(Ordering::SeqCst, Ordering::SeqCst, less).is_ok();
        if dice.random_range(0..4) == 0 && lost() { Fate::Cuts } else { Fate::Passes }
    });
    // When one side is gone, so is the other.
    tokio::select! {
        () = up => {}
        () = down => {}
    }
}

fn less(left: u64) -> Option<u64> {
    left.checked_sub(1)
}

enum Fate {
    Passes,
    Vanishes,
    Cuts,
}

/// Passes on what is to be passed on, until one side is gone.
async fn pump(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut judge: impl FnMut(&[u8]) -> Fate,
) {
    let mut bytes = vec![0; 16 * 1024];
    while let Ok(count @ 1..) = from.read(&mut bytes).await {
        match judge(&bytes[..count]) {
            Fate::Passes if to.write_all(&bytes[..count]).await.is_ok() => {}
            Fate::Vanishes => {}
            Fate::Passes | Fate::Cuts => return,
        }
    }
}
