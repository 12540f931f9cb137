//! Clients that do not read: what they cost, and that they are gone in the end.

use std::net::{Ipv4Addr, SocketAddr};

use tokio::io::AsyncWriteExt;
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{Duration, Instant, interval};

use crate::helpers::data_dir;
use crate::player::{Guest, Pair};
use crate::process::Process;
use crate::raw::{FIN, HANDSHAKE, PONG, TEXT, ask_on, frame};

const CLIENTS: usize = 50;
const RECEIVE_BUFFER: u32 = 4_096;
/// Below what a connection may send, so that it is not for flooding that they are cut off.
const CLICK_EVERY: Duration = Duration::from_millis(50);
/// The server cuts one off after ten seconds without reading; filling the buffers comes before it.
const GONE_WITHIN: Duration = Duration::from_secs(60);
/// Far more than bounded buffers need, far less than unbounded ones take in this time.
const MEMORY_KIB: u64 = 48 * 1024;

fn resident_kib(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// Joins a game and clicks without ever reading, until the server has cut it off.
async fn click_blindly(mut socket: TcpStream) {
    let click = frame(FIN | TEXT, br#"{"type":"CLICK","payload":{}}"#);
    // Before anything else, that somebody is there: the server asks for it with a ping.
    let here = frame(FIN | PONG, b"");
    let join = frame(FIN | TEXT, br#"{"type":"JOIN_QUEUE","payload":{}}"#);
    let mut next = [here, join].concat();
    let mut clicks = interval(CLICK_EVERY);
    loop {
        clicks.tick().await;
        // Once the server reads no more, this waits until the connection is cut.
        if socket.write_all(&next).await.is_err() {
            return;
        }
        next.clone_from(&click);
    }
}

async fn open(address: SocketAddr) -> TcpStream {
    let guest = Guest::sign_in(address, "Sleeper").await;
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(RECEIVE_BUFFER).unwrap();
    socket.bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
    let socket = socket.connect(address).await.unwrap();
    socket.set_nodelay(true).unwrap();
    let bearer = format!("{HANDSHAKE}Authorization: Bearer {}\r\n", guest.token);
    let answer = ask_on(socket, &bearer).await;
    assert_eq!(answer.status, 101);
    answer.socket
}

#[tokio::test]
async fn clients_that_never_read_are_cut_off_cost_little_and_disturb_nobody() {
    let data = data_dir();
    let server = Process::serve(data.path()).await;
    let mut neighbours = Pair::at(server.address()).await;
    neighbours.goes_on().await;
    let before = resident_kib(server.pid());
    let mut sleepers = JoinSet::new();
    for _ in 0..CLIENTS {
        sleepers.spawn(click_blindly(open(server.address()).await));
    }
    let end = Instant::now() + GONE_WITHIN;
    let mut most = before;
    while !sleepers.is_empty() {
        assert!(Instant::now() < end, "{} of {CLIENTS} are still there", sleepers.len());
        while sleepers.try_join_next().is_some() {}
        neighbours.goes_on().await;
        most = most.max(resident_kib(server.pid()));
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert!(most - before < MEMORY_KIB, "from {before} to {most} KiB for {CLIENTS} clients");
    neighbours.goes_on().await;
}
