//! How often one may ask, and which connections are kept.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::ask::{ask, connect};
use super::{ServeOptions, TestServer};

const HOST: &str = "Host: localhost:1\r\n";

/// An address may hold one socket: so 8 requests at once, and two sign-ins.
fn strict(more: &[&str]) -> TestServer {
    let options: Vec<_> =
        ["--max-connections-per-address=1"].into_iter().chain(more.iter().copied()).collect();
    TestServer::with(&options, &ServeOptions::default())
}

fn statuses(times: usize, ask: impl Fn() -> u16) -> Vec<u16> {
    (0..times).map(|_| ask()).collect()
}

#[test]
fn an_address_that_asks_too_often_is_told_when_to_come_back_and_others_are_served() {
    let server = strict(&["--trusted-proxies=127.0.0.1"]);
    let from = |address: &str| {
        server.ask(&format!("GET /api/config HTTP/1.1\r\n{HOST}X-Forwarded-For: {address}\r\n"))
    };
    let answers = statuses(40, || from("192.0.2.1").status);
    assert!(answers[..8].iter().all(|status| *status == 200), "{answers:?}");
    assert!(answers.contains(&429), "{answers:?}");
    let refused = (0..40).map(|_| from("192.0.2.1")).find(|answer| answer.status == 429).unwrap();
    assert!(refused.problem(429).contains("wait"));
    assert_eq!(refused.header("retry-after"), "1");
    assert_eq!(refused.header("x-content-type-options"), "nosniff");
    assert_eq!(from("192.0.2.2").status, 200);
    assert_ne!(server.get("/").status, 429, "pages are files, and are not counted");
}

#[test]
fn an_address_that_opens_websockets_too_often_has_to_wait_and_is_served_otherwise() {
    let server = strict(&["--trusted-proxies=127.0.0.1"]);
    let from = |path: &str, address: &str| {
        server.ask(&format!("GET {path} HTTP/1.1\r\n{HOST}X-Forwarded-For: {address}\r\n")).status
    };
    let began = Instant::now();
    let answers = statuses(60, || from("/ws", "192.0.2.1"));
    assert!(began.elapsed() > Duration::from_millis(400), "each waits longer than the one before");
    assert_eq!(answers[..8], [401; 8], "they are counted before anybody is known");
    assert!(answers.contains(&429), "{answers:?}");
    assert_eq!(from("/ws", "192.0.2.2"), 401);
    assert_eq!(from("/api/config", "192.0.2.1"), 200);
}

#[test]
fn an_address_counts_however_it_is_written() {
    for path in ["/%61pi/config", "/ap%69/config"] {
        let server = strict(&[]);
        let refused_after = (0..60).find_map(|_| {
            let asked = Instant::now();
            (server.get(path).status == 429).then(|| asked.elapsed())
        });
        let waited = refused_after.expect(path);
        assert!(waited >= Duration::from_millis(500), "{path}: who is refused waits, too");
    }
}

/// The status, if it comes within a time.
fn status_within(stream: &mut TcpStream, patience: Duration) -> Option<u16> {
    stream.set_read_timeout(Some(patience.max(Duration::from_millis(1)))).unwrap();
    let mut line = [0; 12];
    stream.read_exact(&mut line).ok()?;
    std::str::from_utf8(&line).unwrap().strip_prefix("HTTP/1.1 ")?.parse().ok()
}

#[test]
fn as_many_of_an_address_as_may_have_a_websocket_wait_for_long_when_they_ask_too_often() {
    let server = strict(&[]);
    let began = Instant::now();
    let mut streams: Vec<TcpStream> = (0..20)
        .map(|number| {
            let path = ["/ws", "/%77s"][number % 2];
            let mut stream = connect(server.address);
            stream.write_all(format!("GET {path} HTTP/1.1\r\n{HOST}\r\n").as_bytes()).unwrap();
            stream
        })
        .collect();
    let mut answers = vec![None; streams.len()];
    // Nobody is refused before 1.5 s. Those that are not held wait for 4.5 s at most, those that are for 10.
    for until in [1_400, 9_000].map(Duration::from_millis) {
        for (stream, answer) in streams.iter_mut().zip(&mut answers).filter(|(_, a)| a.is_none()) {
            *answer = status_within(stream, until.saturating_sub(began.elapsed()));
            let is_late = began.elapsed() >= Duration::from_millis(1_500);
            assert!(*answer != Some(429) || is_late, "who is refused waits, too");
        }
    }
    let count = |status| answers.iter().filter(|answer| **answer == status).count();
    assert_eq!(count(None), 1, "one WebSocket is allowed, so one is held: {answers:?}");
    assert!(count(Some(401)) >= 8 && count(Some(429)) >= 5, "{answers:?}");
    assert_eq!(count(None) + count(Some(401)) + count(Some(429)), 20, "{answers:?}");
}

#[test]
fn an_address_gets_a_few_sessions_at_once() {
    let server = strict(&[]);
    let head = format!("POST /api/auth/guest HTTP/1.1\r\n{HOST}Content-Type: application/json\r\n");
    let answers = statuses(5, || ask(server.address, &head, r#"{"name": "Ada"}"#).status);
    assert_eq!(answers[..2], [201, 201]);
    assert!(answers.contains(&429), "{answers:?}");
}

#[test]
fn a_player_who_asks_too_often_has_to_wait_wherever_from() {
    let server = TestServer::start();
    let ((_, ada), (_, ben)) = (server.token("Ada"), server.token("Ben"));
    let me = |token: &str| {
        server.ask(&format!("GET /api/me HTTP/1.1\r\n{HOST}Authorization: Bearer {token}\r\n"))
    };
    assert_eq!(statuses(160, || me(&ada).status), [200; 160]);
    assert!((0..240).any(|_| me(&ada).status == 429));
    assert_eq!(me(&ben).status, 200);
}

/// The header, and whether a second request on the connection is answered.
fn second_request(server: &TestServer) -> (String, bool) {
    use std::io::{Read, Write};
    let mut stream = connect(server.address);
    let request = format!("GET /health/live HTTP/1.1\r\n{HOST}\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut read = [0; 4096];
    let length = stream.read(&mut read).unwrap();
    let first = String::from_utf8_lossy(&read[..length]).to_lowercase();
    let _ = stream.write_all(request.as_bytes());
    let is_answered = stream.read(&mut read).is_ok_and(|length| length > 0);
    (first, is_answered)
}

#[test]
fn the_connections_of_proxies_alone_are_kept() {
    // Only the first head of a connection has a deadline.
    let (first, is_answered) = second_request(&TestServer::start());
    assert!(first.contains("connection: close") && !is_answered, "{first}");
    let proxied = TestServer::with(&["--trusted-proxies=127.0.0.1"], &ServeOptions::default());
    let (first, is_answered) = second_request(&proxied);
    assert!(!first.contains("connection: close") && is_answered, "{first}");
}
