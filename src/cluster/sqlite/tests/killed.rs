//! What was acknowledged survives `kill -9`: a child commits as fast as it can, tells what was
//! acknowledged, and is killed in the middle of it.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use bytes::Bytes;

use crate::cluster::contract::{commit, finished, new_room};
use crate::cluster::{Commit, Players, Rooms, SqliteStore};
use crate::ids::{Generation, PlayerId, PodId, Version};
use crate::results::Outbox;

/// Names the file to the child.
const FILE: &str = "OVERCOOKIED_TEST_ROOMS";

/// How much the child tells before it is killed.
const LINES: usize = 500;

/// What the child tells: a room, the last of its versions that was acknowledged, whether it has
/// ended, and a player's generation.
fn tell(line: &str) {
    // Straight to the descriptor: a test's own output is kept back.
    let mut out = std::io::stdout().lock();
    out.write_all(format!("acknowledged {line}\n").as_bytes()).unwrap();
    out.flush().unwrap();
}

#[ignore = "runs only as the child of the test below"]
#[tokio::test]
async fn a_child_commits_until_it_is_killed() {
    let store = SqliteStore::open(std::env::var(FILE).unwrap()).unwrap();
    let host = PodId::random();
    let player = PlayerId::random();
    loop {
        let room = new_room(host);
        let id = room.id;
        assert!(store.found(room).await.unwrap());
        for version in 2..20 {
            let snapshot = Bytes::from(vec![version as u8; 600]);
            store.commit(Commit { snapshot, ..commit(id, host, 1, version) }).await.unwrap();
            let generation = store.arrive(player, PodId::random()).await.unwrap().generation;
            tell(&format!("{id} {version} false {generation} {player}"));
        }
        let end = Commit { finished: Some(finished(id)), ..commit(id, host, 1, 20) };
        store.commit(end).await.unwrap();
        let generation = store.arrive(player, PodId::random()).await.unwrap().generation;
        tell(&format!("{id} 20 true {generation} {player}"));
    }
}

/// Runs the child until it has told enough, and kills it.
fn told_by_a_child_that_is_killed(file: &std::path::Path) -> Vec<Vec<String>> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "--ignored", "--nocapture"])
        .arg("cluster::sqlite::tests::killed::a_child_commits_until_it_is_killed")
        .env(FILE, file)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut told = Vec::new();
    let mut read = |line: std::io::Result<String>| {
        if let Some((_, line)) = line.unwrap().split_once("acknowledged ") {
            told.push(line.split(' ').map(str::to_owned).collect());
        }
        told.len()
    };
    while read(output.next().expect("the child runs until it is killed")) < LINES {}
    child.kill().unwrap();
    child.wait().unwrap();
    for line in output {
        read(line);
    }
    told
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_kill() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("rooms.db");
    let told = told_by_a_child_that_is_killed(&file);
    assert!(told.len() >= LINES);

    let store = SqliteStore::open(&file).unwrap();
    let mut ended = 0;
    for line in &told {
        let room = store.load(line[0].parse().unwrap()).await.unwrap().expect("the room is there");
        assert!(room.version >= Version(line[1].parse().unwrap()));
        if line[2] == "true" {
            assert!(room.ended);
            ended += 1;
        }
    }
    let waiting = store.take(10_000).await.unwrap().len();
    assert!((ended..=ended + 1).contains(&waiting), "{ended} games ended, {waiting} wait");
    let last = told.last().unwrap();
    let next = store.arrive(last[4].parse().unwrap(), PodId::random()).await.unwrap();
    assert!(next.generation > Generation(last[3].parse().unwrap()));
}
