//! Gaps: how long a player who clicks had to wait until acknowledgements went on.
//!
//! Pure. A gap runs from the last acknowledgement before a disturbance to the first after it. It
//! counts only while the player would click: not while the player is away of its own will, or lets
//! another tab take over.

use std::time::{Duration, Instant};

use serde::Serialize;

/// What ended a gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum GapEnd {
    /// An acknowledgement.
    Ack,
    /// The end of the game, which acknowledges too.
    Over,
    /// Nothing: the player gave up.
    Never,
}

/// A gap between two acknowledgements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The last acknowledgement before.
    pub begin: Instant,
    /// The first after.
    pub end: Instant,
    /// Whether the player's connection was lost meanwhile; else the player is a survivor.
    pub reconnected: bool,
    /// How long of it the server said that nobody hosts the game.
    pub paused: Duration,
    /// What ended it.
    pub ended: GapEnd,
}

impl Gap {
    /// How long it was.
    pub fn length(&self) -> Duration {
        self.end.saturating_duration_since(self.begin)
    }
}

/// Watches one player's acknowledgements.
#[derive(Debug)]
pub(super) struct Gaps {
    threshold: Duration,
    /// The last acknowledgement; `None` while the player does not click.
    since: Option<Instant>,
    reconnected: bool,
    paused: Duration,
    paused_since: Option<Instant>,
}

impl Gaps {
    /// Gaps longer than the threshold count, and longer than two clicks of the player are apart.
    pub(super) fn new(threshold: Duration, rate: f64) -> Self {
        Self {
            threshold: threshold.max(Duration::from_secs_f64(2.0 / rate)),
            since: None,
            reconnected: false,
            paused: Duration::ZERO,
            paused_since: None,
        }
    }

    /// The player clicks from now on. Nothing changes if it did already.
    pub(super) fn begin(&mut self, now: Instant) {
        if self.since.is_none() {
            self.start_anew(Some(now));
        }
    }

    /// The player does not click for reasons of its own.
    pub(super) fn suspend(&mut self) {
        self.start_anew(None);
    }

    /// An acknowledgement rose.
    pub(super) fn acknowledge(&mut self, now: Instant) -> Option<Gap> {
        self.end(GapEnd::Ack, Some(now), now)
    }

    /// Nothing more will come.
    pub(super) fn finish(&mut self, ended: GapEnd, now: Instant) -> Option<Gap> {
        self.end(ended, None, now)
    }

    /// The connection was lost.
    pub(super) fn lose(&mut self) {
        self.reconnected = true;
    }

    /// The server says that nobody hosts the game.
    pub(super) fn pause(&mut self, now: Instant) {
        self.paused_since.get_or_insert(now);
    }

    /// The server shows the game again.
    pub(super) fn resume(&mut self, now: Instant) {
        if let Some(since) = self.paused_since.take() {
            self.paused += now.saturating_duration_since(since);
        }
    }

    fn end(&mut self, ended: GapEnd, next: Option<Instant>, now: Instant) -> Option<Gap> {
        let begin = self.since?;
        self.resume(now);
        let (reconnected, paused) = (self.reconnected, self.paused);
        self.start_anew(next);
        let gap = Gap { begin, end: now, reconnected, paused, ended };
        (gap.length() > self.threshold).then_some(gap)
    }

    fn start_anew(&mut self, since: Option<Instant>) {
        self.since = since;
        self.reconnected = false;
        self.paused = Duration::ZERO;
        self.paused_since = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    fn watching(start: Instant) -> Gaps {
        let mut gaps = Gaps::new(300 * MS, 10.0);
        gaps.begin(start);
        gaps
    }

    #[test]
    fn a_gap_runs_from_the_last_acknowledgement_to_the_next_one() {
        let start = Instant::now();
        let mut gaps = watching(start);
        assert_eq!(gaps.acknowledge(start + 100 * MS), None);
        assert_eq!(gaps.acknowledge(start + 400 * MS), None, "at the threshold");
        let gap = gaps.acknowledge(start + 1000 * MS).unwrap();
        assert_eq!((gap.begin, gap.length()), (start + 400 * MS, 600 * MS));
        assert_eq!((gap.reconnected, gap.paused, gap.ended), (false, Duration::ZERO, GapEnd::Ack));
        assert_eq!(gaps.acknowledge(start + 1100 * MS), None);
    }

    #[test]
    fn the_start_of_the_game_begins_the_first_gap_and_its_end_closes_the_last() {
        let start = Instant::now();
        let mut gaps = watching(start);
        gaps.begin(start + 900 * MS);
        let gap = gaps.finish(GapEnd::Over, start + 1000 * MS).unwrap();
        assert_eq!((gap.begin, gap.ended), (start, GapEnd::Over));
        assert_eq!(gaps.acknowledge(start + 9000 * MS), None, "nothing is watched any more");
    }

    #[test]
    fn a_gap_knows_whether_the_connection_was_lost_in_it_and_how_long_it_was_paused() {
        let start = Instant::now();
        let mut gaps = watching(start);
        gaps.lose();
        gaps.pause(start + 500 * MS);
        gaps.pause(start + 1500 * MS);
        gaps.resume(start + 2000 * MS);
        let gap = gaps.acknowledge(start + 2100 * MS).unwrap();
        assert_eq!((gap.reconnected, gap.paused), (true, 1500 * MS));
        let gap = gaps.acknowledge(start + 3000 * MS).unwrap();
        assert_eq!(
            (gap.reconnected, gap.paused),
            (false, Duration::ZERO),
            "the next one is another one"
        );
    }

    #[test]
    fn a_player_who_does_not_click_has_no_gap() {
        let start = Instant::now();
        let mut gaps = watching(start);
        gaps.suspend();
        assert_eq!(gaps.acknowledge(start + 5000 * MS), None);
        gaps.begin(start + 6000 * MS);
        assert_eq!(gaps.acknowledge(start + 6100 * MS), None);
    }

    #[test]
    fn rare_clicks_make_no_gaps() {
        let start = Instant::now();
        let mut gaps = Gaps::new(300 * MS, 1.0);
        gaps.begin(start);
        assert_eq!(gaps.acknowledge(start + 1400 * MS), None);
        assert!(gaps.acknowledge(start + 3500 * MS).is_some());
    }
}
