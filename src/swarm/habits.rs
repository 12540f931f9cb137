//! What players do besides playing: they go away, open a second tab, and change their mind in the
//! queue. Each player's moments are drawn from its own seed.
//!
//! Pure.

use std::time::{Duration, Instant};

use rand::RngExt;
use rand_pcg::Pcg64Mcg;

use super::takeover::CLOSED_WITHIN;

/// How often players do what.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Habits {
    /// How often a player goes away without a word, a minute of play on average.
    pub absences: f64,
    /// For how long: one of these.
    pub absence_lengths: [Duration; 3],
    /// How often a player opens a second connection, a minute of play on average.
    pub two_tabs: f64,
    /// How soon after the second connection is greeted the first one must be closed.
    pub replaced_within: Duration,
    /// The share of joins that are taken back, 0 to 1.
    pub leaves: f64,
}

impl Default for Habits {
    /// Nobody does anything but play. Absences take 1, 5 or 20 s.
    fn default() -> Self {
        let absence_lengths = [1, 5, 20].map(Duration::from_secs);
        let replaced_within = CLOSED_WITHIN;
        Self { absences: 0.0, absence_lengths, two_tabs: 0.0, replaced_within, leaves: 0.0 }
    }
}

/// How soon at most a join is taken back: so that some cross the match.
const CHANGES_MIND_WITHIN: u64 = 30;
/// How soon at most a player who left the queue joins again.
const JOINS_AGAIN_WITHIN: u64 = 1000;

/// How soon at most a player whose game is over wants the next one: some at once, so that their join
/// crosses what the end of the game still does.
const PLAYS_AGAIN_WITHIN: u64 = 50;

/// One player's moments.
#[derive(Debug)]
pub(super) struct Whims {
    habits: Habits,
    rng: Pcg64Mcg,
    away_at: Option<Instant>,
    tab_at: Option<Instant>,
}

impl Whims {
    pub(super) fn new(habits: Habits, rng: Pcg64Mcg) -> Self {
        Self { habits, rng, away_at: None, tab_at: None }
    }

    /// The game has begun.
    pub(super) fn begin(&mut self, now: Instant) {
        self.away_at = self.draw(self.habits.absences, now);
        self.tab_at = self.draw(self.habits.two_tabs, now);
    }

    /// Whether the player goes away now, and for how long.
    pub(super) fn goes_away(&mut self, now: Instant) -> Option<Duration> {
        self.away_at.filter(|at| now >= *at)?;
        let lengths = self.habits.absence_lengths;
        let length = lengths[self.rng.random_range(0..lengths.len())];
        self.away_at = self.draw(self.habits.absences, now + length);
        Some(length)
    }

    /// Whether the player opens a second connection now.
    pub(super) fn opens_tab(&mut self, now: Instant) -> bool {
        let due = self.tab_at.is_some_and(|at| now >= at);
        if due {
            self.tab_at = self.draw(self.habits.two_tabs, now);
        }
        due
    }

    /// How long after joining the player leaves again, if it does.
    pub(super) fn changes_mind(&mut self) -> Option<Duration> {
        let leaves = self.rng.random_range(0.0..1.0) < self.habits.leaves;
        leaves.then(|| Duration::from_millis(self.rng.random_range(0..CHANGES_MIND_WITHIN)))
    }

    /// How long after leaving the player joins again.
    pub(super) fn joins_again(&mut self) -> Duration {
        Duration::from_millis(self.rng.random_range(0..JOINS_AGAIN_WITHIN))
    }

    /// How long after a game the player wants the next one.
    pub(super) fn plays_again(&mut self) -> Duration {
        Duration::from_millis(self.rng.random_range(0..PLAYS_AGAIN_WITHIN))
    }

    /// When something is due next.
    pub(super) fn wake_at(&self) -> Option<Instant> {
        [self.away_at, self.tab_at].into_iter().flatten().min()
    }

    /// The next moment of something that happens so often a minute.
    fn draw(&mut self, per_minute: f64, now: Instant) -> Option<Instant> {
        if per_minute <= 0.0 {
            return None;
        }
        let minutes = -(1.0 - self.rng.random_range(0.0..1.0_f64)).ln() / per_minute;
        Some(now + Duration::from_secs_f64(60.0 * minutes.min(1e4)))
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    const MS: Duration = Duration::from_millis(1);

    fn whims(habits: Habits) -> Whims {
        Whims::new(habits, Pcg64Mcg::seed_from_u64(5))
    }

    #[test]
    fn without_a_rate_nothing_ever_happens() {
        let now = Instant::now();
        let mut whims = whims(Habits::default());
        whims.begin(now);
        assert_eq!((whims.wake_at(), whims.changes_mind()), (None, None));
        assert!(!whims.opens_tab(now + Duration::from_secs(1000)));
    }

    #[test]
    fn absences_come_as_often_as_asked_and_have_the_lengths_of_the_list() {
        let start = Instant::now();
        let mut whims = whims(Habits { absences: 6.0, ..Habits::default() });
        whims.begin(start);
        let away: Vec<u64> = (0..600_000u32)
            .filter_map(|t| whims.goes_away(start + t * 10 * MS))
            .map(|length| length.as_secs())
            .collect();
        // 100 minutes, of which those away do not count: 6 in 60 s of play and 52 s of absence.
        assert!((250..400).contains(&away.len()), "{}", away.len());
        assert!([1, 5, 20].iter().all(|length| away.contains(length)));
    }

    #[test]
    fn the_share_of_joins_taken_back_is_the_one_asked_for() {
        let mut whims = whims(Habits { leaves: 0.3, ..Habits::default() });
        let left = (0..1000).filter(|_| whims.changes_mind().is_some()).count();
        assert!((240..360).contains(&left), "{left}");
    }
}
