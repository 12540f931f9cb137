//! Calls that count only when a replica has them.

use std::time::Duration;

use tokio::time::Instant;

use super::Host;
use super::servers::{Program, Server, until};
use super::sides::settings;
use crate::cluster::contract::{commit, finished};
use crate::cluster::{ClaimError, Commit, CommitError, Players, Rooms, Valkey, ValkeyStore};
use crate::ids::{BySeat, Epoch, PlayerId, PodId, RoomId};
use crate::matchmaking::{Founder, Founding, Matchmaking, Profile, ValkeyMatchmaking};

/// A primary with a replica that has caught up.
fn pair() -> (Server, Server) {
    let quick = ["--repl-diskless-sync-delay", "0"];
    let primary = Server::start_with(Program::Valkey, &quick);
    let port = primary.port.to_string();
    let replica = Server::start_with(Program::Valkey, &["--replicaof", "127.0.0.1", &port]);
    until(|| primary.ask::<String>("INFO replication").contains("state=online"));
    (primary, replica)
}

async fn waiting_for(replicas: u8, server: &Server) -> ValkeyStore {
    let settings = settings(&server.url()).waiting_for(replicas);
    ValkeyStore::connect(settings, PodId::random()).await.unwrap()
}

#[tokio::test]
#[ignore = "starts servers"]
async fn a_commit_that_no_replica_has_is_no_success() {
    let (primary, replica) = pair();
    let store = waiting_for(1, &primary).await;
    let mut host = Host::of(&store).await;
    // A replica that has just come may still take its time.
    host.commit_until_taken().await;
    let confirmed = host.version;

    replica.stop();
    let began = Instant::now();
    let unconfirmed = host.commit().await;
    assert!(matches!(&unconfirmed, Err(CommitError::Unavailable(_))), "{unconfirmed:?}");
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
    assert_eq!(host.stored_version().await, confirmed + 1, "the primary has it");
    let claim = store.claim(host.room, PodId::random(), Epoch(1), &[1]).await;
    assert!(matches!(claim, Err(ClaimError::Unavailable(_))));
    // Who does not host the room any more is told so all the same.
    assert!(matches!(host.commit().await, Err(CommitError::Fenced)));
    // What does not wait is not held up: it overtakes a commit that does.
    let mut other = Host::of(&store).await;
    let waits = async { other.commit().await.map(drop) };
    let quick = store.arrive(PlayerId::random(), PodId::random());
    match futures_util::future::select(std::pin::pin!(waits), quick).await {
        futures_util::future::Either::Left(_) => panic!("an arrival waits for a replica"),
        futures_util::future::Either::Right((arrived, _)) => drop(arrived.unwrap()),
    }

    replica.go_on();
    let pod = PodId::random();
    let claimed = async {
        let mut seen = Epoch(2);
        loop {
            match store.claim(host.room, pod, seen, &[1]).await {
                Ok(claimed) => break claimed,
                Err(ClaimError::Lost(epoch)) => seen = epoch,
                Err(ClaimError::Unavailable(_)) => {}
                Err(error) => panic!("{error}"),
            }
        }
    };
    let claimed = tokio::time::timeout(super::PATIENCE, claimed).await.unwrap();
    store.commit(commit(host.room, pod, claimed.epoch.0, 50)).await.unwrap();
    let key = store.valkey.keys().room(host.room);
    assert_eq!(replica.ask::<u64>(&format!("HGET {key} version")), 50);
}

#[tokio::test]
#[ignore = "starts servers"]
async fn an_end_that_was_not_confirmed_is_only_a_success_once_the_replica_has_it() {
    let (primary, replica) = pair();
    let host = Host::of(&waiting_for(1, &primary).await).await;
    let end = |version| Commit {
        finished: Some(finished(host.room)),
        ..commit(host.room, host.pod, 1, version)
    };
    replica.stop();
    assert!(host.store.commit(end(2)).await.is_err());
    assert!(host.store.commit(end(3)).await.is_err(), "stored, but still only on the primary");
    // On a new connection too, which has written nothing yet.
    let prefix = host.store.valkey.keys().room(host.room);
    let prefix = prefix.split(':').next().unwrap();
    let again = settings(&primary.url()).waiting_for(1).with_prefix(prefix);
    let again = ValkeyStore::connect(again, PodId::random()).await.unwrap();
    assert!(again.commit(end(4)).await.is_err());
    replica.go_on();
    let mut version = 4;
    let confirmed = async {
        loop {
            version += 1;
            if again.commit(end(version)).await.is_ok() {
                break;
            }
        }
    };
    tokio::time::timeout(super::PATIENCE, confirmed).await.unwrap();
    let key = again.valkey.keys().room(host.room);
    assert_eq!(replica.ask::<String>(&format!("HGET {key} ended")), "1");
}

#[tokio::test]
#[ignore = "starts servers"]
async fn seats_that_no_replica_has_are_no_success_nor_when_they_are_asserted_again() {
    let (primary, replica) = pair();
    let store = waiting_for(1, &primary).await;
    // A replica that has just come may still take its time.
    Host::of(&store).await.commit_until_taken().await;
    let queue = ValkeyMatchmaking::new(store.valkey.clone());
    let founder = |_| {
        let player = Profile { id: PlayerId::random(), name: "name".to_owned(), picture: None };
        Founder { player, bot: None }
    };
    let (room, seats) = (RoomId::random(), BySeat::from_fn(founder));
    let founding = Founding { room, game: "cookie".to_owned(), seats, seed: 1 };
    replica.stop();
    assert!(queue.seat(founding.clone()).await.is_err());
    // On a new connection too, which has written nothing yet.
    let again = settings(&primary.url()).waiting_for(1);
    let again = again.with_prefix(store.valkey.settings().prefix());
    let queue = ValkeyMatchmaking::new(Valkey::connect(again).await.unwrap());
    assert!(queue.seat(founding.clone()).await.is_err(), "only the primary has it");
    replica.go_on();
    let confirmed = async {
        loop {
            if let Ok(seated) = queue.seat(founding.clone()).await {
                return seated;
            }
        }
    };
    let seated = tokio::time::timeout(super::PATIENCE, confirmed).await.unwrap();
    assert_eq!(seated, Some(room), "it is the room that they sit in already");
    let matches = store.valkey.keys().matches();
    assert_eq!(replica.ask::<u8>(&format!("HEXISTS {matches} {room}")), 1);
}

#[tokio::test]
#[ignore = "starts servers"]
async fn more_replicas_than_there_are_never_confirm() {
    let (primary, _replica) = pair();
    let mut host = Host::of(&waiting_for(2, &primary).await).await;
    assert!(matches!(host.commit().await, Err(CommitError::Unavailable(_))));
}
