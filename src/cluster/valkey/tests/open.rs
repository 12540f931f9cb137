//! The lists of open rooms: one for each partition.

use std::collections::BTreeSet;

use super::Host;
use super::sides::{store, valkey};
use crate::cluster::contract::{commit, finished, new_room};
use crate::cluster::valkey::ValkeyStore;
use crate::cluster::valkey::keys::Partition;
use crate::cluster::{Commit, NewRoom, Rooms};
use crate::ids::{PodId, RoomId};

async fn listed(store: &ValkeyStore) -> BTreeSet<RoomId> {
    store.some_open().await.unwrap().into_iter().collect()
}

#[tokio::test]
#[ignore = "starts a server"]
async fn of_many_open_rooms_some_are_told_and_all_in_the_long_run() {
    let store = store(&valkey().url()).await;
    let mut ids =
        std::iter::repeat_with(RoomId::random).filter(|id| Partition::of(*id).number() == 3);
    let mut rooms = BTreeSet::new();
    for room in ids.by_ref().take(150) {
        assert!(store.found(NewRoom { id: room, ..new_room(PodId::random()) }).await.unwrap());
        rooms.insert(room);
    }
    let mut seen = BTreeSet::new();
    for _ in 0..100 {
        let told = listed(&store).await;
        assert_eq!(told.len(), 64);
        assert!(told.is_subset(&rooms));
        seen.extend(told);
    }
    assert_eq!(seen, rooms);
}

#[tokio::test]
#[ignore = "starts a server"]
async fn a_part_that_does_not_answer_hides_no_room_of_another() {
    let store = store(&valkey().url()).await;
    let host = Host::of(&store).await;
    let here = Partition::of(host.room);
    for partition in Partition::all().filter(|partition| *partition != here) {
        let key = store.valkey.keys().open(partition);
        valkey().ask::<()>(&format!("SET {key} foreign"));
    }
    assert_eq!(listed(&store).await, BTreeSet::from([host.room]));
}

#[tokio::test]
#[ignore = "starts a server"]
async fn what_somebody_else_has_ended_or_removed_leaves_the_list() {
    let store = store(&valkey().url()).await;
    let (ended, gone, open) =
        (Host::of(&store).await, Host::of(&store).await, Host::of(&store).await);
    let keys = store.valkey.keys();
    let here = Partition::of(open.room);
    let foreign = Host::of_room(&store, |room| Partition::of(room) == here).await.room;
    let elsewhere = Host::of_room(&store, |room| Partition::of(room) != here).await.room;
    valkey().ask::<u8>(&format!("DEL {}", keys.room(foreign)));
    valkey().ask::<()>(&format!("SET {} foreign", keys.room(foreign)));
    valkey().ask::<u8>(&format!("DEL {}", keys.room(elsewhere)));
    valkey().ask::<u8>(&format!("SADD {} {elsewhere}", keys.open(here)));
    valkey().ask::<u8>(&format!("HSET {} ended 1", keys.room(ended.room)));
    valkey().ask::<u8>(&format!("DEL {}", keys.room(gone.room)));
    valkey().ask::<u8>(&format!("SADD {} nonsense", keys.open(here)));
    assert_eq!(listed(&store).await, BTreeSet::from([open.room, foreign]));
    for room in [ended.room, gone.room] {
        let key = keys.open(Partition::of(room));
        assert_eq!(valkey().ask::<u8>(&format!("SISMEMBER {key} {room}")), 0);
    }
}

#[tokio::test]
#[ignore = "starts a server"]
async fn a_room_leaves_the_list_with_its_end() {
    let store = store(&valkey().url()).await;
    let host = Host::of(&store).await;
    assert_eq!(store.some_listed().await.unwrap(), [host.room]);
    let end = Commit { finished: Some(finished(host.room)), ..commit(host.room, host.pod, 1, 2) };
    store.commit(end).await.unwrap();
    assert_eq!(store.some_listed().await.unwrap(), []);
}

#[tokio::test]
#[ignore = "starts a server"]
async fn a_list_that_cannot_be_written_costs_no_result() {
    let store = store(&valkey().url()).await;
    let host = Host::of(&store).await;
    let keys = store.valkey.keys();
    let partition = Partition::of(host.room);
    valkey().ask::<()>(&format!("SET {} foreign", keys.open(partition)));
    let end = Commit { finished: Some(finished(host.room)), ..commit(host.room, host.pod, 1, 2) };
    // Whatever it answers, it is written once.
    for _ in 0..2 {
        let _ = store.commit(end.clone()).await;
    }
    assert!(store.load(host.room).await.unwrap().unwrap().ended);
    assert_eq!(valkey().ask::<u8>(&format!("XLEN {}", keys.outbox(partition))), 1);
}
