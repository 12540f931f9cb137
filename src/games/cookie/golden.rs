//! The golden cookies of a duel: when they appear, where, and whose they are.
//!
//! The generator is part of the state, so a restored game goes on with the cookies it would have
//! had. It is asked only when a cookie appears, never when time merely passes.

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg32;
use serde::{Deserialize, Serialize};

use super::Settings;
use crate::games::GameTime;

/// A golden cookie on the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Golden {
    /// 1, 2, 3 … in the order of appearance.
    pub(super) number: u32,
    /// Percent from the left, 5 to 95.
    pub(super) x: u32,
    /// Percent from the top, 5 to 95.
    pub(super) y: u32,
    /// When it appeared.
    pub(super) at: GameTime,
}

/// Every golden cookie of one game: the open one, and those to come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Jar {
    rng: Pcg32,
    open: Option<Golden>,
    last: u32,
    next: GameTime,
}

impl Jar {
    /// The jar before the countdown. The same seed gives the same cookies.
    pub(super) fn new(settings: &Settings, seed: u64) -> Self {
        let mut rng = Pcg32::seed_from_u64(seed);
        let next = settings.start() + interval(settings, &mut rng);
        Self { rng, open: None, last: 0, next }
    }

    /// The cookie that waits to be claimed.
    pub(super) fn open(&self) -> Option<&Golden> {
        self.open.as_ref()
    }

    /// When the next one appears, if that is before the end.
    pub(super) fn next(&self, settings: &Settings) -> Option<GameTime> {
        (self.next < settings.end()).then_some(self.next)
    }

    /// Lets the next cookie appear if it is due; it takes the place of the open one.
    pub(super) fn appear(&mut self, settings: &Settings, now: GameTime) -> Option<Golden> {
        let at = self.next(settings).filter(|at| *at <= now)?;
        let x = self.rng.random_range(5..=95);
        let y = self.rng.random_range(5..=95);
        self.last += 1;
        self.open = Some(Golden { number: self.last, x, y, at });
        self.next = at + interval(settings, &mut self.rng);
        self.open
    }

    /// Takes the open cookie if it is the one of this number.
    pub(super) fn claim(&mut self, number: u32) -> bool {
        self.open.take_if(|open| open.number == number).is_some()
    }

    /// Removes the open cookie at the end of the game.
    pub(super) fn close(&mut self) {
        self.open = None;
    }
}

/// From one appearance to the next: at least 1 ms, so that a late wake-up meets finitely many.
fn interval(settings: &Settings, rng: &mut Pcg32) -> u64 {
    let shortest = settings.cookie_min_ms.max(1);
    rng.random_range(shortest..=settings.cookie_max_ms.max(shortest))
}
