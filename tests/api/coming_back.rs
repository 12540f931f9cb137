//! Connections that end in mid-game, and those that follow them.

use std::time::Duration;

use serde_json::{Value, json};

use crate::helpers::{LONG, eventually, spawn_app};
use crate::player::{Pair, TestPlayer};
use crate::raw::{FIN, PONG, RawSocket, frame};

/// Longer than a client waits for `HELLO`.
const GIVEN_UP: Duration = Duration::from_millis(1100);

#[tokio::test]
async fn who_comes_back_in_mid_game_is_told_the_game_as_it_is_now() {
    let app = spawn_app(LONG);
    let mut pair = Pair::in_play(&app).await;
    assert_eq!(pair.start["resumed"], false);
    for n in 1..=7 {
        pair.ada.click_safely(n).await;
    }
    let room = pair.room().to_owned();
    let guest = pair.ada.vanish();
    let mut ada = guest.connect(app.address).await;
    let hello = ada.expect("HELLO").await;
    assert_eq!(hello["roomId"], room);
    let start = ada.expect("GAME_START").await;
    assert_eq!((&start["roomId"], &start["resumed"]), (&json!(room), &json!(true)));
    assert_eq!(start["ack"], 7);
    assert_eq!(start["p1Score"].as_u64().unwrap() + start["p2Score"].as_u64().unwrap(), 7);
    assert_eq!(
        (&start["role"], &start["opponent"]),
        (&pair.start["role"], &pair.start["opponent"])
    );
    ada.click(7).await;
    let update = ada.click_safely(8).await;
    assert_eq!(update["p1Score"].as_u64().unwrap() + update["p2Score"].as_u64().unwrap(), 8);
}

#[tokio::test]
async fn clicks_that_were_on_their_way_are_in_the_acknowledgement_of_the_next_connection() {
    let app = spawn_app(LONG);
    let mut pair = Pair::in_play(&app).await;
    pair.ada.click_safely(1).await;
    for n in 2..=20 {
        pair.ada.click(n).await;
    }
    let guest = pair.ada.guest.clone();
    let mut second = TestPlayer::greeted(guest, app.address).await;
    let start = second.expect("GAME_START").await;
    let ack = u32::try_from(start["ack"].as_u64().unwrap()).unwrap();
    assert!((1..=20).contains(&ack), "{start}");
    // Whatever had arrived: nothing of the old connection comes after this.
    let update = second.click_safely(ack + 1).await;
    let score = update["p1Score"].as_u64().unwrap() + update["p2Score"].as_u64().unwrap();
    assert_eq!(score, u64::from(ack) + 1);
}

#[tokio::test]
async fn the_second_connection_of_a_player_replaces_the_first_and_plays_on() {
    let app = spawn_app(LONG);
    let mut pair = Pair::in_play(&app).await;
    for n in 1..=3 {
        pair.ada.click_safely(n).await;
    }
    let mut second = TestPlayer::greeted(pair.ada.guest.clone(), app.address).await;
    assert_eq!(pair.ada.closed().await, Some(4002));
    let start = second.expect("GAME_START").await;
    assert_eq!((&start["ack"], &start["resumed"]), (&json!(3), &json!(true)));
    second.click_safely(4).await;
    let score = pair.start["role"].as_str().unwrap().to_owned() + "Score";
    pair.bob.until("4 points", |kind, p| kind == "UPDATE" && p[&score] == 4).await;
}

#[tokio::test]
async fn an_attempt_that_was_given_up_does_not_replace_the_one_that_followed() {
    let app = spawn_app(LONG);
    let mut pair = Pair::in_play(&app).await;
    let token = &pair.ada.guest.token;
    // What a server reads that has stood still meanwhile looks the same.
    let mut given_up = RawSocket::unanswered(app.address, token).await;
    tokio::time::sleep(GIVEN_UP).await;
    given_up.send(&frame(FIN | PONG, b"there?")).await;
    assert_eq!(given_up.close_code().await, Some(1012));
    pair.ada.click_safely(1).await;
}

#[tokio::test]
async fn a_second_connection_in_the_queue_replaces_the_first_and_is_matched() {
    let app = spawn_app(LONG);
    let mut first = TestPlayer::new(&app, "Ada").await;
    first.send("JOIN_QUEUE", json!({})).await;
    first.expect("QUEUED").await;
    let mut second = TestPlayer::greeted(first.guest.clone(), app.address).await;
    assert_eq!(first.closed().await, Some(4002));
    second.send("JOIN_QUEUE", json!({})).await;
    assert_eq!(second.expect("QUEUED").await["waiting"], 1);
    let mut bob = TestPlayer::new(&app, "Bob").await;
    bob.send("JOIN_QUEUE", json!({})).await;
    assert_eq!(bob.expect("GAME_START").await["opponent"], second.guest.id.as_str());
    second.expect("GAME_START").await;
}

#[tokio::test]
async fn who_was_away_at_the_end_is_told_of_it_until_joining_again() {
    let app = spawn_app(LONG);
    let mut pair = Pair::in_play(&app).await;
    pair.ada.click_safely(1).await;
    let guest = pair.ada.vanish();
    pair.bob.send("QUIT_GAME", json!({})).await;
    let told = pair.bob.expect("GAME_OVER").await;
    for _ in 0..2 {
        let mut ada = TestPlayer::greeted(guest.clone(), app.address).await;
        let over = ada.expect("GAME_OVER").await;
        assert_eq!(over["winner"], guest.id.as_str());
        assert_eq!((&over["reason"], &over["ack"]), (&json!("quit"), &json!(1)));
        assert_eq!(over["roomId"], told["roomId"]);
    }
    let mut ada = TestPlayer::greeted(guest.clone(), app.address).await;
    ada.expect("GAME_OVER").await;
    ada.send("JOIN_QUEUE", json!({})).await;
    ada.expect("QUEUED").await;
    // The directory is written beside the answer.
    eventually("the old game is left behind", async || {
        let mut ada = guest.connect(app.address).await;
        ada.expect("HELLO").await["roomId"] == Value::Null
    })
    .await;
}

#[tokio::test]
async fn joining_at_once_on_coming_back_to_an_ended_game_leads_to_the_next_one() {
    let app = spawn_app(LONG);
    let mut pair = Pair::in_play(&app).await;
    let guest = pair.ada.vanish();
    pair.bob.send("QUIT_GAME", json!({})).await;
    pair.bob.expect("GAME_OVER").await;
    let mut ada = guest.connect(app.address).await;
    ada.send("JOIN_QUEUE", json!({})).await;
    ada.expect("QUEUED").await;
    pair.bob.send("JOIN_QUEUE", json!({})).await;
    let start = pair.bob.expect("GAME_START").await;
    assert_ne!(start["roomId"], pair.start["roomId"]);
    assert_eq!(ada.expect("GAME_START").await["roomId"], start["roomId"]);
}

#[tokio::test]
async fn a_seat_that_stays_empty_loses() {
    let app = spawn_app(&[LONG[0], LONG[1], "--grace-seconds=1"]);
    let mut pair = Pair::in_play(&app).await;
    pair.ada.vanish();
    let over = pair.bob.expect("GAME_OVER").await;
    assert_eq!(over["reason"], "opponent_disconnected");
    assert_eq!(over["winner"], pair.bob.guest.id.as_str());
}
