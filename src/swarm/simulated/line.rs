//! A client's connection as it sees it: when to try again, and when silence is a fault.

use std::time::{Duration, Instant};

use rand::RngExt;
use rand_pcg::Pcg64Mcg;

use super::super::link::delay_after;

/// An attempt without `HELLO`, or a notice that it has to wait, is given up after this.
const HELLO_WITHIN: Duration = Duration::from_secs(1);
/// While a game is on, nothing heard for so long is a fault.
const SILENCE: Duration = Duration::from_millis(1500);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Waiting { until: Instant },
    Trying { since: Instant },
    Up,
}

/// The connection as its client sees it.
#[derive(Debug)]
pub(super) struct Line {
    state: State,
    attempts: usize,
    heard: Instant,
}

impl Line {
    pub(super) fn new(until: Instant) -> Self {
        Self { state: State::Waiting { until }, attempts: 0, heard: until }
    }

    /// `HELLO` has come, and nothing ended it since.
    pub(super) fn is_up(&self) -> bool {
        self.state == State::Up
    }

    /// There is a connection, or an attempt at one.
    pub(super) fn is_open(&self) -> bool {
        !matches!(self.state, State::Waiting { .. })
    }

    /// Whether an attempt begins now. Once per attempt.
    pub(super) fn starts(&mut self, now: Instant) -> bool {
        let starts = matches!(self.state, State::Waiting { until } if now >= until);
        if starts {
            self.state = State::Trying { since: now };
        }
        starts
    }

    pub(super) fn hear(&mut self, now: Instant) {
        self.heard = now;
        if let State::Trying { since } = &mut self.state {
            *since = now;
        }
    }

    pub(super) fn hello(&mut self) {
        self.state = State::Up;
    }

    /// The connection serves its purpose: the next loss begins with the shortest delay again.
    pub(super) fn proves_useful(&mut self) {
        self.attempts = 0;
    }

    pub(super) fn fault(&self, game_is_on: bool, now: Instant) -> Option<&'static str> {
        match self.state {
            State::Trying { since } if now >= since + HELLO_WITHIN => Some("no HELLO for a second"),
            State::Up if game_is_on && now >= self.heard + SILENCE => Some("silence for 1.5 s"),
            _ => None,
        }
    }

    /// The connection is gone: plans the next attempt.
    pub(super) fn after_loss(&mut self, rng: &mut Pcg64Mcg, now: Instant) {
        let base = delay_after(self.attempts);
        self.attempts += 1;
        self.come_back(now + base.mul_f64(rng.random_range(0.8..1.2)));
    }

    /// The pod is going away: everybody of it comes at once, so they spread.
    pub(super) fn after_going_away(&mut self, rng: &mut Pcg64Mcg, now: Instant) {
        let spread = Duration::from_millis(rng.random_range(0..100));
        self.after_loss(rng, now + spread);
    }

    pub(super) fn come_back(&mut self, until: Instant) {
        self.state = State::Waiting { until };
    }

    /// Whoever is away for longer comes back by then.
    pub(super) fn come_back_by(&mut self, at: Instant) {
        if let State::Waiting { until } = &mut self.state {
            *until = at.min(*until);
        }
    }

    pub(super) fn wake_at(&self, game_is_on: bool) -> Option<Instant> {
        match self.state {
            State::Waiting { until } => Some(until),
            State::Trying { since } => Some(since + HELLO_WITHIN),
            State::Up => game_is_on.then(|| self.heard + SILENCE),
        }
    }
}
