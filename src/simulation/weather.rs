//! The weather of one simulation: which faults there are, and how often.
//!
//! Each seed turns on a random few of them, with random rates (swarm testing): with all of them at
//! once most games would never get far enough for the rare ones to matter.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::dice::Dice;
use crate::swarm::simulated::{Habits, Whim};

/// What happens to a pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Blow {
    /// `kill -9`: its connections break.
    Kill,
    /// The machine dies: nobody is told.
    PowerOff,
    /// All pods at once.
    KillAll,
    /// `SIGSTOP`, and `SIGCONT` after a while.
    Freeze,
    /// `SIGTERM`.
    Drain,
    /// `SIGTERM` to one after the other, as in a deployment.
    Rolling,
    /// It cannot reach the stores for a while.
    CutFromStore,
    /// The stores answer it, but take no commits for a while.
    Grey,
    /// It hears no other pod, and none hears it, for a while.
    CutFromBus,
    /// Nothing gets through between it and its clients for a while.
    CutFromClients,
}

/// How often things go wrong with each call to a store, 0 to 1.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct StoreFaults {
    /// It is done late, perhaps after the caller has given up.
    pub(super) late: f64,
    /// It is never done.
    pub(super) request_lost: f64,
    /// It is done, and the caller never learns of it.
    pub(super) reply_lost: f64,
    /// It is done twice, and the second answer counts.
    pub(super) twice: f64,
}

/// How often things go wrong with each message between pods, 0 to 1.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct BusFaults {
    /// It takes up to a second. Other messages of the same room wait behind it.
    pub(super) late: f64,
    /// It is lost.
    pub(super) lost: f64,
    /// It arrives twice.
    pub(super) twice: f64,
}

/// The weather of one simulation.
#[derive(Clone, Debug)]
pub(super) struct Weather {
    /// How many pods there are. One alone has its rooms on its own disk.
    pub(super) pods: usize,
    pub(super) players: usize,
    pub(super) store: StoreFaults,
    pub(super) bus: BusFaults,
    /// How often a connection of a client stands still for a while, for each piece of data.
    pub(super) stall: f64,
    pub(super) blows: Vec<Blow>,
    /// How long from one blow to the next, on average.
    pub(super) blow_every: Duration,
    pub(super) habits: Habits,
    /// How long it lasts.
    pub(super) lasts: Duration,
    /// How many people never come back when it clears up.
    pub(super) leave_for_good: usize,
    /// Whether it clears up afterwards: then everything must come to an end.
    pub(super) clears_up: bool,
    fine: Arc<AtomicBool>,
}

impl Weather {
    pub(super) fn roll(dice: &Dice, game_ends_at: u64) -> Self {
        let pods = if dice.chance(0.15) { 1 } else { 3 };
        Self {
            pods,
            players: 2 * dice.between(2, 4) as usize,
            store: StoreFaults {
                late: some(dice, 0.5, 0.12),
                request_lost: some(dice, 0.3, 0.2),
                reply_lost: some(dice, 0.4, 0.2),
                twice: some(dice, 0.3, 0.2),
            },
            bus: BusFaults {
                late: some(dice, 0.4, 0.25),
                lost: some(dice, 0.5, 0.3),
                twice: some(dice, 0.3, 0.25),
            },
            stall: some(dice, 0.3, 0.02),
            blows: blows(dice, pods),
            blow_every: dice.millis(1_000, 6_000),
            habits: habits(dice, game_ends_at),
            lasts: dice.millis(6_000, 15_000),
            leave_for_good: if dice.chance(0.4) { 2 * dice.between(0, 1) as usize } else { 0 },
            clears_up: dice.chance(0.6),
            fine: Arc::default(),
        }
    }

    /// What goes wrong with calls of this name. A pod alone has its queue in its process and its rooms
    /// on its disk: that may be slow, and take no commits.
    pub(super) fn store_faults(&self, name: &str) -> StoreFaults {
        if self.pods > 1 {
            return self.store;
        }
        let request_lost = if name == "commit" { self.store.request_lost } else { 0.0 };
        StoreFaults { request_lost, late: self.store.late, ..StoreFaults::default() }
    }

    /// From now on nothing goes wrong any more.
    pub(super) fn clear_up(&self) {
        self.fine.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_fine(&self) -> bool {
        self.fine.load(Ordering::Relaxed)
    }

    /// Whether a call may be done after another that was made after it.
    pub(super) fn calls_come_late(&self) -> bool {
        self.store.late > 0.0 || self.store.twice > 0.0
    }

    /// How often something goes wrong, as the weather is now.
    pub(super) fn now(&self, often: f64) -> f64 {
        if self.is_fine() { 0.0 } else { often }
    }
}

/// Nothing in most simulations, and in the others up to so much.
fn some(dice: &Dice, often: f64, most: f64) -> f64 {
    // Small ones are as frequent as large ones: a game must get somewhere before things go wrong.
    if dice.chance(often) { most * 40f64.powf(-dice.share(0.0, 1.0)) } else { 0.0 }
}

fn blows(dice: &Dice, pods: usize) -> Vec<Blow> {
    let alone = [Blow::Kill, Blow::Freeze, Blow::Drain, Blow::CutFromClients];
    let many = [
        Blow::PowerOff,
        Blow::KillAll,
        Blow::Rolling,
        Blow::CutFromStore,
        Blow::Grey,
        Blow::CutFromBus,
    ];
    let many = many.into_iter().filter(|_| pods > 1);
    alone.into_iter().chain(many).filter(|_| dice.chance(0.4)).collect()
}

fn habits(dice: &Dice, ends_at: u64) -> Habits {
    let all = [
        Whim::Drop,
        Whim::Leave,
        Whim::OpenTwice,
        Whim::Reload,
        Whim::LeaveQueue,
        Whim::Quit,
        Whim::Stammer,
    ];
    Habits {
        rate: dice.share(4.0, 9.0),
        golden_share: if dice.chance(0.3) { 1.0 } else { 0.0 },
        ends_at,
        whim_every: dice.millis(1_000, 8_000),
        whims: all.into_iter().filter(|_| dice.chance(0.4)).collect(),
    }
}
