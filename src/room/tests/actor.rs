//! The actor on virtual time: commits, acknowledgements, absence, the end.

use std::time::Duration;

use super::super::{Progress, RoomCommand, Stopped};
use super::table::{Room, founding, practice};
use crate::cluster::{Commit, Rooms};
use crate::ids::{Epoch, PodId, Seat, Strength, Version};
use crate::results::{FinishedGame, Outbox};

#[actix::test]
async fn both_players_get_the_start_and_a_tick_every_second() {
    tokio::time::pause();
    let room = Room::found(founding()).await;
    let (ada, bob) = room.playing().await;
    room.pass(&[&ada, &bob], 5_000).await;
    let start = &ada.heard("GAME_START")[0];
    assert_eq!((&start["role"], &start["p2Name"]), (&"p1".into(), &"Bob".into()));
    assert_eq!((&start["resumed"], &start["ack"]), (&false.into(), &0.into()));
    let remaining: std::collections::BTreeSet<_> =
        bob.heard("UPDATE").iter().filter_map(|u| u["timeRemaining"].as_u64()).collect();
    assert!(remaining.is_superset(&[10, 9, 8, 7, 6, 5].into()), "{remaining:?}");
}

#[actix::test]
async fn a_click_is_acknowledged_to_its_player_and_seen_by_both() {
    tokio::time::pause();
    let room = Room::found(founding()).await;
    let (ada, bob) = room.playing().await;
    room.tell(ada.click(1)).await;
    room.tell(ada.click(2)).await;
    room.pass(&[&ada, &bob], 100).await;
    assert_eq!(ada.ack(), 2);
    assert_eq!(bob.ack(), 0);
    assert_eq!(bob.last("UPDATE")["p1Score"], 2);
    let particles: u64 =
        bob.heard("OPPONENT_CLICK").iter().filter_map(|p| p["count"].as_u64()).sum();
    assert_eq!(particles, 2);
    assert!(ada.heard("OPPONENT_CLICK").is_empty());
}

#[actix::test]
async fn versions_rise_with_every_update() {
    tokio::time::pause();
    let room = Room::found(founding()).await;
    let (ada, bob) = room.playing().await;
    for n in 1..=20 {
        room.tell(ada.click(n)).await;
        room.pass(&[&ada, &bob], 50).await;
    }
    let versions: Vec<_> = ada.heard("UPDATE").iter().map(|u| u["version"].as_u64()).collect();
    assert!(versions.windows(2).all(|pair| pair[0] < pair[1]), "{versions:?}");
}

#[actix::test]
async fn a_gap_is_answered_with_where_to_go_on() {
    tokio::time::pause();
    let room = Room::found(founding()).await;
    let (ada, bob) = room.playing().await;
    room.tell(ada.click(3)).await;
    room.pass(&[&ada, &bob], 50).await;
    let error = ada.last("ERROR");
    assert_eq!((&error["code"], &error["from"]), (&"resend".into(), &1.into()));
    assert_eq!(ada.ack(), 0);
}

#[actix::test]
async fn the_clock_stands_while_nobody_is_there() {
    tokio::time::pause();
    let room = Room::found(founding()).await;
    let (ada, bob) = room.playing().await;
    let before = ada.last("UPDATE")["gameTime"].as_u64().unwrap();
    for client in [&ada, &bob] {
        let (player, connection) = (client.player, client.connection);
        room.tell(RoomCommand::Detach { player, connection }).await;
    }
    tokio::time::sleep(Duration::from_secs(4)).await;
    let back = room.client(Seat::P1, 2);
    room.tell(back.attach()).await;
    room.pass(&[&back], 100).await;
    let start = back.last("GAME_START");
    let after = start["gameTime"].as_u64().unwrap();
    assert!(after < before + 1_100, "{before} {after}");
    assert_eq!(start["resumed"], true);
}

#[actix::test]
async fn a_room_that_nobody_comes_back_to_ends_as_void() {
    tokio::time::pause();
    let room = Room::found(founding()).await;
    tokio::time::sleep(Duration::from_millis(5_100)).await;
    assert_eq!(room.stops.0.lock().unwrap()[0].why, Stopped::Ended);
    let entries = room.store.take(10).await.unwrap();
    let record: FinishedGame = serde_json::from_str(&entries[0].record).unwrap();
    assert_eq!(record.reason, crate::protocol::Reason::Void);
}

#[actix::test]
async fn a_connection_that_falls_silent_leaves_its_seat_empty() {
    tokio::time::pause();
    let room = Room::found(founding()).await;
    let (ada, bob) = room.playing().await;
    room.pass(&[&bob], 8_500).await;
    let over = bob.last("GAME_OVER");
    assert_eq!(over["reason"], "opponent_disconnected");
    assert_eq!(over["winner"], bob.player.to_string());
    drop(ada);
}

#[actix::test]
async fn a_new_connection_gets_the_acknowledgement_of_all_that_the_old_one_did() {
    tokio::time::pause();
    let room = Room::found(founding()).await;
    let (ada, bob) = room.playing().await;
    for n in 1..=5 {
        room.room.do_send(ada.click(n));
    }
    let newer = room.client(Seat::P1, 2);
    room.room.do_send(newer.attach());
    room.room.do_send(ada.click(6));
    room.pass(&[&newer, &bob], 100).await;
    assert_eq!(newer.heard("GAME_START")[0]["ack"], 5);
    assert_eq!(newer.ack(), 5);
}

#[actix::test]
async fn the_result_is_safe_before_the_players_hear_of_the_end() {
    tokio::time::pause();
    let room = Room::found(founding()).await;
    let (ada, bob) = room.playing().await;
    room.tell(bob.click(1)).await;
    room.pass(&[&ada, &bob], 11_000).await;
    let over = ada.last("GAME_OVER");
    assert_eq!(
        (&over["reason"], &over["winner"]),
        (&"time".into(), &bob.player.to_string().into())
    );
    assert_eq!(
        (&over["p2Clicks"], &over["p2Score"], &over["ack"]),
        (&1.into(), &1.into(), &0.into())
    );
    assert_eq!(bob.last("GAME_OVER")["ack"], 1);
    assert_eq!(bob.last_progress(), Some(Progress::Over));
    assert_eq!(room.store.take(10).await.unwrap().len(), 1);
    assert!(room.store.load(room.id).await.unwrap().unwrap().ended);
    let seats = room.deps.matchmaking.seats_of(vec![ada.player, bob.player]).await.unwrap();
    assert_eq!(seats, vec![]);
}

#[actix::test]
async fn quitting_ends_the_game_at_once() {
    tokio::time::pause();
    let room = Room::found(founding()).await;
    let (ada, bob) = room.playing().await;
    room.tell(RoomCommand::Quit { player: ada.player, generation: ada.generation }).await;
    room.pass(&[&ada, &bob], 100).await;
    assert_eq!(bob.last("GAME_OVER")["reason"], "quit");
    assert_eq!(bob.last("GAME_OVER")["winner"], bob.player.to_string());
}

#[actix::test]
async fn a_practice_game_is_played_by_the_rules_and_marked() {
    tokio::time::pause();
    let room = Room::found(practice(Strength::Easy)).await;
    let ada = room.client(Seat::P1, 1);
    room.tell(ada.attach()).await;
    room.pass(&[&ada], 11_500).await;
    assert_eq!(ada.heard("GAME_START")[0]["practice"], "easy");
    let over = ada.last("GAME_OVER");
    assert_eq!(over["reason"], "time");
    assert!(over["p2Score"].as_u64() > Some(0), "{over}");
}

#[actix::test]
async fn a_fenced_host_stops_at_once_and_acknowledges_nothing() {
    tokio::time::pause();
    let room = Room::found(founding()).await;
    let (ada, bob) = room.playing().await;
    let thief = PodId::random();
    room.store.claim(room.id, thief, Epoch(1), &[1]).await.unwrap();
    room.tell(ada.click(1)).await;
    room.pass(&[&ada, &bob], 50).await;
    assert_eq!(room.stops.0.lock().unwrap()[0].why, Stopped::Fenced);
    assert_eq!(ada.ack(), 0);
    assert_eq!(ada.last_progress(), Some(Progress::Moved));
    let stored = room.store.load(room.id).await.unwrap().unwrap();
    assert_eq!((stored.host, stored.epoch), (Some(thief), Epoch(2)));
}

#[actix::test]
async fn a_released_room_has_committed_everything_and_has_no_host() {
    tokio::time::pause();
    let room = Room::found(founding()).await;
    let (ada, bob) = room.playing().await;
    room.room.do_send(ada.click(1));
    room.room.do_send(RoomCommand::Release);
    room.room.do_send(ada.click(2));
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(ada.ack(), 1);
    assert_eq!(room.stops.0.lock().unwrap()[0].why, Stopped::Released);
    let stored = room.store.load(room.id).await.unwrap().unwrap();
    assert_eq!((stored.host, stored.ended), (None, false));
    let commit = Commit {
        room: room.id,
        host: room.deps.host,
        epoch: Epoch(1),
        version: Version(999),
        format: 1,
        snapshot: stored.snapshot,
        finished: None,
    };
    assert!(room.store.commit(commit).await.is_err());
    drop(bob);
}

#[actix::test]
async fn clicks_committed_together_come_as_one() {
    tokio::time::pause();
    let room = Room::found(founding()).await;
    let (ada, bob) = room.playing().await;
    for n in 1..=4 {
        room.room.do_send(ada.click(n));
        room.room.do_send(bob.click(n));
    }
    room.pass(&[&ada, &bob], 100).await;
    let counts = |client: &super::table::Client| -> Vec<_> {
        client.heard("OPPONENT_CLICK").iter().map(|click| click["count"].as_u64()).collect()
    };
    for client in [&ada, &bob] {
        assert!(counts(client).len() <= 2, "only the first may go alone: {:?}", counts(client));
        assert_eq!(counts(client).into_iter().flatten().sum::<u64>(), 4);
    }
}

#[actix::test]
async fn a_golden_cookie_is_shown_when_it_appears_and_not_with_the_next_second() {
    tokio::time::pause();
    let catalogue = super::table::catalogue_with_cookies_every(1_300);
    let room = Room::found_in(founding(), &catalogue).await;
    let (ada, bob) = room.playing().await;
    room.pass(&[&ada, &bob], 1_350).await;
    assert_eq!(ada.heard("COOKIE_SPAWN").len(), 1);
    let shown = ada.last("UPDATE")["gameTime"].as_u64().unwrap();
    assert!((2_300..2_350).contains(&shown), "{shown}");
}
