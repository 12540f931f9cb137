//! A server of the test's own.

use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{Client, Value};
use tempfile::TempDir;
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep};

use super::PATIENCE;

pub(super) struct Server {
    program: String,
    port: u16,
    child: Child,
    dir: TempDir,
}

impl Server {
    pub(super) async fn start() -> Option<Self> {
        let program = std::env::var("VALKEY_SERVER").ok()?;
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let dir = tempfile::tempdir().unwrap();
        let child = spawn(&program, port, &dir);
        let server = Self { program, port, child, dir };
        server.ready().await;
        Some(server)
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    pub(super) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    pub(super) async fn kill(&mut self) {
        self.child.kill().await.unwrap();
    }

    pub(super) async fn restart(&mut self) {
        self.child = spawn(&self.program, self.port, &self.dir);
        self.ready().await;
    }

    pub(super) async fn signal(&self, signal: &str) {
        let id = self.child.id().unwrap().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().await.unwrap().success());
    }

    pub(super) async fn connection(&self) -> MultiplexedConnection {
        let client = Client::open(self.url()).unwrap();
        client.get_multiplexed_async_connection().await.unwrap()
    }

    pub(super) async fn run(&self, words: &[&str]) -> Value {
        let mut command = redis::cmd(words[0]);
        command.arg(&words[1..]);
        command.query_async(&mut self.connection().await).await.unwrap()
    }

    async fn text(&self, words: &[&str]) -> String {
        redis::from_redis_value(self.run(words).await).unwrap()
    }

    /// How often a command was called.
    pub(super) async fn calls(&self, command: &str) -> u64 {
        let stats = self.text(&["INFO", "commandstats"]).await;
        let line = stats.lines().find_map(|l| l.strip_prefix(&format!("cmdstat_{command}:calls=")));
        line.map_or(0, |line| line.split(',').next().unwrap().parse().unwrap())
    }

    /// How many clients are connected.
    pub(super) async fn clients(&self) -> usize {
        self.text(&["CLIENT", "LIST"]).await.lines().count()
    }

    async fn ready(&self) {
        let start = Instant::now();
        loop {
            let client = Client::open(self.url()).unwrap();
            if client.get_multiplexed_async_connection().await.is_ok() {
                return;
            }
            assert!(start.elapsed() < PATIENCE, "the server does not start");
            sleep(Duration::from_millis(10)).await;
        }
    }
}

fn spawn(program: &str, port: u16, dir: &TempDir) -> Child {
    Command::new(program)
        .args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", ""])
        .args(["--appendonly", "no", "--dir"])
        .arg(dir.path())
        .stdout(std::process::Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}
