//! How long keys live. A real server's half hour cannot be waited for, so its own word is taken.

use std::time::Duration;

use super::Host;
use super::servers::Server;
use super::sides::{store, valkey};
use crate::cluster::contract::{commit, finished};
use crate::cluster::valkey::ValkeyStore;
use crate::cluster::{Commit, Heartbeat, Players, Pods, Rooms};
use crate::ids::{PlayerId, PodId, RoomId};

const MINUTE: Duration = Duration::from_secs(60);

fn left(server: &Server, key: &str) -> Option<Duration> {
    let millis: i64 = server.ask(&format!("PTTL {key}"));
    u64::try_from(millis).ok().map(Duration::from_millis)
}

/// Makes a key's end come near, to see what puts it off.
fn hurry(server: &Server, key: &str) {
    assert_eq!(server.ask::<u8>(&format!("PEXPIRE {key} 60000")), 1);
}

fn is_about(left: Option<Duration>, whole: Duration) -> bool {
    left.is_some_and(|left| left <= whole && left > whole - MINUTE / 2)
}

#[tokio::test]
#[ignore = "starts a server"]
async fn a_room_is_kept_while_it_is_open_and_ten_minutes_after_its_end() {
    let store = store(&valkey().url()).await;
    let mut host = Host::of(&store).await;
    let key = store.valkey.keys().room(host.room);
    host.commit().await.unwrap();
    assert_eq!(left(valkey(), &key), None);
    let end = Commit { finished: Some(finished(host.room)), ..commit(host.room, host.pod, 1, 9) };
    store.commit(end).await.unwrap();
    assert!(is_about(left(valkey(), &key), MINUTE * 10));
    hurry(valkey(), &key);
    store.commit(commit(host.room, host.pod, 1, 10)).await.unwrap();
    assert!(left(valkey(), &key).unwrap() <= MINUTE, "an ended room is not kept for longer");
}

#[tokio::test]
#[ignore = "starts a server"]
async fn a_player_is_kept_for_half_an_hour_after_every_touch() {
    let store = store(&valkey().url()).await;
    let (anna, room) = (PlayerId::random(), RoomId::random());
    let key = store.valkey.keys().player(anna);
    let put_off = |store: &ValkeyStore| {
        let about = is_about(left(valkey(), &store.valkey.keys().player(anna)), MINUTE * 30);
        hurry(valkey(), &key);
        about
    };
    store.arrive(anna, PodId::random()).await.unwrap();
    assert!(put_off(&store));
    store.newest(vec![anna]).await.unwrap();
    assert!(put_off(&store));
    store.seated(room, vec![anna]).await.unwrap();
    assert!(put_off(&store));
    store.leave_behind(anna, room).await.unwrap();
    assert!(put_off(&store));
    let stranger = PlayerId::random();
    store.leave_behind(stranger, room).await.unwrap();
    store.newest(vec![stranger]).await.unwrap();
    assert_eq!(left(valkey(), &store.valkey.keys().player(stranger)), None);
    assert_eq!(valkey().ask::<u8>(&format!("EXISTS {}", store.valkey.keys().player(stranger))), 0);
}

#[tokio::test]
#[ignore = "starts a server"]
async fn generations_rise_even_when_all_is_lost() {
    let store = store(&valkey().url()).await;
    let anna = PlayerId::random();
    let before = store.arrive(anna, PodId::random()).await.unwrap().generation;
    valkey().ask::<u8>(&format!("DEL {}", store.valkey.keys().player(anna)));
    crate::cluster::contract::Side::tick(&store).await;
    assert!(store.arrive(anna, PodId::random()).await.unwrap().generation > before);
}

#[tokio::test]
#[ignore = "starts a server"]
async fn a_pod_that_is_not_heard_of_is_gone_after_three_seconds() {
    let store = store(&valkey().url()).await;
    let keys = store.valkey.keys();
    let beat = |pod| Heartbeat { pod, address: String::new(), snapshots: vec![1], bus: vec![1] };
    let (gone, here) = (PodId::random(), PodId::random());
    store.beat(beat(gone)).await.unwrap();
    let life = left(valkey(), &keys.pod(gone)).unwrap();
    assert!(life <= Duration::from_secs(3) && life > Duration::from_secs(1), "{life:?}");

    // As if those three seconds had passed.
    valkey().ask::<u8>(&format!("DEL {}", keys.pod(gone)));
    assert_eq!(store.age(gone).await.unwrap(), None);
    assert_eq!(store.living().await.unwrap(), []);
    valkey().ask::<i64>(&format!("ZINCRBY {} -4000 {gone}", keys.pods()));
    store.beat(beat(here)).await.unwrap();
    let index: Vec<String> = valkey().ask(&format!("ZRANGE {} 0 -1", keys.pods()));
    assert_eq!(index, [here.to_string()]);
}
