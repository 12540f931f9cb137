//! A Session on a pod, without a socket.

use super::client::Client;
use crate::cluster::{MatchMade, NewRoom, Rooms};
use crate::ids::{BySeat, Epoch, RoomId, Version};
use crate::manager::tests::pod::{Pod, pass, profile};
use crate::matchmaking::Matchmaking;
use crate::room::remote::Hint;
use crate::room::tests::deps::World;

const JOIN: &str = r#"{"type":"JOIN_QUEUE","payload":{"game":"cookie"}}"#;
const LEAVE: &str = r#"{"type":"LEAVE_QUEUE","payload":{}}"#;

/// A client waits, and hears of a match whose room is live and whose game has not begun; then the
/// store forgets it. `says`: before that.
async fn a_match_is_lost(says: &[&str]) -> (Pod, Client) {
    tokio::time::pause();
    let world = World::default();
    let (first, second) = (Pod::in_world(&world), Pod::in_world(&world));
    pass(1_500).await;
    let ada = profile("Ada");
    let client = Client::of(&first, ada.clone());
    pass(50).await;
    client.says(JOIN);
    pass(50).await;
    assert_eq!(client.hears(), ["HELLO", "QUEUED"]);

    // The other pod is said to host it, but has not committed anything yet.
    let room = RoomId::random();
    let players = BySeat { p1: Some(ada.id), p2: Some(profile("Bob").id) };
    let (epoch, version, snapshot) = (Epoch(1), Version(1), bytes::Bytes::from_static(b"{}"));
    let founded =
        NewRoom { id: room, host: second.id, epoch, version, players, format: 1, snapshot };
    assert!(world.store.found(founded).await.unwrap());
    first.manager.do_send(Hint::MatchMade(MatchMade { room, players: vec![ada.id] }));
    pass(500).await;
    assert_eq!(first.metrics.remote_rooms.get(), 1, "the room is found");
    assert_eq!(first.metrics.queue.get(), 0);
    for text in says {
        client.says(text);
        pass(50).await;
    }
    world.store.wipe();
    pass(1_200).await;
    assert!(client.hears().iter().all(|kind| kind == "PAUSED"));
    pass(4_000).await;
    (first, client)
}

#[actix::test]
async fn who_waits_waits_on_when_a_match_is_lost_whose_room_was_live_already() {
    let (pod, client) = a_match_is_lost(&[]).await;
    assert_eq!(client.hears().last().map(String::as_str), Some("QUEUED"));
    assert_eq!(pod.metrics.queue.get(), 1);
}

#[actix::test]
async fn who_asked_to_leave_has_left_when_the_match_is_lost() {
    let (pod, client) = a_match_is_lost(&[LEAVE]).await;
    assert_eq!(client.hears().last().map(String::as_str), Some("QUEUE_LEFT"));
    assert_eq!(pod.metrics.queue.get(), 0);
}

#[actix::test]
async fn who_asked_to_leave_and_joined_again_waits_on_when_the_match_is_lost() {
    let (pod, client) = a_match_is_lost(&[LEAVE, JOIN]).await;
    assert_eq!(client.hears().last().map(String::as_str), Some("QUEUED"));
    assert_eq!(pod.metrics.queue.get(), 1);
}

/// What happens between a join and the moment when a seat in the game before comes back.
enum Meanwhile {
    Nothing,
    /// The end of that game is stored anew, with a later time.
    EndIsStoredAgain,
    /// Ada comes back on a connection that knows nothing of that game.
    SheComesBack,
}

async fn a_seat_comes_back(meanwhile: Meanwhile) {
    tokio::time::pause();
    let world = World::default();
    let pod = Pod::in_world(&world);
    let (ada, bob) = (profile("Ada"), profile("Bob"));
    let (mut client, other) = (Client::of(&pod, ada.clone()), Client::of(&pod, bob));
    pass(50).await;
    for player in [&client, &other] {
        player.says(JOIN);
    }
    pass(500).await;
    let seats = world.matchmaking.seats_of(vec![ada.id]).await.unwrap();
    let founding = world.matchmaking.founding(seats[0].1).await.unwrap().unwrap();
    other.says(r#"{"type":"QUIT_GAME","payload":{}}"#);
    pass(500).await;
    assert_eq!(client.hears().last().map(String::as_str), Some("GAME_OVER"));

    client.says(JOIN);
    pass(50).await;
    assert_eq!(client.hears(), ["QUEUED"]);
    match meanwhile {
        Meanwhile::Nothing => {}
        Meanwhile::EndIsStoredAgain => {
            world.store.wipe();
            pass(600).await;
            assert!(world.store.load(founding.room).await.unwrap().unwrap().ended);
        }
        Meanwhile::SheComesBack => {
            client = Client::of(&pod, ada.clone());
            pass(50).await;
            client.says(JOIN);
            pass(50).await;
            assert_eq!(client.hears(), ["HELLO", "QUEUED"]);
        }
    }
    assert_eq!(world.matchmaking.seat(founding).await.unwrap(), None);
    pass(2_000).await;
    assert!(!client.hears().contains(&"GAME_OVER".to_owned()), "it is known");
    assert_eq!(world.matchmaking.seats_of(vec![ada.id]).await.unwrap(), []);
    assert_eq!(pod.metrics.queue.get(), 1);
}

#[actix::test]
async fn who_waits_waits_on_when_a_failover_brings_back_the_seat_in_the_last_game() {
    a_seat_comes_back(Meanwhile::Nothing).await;
}

#[actix::test]
async fn who_waits_waits_on_though_the_end_of_the_last_game_is_stored_after_that() {
    a_seat_comes_back(Meanwhile::EndIsStoredAgain).await;
}

#[actix::test]
async fn who_waits_on_a_connection_that_was_told_no_end_waits_on_by_when_that_was() {
    a_seat_comes_back(Meanwhile::SheComesBack).await;
}
