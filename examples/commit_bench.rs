//! What a commit costs on the SQLite store: CPU time and latency at several group sizes.
//!
//! Run it in release: `cargo run --release --example commit_bench [directory]`. So many rooms commit
//! one after the other as fast as they are answered, so that as many commits share a transaction as
//! rooms wait; then 250 rooms commit 20 times a second each, which is the load the server is made
//! for. CPU time is that of the whole process, and of the store's own thread.

#![allow(clippy::print_stdout, reason = "a program for the command line")]

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use bytes::Bytes;
use overcookied::cluster::{Commit, NewRoom, Rooms, SqliteStore};
use overcookied::ids::{BySeat, Epoch, PlayerId, PodId, RoomId, Version};

const SNAPSHOT_BYTES: usize = 600;
const TIME: Duration = Duration::from_secs(5);

/// Clock ticks of `/proc`, which Linux fixes for all programs.
const TICK: Duration = Duration::from_millis(10);

type Failed = Box<dyn Error + Send + Sync>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failed> {
    let directory = std::env::args().nth(1).map_or_else(std::env::temp_dir, PathBuf::from);
    let directory = directory.join(format!("commit-bench-{}", std::process::id()));
    std::fs::create_dir_all(&directory)?;
    println!("rooms  commits/s   CPU us/commit (store's thread)   p50 ms   p99 ms   max ms");
    for (rooms, pause) in [(1, None), (8, None), (64, None), (250, Some(Duration::from_millis(50)))]
    {
        let store = SqliteStore::open(directory.join(format!("{rooms}.db")))?;
        measure(&store, rooms, pause).await?;
        store.close();
    }
    std::fs::remove_dir_all(&directory)?;
    Ok(())
}

async fn measure(store: &SqliteStore, rooms: usize, pause: Option<Duration>) -> Result<(), Failed> {
    // Once it has answered, the thread has its name.
    store.open_rooms().await?;
    let before = (cpu_of(Path::new("/proc/self"))?, cpu_of_the_store()?);
    let began = Instant::now();
    let playing: Vec<_> = (0..rooms)
        .map(|n| {
            let first = pause.map(|pause| pause.mul_f64(n as f64 / rooms as f64));
            tokio::spawn(play(store.clone(), first, pause))
        })
        .collect();
    let mut latencies = Vec::new();
    for room in playing {
        latencies.extend(room.await??);
    }
    let took = began.elapsed();
    let after = (cpu_of(Path::new("/proc/self"))?, cpu_of_the_store()?);
    latencies.sort();
    let commits = latencies.len();
    let each = |time: Duration| time.as_secs_f64() * 1e6 / commits as f64;
    let at = |share: f64| {
        let place = ((commits - 1) as f64 * share) as usize;
        latencies[place].as_secs_f64() * 1e3
    };
    println!(
        "{rooms:5}  {:9.0}   {:13.1}  {:16.1}   {:6.2}   {:6.2}   {:6.2}",
        commits as f64 / took.as_secs_f64(),
        each(after.0 - before.0),
        each(after.1 - before.1),
        at(0.5),
        at(0.99),
        at(1.0),
    );
    Ok(())
}

/// One room that commits until time is up; how long each commit took.
async fn play(
    store: SqliteStore,
    first: Option<Duration>,
    pause: Option<Duration>,
) -> Result<Vec<Duration>, Failed> {
    let (room, host) = (RoomId::random(), PodId::random());
    let snapshot = |version: u64| {
        Bytes::from(vec![b'0' + (version % 10) as u8; SNAPSHOT_BYTES + (version % 16) as usize])
    };
    let players = BySeat::from_fn(|_| Some(PlayerId::random()));
    store
        .found(NewRoom {
            id: room,
            host,
            epoch: Epoch(1),
            version: Version(1),
            players,
            format: 1,
            snapshot: snapshot(1),
        })
        .await?;
    tokio::time::sleep(first.unwrap_or_default()).await;
    let began = Instant::now();
    let mut latencies = Vec::new();
    for version in 2.. {
        let asked = Instant::now();
        let commit = Commit {
            room,
            host,
            epoch: Epoch(1),
            version: Version(version),
            format: 1,
            snapshot: snapshot(version),
            finished: None,
        };
        store.commit(commit).await?;
        latencies.push(asked.elapsed());
        if began.elapsed() > TIME {
            break;
        }
        if let Some(pause) = pause {
            tokio::time::sleep(pause).await;
        }
    }
    Ok(latencies)
}

/// The CPU time of the store's thread, the process's only one of that name.
fn cpu_of_the_store() -> Result<Duration, Failed> {
    for task in std::fs::read_dir("/proc/self/task")? {
        let task = task?.path();
        if std::fs::read_to_string(task.join("comm"))?.trim_end() == "rooms-store" {
            return cpu_of(&task);
        }
    }
    Err("the store's thread is not there".into())
}

/// User and system time of a process or thread.
fn cpu_of(process: &Path) -> Result<Duration, Failed> {
    let stat = std::fs::read_to_string(process.join("stat"))?;
    // The name, in brackets, may hold anything; the fields are counted from behind it.
    let fields = stat.rsplit(')').next().unwrap_or_default();
    let mut ticks = fields.split_whitespace().skip(11).map(str::parse::<u32>);
    let (user, system) =
        (ticks.next().ok_or("no user time")??, ticks.next().ok_or("no system time")??);
    Ok(TICK * (user + system))
}
