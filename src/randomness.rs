//! Randomness of the operating system, for ids and for the seeds of games. Rules never ask it.
//!
//! One place, so that the simulation of many pods can put a seed in its stead on its own thread:
//! then the same ids are given out in the same order, run after run.

use uuid::Uuid;

/// A random (version 4) uuid.
pub fn uuid() -> Uuid {
    #[cfg(test)]
    if let Some(bits) = seeded::bits() {
        return uuid::Builder::from_random_bytes(bits.to_be_bytes()).into_uuid();
    }
    Uuid::new_v4()
}

/// The seed of something that must come out differently each time.
pub fn seed() -> u64 {
    #[cfg(test)]
    if let Some(bits) = seeded::bits() {
        return bits as u64;
    }
    rand::random()
}

/// A generator in the operating system's stead, for one thread.
#[cfg(test)]
pub(crate) mod seeded {
    use std::cell::RefCell;

    use rand::{RngExt, SeedableRng};
    use rand_pcg::Pcg64;

    thread_local! {
        static GENERATOR: RefCell<Option<Pcg64>> = const { RefCell::new(None) };
    }

    pub(super) fn bits() -> Option<u128> {
        GENERATOR.with_borrow_mut(|generator| generator.as_mut().map(|g| g.random()))
    }

    /// Gives this thread its randomness back when dropped.
    pub(crate) struct Seeded(());

    impl Drop for Seeded {
        fn drop(&mut self) {
            GENERATOR.set(None);
        }
    }

    /// From now on, everything random on this thread follows from a seed.
    pub(crate) fn from(seed: u64) -> Seeded {
        GENERATOR.set(Some(Pcg64::seed_from_u64(seed)));
        Seeded(())
    }

    #[test]
    fn the_same_seed_gives_the_same_ids_and_without_one_no_two_are_equal() {
        let three = |seed| {
            let _seeded = from(seed);
            [super::uuid(), super::uuid(), super::uuid()]
        };
        assert_eq!(three(7), three(7));
        assert_ne!(three(7), three(8));
        assert_ne!(super::uuid(), super::uuid());
        assert_ne!(super::seed(), super::seed());
    }
}
