//! The clock of a room: game time runs while the room is hosted and somebody is there.

use std::time::Duration;

use tokio::time::Instant;

use crate::games::GameTime;

/// Translates the pod's monotonic clock into game time. Stopping it gives the players back
/// whatever passes until it is started again; it never runs backwards.
#[derive(Debug)]
pub struct Clock {
    at: GameTime,
    running_since: Option<Instant>,
}

impl Clock {
    /// A clock that stands at a game time.
    pub fn standing_at(at: GameTime) -> Self {
        Self { at, running_since: None }
    }

    /// The game time now.
    pub fn now(&self) -> GameTime {
        match self.running_since {
            Some(since) => self.at + millis(since.elapsed()),
            None => self.at,
        }
    }

    /// Lets game time pass from now on.
    pub fn start(&mut self) {
        self.running_since.get_or_insert_with(Instant::now);
    }

    /// Lets game time stand from now on.
    pub fn stop(&mut self) {
        self.at = self.now();
        self.running_since = None;
    }

    /// When it will show a game time; `None` while it stands.
    pub fn instant_of(&self, time: GameTime) -> Option<Instant> {
        self.running_since.map(|since| since + Duration::from_millis(time - self.at))
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
