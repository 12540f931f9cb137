//! Messages of a pod to itself, through both connections: how long they take, and whether they
//! arrive at all.
//!
//! A subscription was seen to stay silent for good after an outage without any error, so only
//! hearing oneself proves that one hears others.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// The time between two pings.
pub(super) const EVERY: Duration = Duration::from_millis(500);

/// How long no ping may have come back.
pub(super) const SILENCE: Duration = Duration::from_secs(2);

/// The pings of one pair of connections.
///
/// The lock is there because one half of the task sends and the other hears; it is held for a few
/// instructions.
pub(super) struct Pings {
    state: Mutex<State>,
}

struct State {
    /// Sent and not heard, oldest first: never more than are sent in a silence.
    sent: VecDeque<(u64, Instant)>,
    last: u64,
    heard: Instant,
    any: bool,
}

impl Pings {
    /// Numbers start anew with each pair of connections, but above the old ones: an old ping must
    /// not prove a new subscription.
    pub(super) fn after(last: u64) -> Self {
        let state = State { sent: VecDeque::new(), last, heard: Instant::now(), any: false };
        Self { state: Mutex::new(state) }
    }

    /// The number of the next ping, which is sent now.
    pub(super) fn next(&self) -> u64 {
        let mut state = self.lock();
        state.last += 1;
        let number = state.last;
        state.sent.push_back((number, Instant::now()));
        number
    }

    /// A ping was heard: how long it took. `None`: it is none of these.
    pub(super) fn heard(&self, number: u64) -> Option<Duration> {
        let mut state = self.lock();
        let place = state.sent.iter().position(|(sent, _)| *sent == number)?;
        let (_, sent) = state.sent.drain(..=place).next_back()?;
        state.heard = Instant::now();
        state.any = true;
        Some(sent.elapsed())
    }

    /// Ready when none was heard for [`SILENCE`].
    pub(super) async fn silent(&self) {
        loop {
            let due = self.lock().heard + SILENCE;
            if Instant::now() >= due {
                return;
            }
            sleep_until(due).await;
        }
    }

    /// Whether any was heard.
    pub(super) fn any(&self) -> bool {
        self.lock().any
    }

    /// The number of the last one sent.
    pub(super) fn last(&self) -> u64 {
        self.lock().last
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing that can panic happens under the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    #[tokio::test(start_paused = true)]
    async fn hearing_oneself_puts_the_silence_off() {
        let pings = Pings::after(0);
        let first = pings.next();
        tokio::time::advance(Duration::from_millis(1500)).await;
        assert!(!pings.any());
        assert_eq!(pings.heard(first), Some(Duration::from_millis(1500)));
        assert!(pings.any());
        tokio::time::advance(Duration::from_millis(1999)).await;
        assert!(pings.silent().now_or_never().is_none());
        tokio::time::advance(Duration::from_millis(1)).await;
        assert!(pings.silent().now_or_never().is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn what_comes_twice_or_from_before_proves_nothing() {
        let before = Pings::after(0);
        let old = before.next();
        let pings = Pings::after(before.last());
        let (first, second) = (pings.next(), pings.next());
        tokio::time::advance(SILENCE).await;
        assert_eq!(pings.heard(old), None);
        assert!(pings.silent().now_or_never().is_some());
        assert!(pings.heard(second).is_some());
        assert_eq!(pings.heard(second), None);
        assert_eq!(pings.heard(first), None);
    }
}
