//! Where calls go: to the one server, or to the primary of their slot.
//!
//! In a cluster the nodes are asked for the slots whenever a call points to a change: it was
//! redirected, or it got no answer. A table that most nodes agree on is taken.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use redis::aio::ConnectionLike;
use tokio::time::{Instant, timeout};

use super::lanes::{Lane, Lanes};
use super::settings::{Address, ValkeySettings};
use super::slots::SlotMap;

/// How long a node may take to tell its slots.
const ASK: Duration = Duration::from_millis(300);

/// The shortest time between two rounds of asking.
const PAUSE: Duration = Duration::from_millis(100);

/// Where calls go.
pub(super) enum Topology {
    /// All to this server.
    One(Address),
    /// Each to the primary of its slot.
    Cluster(Cluster),
}

impl Topology {
    /// The server that serves a slot.
    pub(super) fn primary(&self, slot: u16) -> Option<Address> {
        match self {
            Self::One(address) => Some(address.clone()),
            Self::Cluster(cluster) => cluster.read(|map| map.primary(slot).cloned()),
        }
    }

    /// Every server that takes writes.
    pub(super) fn primaries(&self) -> Vec<Address> {
        match self {
            Self::One(address) => vec![address.clone()],
            Self::Cluster(cluster) => cluster.read(SlotMap::primaries),
        }
    }

    /// Every known server.
    pub(super) fn nodes(&self) -> Vec<Address> {
        match self {
            Self::One(address) => vec![address.clone()],
            Self::Cluster(cluster) => cluster.read(SlotMap::nodes),
        }
    }
}

/// The slots of a cluster.
#[derive(Default)]
pub(super) struct Cluster {
    map: RwLock<SlotMap>,
    asking: AtomicBool,
    asked: RwLock<Option<Instant>>,
}

impl Cluster {
    pub(super) fn new(map: SlotMap) -> Self {
        Self { map: RwLock::new(map), ..Self::default() }
    }

    fn read<T>(&self, read: impl FnOnce(&SlotMap) -> T) -> T {
        read(&self.map.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn has_moved(&self, slot: u16, to: Address) {
        self.map.write().unwrap_or_else(PoisonError::into_inner).has_moved(slot, to);
    }

    /// Asks all known nodes and the seeds, unless somebody does already or has just done so.
    pub(super) async fn refresh(&self, settings: &ValkeySettings, lanes: &Lanes) {
        let last = *self.asked.read().unwrap_or_else(PoisonError::into_inner);
        let just_now = last.is_some_and(|last| last.elapsed() < PAUSE);
        if just_now || self.asking.swap(true, Ordering::AcqRel) {
            return;
        }
        let mut nodes = self.read(SlotMap::nodes);
        nodes.extend(settings.seeds().iter().cloned());
        nodes.sort();
        nodes.dedup();
        if let Some(map) = most_agree(settings, lanes, &nodes).await {
            let mut held = self.map.write().unwrap_or_else(PoisonError::into_inner);
            if *held != map {
                tracing::info!(
                    primaries = map.primaries().len(),
                    "the cluster's slots have changed"
                );
                *held = map;
            }
        }
        let known = self.read(SlotMap::nodes);
        lanes.keep(|address| known.contains(address) || settings.seeds().contains(address));
        *self.asked.write().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        self.asking.store(false, Ordering::Release);
    }
}

/// The table that more than half of the nodes tell; else the one told most often.
async fn most_agree(
    settings: &ValkeySettings,
    lanes: &Lanes,
    nodes: &[Address],
) -> Option<SlotMap> {
    let mut answers: FuturesUnordered<_> =
        nodes.iter().map(|node| slots_of(settings, lanes, node)).collect();
    let mut told: Vec<(SlotMap, usize)> = Vec::new();
    while let Some(answer) = answers.next().await {
        let Some(map) = answer else { continue };
        match told.iter_mut().find(|(other, _)| *other == map) {
            Some((_, times)) => *times += 1,
            None => told.push((map, 1)),
        }
        if let Some((map, _)) = told.iter().find(|(_, times)| times * 2 > nodes.len()) {
            return Some(map.clone());
        }
    }
    told.into_iter().max_by_key(|(_, times)| *times).map(|(map, _)| map)
}

/// What one node tells.
pub(super) async fn slots_of(
    settings: &ValkeySettings,
    lanes: &Lanes,
    node: &Address,
) -> Option<SlotMap> {
    let mut connection = lanes.get(settings, node, Lane::Ordinary).ok()?;
    let mut cmd = redis::cmd("CLUSTER");
    cmd.arg("SLOTS");
    let answer = timeout(ASK, connection.req_packed_command(&cmd)).await.ok()?.ok()?;
    SlotMap::read(&answer, node)
}
