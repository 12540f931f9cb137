//! More than a connection, a player or an address may send.

use std::net::Ipv4Addr;

use serde_json::{Value, json};

use crate::helpers::{LONG, PATIENCE, eventually, spawn_app};
use crate::player::{Pair, TestPlayer};
use crate::raw::{CONTINUE, FIN, HANDSHAKE, PING, RawSocket, TEXT, ask, frame};

#[tokio::test]
async fn a_flood_of_any_kind_is_closed_with_4029_and_neighbours_play_on() {
    let app = spawn_app(LONG);
    let mut neighbours = Pair::in_play(&app).await;
    let click = frame(FIN | TEXT, br#"{"type":"CLICK","payload":{}}"#);
    let mallory = app.guest("Mallory").await;
    for (what, bytes) in [
        ("messages", click.repeat(1_000)),
        ("empty messages", frame(FIN | TEXT, b"").repeat(1_000)),
        ("pings", frame(FIN | PING, b"").repeat(1_000)),
        ("empty fragments", [frame(TEXT, b""), frame(CONTINUE, b"").repeat(1_000)].concat()),
        ("single bytes", [frame(TEXT, b" "), frame(CONTINUE, b" ").repeat(4_095)].concat()),
    ] {
        let mut socket = RawSocket::open(app.address, &mallory.token).await;
        socket.expect("HELLO").await;
        socket.send(&bytes).await;
        // What is unread when it is closed may make the kernel cut it off before the code is seen.
        let code = socket.close_code().await;
        assert!(matches!(code, Some(4029) | None), "{what}: {code:?}");
        neighbours.goes_on().await;
    }
    let mut socket = RawSocket::open(app.address, &mallory.token).await;
    socket.expect("HELLO").await;
    socket.send(&click.repeat(70)).await;
    assert_eq!(socket.close_code().await, Some(4029), "a short flood sees the code");
    neighbours.goes_on().await;
}

#[tokio::test]
async fn a_player_who_floods_keeps_the_seat_and_what_was_acknowledged() {
    let app = spawn_app(LONG);
    let mut pair = Pair::in_play(&app).await;
    pair.ada.click_safely(1).await;
    let guest = pair.ada.guest.clone();
    let mut flood = RawSocket::open(app.address, &guest.token).await;
    flood.expect("GAME_START").await;
    flood.send(&frame(FIN | TEXT, b"{}").repeat(100)).await;
    flood.close_code().await;
    let mut ada = TestPlayer::greeted(guest, app.address).await;
    assert_eq!(ada.expect("GAME_START").await["ack"], 1);
    ada.click_safely(2).await;
}

fn is_game_or_error(kind: &str, _: &Value) -> bool {
    matches!(kind, "GAME_START" | "ERROR")
}

#[tokio::test]
async fn who_gives_up_one_game_after_the_other_soon_has_to_wait_for_the_next_and_others_have_not() {
    let app = spawn_app(LONG);
    let mut ada = TestPlayer::new(&app, "Ada").await;
    let mut begun = 0;
    let refusal = loop {
        ada.send("PRACTICE", json!({})).await;
        let answer = ada.until("a game, or why not", is_game_or_error).await;
        if answer["roomId"].is_null() {
            break answer;
        }
        begun += 1;
        assert!(begun < 100, "there is no end to it");
        ada.send("QUIT_GAME", json!({})).await;
        ada.until("its end", |kind, _| kind == "GAME_OVER").await;
    };
    assert!(begun >= 20, "only {begun}");
    assert_eq!(refusal["code"], "queue_unavailable", "a page asks again by itself");
    let mut bob = TestPlayer::new(&app, "Bob").await;
    bob.send("PRACTICE", json!({})).await;
    bob.expect("GAME_START").await;
    let once_more = async {
        loop {
            ada.send("PRACTICE", json!({})).await;
            let answer = ada.until("a game, or why not", is_game_or_error).await;
            if answer["roomId"].is_string() {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        }
    };
    tokio::time::timeout(PATIENCE, once_more).await.expect("she may play again");
}

#[tokio::test]
async fn of_a_hundred_connections_of_one_player_the_last_is_left() {
    let app = spawn_app(&[LONG[0], LONG[1], "--max-connections-per-address=50"]);
    let mut neighbours = Pair::in_play(&app).await;
    let ada = app.guest("Ada").await;
    let mut last = TestPlayer::greeted(ada.clone(), app.address).await;
    for i in 1..100_u8 {
        let from = Ipv4Addr::new(127, 0, 0, i);
        let mut next = ada.try_connect(app.address, from.into()).await.unwrap();
        next.expect("HELLO").await;
        assert_eq!(last.closed().await, Some(4002), "connection {i}");
        last = next;
    }
    last.send("JOIN_QUEUE", json!({})).await;
    last.expect("QUEUED").await;
    neighbours.goes_on().await;
}

#[tokio::test]
async fn of_a_hundred_connections_at_once_exactly_one_is_left() {
    let app = spawn_app(LONG);
    let ada = app.guest("Ada").await;
    let mut sockets = Vec::new();
    for _ in 0..100 {
        sockets.push(ada.connect(app.address).await);
    }
    let mut all: tokio::task::JoinSet<Option<u16>> = tokio::task::JoinSet::new();
    for mut socket in sockets {
        all.spawn(async move { socket.closed_at_last().await });
    }
    for _ in 0..99 {
        let closed = tokio::time::timeout(PATIENCE, all.join_next()).await;
        let code = closed.expect("too many stay").unwrap().unwrap();
        // On a slow machine some have been given up before they could be replaced.
        assert!(matches!(code, Some(4002 | 1012)), "{code:?}");
    }
    let mut bob = TestPlayer::new(&app, "Bob").await;
    bob.send("JOIN_QUEUE", json!({})).await;
    bob.expect("QUEUED").await;
    assert!(all.try_join_next().is_none(), "the last one stays");
}

#[tokio::test]
async fn the_fifty_first_connection_of_an_address_is_refused_whatever_it_says_of_itself() {
    let app = spawn_app(&[LONG[0], LONG[1], "--max-connections-per-address=50"]);
    let mut neighbours = Pair::in_play(&app).await;
    let from = Ipv4Addr::new(127, 0, 0, 7).into();
    let mut held = Vec::new();
    for _ in 0..50 {
        let guest = app.guest("Ada").await;
        let mut socket = guest.try_connect(app.address, from).await.unwrap();
        // Who does not even answer the first ping is cut off.
        socket.expect("HELLO").await;
        held.push(socket);
    }
    let late = app.guest("Late").await;
    assert_eq!(late.try_connect(app.address, from).await.err(), Some(429));
    let elsewhere = Ipv4Addr::new(127, 0, 0, 8).into();
    assert!(late.try_connect(app.address, elsewhere).await.is_ok(), "others are not concerned");
    for forged in ["X-Forwarded-For: 1.2.3.4", "Forwarded: for=1.2.3.4", "X-Real-IP: 1.2.3.4"] {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.bind((Ipv4Addr::new(127, 0, 0, 7), 0).into()).unwrap();
        let socket = socket.connect(app.address).await.unwrap();
        let headers = format!("{HANDSHAKE}{forged}\r\nAuthorization: Bearer {}\r\n", late.token);
        assert_eq!(crate::raw::ask_on(socket, &headers).await.status, 429, "{forged}");
    }
    neighbours.goes_on().await;
    held.pop().unwrap().vanish();
    eventually("a place comes free", async || late.try_connect(app.address, from).await.is_ok())
        .await;
    assert_eq!(ask(app.address, HANDSHAKE).await.status, 401);
}
