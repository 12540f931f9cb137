//! How long to wait after failures, and what to try first then.
//!
//! Random on purpose: whatever failed together must not come back together.

use std::time::Duration;

use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg32;

use crate::randomness;

/// Exponential backoff with full jitter: after each failure the longest wait doubles, up to a cap,
/// and the wait is drawn between nothing and that, so that many who failed together do not come
/// back together.
#[derive(Debug)]
pub(super) struct Backoff {
    first: Duration,
    longest: Duration,
    dice: Pcg32,
}

impl Backoff {
    pub(super) fn new(first: Duration, longest: Duration) -> Self {
        Self { first, longest, dice: Pcg32::seed_from_u64(randomness::seed()) }
    }

    /// The wait after so many failures in a row.
    pub(super) fn after(&mut self, failures: u32) -> Duration {
        let doubled = 2u32.saturating_pow(failures.saturating_sub(1));
        let longest = self.first.saturating_mul(doubled).min(self.longest);
        longest.mul_f64(self.dice.random_range(0.0..=1.0))
    }

    /// Puts things into a random order, so that the same few are not always tried first.
    pub(super) fn shuffle<T>(&mut self, things: &mut [T]) {
        things.shuffle(&mut self.dice);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_the_cap_and_no_further() {
        let mut backoff = Backoff::new(Duration::from_millis(250), Duration::from_secs(30));
        for (failures, longest) in [(1, 250), (2, 500), (5, 4000), (8, 30_000), (u32::MAX, 30_000)]
        {
            let waits: Vec<_> = (0..200).map(|_| backoff.after(failures)).collect();
            let longest = Duration::from_millis(longest);
            assert!(waits.iter().all(|wait| *wait <= longest));
            assert!(waits.iter().any(|wait| *wait > longest / 2));
            assert!(waits.iter().any(|wait| *wait < longest / 2));
        }
    }
}
