//! The clock of a room: game time runs while the room is hosted and somebody is there.

use std::time::Duration;

use tokio::time::Instant;

use crate::games::GameTime;

/// Translates the pod's monotonic clock into game time. Stopping it gives the players back
/// whatever passes until it is started again; it never runs backwards.
#[derive(Debug)]
pub(super) struct Clock {
    at: GameTime,
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    since: Instant,
    /// When the clock was last looked at.
    seen: Instant,
}

/// A room looks at its clock at least once a second. If it did not for this long, the process was
/// frozen, nobody was hosting the game, and the players are given the rest back.
const FROZEN: Duration = Duration::from_secs(2);

impl Clock {
    /// A clock that stands at a game time.
    pub(super) fn standing_at(at: GameTime) -> Self {
        Self { at, running: None }
    }

    /// The game time now.
    pub(super) fn now(&mut self) -> GameTime {
        let Some(running) = &mut self.running else { return self.at };
        let now = Instant::now();
        let frozen = (now - running.seen).saturating_sub(FROZEN);
        running.since += frozen;
        running.seen = now;
        self.at + millis(now - running.since)
    }

    /// Lets game time pass from now on.
    pub(super) fn start(&mut self) {
        let now = Instant::now();
        self.running.get_or_insert(Running { since: now, seen: now });
    }

    /// Lets game time stand from now on.
    pub(super) fn stop(&mut self) {
        self.at = self.now();
        self.running = None;
    }

    /// When it will show a game time; `None` while it stands.
    pub(super) fn instant_of(&self, time: GameTime) -> Option<Instant> {
        let running = self.running.as_ref()?;
        Some(running.since + Duration::from_millis(time - self.at))
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn it_runs_while_it_is_started_and_stands_while_it_is_stopped() {
        let mut clock = Clock::standing_at(GameTime(500));
        tokio::time::advance(Duration::from_secs(9)).await;
        assert_eq!(clock.now(), GameTime(500));
        clock.start();
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(clock.now(), GameTime(1_500));
        clock.stop();
        tokio::time::advance(Duration::from_secs(9)).await;
        assert_eq!(clock.now(), GameTime(1_500));
        clock.start();
        assert_eq!(clock.now(), GameTime(1_500));
    }

    #[tokio::test(start_paused = true)]
    async fn a_frozen_process_does_not_eat_the_minute() {
        let mut clock = Clock::standing_at(GameTime(0));
        clock.start();
        for _ in 0..3 {
            tokio::time::advance(Duration::from_secs(1)).await;
            clock.now();
        }
        tokio::time::advance(Duration::from_secs(20)).await;
        assert_eq!(clock.now(), GameTime(5_000), "two of the twenty seconds count");
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(clock.now(), GameTime(6_000));
    }
}
