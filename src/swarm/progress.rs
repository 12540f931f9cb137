//! What a running swarm lets others see: a few counters.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Counters of a running swarm. All of them only rise.
#[derive(Debug, Default)]
pub struct Progress {
    /// Players signed in.
    pub signed_in: AtomicU64,
    /// Games that have started; each player counts its own.
    pub started: AtomicU64,
    /// Games that are over, or were given up; each player counts its own.
    pub ended: AtomicU64,
    /// Players whose first countdown is over.
    pub playing: AtomicU64,
    /// Players whose last game is over.
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

    /// Games that have started; each player counts its own.
    pub fn started(&self) -> u64 {
        self.started.load(Relaxed)
    }

    /// Players whose last game is over.
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
            self.started().saturating_sub(self.ended.load(Relaxed)),
            self.finished(),
            self.sent.load(Relaxed),
            self.acked(),
            self.losses.load(Relaxed),
            self.gaps.load(Relaxed),
        )
    }
}

/// What of a player's ledgers has been added to the counters already.
#[derive(Debug, Default)]
pub(super) struct Told {
    game: Game,
    playing: bool,
}

/// The same of the ledger of one game.
#[derive(Debug, Default)]
struct Game {
    sent: u64,
    acked: u64,
    losses: u64,
    gaps: u64,
    started: bool,
}

impl Told {
    /// Adds what is new in the ledger of the game.
    pub(super) fn tell(&mut self, ledger: &super::ledger::Ledger, progress: &Progress) {
        let add = |counter: &AtomicU64, told: &mut u64, now: u64| {
            if now > *told {
                counter.fetch_add(now - *told, Relaxed);
                *told = now;
            }
        };
        let game = &mut self.game;
        add(&progress.sent, &mut game.sent, ledger.sent.len() as u64);
        add(&progress.acked, &mut game.acked, u64::from(ledger.acked()));
        let losses = ledger.losses.values().map(|n| u64::from(*n)).sum();
        add(&progress.losses, &mut game.losses, losses);
        add(&progress.gaps, &mut game.gaps, ledger.gaps.len() as u64);
        let once = |counter: &AtomicU64, told: &mut bool, is_so: bool| {
            if is_so && !std::mem::replace(told, is_so) {
                counter.fetch_add(1, Relaxed);
            }
        };
        once(&progress.started, &mut game.started, ledger.started_at.is_some());
        once(&progress.playing, &mut self.playing, ledger.playing_at.is_some());
    }

    /// The game is over: what follows is another ledger.
    pub(super) fn end_game(&mut self, progress: &Progress) {
        let Game { started, .. } = std::mem::take(&mut self.game);
        progress.ended.fetch_add(started.into(), Relaxed);
    }

    /// The player has finished.
    pub(super) fn finish(&mut self, progress: &Progress) {
        self.end_game(progress);
        progress.finished.fetch_add(1, Relaxed);
    }
}
