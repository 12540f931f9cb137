//! Rooms that are found, that end, that panic, and that outlive their pod.

use super::super::{Found, NotFound, Reopen};
use super::pod::{Player, Pod, end_of, pass, profile};
use crate::ids::RoomId;
use crate::room::RoomCommand;
use crate::room::tests::deps::World;

pub(super) async fn in_play(pod: &Pod, game: &str) -> (Player, Player, RoomId) {
    let (ada, _) = pod.connect(&profile("Ada")).await;
    let (bob, _) = pod.connect(&profile("Bob")).await;
    ada.joins(game);
    bob.joins(game);
    pass(20).await;
    let room = ada.seats()[0];
    ada.attaches(room).await;
    bob.attaches(room).await;
    pass(20).await;
    (ada, bob, room)
}

#[actix::test]
async fn a_stranger_does_not_find_a_room() {
    tokio::time::pause();
    let pod = Pod::new();
    let (_ada, _bob, room) = in_play(&pod, "cookie").await;
    let (eve, _) = pod.connect(&profile("Eve")).await;
    assert_eq!(eve.finds(room).await.unwrap_err(), NotFound::Gone);
    let nowhere = RoomId::random();
    assert_eq!(eve.finds(nowhere).await.unwrap_err(), NotFound::Unavailable, "it may come back");
    pass(3_000).await;
    assert_eq!(eve.finds(nowhere).await.unwrap_err(), NotFound::Gone);
}

#[actix::test]
async fn a_room_that_panics_is_rebuilt_from_what_was_safe() {
    tokio::time::pause();
    let pod = Pod::new();
    let (ada, bob, room) = in_play(&pod, "fragile").await;
    let (carol, _dave, neighbour) = in_play(&pod, "fragile").await;
    ada.inputs(room, 1, "POKE").await;
    carol.inputs(neighbour, 1, "POKE").await;
    pass(20).await;
    assert_eq!(bob.last("UPDATE")["p1"], 1);

    ada.inputs(room, 2, "PANIC").await;
    pass(1_200).await;
    ada.attaches(room).await;
    pass(20).await;
    let start = ada.last("GAME_START");
    assert_eq!(
        (&start["p1"], &start["ack"], &start["resumed"]),
        (&1.into(), &1.into(), &true.into())
    );
    assert_eq!(pod.metrics.rooms_rebuilt.get(), 1);
    carol.inputs(neighbour, 2, "POKE").await;
    pass(20).await;
    assert_eq!(carol.last("UPDATE")["ack"], 2, "the neighbours do not notice");
}

#[actix::test]
async fn a_room_whose_last_word_is_on_its_way_has_not_panicked() {
    tokio::time::pause();
    let pod = Pod::new();
    let (ada, _bob, room) = in_play(&pod, "cookie").await;
    let Ok(Found::Live(link)) = ada.finds(room).await else { panic!("the room is not live") };
    link.do_send(RoomCommand::Release);
    // Asked while the room goes: its word comes behind the question.
    let found = ada.finds(room).await;
    assert!(!link.connected(), "it is gone");
    assert!(matches!(found, Err(NotFound::Unavailable)));
    pass(20).await;
    assert_eq!(pod.metrics.rooms_rebuilt.get(), 0);
    assert!(matches!(ada.finds(room).await, Ok(Found::Live(_))), "it is hosted again");
}

#[actix::test]
async fn a_room_that_panics_twice_ends_as_void() {
    tokio::time::pause();
    let pod = Pod::new();
    let (ada, bob, room) = in_play(&pod, "fragile").await;
    for _ in 0..2 {
        ada.inputs(room, 1, "PANIC").await;
        pass(1_200).await;
    }
    pass(100).await;
    assert_eq!(end_of(ada.finds(room).await)["reason"], "void");
    assert_eq!(end_of(bob.finds(room).await)["winner"], "draw");
    ada.joins("cookie");
    pass(20).await;
    assert_eq!(pod.metrics.queue.get(), 1, "the seats are free again");
}

#[actix::test]
async fn rooms_outlive_their_pod_and_go_on_when_a_player_is_back() {
    tokio::time::pause();
    let world = World::default();
    let first = Pod::in_world(&world);
    let (ada, bob, room) = in_play(&first, "cookie").await;
    for _ in 0..6 {
        pass(1_000).await;
        ada.attaches(room).await;
        bob.attaches(room).await;
    }
    ada.inputs(room, 1, "CLICK").await;
    pass(20).await;
    assert_eq!(ada.last("UPDATE")["ack"], 1);

    world.silence(first.id);
    pass(3_100).await;
    let second = Pod::in_world(&world);
    pass(900).await;
    let open = first.store.open_rooms().await.unwrap();
    assert_eq!(second.manager.send(Reopen(open)).await.unwrap(), 1);
    pass(10_000).await;
    let (back, welcome) = second.connect(&ada.profile).await;
    assert_eq!(welcome.room, Some(room));
    back.attaches(room).await;
    pass(20).await;
    let start = back.last("GAME_START");
    assert_eq!((&start["ack"], &start["p1Score"]), (&1.into(), &1.into()));
    assert!(start["gameTime"].as_u64() < Some(9_100), "the clock stood: {start}");
    let (other, _) = second.connect(&bob.profile).await;
    other.joins("cookie");
    pass(20).await;
    assert_eq!(other.seats(), vec![room], "who sits in a game is not matched again");
}

#[actix::test]
async fn a_player_who_was_away_hears_the_end_until_the_next_queue() {
    tokio::time::pause();
    let pod = Pod::new();
    let (ada, bob, room) = in_play(&pod, "cookie").await;
    for player in [&ada, &bob] {
        player.leaves_the_server().await;
    }
    pass(20_000).await;
    let (back, welcome) = pod.connect(&ada.profile).await;
    assert_eq!(welcome.room, Some(room));
    assert_eq!(end_of(back.finds(room).await)["reason"], "void");
    back.joins("cookie");
    pass(20).await;
    let (_again, welcome) = pod.connect(&ada.profile).await;
    assert_eq!(welcome.room, None);
}

#[actix::test]
async fn a_player_who_was_away_finds_the_end_though_a_failover_has_lost_the_note_of_the_room() {
    tokio::time::pause();
    let pod = Pod::new();
    let (ada, bob, room) = in_play(&pod, "cookie").await;
    for player in [&ada, &bob] {
        crate::cluster::Players::leave_behind(&pod.store, player.profile.id, room).await.unwrap();
        player.leaves_the_server().await;
    }
    pass(20_000).await;
    let (_, welcome) = pod.connect(&ada.profile).await;
    assert_eq!(welcome.room, Some(room));
}

#[actix::test]
async fn an_old_game_that_is_kept_no_longer_is_not_named_any_more() {
    tokio::time::pause();
    let pod = Pod::new();
    let (ada, bob, _room) = in_play(&pod, "cookie").await;
    for player in [&ada, &bob] {
        player.leaves_the_server().await;
    }
    pass(20 * 60_000).await;
    let (_, welcome) = pod.connect(&ada.profile).await;
    assert_eq!(welcome.room, None);
}

#[actix::test]
async fn a_room_that_cannot_even_be_ended_is_written_off() {
    tokio::time::pause();
    let pod = Pod::new();
    let (ada, bob, room) = in_play(&pod, "fragile").await;
    ada.inputs(room, 1, "CURSE").await;
    pass(40_000).await;
    assert_eq!(ada.finds(room).await.unwrap_err(), NotFound::Gone);
    bob.joins("cookie");
    pass(20).await;
    assert_eq!(pod.metrics.queue.get(), 1, "the seats are free again");
    let entries = crate::results::Outbox::take(&pod.store, 10).await.unwrap();
    assert_eq!(entries.len(), 1);
    assert!(entries[0].record.contains("void"), "{}", entries[0].record);
}
