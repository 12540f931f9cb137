//! Says what could not be read, but not more than once in ten seconds: whoever floods a channel
//! must not fill the log too.

use std::fmt::Display;
use std::time::Duration;

use tokio::time::Instant;

/// The shortest time between two lines.
const BETWEEN: Duration = Duration::from_secs(10);

/// The longest reason that is logged, in characters: it may quote what somebody else wrote.
const LONGEST: usize = 200;

/// What is said about unreadable publications.
#[derive(Debug, Default)]
pub(super) struct Complaints {
    last: Option<Instant>,
    /// Not said since the last line.
    unsaid: u64,
}

impl Complaints {
    /// Says why something is skipped, unless something was said a moment ago.
    pub(super) fn skipped(&mut self, channel: &str, reason: &dyn Display) {
        if self.is_time() {
            let reason: String = reason.to_string().chars().take(LONGEST).collect();
            let before = self.unsaid;
            tracing::warn!(channel, ?reason, before, "skipped what was said on the bus");
            self.unsaid = 0;
        }
    }

    fn is_time(&mut self) -> bool {
        let now = Instant::now();
        let is_time = self.last.is_none_or(|last| now - last >= BETWEEN);
        if is_time {
            self.last = Some(now);
        } else {
            self.unsaid += 1;
        }
        is_time
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_flood_is_one_line_in_ten_seconds() {
        let mut complaints = Complaints::default();
        let flood = (0..1000).filter(|_| complaints.is_time()).count();
        assert_eq!((flood, complaints.unsaid), (1, 999));
        tokio::time::advance(Duration::from_millis(9_999)).await;
        assert!(!complaints.is_time());
        tokio::time::advance(Duration::from_millis(1)).await;
        assert!(complaints.is_time());
    }
}
