//! Several pods: matched across them, played across them, and taken over from one another.

use super::super::{Drain, FindRoom, Found, NotFound, Notice, Refusal, Wish, Withdraw};
use super::pod::{Player, Pod, end_of, just_back, pass, profile};
use crate::cluster::{Players, Rooms};
use crate::ids::{PodId, RoomId, Strength};
use crate::matchmaking::Matchmaking;
use crate::results::Outbox;
use crate::room::tests::deps::World;

pub(super) struct Duel {
    ada: Player,
    bob: Player,
    pub(super) room: RoomId,
}

/// Ada on the first pod, Bob on the second, in the same game.
pub(super) async fn across(first: &Pod, second: &Pod) -> Duel {
    let (ada, _) = first.connect(&profile("Ada")).await;
    let (bob, _) = second.connect(&profile("Bob")).await;
    pass(1_500).await;
    ada.joins("cookie");
    bob.joins("cookie");
    pass(50).await;
    let room = ada.seats()[0];
    assert_eq!(bob.seats(), [room], "both pods heard of the match");
    ada.attaches(room).await;
    bob.attaches(room).await;
    pass(50).await;
    Duel { ada, bob, room }
}

/// A pod, and the one of the two who is served there.
pub(super) type Side<'a> = (&'a Pod, &'a Player);

impl Duel {
    /// The pod that hosts the room, and the other one.
    pub(super) fn host_and_other<'a>(
        &'a self,
        first: &'a Pod,
        second: &'a Pod,
    ) -> (Side<'a>, Side<'a>) {
        let sides = [(first, &self.ada), (second, &self.bob)];
        let hosting = usize::from(hosts(first) != 1);
        (sides[hosting], sides[1 - hosting])
    }

    /// Seconds go by, and the Sessions say that they are there.
    async fn seconds(&self, seconds: u32) {
        for _ in 0..seconds * 4 {
            for player in [&self.ada, &self.bob] {
                player.attaches_if_found(self.room).await;
            }
            pass(250).await;
        }
    }
}

fn hosts(pod: &Pod) -> i64 {
    pod.metrics.rooms.get()
}

#[actix::test]
async fn players_of_two_pods_play_as_if_there_were_one() {
    tokio::time::pause();
    let world = World::default();
    let (first, second) = (Pod::in_world(&world), Pod::in_world(&world));
    let duel = across(&first, &second).await;
    assert_eq!(hosts(&first) + hosts(&second), 1, "one of them hosts the room");
    duel.seconds(6).await;
    duel.ada.inputs(duel.room, 1, "CLICK").await;
    duel.bob.inputs(duel.room, 1, "CLICK").await;
    duel.bob.inputs(duel.room, 2, "CLICK").await;
    pass(50).await;
    let (ada, bob) = (duel.ada.last("UPDATE"), duel.bob.last("UPDATE"));
    assert_eq!((&ada["ack"], &bob["ack"]), (&1.into(), &2.into()));
    let scores =
        |update: &serde_json::Value| (update["p1Score"].clone(), update["p2Score"].clone());
    assert_eq!(scores(&ada), scores(&bob), "both see the same");
}

#[actix::test]
async fn a_room_moves_when_its_host_falls_silent_and_the_old_host_is_fenced() {
    tokio::time::pause();
    let world = World::default();
    let (first, second) = (Pod::in_world(&world), Pod::in_world(&world));
    let duel = across(&first, &second).await;
    duel.seconds(6).await;
    duel.ada.inputs(duel.room, 1, "CLICK").await;
    duel.bob.inputs(duel.room, 1, "CLICK").await;
    pass(50).await;
    let ((host, _), (other, survivor)) = duel.host_and_other(&first, &second);

    world.silence(host.id);
    survivor.inputs(duel.room, 2, "CLICK").await;
    pass(1_000).await;
    assert_eq!(hosts(other), 1, "the other pod hosts the room");
    survivor.attaches(duel.room).await;
    pass(50).await;
    let start = survivor.last("GAME_START");
    assert_eq!((&start["ack"], &start["resumed"]), (&1.into(), &true.into()));
    survivor.inputs(duel.room, 2, "CLICK").await;
    pass(50).await;
    assert_eq!(survivor.last("UPDATE")["ack"], 2);
    pass(2_000).await;
    assert_eq!(hosts(host), 0, "the old host's commit was fenced");
}

#[actix::test]
async fn a_draining_pod_gives_its_rooms_away_while_people_click() {
    tokio::time::pause();
    let world = World::default();
    let (first, second) = (Pod::in_world(&world), Pod::in_world(&world));
    let duel = across(&first, &second).await;
    duel.seconds(6).await;
    let ((host, gone), (other, stays)) = duel.host_and_other(&first, &second);
    stays.inputs(duel.room, 1, "CLICK").await;
    let drain = host.manager.send(Drain);
    gone.leaves_the_server().await;
    tokio::time::timeout(std::time::Duration::from_secs(1), drain).await.unwrap().unwrap();
    stays.attaches(duel.room).await;
    pass(50).await;
    assert_eq!(hosts(other), 1);
    assert_eq!(stays.last("GAME_START")["ack"], 1, "what was under way was committed first");
    let (back, welcome) = other.connect(&gone.profile).await;
    assert_eq!(welcome.room, Some(duel.room));
    back.attaches(duel.room).await;
    pass(50).await;
    assert_eq!(back.last("GAME_START")["resumed"], true);
}

#[actix::test]
async fn a_pod_that_is_about_to_leave_claims_nothing_and_sends_its_players_on() {
    tokio::time::pause();
    let world = World::default();
    let (first, second) = (Pod::in_world(&world), Pod::in_world(&world));
    let duel = across(&first, &second).await;
    duel.seconds(6).await;
    let ((host, _), (other, survivor)) = duel.host_and_other(&first, &second);
    other.manager.send(Withdraw).await.unwrap();
    let find = FindRoom { room: duel.room, player: survivor.profile.id };
    let found = other.manager.send(find).await.unwrap();
    assert!(matches!(found, Ok(Found::Live(_))), "while its host lives it is played on");
    world.silence(host.id);
    survivor.inputs(duel.room, 1, "CLICK").await;
    // Known as dead when its heartbeat has gone.
    pass(4_000).await;
    assert_eq!(other.manager.send(find).await.unwrap().unwrap_err(), NotFound::NotHere);
    assert_eq!(hosts(other), 0);
}

#[actix::test]
async fn the_newest_connection_of_a_player_wins_across_pods() {
    tokio::time::pause();
    let world = World::default();
    let (first, second) = (Pod::in_world(&world), Pod::in_world(&world));
    let duel = across(&first, &second).await;
    let (again, welcome) = second.connect(&duel.ada.profile).await;
    assert_eq!(welcome.room, Some(duel.room));
    pass(50).await;
    assert!(duel.ada.was_told(|notice| matches!(notice, Notice::Replaced)));
    let duel = Duel { ada: again, ..duel };
    duel.seconds(6).await;
    duel.ada.inputs(duel.room, 1, "CLICK").await;
    pass(50).await;
    assert_eq!(duel.ada.last("UPDATE")["ack"], 1);
}

#[actix::test]
async fn who_looks_at_the_end_of_a_game_makes_way_for_a_newer_connection_all_the_same() {
    tokio::time::pause();
    let world = World::default();
    let (first, second) = (Pod::in_world(&world), Pod::in_world(&world));
    let duel = across(&first, &second).await;
    duel.seconds(70).await;
    assert_eq!(hosts(&first) + hosts(&second), 0, "the game is over");
    // On a pod whose word of it gets lost.
    world.store.arrive(duel.ada.profile.id, PodId::random()).await.unwrap();
    pass(22_500).await;
    assert!(duel.ada.was_told(|notice| matches!(notice, Notice::Replaced)));
}

#[actix::test]
async fn an_attempt_that_never_was_takes_nobody_out_of_a_room_that_is_looked_for() {
    tokio::time::pause();
    let world = World::default();
    let (first, second) = (Pod::in_world(&world), Pod::in_world(&world));
    let third = Pod::in_world(&world);
    let duel = across(&first, &second).await;
    duel.seconds(18).await;
    let (ada, welcome) = third.connect(&duel.ada.profile).await;
    assert_eq!(welcome.room, Some(duel.room));
    // It was counted, and had gone before it was greeted.
    world.store.arrive(ada.profile.id, PodId::random()).await.unwrap();
    // Pods compare their connections with the directory every 20 s.
    pass(1_500).await;
    assert!(!ada.was_told(|notice| matches!(notice, Notice::Replaced)));
    for _ in 0..30 {
        for player in [&ada, &duel.bob] {
            player.attaches_if_found(duel.room).await;
        }
        pass(1_000).await;
    }
    assert!(!ada.was_told(|notice| matches!(notice, Notice::Replaced)));
}

#[actix::test]
async fn a_room_that_nobody_asks_for_comes_to_its_end() {
    tokio::time::pause();
    let world = World::default();
    let (first, second) = (Pod::in_world(&world), Pod::in_world(&world));
    let duel = across(&first, &second).await;
    let third = Pod::in_world(&world);
    world.silence(first.id);
    world.silence(second.id);
    pass(11_000).await;
    assert_eq!(hosts(&third), 1, "before its host gives it up");
    pass(49_000).await;
    let (ada, welcome) = third.connect(&duel.ada.profile).await;
    assert_eq!(welcome.room, Some(duel.room));
    assert_eq!(end_of(ada.finds(duel.room).await)["reason"], "void");
    ada.joins("cookie");
    pass(50).await;
    assert_eq!(third.metrics.queue.get(), 1, "the seat is free");
}

/// The part of the store with matches and seats has lost this game: a primary died with its last
/// moments, whose replica had not heard of them.
async fn lose_the_match(world: &World, duel: &Duel) {
    let players = vec![duel.ada.profile.id, duel.bob.profile.id];
    world.matchmaking.free(duel.room, players).await.unwrap();
}

#[actix::test]
async fn a_room_whose_match_the_store_has_lost_comes_to_its_end() {
    tokio::time::pause();
    let world = World::default();
    let (first, second) = (Pod::in_world(&world), Pod::in_world(&world));
    let duel = across(&first, &second).await;
    lose_the_match(&world, &duel).await;
    let third = Pod::in_world(&world);
    world.silence(first.id);
    world.silence(second.id);
    pass(11_000).await;
    assert_eq!(hosts(&third), 1, "before its host gives it up");
    pass(49_000).await;
    assert!(world.store.load(duel.room).await.unwrap().unwrap().ended);
    let recorded = world.store.take(10).await.unwrap();
    assert_eq!(recorded.len(), 1, "the game has a result");
    let seats = world.matchmaking.seats_of(vec![duel.ada.profile.id]).await.unwrap();
    assert_eq!(seats, [], "and its seats are free");
}

#[actix::test]
async fn whoever_plays_another_game_by_now_is_not_called_back_into_one_the_store_has_lost() {
    tokio::time::pause();
    let world = World::default();
    let (first, second) = (Pod::in_world(&world), Pod::in_world(&world));
    let duel = across(&first, &second).await;
    lose_the_match(&world, &duel).await;
    world.silence(first.id);
    world.silence(second.id);
    let third = Pod::in_world(&world);
    pass(4_000).await;
    let (ada, _) = third.connect(&duel.ada.profile).await;
    ada.wishes(Wish::Practice { game: "cookie".to_owned(), strength: Strength::Easy });
    pass(50).await;
    let [practice] = ada.seats()[..] else { panic!("she practises") };
    for _ in 0..10 {
        ada.attaches_if_found(practice).await;
        pass(1_000).await;
    }
    assert!(world.store.load(duel.room).await.unwrap().unwrap().ended);
    assert_eq!(ada.seats(), [practice]);
    let seats = world.matchmaking.seats_of(vec![ada.profile.id]).await.unwrap();
    assert_eq!(seats, [(ada.profile.id, practice)]);
}

#[actix::test]
async fn a_seat_in_a_game_that_is_over_ends_no_other_game() {
    tokio::time::pause();
    let world = World::default();
    let (first, second) = (Pod::in_world(&world), Pod::in_world(&world));
    let over = across(&first, &second).await;
    let stale = world.matchmaking.founding(over.room).await.unwrap().unwrap();
    over.seconds(70).await;
    for player in [&over.ada, &over.bob] {
        player.joins("cookie");
    }
    pass(50).await;
    let room = *over.ada.seats().last().unwrap();
    assert_ne!(room, over.room, "they play again");
    let duel = Duel { room, ..over };
    duel.seconds(1).await;
    // A replica that has missed the end of the first game and all of the second takes over.
    lose_the_match(&world, &duel).await;
    assert_eq!(world.matchmaking.seat(stale).await.unwrap(), None);
    let third = Pod::in_world(&world);
    world.silence(first.id);
    world.silence(second.id);
    // Before a sweep comes by.
    pass(4_000).await;
    let (ada, welcome) = third.connect(&duel.ada.profile).await;
    assert_eq!(welcome.room, Some(room), "she is not sent to the game that is over");
    ada.attaches(room).await;
    pass(50).await;
    assert_eq!(hosts(&third), 1);
    assert!(!world.store.load(room).await.unwrap().unwrap().ended);
    let seats = world.matchmaking.seats_of(vec![duel.ada.profile.id]).await.unwrap();
    assert_eq!(seats, [(duel.ada.profile.id, room)]);
}

#[actix::test]
async fn a_match_whose_pods_all_died_before_there_was_a_room_ends_as_void() {
    tokio::time::pause();
    use crate::matchmaking::Ticket;
    let world = World::default();
    let (ada, bob) = (profile("Ada"), profile("Bob"));
    for player in [&ada, &bob] {
        let ticket = Ticket {
            id: crate::ids::TicketId::random(),
            player: player.clone(),
            game: "cookie".to_owned(),
            pod: crate::ids::PodId::random(),
        };
        let renewed = vec![(player.id, ticket.id)];
        world.matchmaking.join(ticket).await.unwrap();
        world.matchmaking.renew(renewed).await.unwrap();
    }
    let room = world.matchmaking.pair("cookie".to_owned()).await.unwrap()[0].room;
    let pod = Pod::in_world(&world);
    pass(40_000).await;
    let seats = world.matchmaking.seats_of(vec![ada.id, bob.id]).await.unwrap();
    assert_eq!(seats, [], "nobody is seated for ever");
    let (back, _) = pod.connect(&ada).await;
    assert_eq!(end_of(back.finds(room).await)["reason"], "void");
}

#[actix::test]
async fn a_pod_that_reaches_nothing_of_the_store_sends_its_players_on() {
    tokio::time::pause();
    let world = World::default();
    let pod = Pod::in_world(&world);
    let (ada, _) = pod.connect(&profile("Ada")).await;
    pass(1_000).await;
    world.silence(pod.id);
    pass(1_500).await;
    assert!(!ada.was_told(|notice| matches!(notice, Notice::GoingAway)));
    pass(1_500).await;
    assert!(ada.was_told(|notice| matches!(notice, Notice::GoingAway)));
}

#[actix::test]
async fn while_games_can_be_committed_the_loss_of_the_heartbeats_sends_nobody_on() {
    tokio::time::pause();
    let world = World::default();
    let (first, second) = (Pod::in_world(&world), Pod::in_world(&world));
    let duel = across(&first, &second).await;
    let ((host, here), (other, _)) = duel.host_and_other(&first, &second);
    world.silence(host.id);
    world.silence(other.id);
    for _ in 0..10 {
        here.attaches(duel.room).await;
        pass(1_000).await;
    }
    assert_eq!(hosts(host), 1);
    assert!(!here.was_told(|notice| matches!(notice, Notice::GoingAway)));
}

#[actix::test]
async fn who_arrives_just_after_an_outage_is_not_told_of_no_game_before_the_hosts_are_back() {
    tokio::time::pause();
    let world = World::default();
    let (first, _second) = just_back(&world).await;
    let ada = profile("Ada");
    let (_, refused) = first.try_connect(&ada).await;
    assert!(matches!(refused, Err(Refusal::Unavailable { .. })), "{refused:?}");
    pass(2_000).await;
    assert_eq!(first.try_connect(&ada).await.1.unwrap().room, None);
}
