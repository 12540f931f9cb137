//! Requests that no honest client sends, byte for byte.

use std::io::{Read, Write};
use std::time::Duration;

use super::ask::{connect, send};
use super::{ServeOptions, TestServer};

#[test]
fn malformed_heads_are_refused() {
    let server = TestServer::start();
    let long = "x".repeat(200 * 1024);
    let many: String = (0..200).map(|i| format!("X-{i}: 1\r\n")).collect();
    let table: &[(&str, String, u16)] = &[
        ("no Host", "GET /api/config HTTP/1.1\r\n\r\n".into(), 400),
        ("two Hosts", "GET /api/config HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n".into(), 400),
        (
            "length and chunks",
            "POST /api/auth/guest HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\
             Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
                .into(),
            400,
        ),
        (
            "two lengths",
            "POST /api/auth/guest HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\
             Content-Length: 6\r\n\r\nhello"
                .into(),
            400,
        ),
        (
            "a negative length",
            "POST /api/auth/guest HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n".into(),
            400,
        ),
        ("a huge header", format!("GET / HTTP/1.1\r\nHost: a\r\nX: {long}\r\n\r\n"), 431),
        ("many headers", format!("GET / HTTP/1.1\r\nHost: a\r\n{many}\r\n"), 431),
        ("a folded header", "GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n".into(), 400),
        ("a space before the colon", "GET / HTTP/1.1\r\nHost : a\r\n\r\n".into(), 400),
        ("no HTTP", "HELO there\r\n\r\n".into(), 400),
        ("HTTP/2 by prior knowledge", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".into(), 400),
    ];
    for (what, bytes, expected) in table {
        let answer = send(server.address, bytes.as_bytes());
        assert_eq!(answer.status, *expected, "{what}: {answer:?}");
    }
    assert_eq!(server.get("/health/live").status, 200, "the server lives on");
}

#[test]
fn half_a_head_and_then_silence_is_answered_408_and_closed() {
    let options =
        ServeOptions { request_timeout: Duration::from_secs(1), ..ServeOptions::default() };
    let server = TestServer::with(&[], &options);
    for bytes in ["", "GET", "GET /api/config HTTP/1.1\r\nHost: loc"] {
        let answer = send(server.address, bytes.as_bytes());
        assert_eq!(answer.status, 408, "{bytes:?}: {answer:?}");
    }
}

#[test]
fn requests_on_one_connection_are_answered_in_order() {
    let server = TestServer::start();
    let mut stream = connect(server.address);
    let request = |path: &str, more: &str| format!("GET {path} HTTP/1.1\r\nHost: a\r\n{more}\r\n");
    let both = request("/health/live", "") + &request("/health/ready", "Connection: close\r\n");
    stream.write_all(both.as_bytes()).unwrap();
    let mut answers = String::new();
    stream.read_to_string(&mut answers).unwrap();
    let (live, ready) = (answers.find("live\n").unwrap(), answers.find("ready\n").unwrap());
    assert!(live < ready && answers.matches("HTTP/1.1 200").count() == 2, "{answers}");
}

#[test]
fn addresses_with_tricks_find_no_file() {
    let folder = tempfile::tempdir().unwrap();
    super::export(&folder.path().join("out"));
    std::fs::write(folder.path().join("outside.txt"), "outside").unwrap();
    let web_dir = format!("--web-dir={}", folder.path().join("out").display());
    let server = TestServer::with(&[&web_dir], &ServeOptions::default());
    for path in [
        "/../outside.txt",
        "/%2e%2e/outside.txt",
        "/..%2foutside.txt",
        "/play/../../outside.txt",
        "/play/..%5c..%5coutside.txt",
        "/.secret",
        "/play/%00",
        "//play",
        "//evil.example/..",
        "/outside.txt",
    ] {
        let answer = server.get(path);
        assert!(matches!(answer.status, 400 | 404), "{path}: {answer:?}");
        assert!(!answer.body.contains("outside") && !answer.body.contains("hidden"), "{path}");
    }
}
