//! The file of gaps: one JSON object a line, written as each gap ends, so that another program can
//! set them against its own log of faults while the load goes on.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

use super::anchor::Anchor;
use super::gaps::{Gap, GapEnd};
use super::ledger::Ledger;
use crate::ids::{PlayerId, RoomId};

/// The file, and how to say moments of this process in milliseconds since 1970.
pub(super) struct GapLog {
    /// Written by whichever player's task has seen a gap; a line is short.
    file: Option<Mutex<File>>,
    anchor: Anchor,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    begin: u64,
    end: u64,
    ms: f64,
    player: PlayerId,
    room: Option<RoomId>,
    reconnected: bool,
    survivor: bool,
    paused_seconds: f64,
    ended: GapEnd,
}

impl GapLog {
    /// Appends to a file; `None`: writes nothing.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub(super) fn open(path: Option<&Path>) -> io::Result<Self> {
        let open = |path| OpenOptions::new().create(true).append(true).open(path);
        let file = path.map(open).transpose()?.map(Mutex::new);
        Ok(Self { file, anchor: Anchor::now() })
    }

    /// Writes the gaps of a ledger from the given one on.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(super) fn write(&self, ledger: &Ledger, from: usize) -> io::Result<()> {
        let Some(file) = &self.file else { return Ok(()) };
        for gap in &ledger.gaps[from..] {
            let mut line = serde_json::to_vec(&self.line(ledger, gap))?;
            line.push(b'\n');
            file.lock().unwrap_or_else(PoisonError::into_inner).write_all(&line)?;
        }
        Ok(())
    }

    fn line(&self, ledger: &Ledger, gap: &Gap) -> Line {
        Line {
            begin: self.anchor.millis(gap.begin),
            end: self.anchor.millis(gap.end),
            ms: gap.length().as_secs_f64() * 1000.0,
            player: ledger.player,
            room: ledger.place.map(|place| place.room),
            reconnected: gap.reconnected,
            survivor: !gap.reconnected,
            paused_seconds: gap.paused.as_secs_f64(),
            ended: gap.ended,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;
    use crate::wall_clock;

    #[test]
    fn each_gap_is_a_line_in_milliseconds_since_1970() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("gaps");
        let log = GapLog::open(Some(&path)).unwrap();
        let before = wall_clock::millis();
        let begin = Instant::now();
        let mut ledger = Ledger::new(PlayerId::random(), "Ada".to_owned());
        let end = begin + Duration::from_millis(1500);
        let paused = Duration::from_millis(500);
        let gap = Gap { begin, end, reconnected: true, paused, ended: GapEnd::Ack };
        ledger.gaps = vec![gap, Gap { reconnected: false, ..gap }];
        log.write(&ledger, 0).unwrap();
        log.write(&ledger, 2).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<serde_json::Value> =
            text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 2);
        let began = lines[0]["begin"].as_u64().unwrap();
        assert!(began.abs_diff(before) < 1000, "{began} and {before}");
        assert_eq!(lines[0]["end"].as_u64().unwrap() - began, 1500);
        assert_eq!(lines[0]["pausedSeconds"], 0.5);
        assert_eq!((&lines[0]["survivor"], &lines[1]["survivor"]), (&false.into(), &true.into()));
    }
}
