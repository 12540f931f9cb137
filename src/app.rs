//! The composition root: starts actors, wires ports to their sides, binds HTTP.
//!
//! The only place that knows which side of a port is used. It decides nothing else.

mod stores;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use actix::{Addr, AsyncContext, Context};
use actix_web::web;
use anyhow::Context as _;

use crate::auth::login::Attempts;
use crate::auth::{KeyRing, KeysError, Logins, SessionKeys, SignedOut, Tokens};
use crate::cluster::{BUS_READABLE, Heartbeat};
use crate::config::{Config, Keys, Providers};
use crate::data_dir;
use crate::games::{Catalogue, Settings, cookie};
use crate::http::{self, HttpState, Ports, Readiness, ServeOptions};
use crate::ids::PodId;
use crate::manager::{GameManager, ManagerDeps, Reopen, Threads};
use crate::results::RecorderHandle;
use crate::room::remote::{Switchboard, Vitals};
use crate::room::{Patience, RoomDeps, snapshot};
use crate::session::{self, SessionDeps};
use crate::shutdown::Shutdown;
use crate::telemetry::Metrics;

use stores::Stores;

/// A running server.
pub struct App {
    address: SocketAddr,
    shutdown: Shutdown,
    stores: Stores,
}

/// How long the HTTP workers may take to start before rooms are placed without them.
const WORKERS: Duration = Duration::from_secs(2);

impl App {
    /// Starts a server. When this returns it is ready, and the rooms that were open when the last
    /// one stopped are hosted again.
    ///
    /// # Errors
    /// When the data directory is in use, a store cannot be opened or reached, or a port cannot be
    /// bound.
    pub async fn start(config: &Config) -> anyhow::Result<Self> {
        let listener = http::bind(config.server.listen)
            .with_context(|| format!("cannot listen on {} (PORT)", config.server.listen))?;
        let address = listener.local_addr()?;
        warn_of_plain_http(config);
        let metrics = Metrics::default();
        let pod = PodId::random();
        let stores = Stores::open(config, pod, &metrics).await?;
        let (recorder, to_recorder) = stores.recorder(metrics.clone());
        let catalogue = Arc::new(Catalogue::new(game_settings(config)));
        let threads = Threads::default();
        let switchboard = Arc::new(Switchboard::new(catalogue.clone()));
        switchboard.connect(stores.bus(pod, switchboard.clone(), metrics.clone()));
        let counted = (to_recorder.clone(), metrics.clone());
        let room = room_deps(config, pod, &stores, switchboard, counted);
        let heartbeat = heartbeat(pod, address);
        let manager_deps = ManagerDeps {
            pods: stores.pods.clone(),
            heartbeat: heartbeat.clone(),
            catalogue: catalogue.clone(),
            room: Arc::new(room),
            threads: threads.clone(),
        };
        // An address only: an actor that has been started panics when the start fails after it.
        let manager_context = Context::new();
        let manager: Addr<GameManager> = manager_context.address();
        let readiness = Readiness::default();

        let (signed_out, mut watch) = SignedOut::new(stores.sign_outs.clone());
        watch.look_first().await;
        let sessions = SessionDeps {
            manager: manager.clone(),
            signed_out: signed_out.clone(),
            catalogue,
            metrics: metrics.clone(),
        };
        let keys = session_keys(config).context("cannot use the session keys")?;
        let ports = Ports {
            logins: logins(config, &keys)?,
            signed_out,
            accounts: stores.accounts.clone(),
            tokens: Tokens::new(keys, config.server.public_url.to_string()),
            results: stores.results.clone(),
            boards: stores.boards.clone(),
            doors: stores.doors(pod),
            start_session: Box::new(move |upgrade, request, payload| {
                session::start(upgrade, sessions.clone(), request, payload)
            }),
            readiness: readiness.clone(),
            metrics: metrics.clone(),
        };
        let state = web::Data::new(HttpState::new(&config.server, config.game, ports)?);
        state.tell_doors();
        // Before anybody is let in: a host without a heartbeat would look like one that has left.
        let first_beat = stores.pods.beat(heartbeat).await;
        first_beat.context("cannot tell the other pods that this one lives")?;
        let workers = threads.clone();
        let server = http::serve(listener, state, &ServeOptions::default(), move |thread| {
            workers.lock().unwrap_or_else(PoisonError::into_inner).push(thread);
        })?;
        let mut servers = vec![server.handle()];
        actix::spawn(server);
        if let Some(address) = config.server.metrics {
            let server = serve_metrics(address, &metrics)?;
            servers.push(server.handle());
            actix::spawn(server);
        }

        manager_context.run(GameManager::new(manager_deps));
        let recorder = tokio::spawn(recorder.run());
        tokio::spawn(watch.run());
        stores.keep_boards_whole();
        wait_for(&threads).await;
        let rooms = manager.send(Reopen(stores.left_open().await?)).await?;
        readiness.set(true);
        tracing::info!(%address, %pod, rooms, "ready");

        let delay = config.server.drain_delay;
        let shutdown = Shutdown { readiness, delay, manager, servers, to_recorder, recorder };
        Ok(Self { address, shutdown, stores })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The manager, for tests that tell it what pods tell each other.
    #[cfg(test)]
    pub(crate) fn manager(&self) -> &Addr<GameManager> {
        &self.shutdown.manager
    }

    /// Serves until `stop` is ready, then takes everything down in order.
    ///
    /// # Errors
    /// When the manager, the recorder or the rooms store has panicked. Nothing is drained then: the process must
    /// end, and whoever starts next finds everything that was acknowledged in the stores.
    pub async fn run_until<T>(mut self, stop: impl Future<Output = T>) -> anyhow::Result<T> {
        let stopped = tokio::select! {
            stopped = stop => stopped,
            () = gone(&self.shutdown.manager) => anyhow::bail!("the manager has panicked"),
            part = self.stores.broken() => anyhow::bail!("{part} has panicked"),
            _ = &mut self.shutdown.recorder => anyhow::bail!("the recorder has panicked"),
        };
        self.shutdown.run().await;
        self.stores.close();
        Ok(stopped)
    }
}

/// How often the parts are looked at that should live as long as the process.
const LOOK: Duration = Duration::from_millis(100);

/// Waits until the manager is gone, which only a panic does.
async fn gone(manager: &Addr<GameManager>) {
    while manager.connected() {
        tokio::time::sleep(LOOK).await;
    }
}

fn room_deps(
    config: &Config,
    pod: PodId,
    stores: &Stores,
    switchboard: Arc<Switchboard>,
    (recorder, metrics): (RecorderHandle, Metrics),
) -> RoomDeps {
    let notes = recorder.clone();
    RoomDeps {
        host: pod,
        rooms: stores.rooms.clone(),
        matchmaking: stores.matchmaking.clone(),
        players: stores.players.clone(),
        vitals: Vitals::new(stores.pods.clone()),
        switchboard,
        format: snapshot::Format::default(),
        note_begun: Box::new(move |game| notes.begun(game)),
        wake_recorder: Box::new(move || recorder.nudge()),
        patience: Patience { grace: config.game.grace, ..Patience::default() },
        metrics,
    }
}

fn heartbeat(pod: PodId, address: SocketAddr) -> Heartbeat {
    Heartbeat {
        pod,
        address: address.to_string(),
        snapshots: snapshot::READABLE.to_vec(),
        bus: BUS_READABLE.to_vec(),
    }
}

fn game_settings(config: &Config) -> Settings {
    let game = &config.game;
    let millis = |duration: Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    let cookie = cookie::Settings {
        countdown_ms: millis(game.countdown),
        duration_ms: millis(game.length),
        cookie_min_ms: millis(game.golden_min),
        cookie_max_ms: millis(game.golden_max),
        bonus_ms: millis(game.bonus),
        ..cookie::Settings::default()
    };
    Settings { cookie }
}

fn session_keys(config: &Config) -> Result<KeyRing, KeysError> {
    match &config.sessions.keys {
        Some(Keys::Given(pem)) => Ok(KeyRing::fixed(SessionKeys::from_pem(pem)?)),
        Some(Keys::InFile(path)) => in_file(path),
        None => in_file(&SessionKeys::file_in(&config.storage.data_dir)?),
    }
}

/// Whoever can read the keys can be any player.
fn in_file(path: &Path) -> Result<KeyRing, KeysError> {
    if data_dir::is_open_to_others(path) {
        let path = path.display();
        tracing::warn!(%path, "other users of this machine can read the session keys");
    }
    KeyRing::watching(path)
}

fn logins(config: &Config, keys: &KeyRing) -> anyhow::Result<Logins> {
    let Providers { google, github } = &config.providers;
    let attempts = Attempts::new(keys.clone());
    Logins::new(google.as_ref(), github.as_ref(), &config.server.public_url, attempts)
        .context("nobody can sign in elsewhere")
}

/// Browsers send cookies in the clear then, for whoever listens to take.
fn warn_of_plain_http(config: &Config) {
    let url = &config.server.public_url;
    if !url.is_https() && !url.is_loopback() {
        tracing::warn!(%url, "PUBLIC_URL is not https: sessions can be read on the way");
    }
}

fn serve_metrics(address: SocketAddr, metrics: &Metrics) -> anyhow::Result<actix_web::dev::Server> {
    let listener = http::bind(address).with_context(|| {
        format!("cannot serve metrics on {address} (METRICS_HOST and METRICS_PORT; 0 for none)")
    })?;
    Ok(http::serve_metrics(listener, metrics)?)
}

/// Rooms live on the threads of the HTTP workers, so those come first.
async fn wait_for(threads: &Threads) {
    let up = async {
        while threads.lock().unwrap_or_else(PoisonError::into_inner).is_empty() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    if tokio::time::timeout(WORKERS, up).await.is_err() {
        tracing::warn!("the HTTP workers are slow to start");
    }
}
