//! A room that has ended, and a store that loses its memory just then.

use std::sync::atomic::Ordering;

use super::paused::{Plug, plugged};
use super::table::Room;
use crate::cluster::{NewRoom, Players, Rooms};
use crate::ids::{Epoch, PlayerId, PodId};
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
async fn it_gets_the_end_and_the_result_again_and_nobody_is_called_back_from_the_next_game() {
    tokio::time::pause();
    let (plug, room) = plugged(false).await;
    let players = ended_and_lost(&plug, &room).await;
    room.pass(&[], 600).await;
    let stored = plug.store.load(room.id).await.unwrap().unwrap();
    assert!(stored.ended);
    assert_eq!(reasons(&plug).await, ["quit"]);
    for player in players {
        let arrival = plug.store.arrive(player, PodId::random()).await.unwrap();
        assert_eq!(arrival.last_room, None, "the next game is not back yet, maybe");
    }
}

/// The room comes back without an answer, then its end: `executed` or not.
async fn without_an_answer(executed: bool) {
    let (plug, room) = plugged(executed).await;
    ended_and_lost(&plug, &room).await;
    plug.mute.store(true, Ordering::SeqCst);
    room.pass(&[], 450).await;
    assert!(!plug.store.load(room.id).await.unwrap().unwrap().ended);
    assert_eq!(reasons(&plug).await, [""; 0]);
    plug.mute.store(false, Ordering::SeqCst);
    plug.unplugged.store(true, Ordering::SeqCst);
    room.pass(&[], 1_000).await;
    assert_eq!(reasons(&plug).await.len(), usize::from(executed));
    plug.unplugged.store(false, Ordering::SeqCst);
    let tried = plug.commits.load(Ordering::SeqCst);
    room.pass(&[], 5_000).await;
    let again = plug.commits.load(Ordering::SeqCst) - tried;
    assert_eq!(again, u32::from(!executed), "what is stored is seen");
    assert!(plug.store.load(room.id).await.unwrap().unwrap().ended);
    assert_eq!(reasons(&plug).await, ["quit"], "the result is there once");
}

#[actix::test]
async fn it_is_tried_again_when_no_answer_comes() {
    tokio::time::pause();
    without_an_answer(false).await;
}

#[actix::test]
async fn an_end_that_was_stored_without_an_answer_is_not_tried_again() {
    tokio::time::pause();
    without_an_answer(true).await;
}

#[actix::test]
async fn an_end_that_a_failover_took_back_with_the_tenure_is_committed_again() {
    tokio::time::pause();
    let (plug, room) = plugged(false).await;
    let stored = plug.store.load(room.id).await.unwrap().unwrap();
    ended_and_lost(&plug, &room).await;
    let before = NewRoom {
        id: room.id,
        host: PodId::random(),
        epoch: Epoch(0),
        version: stored.version,
        players: stored.players,
        format: stored.format,
        snapshot: stored.snapshot,
    };
    plug.store.found(before).await.unwrap();
    room.pass(&[], 600).await;
    assert!(plug.store.load(room.id).await.unwrap().unwrap().ended);
    assert_eq!(reasons(&plug).await, ["quit"]);
}
