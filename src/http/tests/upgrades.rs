//! `GET /ws`: who is let in, and in which order the others are turned away.

use std::sync::atomic::Ordering;

use super::ask::open;
use super::{ServeOptions, TestServer};
use crate::telemetry::Outcome;

const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";

/// The headers of a good handshake.
fn handshake() -> String {
    format!(
        "Upgrade: websocket\r\nConnection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Key: {KEY}\r\n"
    )
}

fn head(headers: &str) -> String {
    format!("GET /ws HTTP/1.1\r\nHost: localhost:1\r\n{headers}")
}

fn bearer(server: &TestServer) -> String {
    format!("Authorization: Bearer {}\r\n", server.token("Ada").1)
}

fn status(server: &TestServer, headers: &str) -> u16 {
    open(server.address, &head(headers)).1.status
}

fn counted(server: &TestServer, outcome: &'static str) -> u64 {
    server.metrics.upgrades.get_or_create(&Outcome { outcome }).get()
}

#[test]
fn a_program_with_a_token_is_let_in_as_the_player_of_the_token() {
    let server = TestServer::start();
    let (id, token) = server.token("Ada");
    let headers = format!("{}Authorization: Bearer {token}\r\n", handshake());
    let (_stream, answer) = open(server.address, &head(&headers));
    assert_eq!(answer.status, 101, "{answer:?}");
    let sessions = server.sessions.lock().unwrap();
    assert_eq!((sessions[0].id, sessions[0].name.as_str()), (id, "Ada"));
    assert_eq!(counted(&server, "taken"), 1);
}

#[test]
fn a_cookie_needs_our_origin_beside_it_and_a_token_must_not_have_another() {
    let server = TestServer::start();
    let token = server.token("Ada").1;
    let cookie = format!("Cookie: session={token}\r\n");
    let bearer = format!("Authorization: Bearer {token}\r\n");
    let table = [
        (&cookie, None, 403),
        (&bearer, None, 101),
        (&cookie, Some("http://localhost:1"), 101),
        (&bearer, Some("http://localhost:1"), 101),
        (&cookie, Some("http://127.0.0.1:1"), 101),
        (&cookie, Some("http://[::1]:1"), 101),
        (&cookie, Some("https://localhost:1"), 403),
        (&cookie, Some("http://localhost:2"), 403),
        (&cookie, Some("http://localhost"), 403),
        (&cookie, Some("http://localhost:1/"), 403),
        (&cookie, Some("http://localhost:1.evil.example"), 403),
        (&cookie, Some("http://evil.example"), 403),
        (&bearer, Some("http://evil.example"), 403),
        (&cookie, Some("null"), 403),
        (&bearer, Some("null"), 403),
    ];
    for (session, origin, expected) in table {
        let origin = origin.map(|origin| format!("Origin: {origin}\r\n")).unwrap_or_default();
        let got = status(&server, &format!("{}{session}{origin}", handshake()));
        assert_eq!(got, expected, "{origin} {}", &session[..8]);
    }
    let twice = "Origin: http://localhost:1\r\nOrigin: http://evil.example\r\n";
    assert_eq!(status(&server, &format!("{}{cookie}{twice}", handshake())), 403);
}

#[test]
fn on_a_public_host_no_other_name_of_the_machine_counts() {
    let server = TestServer::with(&["--public-url=https://game.example"], &ServeOptions::default());
    let cookie = format!("{}Cookie: __Host-session={}\r\n", handshake(), server.token("Ada").1);
    let from = |origin: &str| status(&server, &format!("{cookie}Origin: {origin}\r\n"));
    assert_eq!(from("https://game.example"), 101);
    for origin in ["http://game.example", "https://localhost", "https://game.example.evil.com"] {
        assert_eq!(from(origin), 403, "{origin}");
    }
}

#[test]
fn nobody_gets_in_without_a_session() {
    let server = TestServer::start();
    for session in ["", "Authorization: Bearer x.y.z\r\n", "Cookie: session=\r\n"] {
        let (_, answer) = open(server.address, &head(&format!("{}{session}", handshake())));
        answer.problem(401);
    }
    let in_url = format!("GET /ws?token={} HTTP/1.1\r\nHost: localhost:1\r\n", server.token("A").1);
    server.ask(&in_url).problem(401);
    assert_eq!(counted(&server, "unauthenticated"), 4);
    assert!(server.sessions.lock().unwrap().is_empty());
}

#[test]
fn what_is_no_websocket_handshake_is_told_so() {
    let server = TestServer::start();
    let session = bearer(&server);
    let good = handshake();
    let table = [
        ("Upgrade: websocket", "Upgrade: h2c", 426),
        ("Upgrade: websocket\r\n", "", 426),
        ("keep-alive, Upgrade", "keep-alive", 426),
        ("Version: 13", "Version: 12", 426),
        ("Version: 13", "Version: 13, 8", 426),
        ("Sec-WebSocket-Version: 13\r\n", "", 426),
        (KEY, "abc", 400),
        (KEY, "dGhlIHNhbXBsZSBub25jZTE=", 400),
        ("Sec-WebSocket-Key: ", "X-Key: ", 400),
    ];
    for (from, to, expected) in table {
        let headers = format!("{session}{}", good.replace(from, to));
        let (_, answer) = open(server.address, &head(&headers));
        assert_eq!(answer.status, expected, "{from:?} -> {to:?}");
        if expected == 426 {
            let told = [answer.header("sec-websocket-version"), answer.header("upgrade")];
            assert!(told == ["13", ""] || told == ["", "websocket"], "{answer:?}");
        }
    }
    assert_eq!(counted(&server, "handshake"), 9);
}

#[test]
fn only_get_opens_a_websocket() {
    let server = TestServer::start();
    for method in ["POST", "PUT", "OPTIONS"] {
        let head = head(&format!("{}{}", bearer(&server), handshake()));
        let (_, answer) = open(server.address, &head.replacen("GET", method, 1));
        answer.problem(405);
        assert_eq!(answer.header("allow"), "GET");
    }
}

#[test]
fn a_server_that_takes_no_players_says_so_before_it_asks_who_it_is() {
    let server = TestServer::start();
    server.readiness.set(false);
    let answer = server.get("/ws");
    answer.problem(503);
    assert_eq!(answer.header("retry-after"), "2");
    server.readiness.set(true);
    server.get("/ws").problem(401);
}

#[test]
fn an_address_gets_so_many_connections_and_a_place_back_when_one_closes() {
    let options = ServeOptions::default();
    let server = TestServer::with(&["--max-connections-per-address=2"], &options);
    let headers = format!("{}{}", bearer(&server), handshake());
    let first = open(server.address, &head(&headers));
    let second = open(server.address, &head(&headers));
    assert_eq!((first.1.status, second.1.status), (101, 101));
    let (_, third) = open(server.address, &head(&headers));
    assert_eq!(third.status, 429);
    assert_eq!(third.header("retry-after"), "30");
    drop(first);
    let came_free = (0..2000).any(|_| {
        let (_, answer) = open(server.address, &head(&headers));
        answer.status == 101
    });
    assert!(came_free, "the place was not given back");
}

#[test]
fn an_attempt_that_fails_keeps_no_place() {
    let server = TestServer::with(&["--max-connections-per-address=1"], &ServeOptions::default());
    let session = bearer(&server);
    for _ in 0..3 {
        let bad = handshake().replace(KEY, "abc");
        assert_eq!(status(&server, &format!("{session}{bad}")), 400);
    }
    assert_eq!(status(&server, &format!("{session}{}", handshake())), 101);
}

#[test]
fn behind_a_trusted_proxy_places_belong_to_the_clients_it_names() {
    let args = ["--max-connections-per-address=1", "--trusted-proxies=127.0.0.1"];
    let server = TestServer::with(&args, &ServeOptions::default());
    let from = |forwarded: &str| {
        let headers = format!("X-Forwarded-For: {forwarded}\r\n{}", bearer(&server));
        open(server.address, &head(&format!("{headers}{}", handshake())))
    };
    let first = from("198.51.100.1");
    assert_eq!(first.1.status, 101);
    assert_eq!(from("1.2.3.4, 198.51.100.1").1.status, 429, "what the client made up is ignored");
    assert_eq!(from("198.51.100.2").1.status, 101);
}

#[test]
fn without_a_trusted_proxy_a_forged_header_gets_nobody_a_place() {
    let server = TestServer::with(&["--max-connections-per-address=1"], &ServeOptions::default());
    let from = |forwarded: &str| {
        let headers = format!("X-Forwarded-For: {forwarded}\r\n{}", bearer(&server));
        open(server.address, &head(&format!("{headers}{}", handshake())))
    };
    let first = from("198.51.100.1");
    assert_eq!(first.1.status, 101);
    assert_eq!(from("198.51.100.2").1.status, 429);
}

#[test]
fn compression_is_not_negotiated() {
    let server = TestServer::start();
    let offer = "Sec-WebSocket-Extensions: permessage-deflate\r\n";
    let headers = format!("{}{}{offer}", bearer(&server), handshake());
    let (_, answer) = open(server.address, &head(&headers));
    assert_eq!(answer.status, 101);
    assert_eq!(answer.header("sec-websocket-extensions"), "");
}

#[test]
fn an_address_may_hold_twice_as_many_over_all_pods_as_at_one() {
    let server = TestServer::with(&["--max-connections-per-address=3"], &ServeOptions::default());
    let enter = || {
        let (stream, answer) = open(server.address, &head(&(handshake() + &bearer(&server))));
        (stream, answer.status)
    };
    let first = enter();
    assert_eq!(first.1, 101);
    server.results.elsewhere.store(5, Ordering::Relaxed);
    let refused = enter();
    assert_eq!((refused.1, counted(&server, "address")), (429, 1), "two here and five elsewhere");
    server.results.elsewhere.store(4, Ordering::Relaxed);
    assert_eq!(enter().1, 101, "the refused one has given its place back");
    // Whoever has lost a pod must get in, also when nobody can tell who is where.
    server.results.elsewhere.store(100, Ordering::Relaxed);
    server.results.is_away.store(true, Ordering::Relaxed);
    assert_eq!(enter().1, 101);
}
