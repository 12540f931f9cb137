//! Which faults are on, and what was counted. Shared by all connections and the control port.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;
use serde::Serialize;
use tokio::sync::watch;

/// Which way bytes go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    /// From the client to the target.
    Up,
    /// From the target to the client.
    Down,
}

/// What is wrong in one direction.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OneWay {
    /// How long every byte is held back, in milliseconds.
    pub(super) delay_ms: u64,
    /// Nothing is forwarded.
    pub(super) stalled: bool,
    /// Each connection is closed after so many bytes. 0: none is.
    pub(super) cut_after: u64,
    /// Counts the orders to cut: the bytes are counted from the latest.
    #[serde(skip)]
    pub(super) cut_after_order: u64,
}

/// Everything that is wrong at the moment.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Faults {
    pub(super) up: OneWay,
    pub(super) down: OneWay,
    /// One call in so many loses its answer. 0: none does.
    pub(super) lose_one_in: u32,
    /// New connections are refused.
    pub(super) cut: bool,
    /// Counts the cuts, so that a connection notices one that was healed at once.
    #[serde(skip)]
    pub(super) cuts: u64,
}

impl Faults {
    pub(super) fn way(&self, direction: Direction) -> &OneWay {
        match direction {
            Direction::Up => &self.up,
            Direction::Down => &self.down,
        }
    }

    pub(super) fn way_mut(&mut self, direction: Direction) -> &mut OneWay {
        match direction {
            Direction::Up => &mut self.up,
            Direction::Down => &mut self.down,
        }
    }

    /// Ends every fault. What counts orders goes on, so that nothing is taken for new.
    pub(super) fn heal(&mut self) {
        let mut healed = Self { cuts: self.cuts, ..Self::default() };
        healed.up.cut_after_order = self.up.cut_after_order + 1;
        healed.down.cut_after_order = self.down.cut_after_order + 1;
        *self = healed;
    }
}

/// What was counted since the start.
#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) accepted: AtomicU64,
    pub(super) open: AtomicU64,
    pub(super) bytes_up: AtomicU64,
    pub(super) bytes_down: AtomicU64,
    pub(super) calls: AtomicU64,
    pub(super) lost_replies: AtomicU64,
    pub(super) cut_connections: AtomicU64,
    pub(super) refused: AtomicU64,
}

/// What the control port answers to `stats`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Stats {
    accepted: u64,
    open: u64,
    bytes_up: u64,
    bytes_down: u64,
    calls: u64,
    lost_replies: u64,
    cut_connections: u64,
    refused: u64,
    faults: Faults,
}

/// What all connections share.
pub(super) struct Shared {
    pub(super) target: SocketAddr,
    pub(super) faults: watch::Sender<Faults>,
    pub(super) counters: Counters,
    // Held for one throw of the dice, never while something is awaited.
    dice: Mutex<Pcg64Mcg>,
}

impl Shared {
    pub(super) fn new(target: SocketAddr, seed: u64) -> Self {
        Self {
            target,
            faults: watch::Sender::new(Faults::default()),
            counters: Counters::default(),
            dice: Mutex::new(Pcg64Mcg::seed_from_u64(seed)),
        }
    }

    /// Counts a call, and decides whether its answer is lost.
    pub(super) fn loses_reply(&self) -> bool {
        self.counters.calls.fetch_add(1, Ordering::Relaxed);
        let one_in = self.faults.borrow().lose_one_in;
        if one_in == 0 {
            return false;
        }
        let mut dice = self.dice.lock().unwrap_or_else(PoisonError::into_inner);
        let lost = dice.random_ratio(1, one_in);
        if lost {
            self.counters.lost_replies.fetch_add(1, Ordering::Relaxed);
        }
        lost
    }

    pub(super) fn count_bytes(&self, direction: Direction, bytes: usize) {
        let counter = match direction {
            Direction::Up => &self.counters.bytes_up,
            Direction::Down => &self.counters.bytes_down,
        };
        counter.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// All counters and faults as JSON, on one line.
    pub(super) fn stats(&self) -> String {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let counters = &self.counters;
        let stats = Stats {
            accepted: read(&counters.accepted),
            open: read(&counters.open),
            bytes_up: read(&counters.bytes_up),
            bytes_down: read(&counters.bytes_down),
            calls: read(&counters.calls),
            lost_replies: read(&counters.lost_replies),
            cut_connections: read(&counters.cut_connections),
            refused: read(&counters.refused),
            faults: self.faults.borrow().clone(),
        };
        serde_json::to_string(&stats).unwrap_or_else(|error| format!("{{\"error\":\"{error}\"}}"))
    }
}
