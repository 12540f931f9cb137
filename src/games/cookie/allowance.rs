//! How many clicks of a seat may still count: a token bucket in game time.
//!
//! Integers alone, and refilled only when asked, so the answer depends on the times of the clicks
//! and on nothing else.

use serde::{Deserialize, Serialize};

use super::Settings;
use crate::games::GameTime;

/// One click, in the unit of the bucket: at a rate of r clicks a second, r units come back each
/// millisecond.
const CLICK: u64 = 1_000;

/// The bucket of one seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Allowance {
    level: u64,
    at: GameTime,
}

impl Allowance {
    /// A full bucket.
    pub(super) fn full(settings: &Settings) -> Self {
        Self { level: capacity(settings), at: GameTime(0) }
    }

    /// Takes one click, if there is one. Times must not go back.
    pub(super) fn take(&mut self, settings: &Settings, now: GameTime) -> bool {
        let back = (now - self.at).saturating_mul(u64::from(settings.click_rate));
        self.level = self.level.saturating_add(back).min(capacity(settings));
        self.at = now;
        match self.level.checked_sub(CLICK) {
            Some(rest) => {
                self.level = rest;
                true
            }
            None => false,
        }
    }
}

fn capacity(settings: &Settings) -> u64 {
    u64::from(settings.click_burst) * CLICK
}
