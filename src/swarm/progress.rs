//! What a running swarm lets others see: a few counters.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Counters of a running swarm. All of them only rise.
#[derive(Debug, Default)]
pub struct Progress {
    /// Players signed in.
    pub signed_in: AtomicU64,
    /// Players who have joined the queue, or gave up before.
    pub joined: AtomicU64,
    /// Players whose game has started.
    pub started: AtomicU64,
    /// Players whose countdown is over.
    pub playing: AtomicU64,
    /// Players whose game is over.
    pub finished: AtomicU64,
    /// Inputs sent, repeats not counted.
    pub sent: AtomicU64,
    /// Inputs acknowledged.
    pub acked: AtomicU64,
    /// Connections lost.
    pub losses: AtomicU64,
    /// Gaps between acknowledgements.
    pub gaps: AtomicU64,
}

impl Progress {
    /// Inputs acknowledged so far.
    pub fn acked(&self) -> u64 {
        self.acked.load(Relaxed)
    }

    /// Players who have joined the queue, or gave up before.
    pub fn joined(&self) -> u64 {
        self.joined.load(Relaxed)
    }

    /// Players whose game has started.
    pub fn started(&self) -> u64 {
        self.started.load(Relaxed)
    }

    /// Players whose game is over.
    pub fn finished(&self) -> u64 {
        self.finished.load(Relaxed)
    }
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} signed in, {} in games, {} finished, {} clicks, {} acknowledged, \
             {} connections lost, {} gaps",
            self.signed_in.load(Relaxed),
            self.started().saturating_sub(self.finished()),
            self.finished(),
            self.sent.load(Relaxed),
            self.acked(),
            self.losses.load(Relaxed),
            self.gaps.load(Relaxed),
        )
    }
}

/// What of a ledger has been added to the counters already.
#[derive(Debug, Default)]
pub(super) struct Told {
    sent: u64,
    acked: u64,
    losses: u64,
    gaps: u64,
    joined: bool,
    started: bool,
    playing: bool,
}

impl Told {
    /// Adds what is new in a ledger.
    pub(super) fn tell(&mut self, ledger: &super::ledger::Ledger, progress: &Progress) {
        let add = |counter: &AtomicU64, told: &mut u64, now: u64| {
            if now > *told {
                counter.fetch_add(now - *told, Relaxed);
                *told = now;
            }
        };
        add(&progress.sent, &mut self.sent, ledger.sent.len() as u64);
        add(&progress.acked, &mut self.acked, u64::from(ledger.acked()));
        let losses = ledger.losses.values().map(|n| u64::from(*n)).sum();
        add(&progress.losses, &mut self.losses, losses);
        add(&progress.gaps, &mut self.gaps, ledger.gaps.len() as u64);
        let once = |counter: &AtomicU64, told: &mut bool, is_so: bool| {
            if is_so && !std::mem::replace(told, is_so) {
                counter.fetch_add(1, Relaxed);
            }
        };
        let has_joined = ledger.first_joined_at.is_some() || ledger.place.is_some();
        once(&progress.joined, &mut self.joined, has_joined);
        once(&progress.started, &mut self.started, ledger.started_at.is_some());
        once(&progress.playing, &mut self.playing, ledger.playing_at.is_some());
    }

    /// The player has finished: whoever has not joined by now never will.
    pub(super) fn finish(&mut self, progress: &Progress) {
        if !std::mem::replace(&mut self.joined, true) {
            progress.joined.fetch_add(1, Relaxed);
        }
        progress.finished.fetch_add(1, Relaxed);
    }
}
