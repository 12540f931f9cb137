//! A wall clock that jumps: game time is not concerned.
//!
//! Needs libfaketime, which most systems package; without it the test says that it was skipped.

use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};

use tokio::time::Instant;

use crate::helpers::data_dir;
use crate::player::{Guest, Pair, TestPlayer};
use crate::process::{Process, program};

const HOUR_MS: u64 = 3_600_000;
/// Less than the jump by far, more than any machine is late.
const SLACK_MS: u64 = 60_000;

fn library() -> Option<PathBuf> {
    let folders = std::fs::read_dir("/usr/lib").ok()?.flatten().map(|entry| entry.path());
    let folders = folders.chain([PathBuf::from("/usr/lib"), PathBuf::from("/usr/local/lib")]);
    folders.map(|folder| folder.join("faketime/libfaketimeMT.so.1")).find(|path| path.exists())
}

/// `None`: the clock jumped between signing in and connecting, and the token is of another time.
async fn server_time(server: &Process) -> Option<u64> {
    let guest = Guest::sign_in(server.address(), "Watch").await;
    let attempt = guest.try_connect(server.address(), Ipv4Addr::LOCALHOST.into()).await;
    let hello = attempt.ok()?.expect("HELLO").await;
    hello["serverTime"].as_u64()
}

/// Sets the clock of the server. It looks at the file again after a second of its own.
async fn jump(server: &Process, file: &Path, to: &str, is_there: impl Fn(u64) -> bool) {
    std::fs::write(file, to).unwrap();
    crate::helpers::eventually("the clock jumps", async || {
        server_time(server).await.is_some_and(&is_there)
    })
    .await;
}

#[tokio::test]
async fn a_wall_clock_that_jumps_an_hour_moves_no_game() {
    let Some(library) = library() else { return eprintln!("SKIPPED: there is no libfaketime") };
    let data = data_dir();
    let file = data.path().join("faketime");
    std::fs::write(&file, "+0").unwrap();
    let mut command = program(data.path());
    command.env_clear().env("LD_PRELOAD", library).env("FAKETIME_TIMESTAMP_FILE", &file);
    command.env("FAKETIME_DONT_FAKE_MONOTONIC", "1").env("FAKETIME_CACHE_DURATION", "1");
    let server = Process::run_as_it_is(command).once_ready().await;
    let began = server_time(&server).await.unwrap();
    let mut pair = Pair::at(server.address()).await;
    let played = Instant::now();
    let mut versions = Vec::new();
    for (to, is_there) in [
        ("+3600", &(|now| now > began + HOUR_MS - SLACK_MS) as &dyn Fn(u64) -> bool),
        ("-3600", &|now| now < began),
        ("+0", &|now| (began..began + HOUR_MS / 2).contains(&now)),
    ] {
        jump(&server, &file, to, is_there).await;
        pair.goes_on().await;
        let update = pair.ada.until("a tick", |kind, _| kind == "UPDATE").await;
        let (game, real) = (update["gameTime"].as_u64().unwrap(), played.elapsed());
        let real = u64::try_from(real.as_millis()).unwrap();
        assert!(game <= real + SLACK_MS, "{game} ms of game in {real} ms, at {to}");
        assert!(game + SLACK_MS >= real, "{game} ms of game in {real} ms, at {to}");
        versions.push(update["version"].as_u64().unwrap());
    }
    assert!(versions.is_sorted(), "{versions:?}");
    let guest = pair.ada.vanish();
    let mut ada = TestPlayer::greeted(guest, server.address()).await;
    assert_eq!(ada.expect("GAME_START").await["ack"], 3);
    // Nobody's session has expired meanwhile, and nobody was found away for an hour.
    pair.bob.until("a tick", |kind, _| kind == "UPDATE").await;
    // The library cleans up behind itself only when the process ends by itself.
    server.signal("TERM").await;
    assert_eq!(server.last_words().await.0, Some(0));
}
