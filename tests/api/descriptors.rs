//! A server that runs out of file descriptors.

use tokio::time::{Duration, timeout};

use crate::helpers::{data_dir, eventually};
use crate::player::{Guest, Pair};
use crate::process::{Process, after};

const LIMIT: usize = 256;
/// An attempt that is not answered within this is given up, as the browser does.
const GIVEN_UP: Duration = Duration::from_secs(2);

fn open_files(pid: u32) -> usize {
    std::fs::read_dir(format!("/proc/{pid}/fd")).unwrap().count()
}

#[tokio::test]
async fn without_free_descriptors_nobody_new_gets_in_games_go_on_and_it_recovers() {
    let data = data_dir();
    let command = after(&format!("ulimit -n {LIMIT}"), data.path());
    let server = Process::run(command).once_ready().await;
    let mut pair = Pair::at(server.address()).await;
    pair.goes_on().await;
    let guest = Guest::sign_in(server.address(), "Crowd").await;
    let mut crowd = Vec::new();
    // Sockets without a word take descriptors too, until their time is over; these are held longer.
    for _ in 0..2 * LIMIT {
        let socket = tokio::net::TcpStream::connect(server.address()).await.unwrap();
        crowd.push(socket);
        if open_files(server.pid()) >= LIMIT {
            break;
        }
    }
    eventually("all descriptors are taken", async || {
        crowd.push(tokio::net::TcpStream::connect(server.address()).await.unwrap());
        open_files(server.pid()) >= LIMIT
    })
    .await;
    let late = timeout(GIVEN_UP, guest.connect(server.address())).await;
    for _ in 0..3 {
        pair.goes_on().await;
    }
    drop(crowd);
    drop(late);
    eventually("newcomers are served", async || {
        let attempt = async {
            let guest = Guest::sign_in(server.address(), "Newcomer").await;
            guest.connect(server.address()).await.first().await.is_some()
        };
        timeout(GIVEN_UP, attempt).await.unwrap_or(false)
    })
    .await;
    pair.goes_on().await;
    assert!(!server.log().contains("panicked"), "{}", server.log());
}
