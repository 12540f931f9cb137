//! Rooms that are found, that end, that panic, and that outlive their pod.

use std::time::Duration;

use super::super::{Drain, NotFound, Notice, Reopen};
use super::pod::{Player, Pod, end_of, pass, profile};
use crate::ids::RoomId;
use crate::room::tests::deps::World;

async fn in_play(pod: &Pod, game: &str) -> (Player, Player, RoomId) {
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

#[actix::test]
async fn a_drain_gives_the_rooms_up_and_then_closes_the_connections() {
    tokio::time::pause();
    let pod = Pod::new();
    let (ada, bob, room) = in_play(&pod, "cookie").await;
    let drain = pod.manager.send(Drain);
    let drained = actix::spawn(drain);
    pass(50).await;
    for player in [&ada, &bob] {
        assert!(player.was_told(|n| matches!(n, Notice::GoingAway)));
    }
    assert!(!drained.is_finished());
    ada.leaves_the_server().await;
    bob.leaves_the_server().await;
    drained.await.unwrap().unwrap();
    let stored = crate::cluster::Rooms::load(&pod.store, room).await.unwrap().unwrap();
    assert_eq!((stored.host, stored.ended), (None, false));
    let (_, refused) = pod.try_connect(&profile("Late")).await;
    assert!(refused.is_err());
}

#[actix::test]
async fn a_drain_gives_many_rooms_up_a_few_at_a_time_each_with_its_players() {
    tokio::time::pause();
    let pod = Pod::new();
    let (waiting, _) = pod.connect(&profile("Waiting")).await;
    let mut games = Vec::new();
    for _ in 0..40 {
        games.push(in_play(&pod, "cookie").await);
    }
    let drained = actix::spawn(pod.manager.send(Drain));
    let leaves = |player: &Player| player.was_told(|n| matches!(n, Notice::GoingAway));
    let mut gone = Vec::new();
    for _ in 0..6 {
        pass(50).await;
        assert!(leaves(&waiting), "who is in no game is not kept");
        let mut here = 0;
        for (ada, bob, room) in &games {
            let stored = crate::cluster::Rooms::load(&pod.store, *room).await.unwrap().unwrap();
            assert_eq!((leaves(ada), leaves(bob)), (stored.host.is_none(), stored.host.is_none()));
            here += usize::from(stored.host.is_some());
        }
        gone.push(games.len() - here);
        pass(50).await;
    }
    assert_eq!(gone, [8, 16, 24, 32, 40, 40]);
    assert!(!drained.is_finished());
    for player in games.iter().flat_map(|(ada, bob, _)| [ada, bob]).chain([&waiting]) {
        player.leaves_the_server().await;
    }
    drained.await.unwrap().unwrap();
}

#[actix::test]
async fn who_arrives_while_a_drain_begins_is_refused_and_does_not_hold_it_up() {
    tokio::time::pause();
    let pod = Pod::new();
    // Both are in the mailbox before the directory of players has answered.
    let late = profile("Late");
    let arrival = pod.try_connect(&late);
    let drain = async {
        let drained = pod.manager.send(Drain);
        tokio::time::timeout(Duration::from_secs(1), drained).await.unwrap().unwrap();
    };
    let ((_, refused), ()) = tokio::join!(biased; arrival, drain);
    assert!(refused.is_err(), "it would never be told to leave");
}

#[actix::test]
async fn a_match_that_is_made_while_a_drain_begins_does_not_hold_it_up() {
    tokio::time::pause();
    let pod = Pod::new();
    let (ada, _) = pod.connect(&profile("Ada")).await;
    let (bob, _) = pod.connect(&profile("Bob")).await;
    ada.joins("cookie");
    bob.joins("cookie");
    let drained = actix::spawn(pod.manager.send(Drain));
    pass(50).await;
    for player in [&ada, &bob] {
        assert!(player.was_told(|n| matches!(n, Notice::GoingAway)));
        player.leaves_the_server().await;
    }
    tokio::time::timeout(Duration::from_secs(1), drained).await.unwrap().unwrap().unwrap();
}
