//! A disk that is full, and files that are damaged.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use rusqlite::Connection;
use serde_json::json;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

use crate::helpers::{PATIENCE, data_dir, eventually};
use crate::player::{Guest, Pair, TestPlayer};
use crate::process::{Process, after_mounting, program};

#[tokio::test]
async fn damaged_databases_are_named_and_left_as_they_are() {
    for name in ["rooms.sqlite3", "results.sqlite3"] {
        let data = data_dir();
        let path = data.path().join(name);
        let garbage = b"this is no database at all, but it may be somebody's\n".repeat(100);
        fs::write(&path, &garbage).unwrap();
        let (code, log) = Process::run(program(data.path())).last_words().await;
        assert_eq!(code, Some(1), "{log}");
        assert!(log.contains(&path.display().to_string()), "{log}");
        assert!(log.contains("not a database") && !log.contains("panicked"), "{log}");
        assert_eq!(fs::read(&path).unwrap(), garbage);
    }
}

#[tokio::test]
async fn a_damaged_session_key_is_named_and_left_as_it_is() {
    let data = data_dir();
    let path = data.path().join("session-key.pem");
    fs::write(&path, "-----BEGIN PRIVATE KEY-----\nnonsense\n-----END PRIVATE KEY-----\n").unwrap();
    let (code, log) = Process::run(program(data.path())).last_words().await;
    assert_eq!(code, Some(1), "{log}");
    assert!(log.contains(&path.display().to_string()) && !log.contains("panicked"), "{log}");
    assert!(fs::read_to_string(&path).unwrap().contains("nonsense"));
}

#[tokio::test]
async fn a_damaged_snapshot_hurts_no_other_game_and_its_players_can_play_again() {
    let data = data_dir();
    let server = Process::serve(data.path()).await;
    let (mut bad, mut good) = (Pair::at(server.address()).await, Pair::at(server.address()).await);
    bad.goes_on().await;
    good.goes_on().await;
    server.kill().await;
    let rooms = Connection::open(data.path().join("rooms.sqlite3")).unwrap();
    let id = uuid::Uuid::parse_str(bad.room()).unwrap();
    let damage = "UPDATE rooms SET snapshot = ?1 WHERE id = ?2";
    assert_eq!(rooms.execute(damage, (&b"{\"half\":"[..], &id.as_bytes()[..])).unwrap(), 1);
    drop(rooms);

    let server = Process::serve(data.path()).await;
    let mut ada = TestPlayer::greeted(good.ada.vanish(), server.address()).await;
    assert_eq!(ada.expect("GAME_START").await["ack"], 1);
    ada.click_safely(2).await;
    for guest in [bad.ada.vanish(), bad.bob.vanish()] {
        let mut player = TestPlayer::greeted(guest, server.address()).await;
        player.send("PRACTICE", json!({})).await;
        let start = player.expect("GAME_START").await;
        assert_ne!(start["roomId"], id.to_string());
    }
}

/// A directory as the process in a mount namespace of its own sees it.
fn seen_by(process: &Process, path: &Path) -> PathBuf {
    Path::new(&format!("/proc/{}/root", process.pid())).join(path.strip_prefix("/").unwrap())
}

/// A process that reads from a database, in the mount namespace of a server, until it is stopped.
struct Reader {
    child: Child,
    /// Kept open: what else it says must go somewhere.
    _lines: Lines<BufReader<ChildStdout>>,
}

impl Reader {
    async fn start(server: &Process, path: &Path) -> Self {
        let namespace = format!("--mount=/proc/{}/ns/mnt", server.pid());
        let mut child = Command::new("nsenter")
            .arg(namespace)
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", "--ignored", "--nocapture", "disk::child_reads_until_it_is_stopped"])
            .env("CHILD_READS", path)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let reading = async {
            while let Some(line) = lines.next_line().await.unwrap() {
                if line.ends_with("reading") {
                    return;
                }
            }
            panic!("the reader does not read");
        };
        timeout(PATIENCE, reading).await.expect("the reader is slow");
        Self { child, _lines: lines }
    }

    async fn stop(mut self) {
        drop(self.child.stdin.take());
        assert!(timeout(PATIENCE, self.child.wait()).await.unwrap().unwrap().success());
    }
}

/// Run by the test below in a process of its own.
#[test]
#[ignore = "a child of another test"]
fn child_reads_until_it_is_stopped() {
    let Some(path) = std::env::var_os("CHILD_READS") else { return };
    let reader = Connection::open(path).unwrap();
    reader.execute_batch("BEGIN").unwrap();
    let rooms: i64 = reader.query_row("SELECT count(*) FROM rooms", [], |row| row.get(0)).unwrap();
    println!("\n{rooms} rooms, reading");
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
}

/// Fills a file system to the last byte.
fn fill(folder: &Path) -> PathBuf {
    let path = folder.join("ballast");
    let mut file = File::create(&path).unwrap();
    for size in [4_096, 1] {
        while file.write_all(&vec![b'x'; size]).is_ok() {}
    }
    path
}

#[tokio::test]
async fn on_a_full_disk_games_pause_acknowledge_nothing_and_go_on_when_there_is_space() {
    let data = data_dir();
    let script = "mount -t tmpfs -o size=1m tmpfs \"$1\"";
    let Some(command) = after_mounting(script, data.path()).await else { return };
    let server = Process::run(command).once_ready().await;
    let mut pair = Pair::at(server.address()).await;
    for n in 1..=3 {
        pair.ada.click_safely(n).await;
    }
    // A reader keeps the log from being started afresh, so every commit needs more of the disk.
    let reader = Reader::start(&server, &data.path().join("rooms.sqlite3")).await;
    let ballast = fill(&seen_by(&server, data.path()));
    let mut sent = 3;
    let paused = loop {
        sent += 1;
        pair.ada.click(sent).await;
        let mut acknowledged = false;
        let told = pair.ada.until("ack or pause", |kind, p| {
            acknowledged = kind == "UPDATE" && p["ack"] == sent;
            acknowledged || kind == "PAUSED"
        });
        told.await;
        if !acknowledged {
            break sent;
        }
    };
    pair.bob.expect("PAUSED").await;
    pair.ada.click(paused + 1).await;
    for _ in 0..2 {
        let told = pair.ada.until("PAUSED again", |kind, p| {
            assert!(kind != "UPDATE" && kind != "GAME_START", "told while it is full: {kind} {p}");
            kind == "PAUSED"
        });
        told.await;
    }
    // Who comes now is sent on, for nothing can be written about it.
    let late = Guest::sign_in(server.address(), "Late").await;
    assert_eq!(late.connect(server.address()).await.closed().await, Some(1012));

    reader.stop().await;
    fs::remove_file(ballast).unwrap();
    let start = pair.ada.expect("GAME_START").await;
    let ack = start["ack"].as_u64().unwrap();
    assert_eq!(ack, u64::from(paused) + 1, "what came meanwhile counts: {start}");
    let points = start["p1Score"].as_u64().unwrap() + start["p2Score"].as_u64().unwrap();
    assert_eq!(points, ack);
    pair.ada.click_safely(paused + 2).await;
    eventually("newcomers are served", async || {
        let (kind, _) = match late.connect(server.address()).await.first().await {
            Some(frame) => frame,
            None => return false,
        };
        kind == "HELLO"
    })
    .await;
}
