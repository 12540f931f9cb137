//! The numbered inputs of one player in one game, and when each is sent again.
//!
//! Pure: it knows no socket and no clock. Inputs go out in the order of their numbers; what is not
//! acknowledged is kept, and goes out again from the first such number on.

use std::time::{Duration, Instant};

use super::wire::Kind;

/// So many unacknowledged inputs, and no more are taken.
pub(super) const MAX_UNACKNOWLEDGED: u32 = 40;
/// Unacknowledged for so long: sent again.
const RESEND_AFTER: Duration = Duration::from_secs(1);
/// Waiting for so long: the connection is given up.
const GIVE_UP_AFTER: Duration = Duration::from_secs(2);
/// Repeats go out at 20 a second.
const REPEAT_EVERY: Duration = Duration::from_millis(50);

/// An input that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Due {
    pub(super) n: u32,
    pub(super) kind: Kind,
    /// It was sent before.
    pub(super) repeat: bool,
}

/// The inputs made so far.
#[derive(Debug, Default)]
pub(super) struct Clicks {
    made: Vec<Kind>,
    acked: u32,
    /// The last number ever sent.
    sent: u32,
    /// The last number sent since the last reconnect or resend.
    cursor: u32,
    /// No repeat before this.
    not_before: Option<Instant>,
    /// Since when something sent is waiting without any acknowledgement moving.
    waiting_since: Option<Instant>,
    repeated_at: Option<Instant>,
}

impl Clicks {
    /// The highest number that is safe.
    pub(super) fn acked(&self) -> u32 {
        self.acked
    }

    /// The highest number that was made.
    #[cfg(test)]
    pub(super) fn made(&self) -> u32 {
        self.last()
    }

    /// Whether another input may be made.
    pub(super) fn has_room(&self) -> bool {
        self.last() - self.acked < MAX_UNACKNOWLEDGED
    }

    /// The number that the next input will have.
    pub(super) fn next_number(&self) -> u32 {
        self.last() + 1
    }

    /// Makes the next input; `false` when too many wait for their acknowledgement.
    pub(super) fn make(&mut self, kind: Kind) -> bool {
        let room = self.has_room();
        if room {
            self.made.push(kind);
        }
        room
    }

    /// Takes the next input to send, if one is due.
    pub(super) fn take_due(&mut self, now: Instant) -> Option<Due> {
        if self.cursor >= self.last() || self.not_before.is_some_and(|at| now < at) {
            return None;
        }
        self.cursor += 1;
        let n = self.cursor;
        let repeat = n <= self.sent;
        self.sent = self.sent.max(n);
        let behind = repeat || n < self.last();
        self.not_before = behind.then(|| now + REPEAT_EVERY);
        self.waiting_since.get_or_insert(now);
        Some(Due { n, kind: self.made[n as usize - 1], repeat })
    }

    /// An acknowledgement arrived.
    pub(super) fn acknowledge(&mut self, ack: u32, now: Instant) {
        if ack <= self.acked {
            return;
        }
        // A number that was never made is the ledger's to complain about.
        self.acked = ack.min(self.last());
        self.cursor = self.cursor.max(self.acked);
        self.waiting_since = (self.cursor > self.acked).then_some(now);
        self.repeated_at = None;
    }

    /// The whole state came, after a reconnect or from a new host: what it does not include goes
    /// again. That may be more than was not acknowledged: a store that did not keep what it had
    /// confirmed gets it back from here.
    pub(super) fn start_over(&mut self, ack: u32) {
        self.acked = ack.min(self.last());
        self.cursor = self.acked;
        self.not_before = None;
        self.stop_waiting();
    }

    /// The server misses the inputs from this number on.
    pub(super) fn resend_from(&mut self, n: u32, now: Instant) {
        self.cursor = self.cursor.min(n.saturating_sub(1)).max(self.acked);
        self.not_before = Some(now + REPEAT_EVERY);
    }

    /// Nobody hosts the game: waiting does not count.
    pub(super) fn stop_waiting(&mut self) {
        self.waiting_since = None;
        self.repeated_at = None;
    }

    /// Whether the connection has kept an acknowledgement back for too long.
    pub(super) fn has_waited_too_long(&self, now: Instant) -> bool {
        self.waiting_since.is_some_and(|since| now >= since + GIVE_UP_AFTER)
    }

    /// Goes back to what is not acknowledged, when that is old enough.
    pub(super) fn repeat_if_old(&mut self, now: Instant) {
        if self.repeat_at().is_some_and(|at| now >= at) {
            self.cursor = self.acked;
            self.repeated_at = Some(now);
        }
    }

    /// When something is to be done next.
    pub(super) fn wake_at(&self, now: Instant) -> Option<Instant> {
        let due = (self.cursor < self.last()).then(|| self.not_before.unwrap_or(now));
        let give_up = self.waiting_since.map(|since| since + GIVE_UP_AFTER);
        [due, self.repeat_at(), give_up].into_iter().flatten().min()
    }

    fn repeat_at(&self) -> Option<Instant> {
        let since = self.waiting_since?;
        Some(self.repeated_at.unwrap_or(since).max(since) + RESEND_AFTER)
    }

    fn last(&self) -> u32 {
        self.made.len() as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    fn made(count: u32) -> Clicks {
        let mut clicks = Clicks::default();
        for _ in 0..count {
            assert!(clicks.make(Kind::Click));
        }
        clicks
    }

    /// Numbers taken when looked at every millisecond for so long.
    fn taken(clicks: &mut Clicks, from: Instant, ms: u32) -> Vec<u32> {
        (0..ms).filter_map(|t| clicks.take_due(from + t * MS)).map(|due| due.n).collect()
    }

    #[test]
    fn a_fresh_click_goes_out_at_once_and_is_no_repeat() {
        let now = Instant::now();
        let mut clicks = made(1);
        assert_eq!(clicks.take_due(now), Some(Due { n: 1, kind: Kind::Click, repeat: false }));
        assert_eq!(clicks.take_due(now), None);
        clicks.make(Kind::Golden(7));
        assert_eq!(clicks.take_due(now).unwrap().kind, Kind::Golden(7));
    }

    #[test]
    fn beyond_forty_unacknowledged_no_click_is_taken() {
        let mut clicks = made(40);
        assert!(!clicks.make(Kind::Click));
        clicks.acknowledge(1, Instant::now());
        assert!(clicks.make(Kind::Click));
    }

    #[test]
    fn after_a_reconnect_the_unacknowledged_go_again_in_order_at_twenty_a_second() {
        let start = Instant::now();
        let mut clicks = made(1);
        clicks.take_due(start);
        for _ in 0..9 {
            clicks.make(Kind::Click);
            clicks.take_due(start + 50 * MS);
        }
        clicks.start_over(4);
        assert_eq!(taken(&mut clicks, start, 50), [5]);
        assert_eq!(taken(&mut clicks, start + 50 * MS, 150), [6, 7, 8]);
    }

    #[test]
    fn what_a_store_has_forgotten_goes_again() {
        let start = Instant::now();
        let mut clicks = made(1);
        clicks.take_due(start);
        clicks.acknowledge(1, start);
        clicks.make(Kind::Golden(3));
        clicks.take_due(start);
        clicks.acknowledge(2, start);
        clicks.start_over(0);
        assert_eq!(taken(&mut clicks, start, 100), [1, 2]);
        clicks.start_over(1);
        assert_eq!(clicks.take_due(start + 60 * MS).unwrap().kind, Kind::Golden(3));
    }

    #[test]
    fn a_click_without_acknowledgement_is_repeated_after_a_second() {
        let start = Instant::now();
        let mut clicks = made(1);
        clicks.take_due(start);
        clicks.repeat_if_old(start + 999 * MS);
        assert_eq!(clicks.take_due(start + 999 * MS), None);
        assert_eq!(clicks.wake_at(start), Some(start + 1000 * MS));
        clicks.repeat_if_old(start + 1000 * MS);
        assert!(clicks.take_due(start + 1000 * MS).unwrap().repeat);
        assert!(!clicks.has_waited_too_long(start + 1999 * MS));
        assert!(clicks.has_waited_too_long(start + 2000 * MS));
    }

    #[test]
    fn a_moving_acknowledgement_starts_the_wait_anew() {
        let start = Instant::now();
        let mut clicks = made(1);
        clicks.take_due(start);
        clicks.make(Kind::Click);
        clicks.take_due(start + 1 * MS);
        clicks.acknowledge(1, start + 900 * MS);
        assert!(!clicks.has_waited_too_long(start + 2500 * MS));
        clicks.acknowledge(2, start + 950 * MS);
        assert!(!clicks.has_waited_too_long(start + 9000 * MS));
        assert_eq!(clicks.wake_at(start), None);
    }

    #[test]
    fn the_server_may_ask_for_what_it_misses_but_not_for_what_is_safe() {
        let start = Instant::now();
        let mut clicks = made(1);
        clicks.take_due(start);
        for _ in 0..5 {
            clicks.make(Kind::Click);
            clicks.take_due(start + 50 * MS);
        }
        clicks.acknowledge(3, start);
        clicks.resend_from(2, start);
        assert_eq!(taken(&mut clicks, start, 160), [4, 5, 6]);
    }
}
