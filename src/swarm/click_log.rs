//! The file of clicks: when each was sent and how long its acknowledgement took, written at the end of the
//! run, so that another program can set them against what it did meanwhile.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use super::anchor::Anchor;
use super::latency::acknowledged;
use super::ledger::Ledger;

/// Writes a line for each timed click: milliseconds since 1970, a space, and milliseconds.
///
/// # Errors
/// When the file cannot be written.
pub(super) fn write(path: &Path, ledgers: &[Ledger]) -> io::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    let anchor = Anchor::now();
    for (sent, took) in ledgers.iter().flat_map(acknowledged) {
        writeln!(file, "{} {:.3}", anchor.millis(sent), took.as_secs_f64() * 1000.0)?;
    }
    file.flush()
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::super::clicks::Due;
    use super::super::ledger::Ack;
    use super::super::wire::Kind;
    use super::*;
    use crate::ids::PlayerId;
    use crate::wall_clock;

    #[test]
    fn each_click_is_a_line_with_its_moment_and_its_time() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("clicks");
        let mut ledger = Ledger::new(PlayerId::random(), "Ada".to_owned());
        let (sent, before) = (Instant::now(), wall_clock::millis() as f64);
        for n in [1, 2] {
            ledger.write_sent(Due { n, kind: Kind::Click, repeat: false }, sent);
        }
        ledger.write_ack(Ack { n: 1, version: 2, at: sent + Duration::from_micros(1500) });
        write(&path, &[ledger]).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        let [line] = text.lines().collect::<Vec<_>>()[..] else { panic!("{text}") };
        let (at, took) = line.split_once(' ').unwrap();
        assert!((at.parse::<f64>().unwrap() - before).abs() < 1000.0, "{at} and {before}");
        assert_eq!(took, "1.500");
    }
}
