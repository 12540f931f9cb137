//! `player free`: only a seat in a room that is no more.

use super::{commit, founded, founding, matched};
use crate::cluster::valkey::tests::sides::valkey;
use crate::cluster::{Commit, Rooms};
use crate::ids::{PlayerId, RoomId};
use crate::matchmaking::{Joined, Matchmaking, Ticket};
use crate::operator::{Order, Stores};
use crate::room::RoomState;

async fn frees(stores: &Stores, player: PlayerId, room: RoomId, why: &str) {
    let told = stores.does(Order::FreePlayer { player }).await;
    assert_eq!(told, format!("player {player} sits in room {room}, {why}.\nThe seat is free.\n"));
    assert_eq!(stores.room_of(player).await, None);
    let refusal = stores.refuses(Order::FreePlayer { player }).await;
    assert_eq!(refusal, format!("player {player} sits in no room"));
}

#[tokio::test]
#[ignore = "starts a server"]
async fn a_seat_in_a_living_room_is_kept_and_the_way_to_end_it_is_named() {
    let stores = Stores::at(&valkey().url()).await;
    let founding = founding();
    let player = founding.seats.p2.player.id;
    let (room, host) = founded(&stores, founding).await;
    let refusal = stores.refuses(Order::FreePlayer { player }).await;
    let sits = format!("player {player} sits in room {room}, which lives (hosted by {host}, ");
    assert!(refusal.starts_with(&sits), "{refusal}");
    assert!(refusal.contains(&format!("`overcookied room end {room}`")), "{refusal}");
    assert_eq!(stores.room_of(player).await, Some(room));
}

#[tokio::test]
#[ignore = "starts a server"]
async fn a_seat_in_a_room_that_has_ended_is_freed_and_its_player_can_be_matched_again() {
    let stores = Stores::at(&valkey().url()).await;
    let founding = founding();
    let ada = founding.seats.p1.player.clone();
    let (room, host) = founded(&stores, founding).await;
    let snapshot = stores.stored_room(room).await.snapshot;
    let state = RoomState::restore(room, &snapshot, &stores.catalogue).unwrap();
    let end = Commit { finished: Some(state.finished(1)), ..commit(room, host, 2, 1, snapshot) };
    stores.store.commit(end).await.unwrap();
    let pod = crate::ids::PodId::random();
    let id = crate::ids::TicketId::random();
    let ticket = Ticket { id, player: ada.clone(), game: "cookie".to_owned(), pod };
    let joined = stores.matchmaking.join(ticket.clone()).await.unwrap();
    assert_eq!(joined, Joined::Seated(room), "the seat is stuck");
    frees(&stores, ada.id, room, "which has ended").await;
    let joined = stores.matchmaking.join(ticket).await.unwrap();
    assert_eq!(joined, Joined::Queued { waiting: 1 });
}

#[tokio::test]
#[ignore = "starts a server"]
async fn a_seat_whose_room_is_gone_is_freed() {
    let stores = Stores::at(&valkey().url()).await;
    let founding = founding();
    let (ada, room) = (founding.seats.p1.player.id, founding.room);
    matched(&stores, &founding).await;
    valkey().ask::<u8>(&format!("HDEL {} {room}", stores.matches()));
    frees(&stores, ada, room, "which is gone").await;
}

#[tokio::test]
#[ignore = "starts a server"]
async fn a_room_still_to_be_founded_is_waited_for_a_minute() {
    let stores = Stores::at(&valkey().url()).await;
    let founding = founding();
    let (ada, bob) = (founding.seats.p1.player.id, founding.seats.p2.player.id);
    let room = founding.room;
    matched(&stores, &founding).await;
    let refusal = stores.refuses(Order::FreePlayer { player: ada }).await;
    assert!(refusal.contains("which is still to be founded"), "{refusal}");
    assert_eq!(stores.room_of(ada).await, Some(room));

    // As if the minute had passed.
    let mut record: serde_json::Value =
        serde_json::from_str(&stores.record(valkey(), room)).unwrap();
    record["at"] = (record["at"].as_u64().unwrap() - 60_000).into();
    let write = format!("HSET {} {room} {}", stores.matches(), record);
    valkey().ask::<u8>(&write);
    frees(&stores, ada, room, "which was never founded").await;
    assert_eq!(stores.room_of(bob).await, None, "the room is nobody's any more");
}

#[tokio::test]
#[ignore = "starts a server"]
async fn a_record_or_room_that_cannot_be_read_keeps_its_seats() {
    let stores = Stores::at(&valkey().url()).await;
    let newer = founding();
    matched(&stores, &newer).await;
    let write = format!("HSET {} {} {{\"format\":2}}", stores.matches(), newer.room);
    valkey().ask::<u8>(&write);
    let damaged = founding();
    let (player, other) = (damaged.seats.p1.player.id, newer.seats.p1.player.id);
    let (room, _) = founded(&stores, damaged).await;
    valkey().ask::<u8>(&format!("HSET {} version many", stores.key(room)));
    let refusal = stores.refuses(Order::FreePlayer { player }).await;
    assert!(refusal.contains("which is damaged in the store"), "{refusal}");
    let refusal = stores.refuses(Order::FreePlayer { player: other }).await;
    assert!(refusal.contains("cannot be read here: a founding record of format 2"), "{refusal}");
    assert_eq!(stores.room_of(player).await, Some(room));
    assert_eq!(stores.room_of(other).await, Some(newer.room));
}
