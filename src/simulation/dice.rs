//! The one source of every decision of a simulation.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;

/// The dice of one simulation. Cloning gives another handle to the same dice.
#[derive(Clone)]
pub(super) struct Dice(Arc<Mutex<Pcg64>>);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(Pcg64::seed_from_u64(seed))))
    }

    fn roll<T>(&self, roll: impl FnOnce(&mut Pcg64) -> T) -> T {
        roll(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether something happens that happens so often. Never asks the dice for what never does.
    pub(super) fn chance(&self, often: f64) -> bool {
        often > 0.0 && self.roll(|rng| rng.random_bool(often.min(1.0)))
    }

    /// A number between two, both included.
    pub(super) fn between(&self, least: u64, most: u64) -> u64 {
        self.roll(|rng| rng.random_range(least..=most))
    }

    /// A share between two.
    pub(super) fn share(&self, least: f64, most: f64) -> f64 {
        self.roll(|rng| rng.random_range(least..=most))
    }

    /// A time between two, in milliseconds.
    pub(super) fn millis(&self, least: u64, most: u64) -> Duration {
        Duration::from_millis(self.between(least, most))
    }

    /// One of these.
    pub(super) fn pick<T: Copy>(&self, of: &[T]) -> Option<T> {
        (!of.is_empty()).then(|| of[self.between(0, of.len() as u64 - 1) as usize])
    }
}
