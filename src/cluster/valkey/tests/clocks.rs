//! Calls that run later than they were sent, and clocks that go back.

use std::time::Duration;

use super::Host;
use super::servers::{Program, Server};
use super::sides::{store, store_in_a_hurry, valkey};
use crate::cluster::valkey::{Call, scripts};
use crate::cluster::{Heartbeat, Players, Pods, Rooms};
use crate::ids::{PlayerId, PodId};

#[tokio::test]
#[ignore = "starts a server"]
async fn an_arrival_that_nobody_waits_for_any_more_does_not_count() {
    let server = Server::start(Program::Valkey);
    let store = store_in_a_hurry(&server.url()).await;
    let (anna, host) = (PlayerId::random(), Host::of(&store).await);
    // Now the server knows the scripts: one call is enough to count.
    store.arrive(PlayerId::random(), PodId::random()).await.unwrap();
    server.stop();
    assert!(store.arrive(anna, PodId::random()).await.is_err());
    server.go_on();
    // On the same connection, and so after whatever was sent before.
    let answered = async { while store.load(host.room).await.is_err() {} };
    tokio::time::timeout(super::PATIENCE, answered).await.unwrap();
    assert_eq!(store.newest(vec![anna]).await.unwrap(), []);
}

#[tokio::test]
#[ignore = "starts a server"]
async fn an_arrival_that_is_held_up_between_asking_and_counting_is_too_late() {
    let store = store(&valkey().url()).await;
    let (anna, pod) = (PlayerId::random(), PodId::random());
    let key = store.valkey.keys().player(anna);
    let now = store.clock_at(key.clone()).await.unwrap();
    let arrive = |asked: u64| {
        let call = Call::script(&scripts::ARRIVE).key(key.clone()).arg(pod.to_string());
        store.valkey.run(call.number(60_000).number(asked).number(60_000))
    };
    for asked in [now - 70_000, now + 130_000] {
        let late = arrive(asked).await.unwrap_err().to_string();
        assert!(late.contains("LATE"), "{late}");
    }
    assert_eq!(store.newest(vec![anna]).await.unwrap(), []);
    arrive(now).await.unwrap();
    assert_eq!(store.newest(vec![anna]).await.unwrap().len(), 1);
}

#[tokio::test]
#[ignore = "starts a server"]
async fn heartbeats_and_commits_from_the_future_are_no_signs_of_life() {
    let store = store(&valkey().url()).await;
    let (pod, host) = (PodId::random(), Host::of(&store).await);
    let beat = Heartbeat { pod, address: String::new(), snapshots: vec![1], bus: vec![1] };
    store.beat(beat).await.unwrap();
    let (heart, room) = (store.valkey.keys().pod(pod), store.valkey.keys().room(host.room));
    let later = store.clock_at(heart.clone()).await.unwrap() + 3_600_000;
    valkey().ask::<u8>(&format!("HSET {heart} at {later}"));
    valkey().ask::<u8>(&format!("HSET {room} touched {later}"));
    // The test itself may take its time, and the heartbeat its end.
    valkey().ask::<u8>(&format!("PERSIST {heart}"));
    let half_an_hour = Duration::from_secs(1800);
    assert!(store.age(pod).await.unwrap().unwrap() > half_an_hour);
    assert!(store.load(host.room).await.unwrap().unwrap().idle.unwrap() > half_an_hour);
}
