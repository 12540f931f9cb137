//! A second connection of the same player takes over: what the older one must still be told, and
//! that it counts no more.
//!
//! Pure. While both are open the player makes no clicks of its own; the older connection sends the
//! next number, which nobody else does. Were it counted, the newer connection would be told of an
//! input that its player never made.

use std::time::{Duration, Instant};

use super::player::Ending;
use super::verdict::{Class, Fault};

/// The older connection must be closed with 4002 this long after the newer one is greeted, unless
/// something else was asked for.
pub(super) const CLOSED_WITHIN: Duration = Duration::from_secs(3);
const PING_EVERY: Duration = Duration::from_millis(500);
/// Pings that are answered further apart than this do not prove that the pod was there all along.
const ANSWERED_EVERY: Duration = Duration::from_millis(1200);
/// An older connection whose pod does not answer is let go so long after that.
const PATIENCE: Duration = Duration::from_secs(12);
const GHOST_EVERY: Duration = Duration::from_millis(100);
/// So long after the last click of the older connection the newer one has been told of it, if it
/// was counted: a game tells its state every second.
const HUSH: Duration = Duration::from_millis(1300);

/// What became of the older connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// Closed with 4002, so long after the newer one was greeted.
    Replaced(Duration),
    /// It broke, or was closed with 1012: its pod went away.
    Broke,
    /// Its pod did not answer, or the game was over first.
    Undecided,
}

/// What is to be done with the older connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Ping,
    /// Send the number that comes next.
    Ghost,
    Drop,
}

/// One takeover.
#[derive(Debug)]
pub(super) struct Takeover {
    /// The older connection must be closed within this.
    within: Duration,
    began: Instant,
    /// The newer connection was greeted.
    greeted: Option<Instant>,
    /// The newer connection has been told the state.
    synced: bool,
    fate: Option<Fate>,
    ping_at: Instant,
    ghost_at: Instant,
    /// Since when the older connection has answered without a break, and when it did last.
    answered: Option<(Instant, Instant)>,
    hush_until: Instant,
}

impl Takeover {
    pub(super) fn new(within: Duration, now: Instant) -> Self {
        Self {
            within,
            began: now,
            greeted: None,
            synced: false,
            fate: None,
            ping_at: now,
            ghost_at: now,
            answered: None,
            hush_until: now,
        }
    }

    /// The newer connection is greeted.
    pub(super) fn greet(&mut self, now: Instant) {
        self.greeted.get_or_insert(now);
    }

    /// The newer connection knows the state. How long the takeover took, the first time.
    pub(super) fn sync(&mut self, now: Instant) -> Option<Duration> {
        let first = !std::mem::replace(&mut self.synced, true);
        first.then(|| now.saturating_duration_since(self.began))
    }

    /// The newer connection is lost too.
    pub(super) fn lose(&mut self) {
        self.synced = false;
    }

    /// The older connection has answered a ping.
    pub(super) fn answer(&mut self, now: Instant) {
        let since = match self.answered {
            Some((since, last)) if now <= last + ANSWERED_EVERY => since,
            _ => now,
        };
        self.answered = Some((since, now));
    }

    /// The older connection ended by itself.
    pub(super) fn gone(&mut self, ending: Ending, now: Instant) -> Option<Fault> {
        let (fate, fault) = match ending {
            Ending::Closed(4002) => {
                let after = now.saturating_duration_since(self.greeted.unwrap_or(now));
                (Fate::Replaced(after), None)
            }
            Ending::Closed(1012) | Ending::Dropped | Ending::Refused(_) => (Fate::Broke, None),
            Ending::Closed(code) => {
                let text = format!("the older connection was closed with {code} instead of 4002");
                (Fate::Broke, Some(Fault::new(Class::NotReplaced, text)))
            }
        };
        self.fate.get_or_insert(fate);
        fault
    }

    /// What is due now, and what is wrong.
    pub(super) fn act(&mut self, now: Instant) -> (Vec<Step>, Option<Fault>) {
        let (Some(greeted), None) = (self.greeted, self.fate) else { return Default::default() };
        let answers = self.answered.map_or(Duration::ZERO, |(since, last)| last - since);
        if answers >= self.within {
            self.fate = Some(Fate::Undecided);
            let text = format!(
                "the older connection answers, but was not closed with 4002 within {:?}",
                self.within
            );
            return (vec![Step::Drop], Some(Fault::new(Class::NotReplaced, text)));
        }
        if now >= greeted + self.within + PATIENCE {
            self.fate = Some(Fate::Undecided);
            return (vec![Step::Drop], None);
        }
        let mut steps = Vec::new();
        if now >= self.ping_at {
            self.ping_at = now + PING_EVERY;
            steps.push(Step::Ping);
        }
        if self.synced && now >= self.ghost_at {
            self.ghost_at = now + GHOST_EVERY;
            self.hush_until = now + HUSH;
            steps.push(Step::Ghost);
        }
        (steps, None)
    }

    /// What became of the older connection, once the player may go on.
    pub(super) fn outcome(&self, now: Instant) -> Option<Fate> {
        self.fate.filter(|_| self.synced && now >= self.hush_until)
    }

    /// What became of it, should nothing more happen.
    pub(super) fn end(&self) -> Fate {
        self.fate.unwrap_or(Fate::Undecided)
    }

    /// When something is due next.
    pub(super) fn wake_at(&self) -> Option<Instant> {
        match (self.fate, self.greeted) {
            (Some(_), _) => self.synced.then_some(self.hush_until),
            (None, Some(_)) if self.synced => Some(self.ping_at.min(self.ghost_at)),
            (None, Some(_)) => Some(self.ping_at),
            (None, None) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    fn greeted(now: Instant) -> Takeover {
        let mut takeover = Takeover::new(CLOSED_WITHIN, now);
        takeover.greet(now);
        assert_eq!(takeover.sync(now), Some(Duration::ZERO));
        takeover
    }

    #[test]
    fn the_older_connection_clicks_on_until_it_is_closed_and_then_all_is_quiet_for_a_while() {
        let now = Instant::now();
        let mut takeover = greeted(now);
        let steps: Vec<Step> = (0..10).flat_map(|t| takeover.act(now + t * 100 * MS).0).collect();
        assert_eq!(steps.iter().filter(|step| **step == Step::Ghost).count(), 10);
        assert_eq!(steps.iter().filter(|step| **step == Step::Ping).count(), 2);
        assert_eq!(takeover.gone(Ending::Closed(4002), now + 950 * MS), None);
        assert_eq!(takeover.outcome(now + 2199 * MS), None);
        assert_eq!(takeover.wake_at(), Some(now + 2200 * MS));
        assert_eq!(takeover.outcome(now + 2200 * MS), Some(Fate::Replaced(950 * MS)));
    }

    #[test]
    fn an_older_connection_that_answers_for_three_seconds_is_not_replaced() {
        let now = Instant::now();
        let mut takeover = greeted(now);
        for t in 0..6 {
            takeover.answer(now + t * 500 * MS);
            assert_eq!(takeover.act(now + t * 500 * MS).1, None);
        }
        takeover.answer(now + 3000 * MS);
        let (steps, fault) = takeover.act(now + 3000 * MS);
        assert_eq!(steps, [Step::Drop]);
        assert_eq!(fault.unwrap().class, Class::NotReplaced);
    }

    #[test]
    fn an_older_connection_whose_pod_stands_still_is_not_blamed() {
        let now = Instant::now();
        let mut takeover = greeted(now);
        takeover.answer(now);
        takeover.answer(now + 2900 * MS);
        assert_eq!(takeover.act(now + 3500 * MS).1, None);
        assert_eq!(takeover.act(now + 15_000 * MS), (vec![Step::Drop], None));
        assert_eq!(takeover.end(), Fate::Undecided);
    }

    #[test]
    fn a_close_that_says_something_else_is_wrong() {
        let now = Instant::now();
        let class = |code| greeted(now).gone(Ending::Closed(code), now).map(|fault| fault.class);
        assert_eq!(class(1000), Some(Class::NotReplaced));
        assert_eq!(class(1012), None);
    }

    #[test]
    fn nothing_is_sent_on_the_older_connection_before_the_newer_one_knows_the_state() {
        let now = Instant::now();
        let mut takeover = Takeover::new(CLOSED_WITHIN, now);
        assert_eq!((takeover.act(now), takeover.wake_at()), ((vec![], None), None));
        takeover.greet(now);
        assert_eq!(takeover.act(now).0, [Step::Ping]);
        takeover.sync(now);
        assert_eq!(takeover.act(now).0, [Step::Ghost]);
    }
}
