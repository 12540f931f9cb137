//! Which side of each port is used: this process and its files for a pod alone, Valkey for many.

use std::sync::Arc;

use anyhow::Context as _;
use tokio::sync::watch;

use crate::accounts::Accounts;
use crate::cluster::{
    Bus, Inbox, MemoryBus, MemoryStore, OpenRoom, Players, Pods, Rooms, SignOuts, SqliteStore,
    Valkey, ValkeyBus, ValkeySettings, ValkeyStore,
};
use crate::config::{Config, Storage};
use crate::data_dir::DataDir;
use crate::http::SharedDoors;
use crate::ids::PodId;
use crate::leaderboard::{self, Leaderboard, Rebuildable, ValkeyLeaderboard};
use crate::matchmaking::{Matchmaking, MemoryMatchmaking, ValkeyMatchmaking};
use crate::results::{
    DynamoError, DynamoResults, DynamoSettings, Outbox, Recorder, RecorderHandle, RecorderPorts,
    RecorderSettings, Results, SqliteResults,
};
use crate::telemetry::Metrics;

/// The sides of the ports.
pub(super) struct Stores {
    pub(super) rooms: Arc<dyn Rooms>,
    pub(super) players: Arc<dyn Players>,
    pub(super) pods: Arc<dyn Pods>,
    pub(super) matchmaking: Arc<dyn Matchmaking>,
    pub(super) results: Arc<dyn Results>,
    pub(super) accounts: Arc<dyn Accounts>,
    pub(super) sign_outs: Arc<dyn SignOuts>,
    pub(super) boards: Arc<dyn Rebuildable>,
    /// The leaderboards are not fed by the results themselves.
    boards_apart: bool,
    outbox: Arc<dyn Outbox>,
    recording: RecorderSettings,
    kept: Kept,
}

/// Where live games are kept.
enum Kept {
    /// On this machine; locked until everything is taken down.
    Alone { store: SqliteStore, _data_dir: DataDir },
    /// In a Valkey that many pods share. `true` once the bus has stopped, which only a panic does.
    Shared { valkey: Valkey, bus_stopped: watch::Sender<bool> },
}

impl Stores {
    /// # Errors
    /// When the data directory is in use, a file cannot be opened, or Valkey cannot be relied on.
    pub(super) async fn open(
        config: &Config,
        pod: PodId,
        metrics: &Metrics,
    ) -> anyhow::Result<Self> {
        match &config.valkey {
            Some(settings) => {
                let results = shared_results(&config.storage, metrics).await?;
                Self::shared(settings.clone(), pod, results, recording(&config.storage)).await
            }
            None => {
                let data_dir = DataDir::open(&config.storage.data_dir)?;
                Self::alone(data_dir, &config.storage, metrics).await
            }
        }
    }

    async fn alone(
        data_dir: DataDir,
        storage: &Storage,
        metrics: &Metrics,
    ) -> anyhow::Result<Self> {
        let (recorded, boards) = match &storage.dynamodb {
            Some(settings) => {
                let boards = SqliteResults::open(storage.boards_db())?;
                (Recorded::new(dynamodb(settings, metrics).await?), boards)
            }
            None => {
                let file = results_file(storage)?;
                (Recorded::new(file.clone()), file)
            }
        };
        let store = SqliteStore::open(data_dir.path().join("rooms.sqlite3"))?;
        let live = Arc::new(store.clone());
        Ok(Self {
            rooms: live.clone(),
            players: live.clone(),
            outbox: live.clone(),
            sign_outs: live,
            // Nobody else needs to know of a pod that is alone.
            pods: Arc::new(MemoryStore::new()),
            matchmaking: Arc::new(MemoryMatchmaking::new()),
            results: recorded.results,
            accounts: recorded.accounts,
            boards: Arc::new(boards),
            // Results in the file are on its leaderboards at once.
            boards_apart: storage.dynamodb.is_some(),
            recording: recording(storage),
            kept: Kept::Alone { store, _data_dir: data_dir },
        })
    }

    async fn shared(
        settings: ValkeySettings,
        pod: PodId,
        recorded: Recorded,
        recording: RecorderSettings,
    ) -> anyhow::Result<Self> {
        let store = ValkeyStore::connect(settings, pod).await.context("VALKEY_URL")?;
        let valkey = store.valkey().clone();
        let live = Arc::new(store);
        Ok(Self {
            rooms: live.clone(),
            players: live.clone(),
            pods: live.clone(),
            outbox: live.clone(),
            sign_outs: live,
            matchmaking: Arc::new(ValkeyMatchmaking::new(valkey.clone())),
            results: recorded.results,
            accounts: recorded.accounts,
            boards: Arc::new(ValkeyLeaderboard::new(valkey.clone())),
            boards_apart: true,
            recording,
            kept: Kept::Shared { valkey, bus_stopped: watch::Sender::new(false) },
        })
    }

    /// The bus as this pod sees it. What others send arrives in this inbox.
    pub(super) fn bus(&self, pod: PodId, inbox: Arc<dyn Inbox>, metrics: Metrics) -> Arc<dyn Bus> {
        match &self.kept {
            Kept::Alone { .. } => Arc::new(MemoryBus::new().join(pod, inbox)),
            Kept::Shared { valkey, bus_stopped } => {
                let bus = ValkeyBus::start(valkey.clone(), pod, inbox, metrics);
                let (stopped, says_so) = (bus.stopped(), bus_stopped.clone());
                tokio::spawn(async move {
                    stopped.await;
                    says_so.send_replace(true);
                });
                Arc::new(bus)
            }
        }
    }

    /// The connections at other pods, where there may be some.
    pub(super) fn doors(&self, pod: PodId) -> Option<SharedDoors> {
        match &self.kept {
            Kept::Alone { .. } => None,
            Kept::Shared { valkey, .. } => {
                let store = ValkeyStore::new(valkey.clone(), pod);
                Some(SharedDoors::new(pod, Arc::new(store)))
            }
        }
    }

    pub(super) fn recorder(&self, metrics: Metrics) -> (Recorder, RecorderHandle) {
        let ports = RecorderPorts {
            outbox: self.outbox.clone(),
            results: self.results.clone(),
            boards: self.boards_apart.then(|| self.boards.clone() as Arc<dyn Leaderboard>),
            rooms: self.rooms.clone(),
            matchmaking: self.matchmaking.clone(),
        };
        Recorder::new(ports, metrics, self.recording.clone())
    }

    /// Builds leaderboards that have come back empty, for as long as the process lives.
    pub(super) fn keep_boards_whole(&self) {
        if self.boards_apart {
            tokio::spawn(leaderboard::keep_whole(self.results.clone(), self.boards.clone()));
        }
    }

    /// The rooms that were in play when a server that runs alone stopped. Those of many pods are
    /// found by whoever needs them, and by the sweep.
    pub(super) async fn left_open(&self) -> anyhow::Result<Vec<OpenRoom>> {
        match &self.kept {
            Kept::Alone { store, .. } => Ok(store.open_rooms().await?),
            Kept::Shared { .. } => Ok(Vec::new()),
        }
    }

    /// Waits until a part that should live as long as the process does not, and says which.
    pub(super) async fn broken(&self) -> &'static str {
        match &self.kept {
            Kept::Alone { store, .. } => {
                while store.is_running() {
                    tokio::time::sleep(super::LOOK).await;
                }
                "the rooms store"
            }
            Kept::Shared { bus_stopped, .. } => {
                // The sender is ours, so this ends only with the bus.
                let _ = bus_stopped.subscribe().wait_for(|stopped| *stopped).await;
                "the bus"
            }
        }
    }

    /// Writes what waits.
    pub(super) fn close(&self) {
        if let Kept::Alone { store, .. } = &self.kept {
            store.close();
        }
    }
}

fn recording(storage: &Storage) -> RecorderSettings {
    RecorderSettings { aside_after: storage.aside_after, ..RecorderSettings::default() }
}

/// What lasts about players: their results and accounts lie together.
struct Recorded {
    results: Arc<dyn Results>,
    accounts: Arc<dyn Accounts>,
}

impl Recorded {
    fn new<T: Results + Accounts + 'static>(side: T) -> Self {
        let side = Arc::new(side);
        Self { results: side.clone(), accounts: side }
    }
}

async fn shared_results(storage: &Storage, metrics: &Metrics) -> anyhow::Result<Recorded> {
    match &storage.dynamodb {
        Some(settings) => Ok(Recorded::new(dynamodb(settings, metrics).await?)),
        None => Ok(Recorded::new(results_file(storage)?)),
    }
}

fn results_file(storage: &Storage) -> anyhow::Result<SqliteResults> {
    SqliteResults::open(&storage.results_db).context("RESULTS_DB")
}

/// Tables that are missing, are others, or may not be used end the start. An AWS that does not answer
/// does not: games go on without it, and their results wait.
async fn dynamodb(settings: &DynamoSettings, metrics: &Metrics) -> anyhow::Result<DynamoResults> {
    let results = DynamoResults::new(settings, metrics.clone()).await;
    match results.check_tables().await {
        Ok(()) => {}
        Err(error @ DynamoError::Unavailable(_)) => {
            tracing::warn!(%error, "the tables cannot be looked at now");
        }
        Err(error) => return Err(error).context("RESULTS=dynamodb"),
    }
    Ok(results)
}
