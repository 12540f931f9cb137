//! The numbers of the cookie duel. They are part of each game's state, so that a game ends by the
//! rules it began with, whatever the pod that finishes it is configured to.

use serde::{Deserialize, Serialize};

use crate::games::GameTime;

/// The numbers of a duel. Times are milliseconds of game time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// How long nobody may click yet. Default 5,000.
    pub countdown_ms: u64,
    /// How long clicks count, after the countdown. Default 60,000.
    pub duration_ms: u64,
    /// The shortest time from one golden cookie to the next. Default 5,000; 0 is taken as 1.
    pub cookie_min_ms: u64,
    /// The longest time from one golden cookie to the next. Default 10,000.
    pub cookie_max_ms: u64,
    /// How long a claimed golden cookie doubles clicks. Default 5,000.
    pub bonus_ms: u64,
    /// Clicks a second that count for long. Default 20.
    pub click_rate: u32,
    /// Clicks that count at once, after a rest. Default 60.
    pub click_burst: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            countdown_ms: 5_000,
            duration_ms: 60_000,
            cookie_min_ms: 5_000,
            cookie_max_ms: 10_000,
            bonus_ms: 5_000,
            click_rate: 20,
            click_burst: 60,
        }
    }
}

impl Settings {
    /// The first instant at which a click counts.
    pub fn start(&self) -> GameTime {
        GameTime(0) + self.countdown_ms
    }

    /// The first instant at which a click does not count any more.
    pub fn end(&self) -> GameTime {
        self.start() + self.duration_ms
    }
}
