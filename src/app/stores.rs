//! Which side of each port is used: everything in this process and its files, for one pod alone.

use std::sync::Arc;

use anyhow::Context as _;

use crate::cluster::{
    Bus, Inbox, MemoryBus, MemoryStore, OpenRoom, Players, Pods, Rooms, SqliteStore,
};
use crate::config::Config;
use crate::data_dir::DataDir;
use crate::ids::PodId;
use crate::matchmaking::{Matchmaking, MemoryMatchmaking};
use crate::results::{
    Outbox, Recorder, RecorderHandle, RecorderPorts, RecorderSettings, Results, SqliteResults,
};
use crate::telemetry::Metrics;

/// The sides of the ports.
pub(super) struct Stores {
    pub(super) rooms: Arc<dyn Rooms>,
    pub(super) players: Arc<dyn Players>,
    pub(super) pods: Arc<dyn Pods>,
    pub(super) matchmaking: Arc<dyn Matchmaking>,
    pub(super) results: Arc<dyn Results>,
    outbox: Arc<dyn Outbox>,
    alone: SqliteStore,
}

impl Stores {
    pub(super) fn open(config: &Config, data_dir: &DataDir) -> anyhow::Result<Self> {
        let alone = SqliteStore::open(data_dir.path().join("rooms.sqlite3"))?;
        let results = SqliteResults::open(&config.storage.results_db).context("RESULTS_DB")?;
        let live = Arc::new(alone.clone());
        Ok(Self {
            rooms: live.clone(),
            players: live.clone(),
            outbox: live,
            // Nobody else needs to know of a pod that is alone.
            pods: Arc::new(MemoryStore::new()),
            matchmaking: Arc::new(MemoryMatchmaking::new()),
            results: Arc::new(results),
            alone,
        })
    }

    pub(super) fn bus(&self, pod: PodId, inbox: Arc<dyn Inbox>) -> Arc<dyn Bus> {
        Arc::new(MemoryBus::new().join(pod, inbox))
    }

    pub(super) fn recorder(&self, metrics: Metrics) -> (Recorder, RecorderHandle) {
        let ports = RecorderPorts {
            outbox: self.outbox.clone(),
            results: self.results.clone(),
            matchmaking: self.matchmaking.clone(),
        };
        Recorder::new(ports, metrics, RecorderSettings::default())
    }

    /// The rooms that were in play when this server stopped, which nobody else hosts.
    pub(super) async fn left_open(&self) -> anyhow::Result<Vec<OpenRoom>> {
        Ok(self.alone.open_rooms().await?)
    }

    /// Waits until a part that should live as long as the process does not, and says which.
    pub(super) async fn broken(&self) -> &'static str {
        while self.alone.is_running() {
            tokio::time::sleep(super::LOOK).await;
        }
        "the rooms store"
    }

    /// Writes what waits.
    pub(super) fn close(&self) {
        self.alone.close();
    }
}
