//! Servers that are told to stop, and those that go on where they stopped.

use serde_json::json;

use crate::helpers::{data_dir, eventually};
use crate::player::{Pair, TestPlayer, get};
use crate::process::{Process, program};

#[tokio::test]
async fn a_server_that_is_told_to_stop_closes_with_1012_and_its_games_go_on_after_a_restart() {
    let data = data_dir();
    let server = Process::serve(data.path()).await;
    let mut pairs = Vec::new();
    for _ in 0..3 {
        pairs.push(Pair::at(server.address()).await);
    }
    for (pair, clicks) in pairs.iter_mut().zip([3, 5, 7]) {
        for n in 1..=clicks {
            pair.ada.click_safely(n).await;
        }
    }
    server.signal("TERM").await;
    for pair in &mut pairs {
        assert_eq!(pair.ada.closed().await, Some(1012));
        assert_eq!(pair.bob.closed().await, Some(1012));
    }
    let (code, log) = server.last_words().await;
    assert_eq!(code, Some(0), "{log}");
    assert!(log.contains("every game is safe"), "{log}");

    let server = Process::serve(data.path()).await;
    for (pair, clicks) in pairs.into_iter().zip([3, 5, 7]) {
        let room = pair.room().to_owned();
        let mut ada = TestPlayer::greeted(pair.ada.vanish(), server.address()).await;
        let mut bob = TestPlayer::greeted(pair.bob.vanish(), server.address()).await;
        let start = ada.expect("GAME_START").await;
        assert_eq!((&start["roomId"], &start["ack"]), (&json!(room), &json!(clicks)));
        assert_eq!(start["resumed"], true);
        let update = ada.click_safely(clicks + 1).await;
        let points = update["p1Score"].as_u64().unwrap() + update["p2Score"].as_u64().unwrap();
        assert_eq!(points, u64::from(clicks) + 1);
        assert_eq!(bob.expect("GAME_START").await["ack"], 0);
    }
}

#[tokio::test]
async fn who_waits_in_the_queue_is_closed_with_1012_as_well() {
    let data = data_dir();
    let server = Process::serve(data.path()).await;
    let guest = crate::player::Guest::sign_in(server.address(), "Ada").await;
    let mut ada = TestPlayer::greeted(guest, server.address()).await;
    ada.send("JOIN_QUEUE", json!({})).await;
    ada.expect("QUEUED").await;
    server.signal("INT").await;
    assert_eq!(ada.closed().await, Some(1012));
    assert_eq!(server.last_words().await.0, Some(0));
}

#[tokio::test]
async fn while_it_waits_for_the_balancer_games_go_on_and_a_second_signal_ends_it_at_once() {
    let data = data_dir();
    let mut command = program(data.path());
    command.arg("--drain-delay=600");
    let server = Process::run(command).once_ready().await;
    let mut pair = Pair::at(server.address()).await;
    pair.goes_on().await;
    server.signal("TERM").await;
    eventually("not ready", async || get(server.address(), "/health/ready", None).await.0 == 503)
        .await;
    assert_eq!(get(server.address(), "/health/live", None).await.0, 200);
    let late = crate::player::Guest::sign_in(server.address(), "Late").await;
    let from = std::net::Ipv4Addr::LOCALHOST.into();
    assert_eq!(late.try_connect(server.address(), from).await.err(), Some(503));
    pair.goes_on().await;
    server.signal("TERM").await;
    let (code, log) = server.last_words().await;
    assert_eq!(code, Some(1), "{log}");
    assert_eq!(pair.ada.closed().await, None, "there was no time for a goodbye");

    let server = Process::serve(data.path()).await;
    let mut ada = TestPlayer::greeted(pair.ada.vanish(), server.address()).await;
    assert_eq!(ada.expect("GAME_START").await["ack"], 2, "what was acknowledged is kept");
}
