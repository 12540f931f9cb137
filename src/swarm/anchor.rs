//! The moments of this process on the wall's clock, for files that another program reads beside its own log.

use std::time::Instant;

use crate::wall_clock;

/// The same moment on both clocks.
pub(super) struct Anchor(Instant, u64);

impl Anchor {
    /// This moment.
    pub(super) fn now() -> Self {
        Self(Instant::now(), wall_clock::millis())
    }

    /// A moment before or after it, in milliseconds since 1970.
    pub(super) fn millis(&self, at: Instant) -> u64 {
        let Self(anchor, millis) = *self;
        match at.checked_duration_since(anchor) {
            Some(after) => millis + after.as_millis() as u64,
            None => millis.saturating_sub(anchor.duration_since(at).as_millis() as u64),
        }
    }
}
