//! How regular a player's inputs were: recorded with the result, for operators to look at.
//!
//! A measure and no judgement: nothing is refused, ended or hidden because of it. A program that clicks
//! by a timer is more even than any hand; one that adds noise is not told apart.

use serde::{Deserialize, Serialize};

use super::GameTime;

/// A longer pause is a rest and no interval, in milliseconds.
const REST: u64 = 2_000;
/// Fewer intervals say nothing.
const ENOUGH: u32 = 50;
/// A spread up to this is a timer's, in percent. A choice: whoever clicks as fast as possible varies
/// more than that from one click to the next.
const STEADY: u32 = 3;
/// So many inputs beyond what counts are no slip of the finger.
const MANY: u32 = 20;

/// How regular the inputs of one seat were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rhythm {
    /// Intervals between one input and the next; pauses over two seconds are left out.
    pub intervals: u32,
    /// Their mean, in milliseconds.
    pub mean_ms: u32,
    /// Their standard deviation in percent of the mean (the coefficient of variation).
    pub spread_percent: u32,
    /// Inputs beyond what may count. They counted nothing.
    pub too_fast: u32,
}

impl Rhythm {
    /// What an operator may want to look at, in words; empty when nothing stands out.
    pub fn oddities(&self) -> Vec<String> {
        let Self { intervals, mean_ms, spread_percent, too_fast } = *self;
        let steady = (intervals >= ENOUGH && spread_percent <= STEADY).then(|| {
            format!(
                "as even as a timer: {intervals} intervals of {mean_ms} ms that vary by \
                 {spread_percent} % (up to {STEADY} % stands out)"
            )
        });
        let fast = (too_fast >= MANY).then(|| {
            format!("{too_fast} inputs beyond the rate that counts (from {MANY} on stands out)")
        });
        steady.into_iter().chain(fast).collect()
    }
}

/// What is kept of it while a game is played.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    last: Option<GameTime>,
    intervals: u32,
    sum: u64,
    squares: u64,
    too_fast: u32,
}

impl Tally {
    /// An input came, and it counted or was too fast for that.
    pub fn add(&mut self, now: GameTime, counted: bool) {
        self.too_fast = self.too_fast.saturating_add(u32::from(!counted));
        let before = self.last.replace(now);
        let Some(interval) = before.map(|before| now - before).filter(|ms| *ms <= REST) else {
            return;
        };
        self.intervals = self.intervals.saturating_add(1);
        self.sum = self.sum.saturating_add(interval);
        self.squares = self.squares.saturating_add(interval * interval);
    }

    /// What it comes to.
    pub fn rhythm(&self) -> Rhythm {
        let Self { intervals, sum, squares, too_fast, .. } = *self;
        let count = u64::from(intervals);
        let mean = sum.checked_div(count).unwrap_or_default();
        // n² times the variance: no fractions until the root.
        let variance = count.saturating_mul(squares).saturating_sub(sum.saturating_mul(sum));
        let spread = (variance.isqrt() * 100).checked_div(sum).unwrap_or_default();
        let small = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
        Rhythm { intervals, mean_ms: small(mean), spread_percent: small(spread), too_fast }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(times: impl IntoIterator<Item = u64>) -> Rhythm {
        let mut tally = Tally::default();
        for at in times {
            tally.add(GameTime(at), true);
        }
        tally.rhythm()
    }

    #[test]
    fn a_timer_has_no_spread_and_stands_out() {
        let rhythm = of((0..100).map(|click| click * 80));
        assert_eq!((rhythm.intervals, rhythm.mean_ms, rhythm.spread_percent), (99, 80, 0));
        assert_eq!(rhythm.oddities().len(), 1);
        assert!(rhythm.oddities()[0].contains("as even as a timer"));
    }

    #[test]
    fn a_hand_has_a_spread_and_does_not() {
        // 100, 140, 100, 140 …: a mean of 120, a deviation of 20.
        let rhythm = of((0..100).map(|click| click * 120 + (click % 2) * 20));
        assert_eq!((rhythm.mean_ms, rhythm.spread_percent), (120, 16));
        assert_eq!(rhythm.oddities(), [""; 0]);
    }

    #[test]
    fn rests_are_no_intervals_and_a_few_clicks_say_nothing() {
        assert_eq!(of([0, 100, 5_000, 5_100]).intervals, 2);
        assert_eq!(of((0..50).map(|click| click * 80)).oddities(), [""; 0]);
        assert_eq!(of([]), Rhythm::default());
        assert_eq!(of([7, 7, 7]).spread_percent, 0, "all at once");
    }

    #[test]
    fn many_clicks_beyond_the_rate_stand_out() {
        let mut tally = Tally::default();
        (0..25).for_each(|click| tally.add(GameTime(click * 3), click < 5));
        let rhythm = tally.rhythm();
        assert_eq!(rhythm.too_fast, 20);
        assert!(rhythm.oddities()[0].contains("20 inputs beyond"));
    }

    #[test]
    fn a_game_of_any_length_can_be_summed_up() {
        let mut tally = Tally { squares: u64::MAX, ..Tally::default() };
        tally.add(GameTime(0), true);
        tally.add(GameTime(REST), true);
        assert_eq!(tally.rhythm().intervals, 1);
    }
}
