//! What another process used, as Linux tells it in `/proc`.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use serde::Serialize;

use super::progress::Progress;

/// Linux counts processor time in hundredths of a second.
const TICK_SECONDS: f64 = 0.01;

/// One look at a process.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// When.
    pub at: Instant,
    /// Processor time used so far, in seconds, in user and kernel mode.
    pub cpu_seconds: f64,
    /// Memory it has resident, in KiB.
    pub rss_kib: u64,
}

impl Sample {
    /// Looks at a process; `None`: there is no such process, or no `/proc`.
    pub fn of(pid: u32) -> Option<Self> {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // The name in brackets may hold spaces; fields are counted behind it.
        let fields: Vec<&str> = stat.rsplit_once(") ")?.1.split(' ').collect();
        let ticks = |i: usize| fields.get(i)?.parse::<u64>().ok();
        let cpu_seconds = (ticks(11)? + ticks(12)?) as f64 * TICK_SECONDS;
        let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        let rss_kib = line.split_whitespace().next()?.parse().ok()?;
        Some(Self { at: Instant::now(), cpu_seconds, rss_kib })
    }
}

/// What a process used for a number of messages.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Usage {
    /// Length of the window.
    pub seconds: f64,
    /// Messages in it.
    pub messages: u64,
    /// Processor time in it.
    pub cpu_seconds: f64,
    /// Processor time for each message, in microseconds.
    pub cpu_micros_per_message: f64,
}

impl Usage {
    /// What was used between two looks.
    pub fn between(first: &Sample, last: &Sample, messages: u64) -> Self {
        let cpu_seconds = last.cpu_seconds - first.cpu_seconds;
        Self {
            seconds: last.at.duration_since(first.at).as_secs_f64(),
            messages,
            cpu_seconds,
            cpu_micros_per_message: cpu_seconds * 1e6 / messages.max(1) as f64,
        }
    }
}

/// Measures a process from a second after the last countdown until the first player is done.
pub(super) async fn watch(pid: u32, players: u64, progress: Arc<Progress>) -> Option<Usage> {
    let mut every = tokio::time::interval(Duration::from_millis(250));
    let look = || Sample::of(pid).map(|sample| (sample, progress.acked()));
    let mut all_play_since: Option<Instant> = None;
    let (mut first, mut last) = (None, None);
    while progress.finished() == 0 {
        every.tick().await;
        if progress.playing.load(Relaxed) < players {
            continue;
        }
        let since = *all_play_since.get_or_insert_with(Instant::now);
        if since.elapsed() >= Duration::from_secs(1) && progress.finished() == 0 {
            last = look();
            first = first.or(last);
        }
    }
    let ((first, before), (last, after)) = (first?, last?);
    Some(Usage::between(&first, &last, after - before))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn this_process_has_a_size_and_uses_time() {
        let pid = std::process::id();
        let first = Sample::of(pid).unwrap();
        assert!(first.rss_kib > 500);
        // Linux counts in ticks of 10 ms: work until one has passed.
        let mut last = first;
        while last.cpu_seconds == first.cpu_seconds {
            last = Sample::of(pid).unwrap();
        }
        assert!(Usage::between(&first, &last, 10).cpu_micros_per_message >= 900.0);
        assert!(Sample::of(u32::MAX).is_none());
    }
}
