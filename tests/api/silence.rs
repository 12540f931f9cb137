//! Clients that say nothing, or hardly anything: they cost little, disturb nobody, and are got rid of.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::helpers::{PATIENCE, data_dir, eventually};
use crate::player::{Guest, Pair};
use crate::process::Process;

const SILENT: usize = 1_000;
/// What a thousand may cost: 64 KiB each, far above what was measured.
const MEMORY_KIB: u64 = 64 * SILENT as u64;

fn resident_kib(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// Its library answers pings, as that of every client does; the player says nothing. Whose first answer
/// is read late, on a busy machine, is asked to come again (1012), and does. Any other end is an end.
async fn say_nothing(
    guest: Guest,
    address: SocketAddr,
    connected: Arc<AtomicUsize>,
) -> Option<u16> {
    loop {
        let mut socket = guest.connect(address).await;
        connected.fetch_add(1, Ordering::Relaxed);
        let code = socket.closed_at_last().await;
        connected.fetch_sub(1, Ordering::Relaxed);
        if code != Some(1012) {
            return code;
        }
    }
}

#[tokio::test]
async fn a_thousand_sockets_that_never_say_anything_cost_little_and_disturb_nobody() {
    let data = data_dir();
    let server = Process::serve(data.path()).await;
    let address = server.address();
    let mut pair = Pair::at(address).await;
    let before = resident_kib(server.pid());
    let mut silent = JoinSet::new();
    let connected = Arc::new(AtomicUsize::new(0));
    for some in 0..SILENT / 50 {
        let guests = (0..50)
            .map(async |n| Guest::sign_in(address, &format!("Silent {}", some * 50 + n)).await);
        for guest in join_all(guests).await {
            silent.spawn(say_nothing(guest, address, connected.clone()));
        }
        pair.goes_on().await;
    }
    eventually("all are connected", async || connected.load(Ordering::Relaxed) >= SILENT).await;
    let closed = silent.try_join_next().map(Result::unwrap);
    assert!(closed.is_none(), "one was closed: {closed:?}");
    let grown = resident_kib(server.pid()).saturating_sub(before);
    assert!(grown < MEMORY_KIB, "{grown} KiB");
    println!("a silent socket costs {} KiB", grown / SILENT as u64);
    silent.abort_all();
    pair.goes_on().await;
}

/// Sends these bytes, and then one more of them each second, until the server answers or closes.
async fn trickle(address: SocketAddr, head: &str) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let mut part = [0; 1024];
    loop {
        match timeout(Duration::from_secs(1), stream.read(&mut part)).await {
            Ok(Ok(0) | Err(_)) => return answer,
            Ok(Ok(length)) => answer.extend_from_slice(&part[..length]),
            // It may have closed in this moment.
            Err(_) => drop(stream.write_all(b"x").await),
        }
    }
}

#[tokio::test]
async fn a_head_that_never_ends_is_given_up_also_after_a_first_request() {
    let data = data_dir();
    let server = Process::serve(data.path()).await;
    let address = server.address();
    let mut pair = Pair::at(address).await;
    let whole = "GET /health/live HTTP/1.1\r\nHost: localhost\r\n";
    let heads = [
        "G".to_owned(),
        "GET /health/live HTTP/1.1\r\nHost: localhost\r\nX: ".to_owned(),
        format!("{whole}\r\nGET /health/live HTTP/1.1\r\nX: "),
    ];
    let slow = join_all(heads.iter().map(|head| timeout(PATIENCE, trickle(address, head))));
    let slow = slow.await;
    for (head, answer) in heads.iter().zip(slow) {
        let answer = answer.unwrap_or_else(|_| panic!("{head:?} is waited for for ever"));
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let is_right = answer.contains(" 408 ") || answer.contains(" 200 ") || answer.is_empty();
        assert!(is_right, "{head:?}: {answer}");
    }
    pair.goes_on().await;
}
