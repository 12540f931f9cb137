//! A script that ran, and whose reply never came.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::Instant;

use super::Host;
use super::sides::{settings, valkey};
use crate::cluster::contract::{commit, finished};
use crate::cluster::{ClaimError, Commit, CommitError, Rooms, ValkeyStore};
use crate::ids::{Epoch, PodId};
use crate::results::Outbox;

/// What stands between a client and the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Open,
    /// Calls get through, answers do not.
    Deaf,
    /// Nothing is connected.
    Cut,
}

/// A proxy in front of a server.
struct Proxy {
    port: u16,
    way: Arc<watch::Sender<Way>>,
}

impl Proxy {
    async fn before(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let way = Arc::new(watch::Sender::new(Way::Open));
        let sender = way.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                if *sender.borrow() != Way::Cut {
                    let server = TcpStream::connect(("127.0.0.1", server)).await.unwrap();
                    tokio::spawn(carry(client, server, sender.subscribe()));
                }
            }
        });
        Self { port, way }
    }

    fn is(&self, way: Way) {
        self.way.send_replace(way);
    }

    fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }
}

/// Carries bytes until either side ends or the way is cut.
async fn carry(mut client: TcpStream, mut server: TcpStream, mut way: watch::Receiver<Way>) {
    let mut cut = way.clone();
    let (mut from_client, mut to_client) = client.split();
    let (mut from_server, mut to_server) = server.split();
    let back = async {
        let mut bytes = vec![0; 65_536];
        while let Ok(read @ 1..) = from_server.read(&mut bytes).await {
            drop(way.wait_for(|way| *way == Way::Open).await);
            if to_client.write_all(&bytes[..read]).await.is_err() {
                break;
            }
        }
    };
    tokio::select! {
        _ = tokio::io::copy(&mut from_client, &mut to_server) => {}
        () = back => {}
        _ = cut.wait_for(|way| *way == Way::Cut) => {}
    }
}

/// Waits until what was given up here has been done there: on a busy machine it is still on its way.
async fn arrives(store: &ValkeyStore, host: &Host, field: &str, value: u64) {
    let key = store.valkey.keys().room(host.room);
    let look = async {
        while valkey().ask::<u64>(&format!("HGET {key} {field}")) != value {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(super::PATIENCE, look).await.expect("it never arrives");
}

#[tokio::test]
#[ignore = "starts a server"]
async fn a_commit_whose_reply_is_lost_counts_and_the_next_one_too() {
    let proxy = Proxy::before(valkey().port).await;
    let settings_here = settings(&proxy.url());
    let store = ValkeyStore::connect(settings_here, PodId::random()).await.unwrap();
    let mut host = Host::of(&store).await;
    host.commit().await.unwrap();

    proxy.is(Way::Deaf);
    let began = Instant::now();
    assert!(matches!(host.commit().await, Err(CommitError::Unavailable(_))));
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
    let key = store.valkey.keys().room(host.room);
    assert_eq!(valkey().ask::<u64>(&format!("HGET {key} version")), 3, "it was written");

    proxy.is(Way::Cut);
    assert!(matches!(host.commit().await, Err(CommitError::Unavailable(_))));
    proxy.is(Way::Open);
    assert!(host.commit_until_taken().await < Duration::from_secs(5));
    assert_eq!(host.stored_version().await, host.version);
}

#[tokio::test]
#[ignore = "starts a server"]
async fn an_end_whose_reply_is_lost_is_in_the_outbox_once() {
    let proxy = Proxy::before(valkey().port).await;
    let store = ValkeyStore::connect(settings(&proxy.url()), PodId::random()).await.unwrap();
    let host = Host::of(&store).await;
    // From here on the server knows the script: it is asked by its hash, and else asks back.
    Host::of(&store).await.commit().await.unwrap();
    let end = |version| Commit {
        finished: Some(finished(host.room)),
        ..commit(host.room, host.pod, 1, version)
    };
    proxy.is(Way::Deaf);
    assert!(matches!(store.commit(end(2)).await, Err(CommitError::Unavailable(_))));
    arrives(&store, &host, "version", 2).await;
    proxy.is(Way::Cut);
    proxy.is(Way::Open);
    let mut version = 2;
    let again = async {
        loop {
            version += 1;
            if store.commit(end(version)).await.is_ok() {
                break;
            }
        }
    };
    tokio::time::timeout(super::PATIENCE, again).await.unwrap();
    assert_eq!(host.stored_version().await, 2);
    assert_eq!(store.take(10).await.unwrap().len(), 1);
}

#[tokio::test]
#[ignore = "starts a server"]
async fn a_claim_whose_reply_is_lost_can_be_made_again_with_the_epoch_that_is_found() {
    let proxy = Proxy::before(valkey().port).await;
    let store = ValkeyStore::connect(settings(&proxy.url()), PodId::random()).await.unwrap();
    let (host, claimer) = (Host::of(&store).await, PodId::random());
    // From here on the server knows the script: it is asked by its hash, and else asks back.
    store.claim(Host::of(&store).await.room, claimer, Epoch(1), &[1]).await.unwrap();
    proxy.is(Way::Deaf);
    let lost = store.claim(host.room, claimer, Epoch(1), &[1]).await;
    assert!(matches!(lost, Err(ClaimError::Unavailable(_))));
    arrives(&store, &host, "epoch", 2).await;
    // The answer comes late, and to nobody.
    proxy.is(Way::Open);
    let again = store.claim(host.room, claimer, Epoch(1), &[1]).await;
    assert!(matches!(again, Err(ClaimError::Lost(Epoch(2)))), "{again:?}");
    let found = store.load(host.room).await.unwrap().unwrap();
    assert_eq!((found.host, found.epoch), (Some(claimer), Epoch(2)));
    assert_eq!(store.claim(host.room, claimer, Epoch(2), &[1]).await.unwrap().epoch, Epoch(3));
}
