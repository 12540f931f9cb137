//! A player's duty towards the connection: when to try again, and when silence is a fault.
//!
//! Pure: the socket itself is elsewhere.

use std::time::{Duration, Instant};

use rand::RngExt;
use rand_pcg::Pcg64Mcg;
use serde::Serialize;

/// An attempt without `HELLO` is given up after this.
const HELLO_WITHIN: Duration = Duration::from_secs(1);
/// While a game is on, nothing heard for so long is a fault.
pub(super) const SILENCE: Duration = Duration::from_millis(1500);
/// A server that says `PAUSED` instead of `HELLO` cannot see its store; it is waited for so long.
const STORE_WITHIN: Duration = Duration::from_secs(12);
/// After 1012 everybody of a pod comes at once: spread over so many milliseconds.
const MOVE_SPREAD: u64 = 100;
/// Delays before the attempts, in milliseconds; the last one stays. Eleven fit into three
/// seconds, since the balancer may send some of them to a pod that is gone.
const DELAYS: [u64; 14] = [0, 100, 200, 300, 300, 300, 300, 300, 300, 300, 300, 600, 1200, 2000];
/// The server said "too many": come back after this.
const AFTER_TOO_MANY: Duration = Duration::from_secs(5);

/// Why a connection, or an attempt at one, was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The attempt was refused, or failed.
    Refused,
    /// The attempt was answered with a status of 500 or more, as by a balancer without a pod.
    Unavailable,
    /// No `HELLO` within a second, or no further `PAUSED` before it.
    NoHello,
    /// Closed or reset by the other side, without a code.
    Dropped,
    /// Closed with 1012.
    GoingAway,
    /// Closed with 4029.
    TooMany,
    /// Nothing heard for 1.5 s in a game, or after something was asked.
    Silence,
    /// Nothing heard for 5 s in the queue, not even the answer to a ping.
    QueueSilence,
    /// No acknowledgement for 2 s.
    NoAck,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Waiting {
        until: Instant,
    },
    /// `paused`: when the server said last that it cannot see its store.
    Trying {
        since: Instant,
        paused: Option<Instant>,
    },
    Up,
    Ended,
}

/// The connection as its player sees it.
#[derive(Debug)]
pub(super) struct Link {
    state: State,
    attempts: usize,
    heard: Instant,
    rng: Pcg64Mcg,
}

impl Link {
    /// A link that is to be made at once.
    pub(super) fn new(now: Instant, rng: Pcg64Mcg) -> Self {
        Self { state: State::Waiting { until: now }, attempts: 0, heard: now, rng }
    }

    /// `HELLO` has come, and nothing ended it since.
    pub(super) fn is_up(&self) -> bool {
        self.state == State::Up
    }

    /// Whether an attempt begins now. At most once per attempt.
    pub(super) fn starts_attempt(&mut self, now: Instant) -> bool {
        let starts = matches!(self.state, State::Waiting { until } if now >= until);
        if starts {
            self.state = State::Trying { since: now, paused: None };
        }
        starts
    }

    /// A frame has come.
    pub(super) fn hear(&mut self, now: Instant) {
        self.heard = now;
    }

    /// `PAUSED` has come: before `HELLO` it keeps the attempt open.
    pub(super) fn hear_paused(&mut self, now: Instant) {
        if let State::Trying { paused, .. } = &mut self.state {
            *paused = Some(now);
        }
    }

    /// `HELLO` has come.
    pub(super) fn hello(&mut self) {
        if matches!(self.state, State::Trying { .. }) {
            self.state = State::Up;
        }
    }

    /// The connection serves its purpose: the next loss begins with the shortest delay again.
    pub(super) fn proves_useful(&mut self) {
        self.attempts = 0;
    }

    /// What is wrong with the connection, if anything. `patience`: how long the server may be
    /// silent once the connection is up, and what it is called when it is silent for longer.
    pub(super) fn fault(&self, patience: Option<(Duration, Cause)>, now: Instant) -> Option<Cause> {
        let cause = match self.state {
            State::Trying { .. } => Cause::NoHello,
            State::Up => patience?.1,
            State::Waiting { .. } | State::Ended => return None,
        };
        (now >= self.wake_at(patience)?).then_some(cause)
    }

    /// The connection is gone: plans the next attempt.
    pub(super) fn lose(&mut self, cause: Cause, now: Instant) {
        if self.state == State::Ended {
            return;
        }
        let was_welcome = matches!(self.state, State::Up | State::Trying { paused: Some(_), .. });
        let base = delay_after(self.attempts);
        self.attempts += 1;
        let delay = match cause {
            Cause::TooMany => AFTER_TOO_MANY,
            Cause::GoingAway if was_welcome => {
                Duration::from_millis(self.rng.random_range(0..MOVE_SPREAD))
            }
            _ => base.mul_f64(self.rng.random_range(0.8..1.2)),
        };
        self.state = State::Waiting { until: now + delay };
    }

    /// The player has thrown the connection away, and wants another one at a moment.
    pub(super) fn try_again(&mut self, at: Instant) {
        self.attempts = 0;
        self.state = State::Waiting { until: at };
    }

    /// No more attempts.
    pub(super) fn end(&mut self) {
        self.state = State::Ended;
    }

    /// When to look again.
    pub(super) fn wake_at(&self, patience: Option<(Duration, Cause)>) -> Option<Instant> {
        match self.state {
            State::Waiting { until } => Some(until),
            State::Trying { since, paused: None } => Some(since + HELLO_WITHIN),
            State::Trying { since, paused: Some(at) } => {
                Some((since + STORE_WITHIN).min(at + SILENCE))
            }
            State::Up => patience.map(|(patience, _)| self.heard + patience),
            State::Ended => None,
        }
    }
}

/// How long to wait before an attempt, without jitter, after so many that failed in a row.
pub(super) fn delay_after(failures: usize) -> Duration {
    Duration::from_millis(DELAYS[failures.min(DELAYS.len() - 1)])
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    const MS: Duration = Duration::from_millis(1);

    fn link(now: Instant) -> Link {
        Link::new(now, Pcg64Mcg::seed_from_u64(1))
    }

    fn loss(link: &mut Link, cause: Cause, now: Instant) -> u128 {
        link.lose(cause, now);
        (link.wake_at(None).unwrap() - now).as_millis()
    }

    #[test]
    fn delays_grow_to_two_seconds_with_jitter_and_begin_anew_once_the_link_is_useful() {
        let now = Instant::now();
        let mut link = link(now);
        let delays: Vec<u128> = (0..15).map(|_| loss(&mut link, Cause::Refused, now)).collect();
        let bases = [0, 100, 200, 300, 300, 300, 300, 300, 300, 300, 300, 600, 1200, 2000, 2000];
        for (delay, base) in delays.iter().zip(bases) {
            assert!((base * 8 / 10..=base * 12 / 10).contains(delay), "{delay} for {base}");
        }
        assert_ne!(delays[13], delays[14]);
        link.proves_useful();
        assert_eq!(loss(&mut link, Cause::Dropped, now), 0);
    }

    #[test]
    fn an_attempt_without_hello_is_given_up_after_a_second() {
        let now = Instant::now();
        let mut link = link(now);
        assert!(link.starts_attempt(now));
        assert!(!link.starts_attempt(now));
        assert_eq!(link.fault(None, now + 999 * MS), None);
        assert_eq!(link.fault(None, now + 1000 * MS), Some(Cause::NoHello));
    }

    #[test]
    fn an_attempt_that_hears_paused_is_kept_open_while_it_does_but_not_beyond_twelve_seconds() {
        let now = Instant::now();
        let mut link = link(now);
        link.starts_attempt(now);
        for second in 0..12 {
            link.hear_paused(now + second * 1000 * MS);
            assert_eq!(link.fault(None, now + (second * 1000 + 999) * MS), None, "{second}");
        }
        assert_eq!(link.fault(None, now + 12_000 * MS), Some(Cause::NoHello));
        link.try_again(now);
        link.starts_attempt(now);
        link.hear_paused(now + 500 * MS);
        assert_eq!(link.fault(None, now + 1999 * MS), None);
        assert_eq!(link.fault(None, now + 2000 * MS), Some(Cause::NoHello), "it has fallen silent");
    }

    #[test]
    fn a_pod_that_sends_its_players_away_is_left_at_once_unless_it_never_greeted() {
        let now = Instant::now();
        let mut link = link(now);
        (0..12).for_each(|_| link.lose(Cause::Refused, now));
        link.starts_attempt(now + 5000 * MS);
        link.hear_paused(now);
        assert!(loss(&mut link, Cause::GoingAway, now) < 100);
        assert!(loss(&mut link, Cause::GoingAway, now) > 1000);
    }

    #[test]
    fn silence_is_a_fault_only_while_a_game_is_on() {
        let now = Instant::now();
        let mut link = link(now);
        link.starts_attempt(now);
        link.hear(now);
        link.hello();
        let game = Some((SILENCE, Cause::Silence));
        assert_eq!(link.fault(None, now + 9000 * MS), None);
        assert_eq!(link.fault(game, now + 1499 * MS), None);
        assert_eq!(link.fault(game, now + 1500 * MS), Some(Cause::Silence));
        link.hear(now + 1500 * MS);
        assert_eq!(link.fault(game, now + 1500 * MS), None);
    }

    #[test]
    fn too_many_messages_means_after_a_while() {
        let now = Instant::now();
        assert_eq!(loss(&mut link(now), Cause::TooMany, now), 5000);
    }

    #[test]
    fn an_ended_link_stays_ended() {
        let now = Instant::now();
        let mut link = link(now);
        link.end();
        link.lose(Cause::Dropped, now);
        assert!(!link.starts_attempt(now + 5000 * MS));
    }
}
