//! Asking all partitions: one that does not answer must not hide what the others know.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::Instant;

use super::ValkeyStore;
use crate::cluster::Unavailable;

/// The shortest time between two complaints about a part that does not answer: it is asked four
/// times a second.
const BETWEEN: Duration = Duration::from_secs(10);

impl ValkeyStore {
    /// What each of the partitions answers. One that does not answer does not hold up the others;
    /// the first error counts when none does.
    pub(super) async fn each<T>(
        &self,
        asked: impl Iterator<Item = impl Future<Output = Result<Vec<T>, Unavailable>>>,
    ) -> Result<Vec<T>, Unavailable> {
        let (mut all, mut answered, mut failed) = (Vec::new(), false, None);
        for answer in join_all(asked).await {
            match answer {
                Ok(some) => {
                    all.extend(some);
                    answered = true;
                }
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        match failed {
            Some(error) if !answered => return Err(error),
            Some(error) if is_time(&self.complained, BETWEEN) => {
                tracing::warn!(%error, "a part of the store does not answer");
            }
            _ => {}
        }
        Ok(all)
    }
}

/// Whether so long has passed since this was last true; if so, it counts from now.
pub(super) fn is_time(last: &Mutex<Option<Instant>>, between: Duration) -> bool {
    let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
    let is_time = last.is_none_or(|last| last.elapsed() >= between);
    if is_time {
        *last = Some(Instant::now());
    }
    is_time
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_part_that_never_answers_is_complained_about_now_and_then() {
        let last = Mutex::default();
        assert_eq!((0..100).filter(|_| is_time(&last, BETWEEN)).count(), 1);
        tokio::time::advance(BETWEEN - Duration::from_millis(1)).await;
        assert!(!is_time(&last, BETWEEN));
        tokio::time::advance(Duration::from_millis(1)).await;
        assert!(is_time(&last, BETWEEN));
    }
}
