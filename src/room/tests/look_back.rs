//! A room that has ended, and a store that loses its memory just then.

use std::sync::atomic::Ordering;

use super::paused::{Plug, plugged};
use super::table::{Room, founding};
use crate::cluster::{Players, Rooms};
use crate::ids::{PlayerId, PodId};
use crate::results::Outbox;
use crate::room::RoomCommand;

/// Ada has given up, and the store knows nothing any more.
async fn ended_and_lost(plug: &Plug, room: &Room) -> [PlayerId; 2] {
    let (ada, bob) = room.playing().await;
    room.tell(RoomCommand::Quit { player: ada.player, generation: ada.generation }).await;
    room.pass(&[], 100).await;
    assert_eq!(bob.last("GAME_OVER")["reason"], "quit");
    plug.store.wipe();
    [ada.player, bob.player]
}

async fn reasons(plug: &Plug) -> Vec<String> {
    let entries = plug.store.take(10).await.unwrap().into_iter();
    let records = entries.map(|entry| serde_json::from_str(&entry.record).unwrap());
    records.map(|record: serde_json::Value| record["reason"].as_str().unwrap().to_owned()).collect()
}

#[actix::test]
async fn it_gets_the_end_and_the_result_again_and_its_players_find_them() {
    tokio::time::pause();
    let (plug, room) = plugged(false).await;
    let [ada, bob] = ended_and_lost(&plug, &room).await;
    let mut next = founding();
    next.seats.p2.player.id = bob;
    room.deps.matchmaking.seat(next).await.unwrap();
    room.pass(&[], 600).await;
    let stored = plug.store.load(room.id).await.unwrap().unwrap();
    assert!(stored.ended);
    assert_eq!(reasons(&plug).await, ["quit"]);
    let ada = plug.store.arrive(ada, PodId::random()).await.unwrap();
    let bob = plug.store.arrive(bob, PodId::random()).await.unwrap();
    assert_eq!(ada.last_room, Some(room.id));
    assert_eq!(bob.last_room, None, "plays the next game");
}

#[actix::test]
async fn it_is_tried_again_when_no_answer_comes() {
    tokio::time::pause();
    let (plug, room) = plugged(false).await;
    ended_and_lost(&plug, &room).await;
    plug.mute.store(true, Ordering::SeqCst);
    room.pass(&[], 600).await;
    assert!(!plug.store.load(room.id).await.unwrap().unwrap().ended);
    assert_eq!(reasons(&plug).await, [""; 0]);
    plug.mute.store(false, Ordering::SeqCst);
    plug.unplugged.store(true, Ordering::SeqCst);
    room.pass(&[], 1_000).await;
    assert_eq!(reasons(&plug).await, [""; 0]);
    plug.unplugged.store(false, Ordering::SeqCst);
    room.pass(&[], 1_500).await;
    assert!(plug.store.load(room.id).await.unwrap().unwrap().ended);
    assert_eq!(reasons(&plug).await, ["quit"], "the result is there once");
}
