//! The first promise, on a real process: what a player has seen survives `kill -9`.
//!
//! Ignored by default, because it needs the program: `OVERCOOKIED_BIN` names it (else cargo's own
//! build is taken). `OVERCOOKIED_DUELS` and `OVERCOOKIED_SEED` change the size and the moments.

// Helpers of a test fail as the test itself does.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use overcookied::swarm::{self, Options, Progress, Report};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;
use tempfile::TempDir;
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

const KILLS: usize = 5;
/// A kill in a quiet moment proves nothing: so many clicks must have been acknowledged just before.
const LIVELY: u64 = 20;
const JUST_BEFORE: Duration = Duration::from_millis(50);
const STARTS_WITHIN: Duration = Duration::from_secs(20);
const PLAYS_WITHIN: Duration = Duration::from_secs(60);

/// The server as a process, on a port and a directory that outlive it.
struct Server {
    port: u16,
    data: TempDir,
    child: Child,
}

impl Server {
    async fn start() -> Self {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let data = TempDir::new().unwrap();
        let child = spawn(port, &data);
        let server = Self { port, data, child };
        server.is_ready().await;
        server
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// `kill -9`, then the same again at once: when it was killed.
    async fn kill_and_restart(&mut self) -> Instant {
        let killed = Instant::now();
        self.child.start_kill().unwrap();
        self.child.wait().await.unwrap();
        self.child = spawn(self.port, &self.data);
        self.is_ready().await;
        killed
    }

    async fn is_ready(&self) {
        overcookied::tls::choose();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let ready = async {
            let url = format!("{}/health/ready", self.url());
            while !client.get(&url).send().await.is_ok_and(|r| r.status().is_success()) {
                sleep(Duration::from_millis(10)).await;
            }
        };
        timeout(STARTS_WITHIN, ready).await.expect("the server does not get ready");
    }
}

fn spawn(port: u16, data: &TempDir) -> Child {
    let own = PathBuf::from(env!("CARGO_BIN_EXE_overcookied"));
    let program = std::env::var_os("OVERCOOKIED_BIN").map_or(own, PathBuf::from);
    Command::new(program)
        .env("HOST", "127.0.0.1")
        .env("PORT", port.to_string())
        .env("METRICS_PORT", "0")
        .env("DATA_DIR", data.path())
        .env("GAME_SECONDS", "10")
        .env("COUNTDOWN_SECONDS", "1")
        .env("RUST_LOG", "warn")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("the server's program can be started")
}

fn from_env<T: std::str::FromStr>(name: &str, default: T) -> T {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn options(server: &Server, duels: usize, seed: u64) -> Options {
    Options {
        urls: vec![server.url()],
        duels,
        rate: 10.0,
        seed,
        ramp: 400.0,
        timeout: Duration::from_secs(120),
        ..Options::default()
    }
}

type Running = (Arc<Progress>, JoinHandle<Report>);

fn start_swarm(options: Options) -> Running {
    let progress = Arc::new(Progress::default());
    let seen = Arc::clone(&progress);
    let swarm = async move { swarm::run(&options, &seen).await.expect("the swarm can play") };
    (progress, tokio::spawn(swarm))
}

/// Waits until so many more clicks have been acknowledged; `false`: games end before that.
async fn acknowledged(progress: &Progress, more: u64) -> bool {
    let goal = progress.acked() + more;
    let waiting = async {
        while progress.acked() < goal && progress.finished() == 0 {
            sleep(Duration::from_millis(5)).await;
        }
        progress.acked() >= goal
    };
    timeout(PLAYS_WITHIN, waiting).await.expect("nobody plays")
}

/// Waits for a moment in which clicks are being acknowledged: a busy machine has others too.
async fn lively(progress: &Progress) {
    let looking = async {
        loop {
            let before = progress.acked();
            sleep(JUST_BEFORE / 3).await;
            if progress.acked() >= before + LIVELY {
                return;
            }
        }
    };
    timeout(PLAYS_WITHIN, looking).await.expect("nobody plays");
}

fn assert_clean(report: &Report, duels: usize) {
    println!("{report}");
    assert!(report.is_clean(), "promises were broken, see above");
    assert_eq!(report.ledgers.len(), 2 * duels);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[ignore = "needs the release build; scripts/test runs it"]
async fn no_acknowledged_click_is_lost_when_the_server_is_killed_five_times() {
    let duels: usize = from_env("OVERCOOKIED_DUELS", 200);
    let seed: u64 = from_env("OVERCOOKIED_SEED", rand::rng().random());
    println!("OVERCOOKIED_SEED={seed} OVERCOOKIED_DUELS={duels}");
    let mut rng = Pcg64Mcg::seed_from_u64(seed);
    let mut server = Server::start().await;
    let (progress, swarm) = start_swarm(options(&server, duels, seed));
    let mut kills = Vec::new();
    // The first kill only when everybody plays: a few clicks of each have been acknowledged.
    assert!(acknowledged(&progress, 4 * duels as u64).await, "too few duels to begin with");
    for _ in 0..KILLS {
        // The rate says how many clicks make a second; the moment is drawn in clicks, so that a
        // slow machine is killed as lively as a quick one.
        let per_second = 20.0 * duels as f64;
        let clicks = per_second * rng.random_range(0.2..0.9);
        assert!(acknowledged(&progress, clicks as u64).await, "the games end before the kills do");
        lively(&progress).await;
        sleep(Duration::from_micros(rng.random_range(0..3_000))).await;
        kills.push(server.kill_and_restart().await);
    }
    let report = swarm.await.unwrap();
    for killed in &kills {
        let lively = report.acked_between(*killed - JUST_BEFORE, *killed);
        println!("killed with {lively} clicks acknowledged in the last 50 ms");
        assert!(lively >= LIVELY, "too tame: only {lively} acknowledged just before a kill");
    }
    assert_clean(&report, duels);
    let reconnects: usize = report.ledgers.iter().map(|ledger| ledger.reconnects()).sum();
    assert!(reconnects >= KILLS * duels, "only {reconnects} reconnects");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[ignore = "needs the release build; scripts/test runs it"]
async fn every_result_is_recorded_once_when_the_server_is_killed_while_games_end() {
    let duels: usize = from_env("OVERCOOKIED_DUELS", 200);
    let seed: u64 = from_env("OVERCOOKIED_SEED", rand::rng().random());
    println!("OVERCOOKIED_SEED={seed} OVERCOOKIED_DUELS={duels}");
    let mut rng = Pcg64Mcg::seed_from_u64(seed);
    let mut server = Server::start().await;
    // Players come one after the other, over some six seconds: so the games end.
    let ramp = (duels as f64 / 3.0).max(1.0);
    let (progress, swarm) = start_swarm(Options { ramp, ..options(&server, duels, seed) });
    let mut kills = 0;
    for share in [0.1, 0.3, 0.5, 0.7] {
        let goal = (2.0 * duels as f64 * (share + rng.random_range(0.0..0.1))) as u64;
        let ending = async {
            while progress.finished() < goal {
                sleep(Duration::from_millis(1)).await;
            }
        };
        timeout(PLAYS_WITHIN, ending).await.expect("the games do not end");
        sleep(Duration::from_micros(rng.random_range(0..5_000))).await;
        // A slow restart may have let the rest end together: then there is nothing to kill in.
        if progress.finished() < 2 * duels as u64 {
            server.kill_and_restart().await;
            kills += 1;
        }
    }
    assert!(kills >= 2, "too tame: only {kills} kills while games ended");
    assert_clean(&swarm.await.unwrap(), duels);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[ignore = "needs the release build; scripts/test runs it"]
async fn every_promise_holds_when_nothing_goes_wrong() {
    let duels: usize = from_env("OVERCOOKIED_DUELS", 200);
    let seed: u64 = from_env("OVERCOOKIED_SEED", rand::rng().random());
    println!("OVERCOOKIED_SEED={seed} OVERCOOKIED_DUELS={duels}");
    let server = Server::start().await;
    let (_, swarm) = start_swarm(options(&server, duels, seed));
    assert_clean(&swarm.await.unwrap(), duels);
}
