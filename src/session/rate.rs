//! How many frames a connection may send: a token bucket.
//!
//! It is asked before anything else is done with a frame, of whatever kind: the WebSocket crate
//! keeps what it has read in a buffer without bound, so a flood must end the connection at once.

use std::time::{Duration, Instant};

/// The allowance of one connection.
#[derive(Clone, Copy, Debug)]
pub struct Limiter {
    /// What one frame costs.
    cost: Duration,
    /// The most that can be saved up.
    full: Duration,
    saved: Duration,
    at: Instant,
}

impl Limiter {
    /// Frames a second that a connection may send for long.
    pub const RATE: u32 = 30;
    /// Frames that a connection may send at once, after a rest.
    pub const BURST: u32 = 60;

    /// The allowance of a connection that opens now: [`RATE`](Self::RATE) and
    /// [`BURST`](Self::BURST).
    pub fn new(now: Instant) -> Self {
        let cost = Duration::from_secs(1) / Self::RATE;
        let full = cost * Self::BURST;
        Self { cost, full, saved: full, at: now }
    }

    /// Counts a frame. `false`: the connection has sent too many and must end.
    #[must_use]
    pub fn allow(&mut self, now: Instant) -> bool {
        let back = now.saturating_duration_since(self.at);
        self.at = self.at.max(now);
        self.saved = self.saved.saturating_add(back).min(self.full);
        match self.saved.checked_sub(self.cost) {
            Some(rest) => {
                self.saved = rest;
                true
            }
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(limiter: &mut Limiter, now: Instant, frames: u32) -> u32 {
        (0..frames).map(|_| u32::from(limiter.allow(now))).sum()
    }

    #[test]
    fn sixty_frames_may_come_at_once_and_no_more() {
        let now = Instant::now();
        assert_eq!(allowed(&mut Limiter::new(now), now, 1_000), 60);
    }

    #[test]
    fn thirty_frames_a_second_may_come_for_ever() {
        let start = Instant::now();
        let mut limiter = Limiter::new(start);
        for frame in 0..3_000 {
            let now = start + Duration::from_secs(frame) / 30;
            assert!(limiter.allow(now), "frame {frame}");
        }
    }

    #[test]
    fn thirty_one_frames_a_second_are_refused_in_the_end() {
        let start = Instant::now();
        let mut limiter = Limiter::new(start);
        let frames = |seconds: u64| (0..seconds * 31).map(|f| Duration::from_secs(f) / 31);
        assert!(frames(50).all(|at| limiter.allow(start + at)));
        assert!(!frames(70).all(|at| limiter.allow(start + Duration::from_secs(50) + at)));
    }

    #[test]
    fn a_long_rest_saves_up_no_more_than_a_burst() {
        let start = Instant::now();
        let mut limiter = Limiter::new(start);
        assert_eq!(allowed(&mut limiter, start + Duration::from_secs(86_400), 1_000), 60);
    }

    #[test]
    fn a_clock_that_goes_back_gives_nothing() {
        let start = Instant::now() + Duration::from_secs(60);
        let mut limiter = Limiter::new(start);
        assert_eq!(allowed(&mut limiter, start, 60), 60);
        assert!(!limiter.allow(start - Duration::from_secs(30)));
        assert!(!limiter.allow(start));
    }
}
