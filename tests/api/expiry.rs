//! Sessions that end while their connection is open.

use crate::helpers::{LONG, spawn_app};
use crate::player::{Pair, TestPlayer, post_empty};
use crate::tokens::{Forge, now};

#[tokio::test]
async fn a_connection_is_closed_with_4001_when_its_session_expires() {
    let app = spawn_app(LONG);
    let forge = Forge::of(&app).await;
    let mut neighbours = Pair::in_play(&app).await;
    let mut short = TestPlayer::greeted(forge.guest_until(now() + 3), app.address).await;
    let mut longer = TestPlayer::greeted(forge.guest_until(now() + 600), app.address).await;
    assert_eq!(short.closed().await, Some(4001));
    neighbours.goes_on().await;
    longer.send("LEAVE_QUEUE", serde_json::json!({})).await;
    longer.expect("QUEUE_LEFT").await;
}

#[tokio::test]
async fn the_game_of_a_session_that_expires_goes_on_for_who_signs_in_again() {
    let app = spawn_app(LONG);
    let forge = Forge::of(&app).await;
    let end = now() + 4;
    let guest = forge.guest_until(end);
    let mut ada = TestPlayer::greeted(guest.clone(), app.address).await;
    let mut bob = TestPlayer::new(&app, "Bob").await;
    for player in [&mut ada, &mut bob] {
        player.send("JOIN_QUEUE", serde_json::json!({})).await;
    }
    ada.expect("GAME_START").await;
    ada.click_safely(1).await;
    assert_eq!(ada.closed().await, Some(4001));
    let renewed = forge.renewed(&guest, end + 600);
    let mut ada = TestPlayer::greeted(renewed, app.address).await;
    assert_eq!(ada.expect("GAME_START").await["ack"], 1);
    ada.click_safely(2).await;
}

#[tokio::test]
async fn a_session_that_never_ends_in_practice_is_no_trouble() {
    let app = spawn_app(LONG);
    let forge = Forge::of(&app).await;
    for end in [now() + 100 * 365 * 24 * 3600, 253_402_300_799] {
        let mut ada = TestPlayer::greeted(forge.guest_until(end), app.address).await;
        ada.send("LEAVE_QUEUE", serde_json::json!({})).await;
        ada.expect("QUEUE_LEFT").await;
    }
}

#[tokio::test]
async fn whoever_signs_out_is_closed_with_4001_and_not_let_in_again() {
    let app = spawn_app(LONG);
    let mut neighbours = Pair::in_play(&app).await;
    let guest = app.guest("Ada").await;
    let mut ada = TestPlayer::greeted(guest.clone(), app.address).await;
    let out = post_empty(app.address, "/api/auth/logout", &guest.token).await;
    assert_eq!(out, 204);
    assert_eq!(ada.closed().await, Some(4001));
    let again = guest.try_connect(app.address, std::net::Ipv4Addr::LOCALHOST.into()).await;
    assert_eq!(again.err(), Some(401));
    neighbours.goes_on().await;
}
