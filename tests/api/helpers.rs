//! A server inside this process, on a port and a data directory of its own.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Parser;
use overcookied::app::App;
use overcookied::config::{Cli, Command, Config};
use tempfile::TempDir;
use tokio::sync::oneshot;

use crate::player::Guest;

/// Longer than any machine takes: only a server that never does it fails by it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A game that outlasts every test.
pub(crate) const LONG: &[&str] = &["--game-seconds=600", "--countdown-seconds=0"];

/// The origin of the pages of every server here, and the issuer of its tokens.
pub(crate) const ORIGIN: &str = "http://localhost:1";

/// How long a server may take to start: it waits for the disk, which others may keep busy.
pub(crate) const STARTS_WITHIN: Duration = Duration::from_secs(60);

/// A data directory, in memory where that can be had: what is tried here is the server, and not how
/// busy the disk is.
pub(crate) fn data_dir() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() }.unwrap()
}

/// A running server. It is told to stop when this is dropped.
pub(crate) struct TestApp {
    pub(crate) address: SocketAddr,
    data_dir: PathBuf,
    /// Dropped: stop.
    _stop: oneshot::Sender<()>,
}

/// Starts a server with these options on top of those of [`options`].
pub(crate) fn spawn_app(more: &[&str]) -> TestApp {
    let folder = data_dir();
    let data_dir = folder.path().to_owned();
    let config = config(&data_dir, more);
    let (stop, stopped) = oneshot::channel();
    let (started, address) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        // The directory goes when the server has let go of it.
        let _folder = folder;
        actix::System::new().block_on(async move {
            let app = App::start(&config).await.unwrap();
            started.send(app.address()).unwrap();
            let _ = app.run_until(stopped).await;
        });
    });
    let address = address.recv_timeout(STARTS_WITHIN).expect("the server does not start");
    TestApp { address, data_dir, _stop: stop }
}

impl TestApp {
    pub(crate) fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    /// Signs a guest in.
    pub(crate) async fn guest(&self, name: &str) -> Guest {
        Guest::sign_in(self.address, name).await
    }
}

/// The options of every server here, whatever the environment of the tests says.
pub(crate) fn options(data_dir: &Path) -> Vec<String> {
    vec![
        "--host=127.0.0.1".into(),
        "--port=0".into(),
        "--metrics-port=0".into(),
        format!("--public-url={ORIGIN}"),
        format!("--data-dir={}", data_dir.display()),
        format!("--web-dir={}", data_dir.join("no-pages").display()),
        "--max-connections-per-address=10000".into(),
    ]
}

fn config(data_dir: &Path, more: &[&str]) -> Config {
    let given = |option: &str| option.split('=').next().unwrap_or_default().to_owned();
    let more: Vec<String> = more.iter().map(ToString::to_string).collect();
    let kept = options(data_dir).into_iter().filter(|o| !more.iter().any(|m| given(m) == given(o)));
    let args = std::iter::once("overcookied".to_owned()).chain(kept).chain(more.clone());
    let Command::Serve(serve) = Cli::try_parse_from(args).unwrap().into_command() else {
        panic!("it serves")
    };
    Config::new(*serve).unwrap()
}

/// Asks again and again until the answer is yes.
pub(crate) async fn eventually(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !is_so().await {
        assert!(Instant::now() < end, "{what}: not within {PATIENCE:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
