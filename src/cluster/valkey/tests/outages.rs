//! A server that forgets scripts, dies, comes back, or stands still.

use std::time::Duration;

use tokio::time::Instant;

use super::Host;
use super::servers::{Program, Server};
use super::sides::{store, store_in_a_hurry};
use crate::cluster::{CommitError, Players, Rooms};
use crate::ids::{PlayerId, PodId};
use crate::results::Outbox;

/// Much longer than the deadline of a call, and much shorter than for ever.
const A_CALL: Duration = Duration::from_secs(3);

/// How soon calls work again once they can.
const BACK: Duration = Duration::from_secs(5);

#[tokio::test]
#[ignore = "starts a server"]
async fn a_server_that_has_forgotten_the_scripts_is_told_again() {
    let server = Server::start(Program::Valkey);
    let store = store(&server.url()).await;
    let mut host = Host::of(&store).await;
    for _ in 0..3 {
        server.ask::<()>("SCRIPT FLUSH");
        host.commit().await.unwrap();
        store.arrive(PlayerId::random(), PodId::random()).await.unwrap();
        assert_eq!(host.stored_version().await, host.version);
    }
}

#[tokio::test]
#[ignore = "starts a server"]
async fn a_server_that_was_killed_is_found_again_with_what_it_had_confirmed() {
    let keeping = ["--appendonly", "yes", "--appendfsync", "always"];
    let mut server = Server::start_with(Program::Valkey, &keeping);
    let store = store_in_a_hurry(&server.url()).await;
    let mut host = Host::of(&store).await;
    host.commit().await.unwrap();
    for _ in 0..3 {
        let confirmed = host.version;
        server.kill();
        let began = Instant::now();
        assert!(matches!(host.commit().await, Err(CommitError::Unavailable(_))));
        assert!(began.elapsed() < A_CALL, "{:?}", began.elapsed());
        server.start_again();
        assert_eq!(host.stored_version_when_back().await, confirmed);
        assert!(host.commit_until_taken().await < BACK);
    }
    assert!(store.take(10).await.is_ok(), "the recorder's connection is mended too");
}

#[tokio::test]
#[ignore = "starts a server"]
async fn a_server_that_has_lost_everything_says_that_the_room_is_missing() {
    let mut server = Server::start(Program::Valkey);
    let store = store_in_a_hurry(&server.url()).await;
    let mut host = Host::of(&store).await;
    server.kill();
    server.start_again();
    let missing = async {
        loop {
            match host.commit().await {
                Err(CommitError::Missing) => break,
                Err(CommitError::Unavailable(_)) => {}
                other => panic!("{other:?}"),
            }
        }
    };
    tokio::time::timeout(super::PATIENCE, missing).await.unwrap();
}

#[tokio::test]
#[ignore = "starts a server"]
async fn calls_to_a_server_that_stands_still_end_in_time_and_work_again_after() {
    let server = Server::start(Program::Valkey);
    let store = store_in_a_hurry(&server.url()).await;
    let mut host = Host::of(&store).await;
    server.stop();
    let began = Instant::now();
    while began.elapsed() < Duration::from_millis(1500) {
        let call = Instant::now();
        assert!(matches!(host.commit().await, Err(CommitError::Unavailable(_))));
        assert!(call.elapsed() < A_CALL, "{:?}", call.elapsed());
        assert!(store.load(host.room).await.is_err());
    }
    server.go_on();
    assert!(host.commit_until_taken().await < BACK);
    assert_eq!(host.stored_version().await, host.version, "late commits change nothing");
}

#[tokio::test]
#[ignore = "starts a server"]
async fn a_login_that_failed_for_long_works_again_once_the_server_takes_it() {
    let server = Server::start(Program::Valkey);
    server.ask::<()>("ACL SETUSER anna on >s3cret ~* &* +@all");
    let url = format!("redis://anna:s3cret@127.0.0.1:{}", server.port);
    let store = store_in_a_hurry(&url).await;
    let mut host = Host::of(&store).await;

    server.ask::<()>("ACL SETUSER anna off");
    server.ask::<u64>("CLIENT KILL USER anna");
    // Until the client library has given up, which it says at once.
    let given_up = async {
        loop {
            let began = Instant::now();
            let error = host.commit().await.unwrap_err().to_string();
            if error.contains("uthentication") {
                break;
            }
            assert!(began.elapsed() < A_CALL, "{error}");
        }
    };
    tokio::time::timeout(super::PATIENCE, given_up).await.unwrap();
    server.ask::<()>("ACL SETUSER anna on");
    host.commit_until_taken().await;
    assert_eq!(host.stored_version().await, host.version);
}

impl Host {
    async fn stored_version_when_back(&self) -> u64 {
        let back = async {
            loop {
                if let Ok(stored) = self.store.load(self.room).await {
                    return stored.unwrap().version.0;
                }
            }
        };
        tokio::time::timeout(super::PATIENCE, back).await.unwrap()
    }
}
