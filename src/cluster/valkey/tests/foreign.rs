//! Keys that somebody else has written to.

use bytes::Bytes;

use super::Host;
use super::sides::{store, valkey};
use crate::cluster::contract::{commit, finished, new_room};
use crate::cluster::{Commit, CommitError, Heartbeat, NewRoom, Players, Pods, Rooms};
use crate::ids::{Epoch, PlayerId, PodId, RoomId};
use crate::results::Outbox;

#[tokio::test]
#[ignore = "starts a server"]
async fn a_damaged_room_is_an_error_that_says_so() {
    let store = store(&valkey().url()).await;
    let damages = [
        ("version", "garbage"),
        ("epoch", "-"),
        ("epoch", "nan"),
        ("format", "two"),
        ("host", "nobody"),
        ("p1", "anna"),
        ("touched", "yesterday"),
    ];
    for (field, value) in damages {
        let host = Host::of(&store).await;
        let key = store.valkey.keys().room(host.room);
        valkey().ask::<u8>(&format!("HSET {key} {field} {value}"));
        let error = store.load(host.room).await.expect_err(field).to_string();
        assert!(error.contains("load: Valkey holds something that is no"), "{field}: {error}");
    }
    for field in ["epoch", "version"] {
        let mut host = Host::of(&store).await;
        let key = store.valkey.keys().room(host.room);
        valkey().ask::<u8>(&format!("HDEL {key} {field}"));
        let refused = host.commit().await;
        assert!(matches!(&refused, Err(CommitError::Unavailable(_))), "{field}: {refused:?}");
        assert!(store.load(host.room).await.is_err());
        assert!(store.claim(host.room, PodId::random(), Epoch(1), &[1]).await.is_err());
    }
}

#[tokio::test]
#[ignore = "starts a server"]
async fn a_key_of_another_type_is_an_error_and_stays_as_it_is() {
    let store = store(&valkey().url()).await;
    let keys = store.valkey.keys();
    let (room, host, anna) = (RoomId::random(), PodId::random(), PlayerId::random());
    for key in [keys.room(room), keys.player(anna), keys.pods()] {
        valkey().ask::<()>(&format!("SET {key} foreign"));
    }
    assert!(store.load(room).await.is_err());
    assert!(matches!(
        store.commit(commit(room, host, 1, 2)).await,
        Err(CommitError::Unavailable(_))
    ));
    assert!(store.claim(room, host, Epoch(1), &[1]).await.is_err());
    assert!(!store.found(NewRoom { id: room, ..new_room(host) }).await.unwrap());
    assert!(store.arrive(anna, host).await.is_err());
    assert!(store.living().await.is_err());
    assert_eq!(valkey().ask::<String>(&format!("GET {}", keys.room(room))), "foreign");
}

#[tokio::test]
#[ignore = "starts a server"]
async fn what_is_foreign_in_a_players_entry_keeps_nobody_out() {
    let store = store(&valkey().url()).await;
    let anna = PlayerId::random();
    let key = store.valkey.keys().player(anna);
    valkey().ask::<u8>(&format!("HSET {key} generation many last_room none pod nowhere"));
    let arrival = store.arrive(anna, PodId::random()).await.unwrap();
    assert_eq!((arrival.last_room, arrival.pod_before), (None, None));
    assert!(arrival.generation.0 > 1_700_000_000_000);
}

#[tokio::test]
#[ignore = "starts a server"]
async fn a_generation_that_cannot_be_read_spoils_nobody_elses() {
    let store = store(&valkey().url()).await;
    let people = [PlayerId::random(), PlayerId::random(), PlayerId::random()];
    for player in people {
        store.arrive(player, PodId::random()).await.unwrap();
    }
    let key = store.valkey.keys().player(people[1]);
    for odd in ["many", "1e300", "inf", "99999999999999999999"] {
        valkey().ask::<u8>(&format!("HSET {key} generation {odd}"));
        let known: Vec<PlayerId> = store
            .newest(people.to_vec())
            .await
            .unwrap()
            .into_iter()
            .map(|(player, _)| player)
            .collect();
        assert!(known.contains(&people[0]) && known.contains(&people[2]), "{odd}");
        let again = store.arrive(people[1], PodId::random()).await.unwrap().generation;
        assert!(again.0 < 1_000_000_000_000_000, "{odd}: {again:?}");
    }
}

#[tokio::test]
#[ignore = "starts a server"]
async fn a_heartbeat_counts_without_the_index() {
    let store = store(&valkey().url()).await;
    let (index, pod) = (store.valkey.keys().pods(), PodId::random());
    valkey().ask::<()>(&format!("SET {index} foreign"));
    let beat = Heartbeat { pod, address: String::new(), snapshots: vec![1], bus: vec![1] };
    store.beat(beat).await.unwrap();
    assert!(store.age(pod).await.unwrap().is_some());
    store.leave(pod).await.unwrap();
    assert_eq!(store.age(pod).await.unwrap(), None);
}

#[tokio::test]
#[ignore = "starts a server"]
async fn a_heartbeat_that_cannot_be_read_is_skipped() {
    let store = store(&valkey().url()).await;
    let keys = store.valkey.keys();
    let (good, odd) = (PodId::random(), PodId::random());
    for pod in [good, odd] {
        let beat = Heartbeat { pod, address: String::new(), snapshots: vec![1], bus: vec![1] };
        store.beat(beat).await.unwrap();
    }
    valkey().ask::<u8>(&format!("HSET {} snapshots all", keys.pod(odd)));
    valkey().ask::<u8>(&format!("ZADD {} 9e15 no-pod", keys.pods()));
    let living: Vec<PodId> =
        store.living().await.unwrap().into_iter().map(|living| living.said.pod).collect();
    assert_eq!(living, [good]);
    assert!(store.age(odd).await.unwrap().is_some());
}

#[tokio::test]
#[ignore = "starts a server"]
async fn any_bytes_are_a_snapshot_and_numbers_that_scripts_cannot_count_are_refused() {
    let store = store(&valkey().url()).await;
    let mut host = Host::of(&store).await;
    let bytes = Bytes::from((0..=255).cycle().take(100_000).collect::<Vec<u8>>());
    host.version += 1;
    let binary = Commit { snapshot: bytes.clone(), ..commit(host.room, host.pod, 1, host.version) };
    store.commit(binary).await.unwrap();
    assert_eq!(store.load(host.room).await.unwrap().unwrap().snapshot, bytes);
    let beyond = store.commit(commit(host.room, host.pod, 1, u64::MAX)).await;
    assert!(matches!(beyond, Err(CommitError::Unavailable(_))));
    assert_eq!(host.stored_version().await, host.version);
}

#[tokio::test]
#[ignore = "starts a server"]
async fn a_foreign_entry_in_the_outbox_is_given_to_the_recorder_like_any_other() {
    let store = store(&valkey().url()).await;
    let host = Host::of(&store).await;
    let outbox = store.valkey.keys().outbox(super::super::keys::Partition::of(host.room));
    valkey().ask::<String>(&format!("XADD {outbox} * something else"));
    let end = Commit { finished: Some(finished(host.room)), ..commit(host.room, host.pod, 1, 2) };
    store.commit(end).await.unwrap();
    let entries = store.take(10).await.unwrap();
    assert_eq!(entries.len(), 2);
    assert_eq!(entries[0].record, "");
    store.set_aside(entries[0].id, "no record".to_owned()).await.unwrap();
    let status = store.outbox_status().await.unwrap();
    assert_eq!((status.waiting, status.aside), (1, 1));
}
