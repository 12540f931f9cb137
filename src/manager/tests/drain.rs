//! A pod that leaves: its rooms first, each with its players.

use std::time::Duration;

use super::super::{Drain, Found, Notice};
use super::pod::{Player, Pod, pass, profile};
use super::pods::{Duel, Side, across};
use super::rooms::in_play;
use crate::cluster::Rooms;
use crate::ids::RoomId;
use crate::room::tests::deps::World;

pub(super) fn is_sent_away(player: &Player) -> bool {
    player.was_told(|n| matches!(n, Notice::GoingAway))
}

/// Another pod beside this one, and both know it.
async fn accompanied(world: &World) -> (Pod, Pod) {
    let pods = (Pod::in_world(world), Pod::in_world(world));
    pass(1_500).await;
    pods
}

async fn many(pod: &Pod, games: usize, game: &str) -> Vec<(Player, Player, RoomId)> {
    let mut found = Vec::new();
    for _ in 0..games {
        found.push(in_play(pod, game).await);
    }
    found
}

async fn is_hosted(pod: &Pod, room: RoomId) -> bool {
    Rooms::load(&pod.store, room).await.unwrap().unwrap().host.is_some()
}

#[actix::test]
async fn many_rooms_leave_a_few_at_a_time_each_with_its_players() {
    tokio::time::pause();
    let (pod, _other) = accompanied(&World::default()).await;
    let (idle, _) = pod.connect(&profile("Idle")).await;
    let games = many(&pod, 40, "cookie").await;
    let drained = actix::spawn(pod.manager.send(Drain));
    let mut gone = Vec::new();
    for _ in 0..6 {
        pass(50).await;
        assert!(is_sent_away(&idle), "who is in no game is not kept");
        let mut here = 0;
        for (ada, bob, room) in &games {
            let stays = is_hosted(&pod, *room).await;
            assert_eq!((is_sent_away(ada), is_sent_away(bob)), (!stays, !stays));
            here += usize::from(stays);
        }
        gone.push(games.len() - here);
        pass(50).await;
    }
    assert_eq!(gone, [8, 16, 24, 32, 40, 40]);
    assert!(!drained.is_finished());
    for player in games.iter().flat_map(|(ada, bob, _)| [ada, bob]).chain([&idle]) {
        player.leaves_the_server().await;
    }
    drained.await.unwrap().unwrap();
}

#[actix::test]
async fn a_pod_without_others_lets_all_its_rooms_go_at_once() {
    tokio::time::pause();
    let pod = Pod::new();
    let games = many(&pod, 20, "cookie").await;
    let _drained = actix::spawn(pod.manager.send(Drain));
    pass(50).await;
    for (ada, bob, room) in &games {
        assert!(is_sent_away(ada) && is_sent_away(bob) && !is_hosted(&pod, *room).await);
    }
}

#[actix::test]
async fn who_plays_in_a_room_elsewhere_is_sent_away_and_the_room_stays() {
    tokio::time::pause();
    let world = World::default();
    let (first, second) = (Pod::in_world(&world), Pod::in_world(&world));
    let duel = across(&first, &second).await;
    let ((_, stays), (leaving, goes)) = duel.host_and_other(&first, &second);
    let _others = many(leaving, 40, "cookie").await;
    let _drained = actix::spawn(leaving.manager.send(Drain));
    for _ in 0..6 {
        pass(50).await;
        assert_eq!(is_sent_away(goes), leaving.metrics.remote_rooms.get() == 0);
        pass(50).await;
    }
    assert!(is_sent_away(goes));
    assert!(!is_sent_away(stays));
    assert!(is_hosted(leaving, duel.room).await);
}

/// A game across two pods is over. What stands for it on the pod that did not host it, among many
/// other games, and the player there.
pub(super) async fn the_last_game_lingers<'a>(
    duel: &'a Duel,
    first: &'a Pod,
    second: &'a Pod,
) -> (Side<'a>, Vec<(Player, Player, RoomId)>) {
    let ((_, quits), (leaving, stays)) = duel.host_and_other(first, second);
    quits.quits(duel.room).await;
    pass(50).await;
    assert_eq!(stays.last("GAME_OVER")["reason"], "quit");
    let games = many(leaving, 80, "cookie").await;
    assert_eq!(leaving.metrics.remote_rooms.get(), 1, "what stands for the last game lingers");
    ((leaving, stays), games)
}

#[actix::test]
async fn who_waits_for_the_next_game_is_not_kept_for_the_last_one() {
    tokio::time::pause();
    let world = World::default();
    let (first, second) = (Pod::in_world(&world), Pod::in_world(&world));
    let duel = across(&first, &second).await;
    let ((leaving, waits), _games) = the_last_game_lingers(&duel, &first, &second).await;
    waits.joins("cookie");
    pass(50).await;
    let _drained = actix::spawn(leaving.manager.send(Drain));
    pass(1).await;
    assert!(is_sent_away(waits), "nobody renews the ticket any more");
}

#[actix::test]
async fn a_room_that_has_yet_to_leave_is_found_and_nothing_is_begun() {
    tokio::time::pause();
    let (pod, _other) = accompanied(&World::default()).await;
    let games = many(&pod, 40, "cookie").await;
    let _drained = actix::spawn(pod.manager.send(Drain));
    pass(50).await;
    let staying = games.iter().find(|(ada, ..)| !is_sent_away(ada));
    let (ada, bob, room) = staying.expect("some have yet to leave");
    assert!(matches!(ada.finds(*room).await, Ok(Found::Live(_))));
    bob.joins("cookie");
    pass(20).await;
    assert!(is_sent_away(bob), "another pod can do it");
    assert_eq!(pod.metrics.queue.get(), 0);
}

#[actix::test]
async fn the_players_of_a_room_that_panics_in_a_drain_do_not_wait_for_the_others() {
    tokio::time::pause();
    let (pod, _other) = accompanied(&World::default()).await;
    let games = many(&pod, 80, "fragile").await;
    let (ada, bob, room) = &games[0];
    ada.inputs(*room, 1, "PANIC").await;
    let _drained = actix::spawn(pod.manager.send(Drain));
    pass(350).await;
    assert!(is_sent_away(ada) && is_sent_away(bob));
    assert!(games.iter().any(|(ada, ..)| !is_sent_away(ada)), "some have yet to leave");
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
        assert!(is_sent_away(player));
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
async fn a_connection_that_could_not_say_goodbye_does_not_hold_a_drain_up() {
    tokio::time::pause();
    let pod = Pod::new();
    let (ada, _) = pod.connect(&profile("Ada")).await;
    ada.dies().await;
    let drained = pod.manager.send(Drain);
    tokio::time::timeout(Duration::from_secs(1), drained).await.unwrap().unwrap();
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
        assert!(is_sent_away(player));
        player.leaves_the_server().await;
    }
    tokio::time::timeout(Duration::from_secs(1), drained).await.unwrap().unwrap().unwrap();
}
