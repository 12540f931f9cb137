//! What came of a flood.

use std::ops::AddAssign;
use std::time::Duration;

use serde::Serialize;

use super::Kind;

/// What one client has to tell, or all of them together.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Tally {
    /// Connections that were made; for WebSockets, that were upgraded.
    pub(super) opened: u64,
    /// How many of them the server cut off.
    pub(super) cut_off: u64,
    /// How many it had not cut off when the client's patience was over.
    pub(super) never_cut_off: u64,
    /// How many attempts it refused; a refusal is as good as a cut.
    pub(super) refused: u64,
    /// From the moment a connection was there until the server had cut it off; the longest.
    pub(super) longest_ms: u64,
    /// Frames that were written, most of which the server never read.
    pub(super) frames: u64,
}

/// How a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The server closed it.
    CutOff,
    /// The client has waited long enough for that.
    Patience,
    /// The flood was over before either.
    Over,
}

impl Tally {
    /// Counts a connection that has ended.
    pub(super) fn count(&mut self, end: End, lasted: Duration) {
        self.opened += 1;
        let lasted = lasted.as_millis() as u64;
        match end {
            End::CutOff => self.cut_off += 1,
            End::Patience => self.never_cut_off += 1,
            End::Over => return,
        }
        self.longest_ms = self.longest_ms.max(lasted);
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, one: Self) {
        self.opened += one.opened;
        self.cut_off += one.cut_off;
        self.never_cut_off += one.never_cut_off;
        self.refused += one.refused;
        self.longest_ms = self.longest_ms.max(one.longest_ms);
        self.frames += one.frames;
    }
}

/// What came of it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super::super) struct FloodReport {
    pub(super) kind: Kind,
    pub(super) connections: usize,
    /// From the first client's coming to the end.
    pub(super) seconds: f64,
    #[serde(flatten)]
    pub(super) all: Tally,
    pub(super) rss_before_kib: Option<u64>,
    pub(super) rss_peak_kib: Option<u64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_server_was_given_time_for_is_held_against_it() {
        let mut tally = Tally::default();
        tally.count(End::CutOff, Duration::from_millis(30));
        tally.count(End::CutOff, Duration::from_millis(20));
        tally.count(End::Over, Duration::from_millis(900));
        assert_eq!((tally.opened, tally.cut_off, tally.longest_ms), (3, 2, 30));
        let mut both = Tally { longest_ms: 40, frames: 7, refused: 1, ..Tally::default() };
        tally.count(End::Patience, Duration::from_secs(5));
        both += tally;
        assert_eq!((both.never_cut_off, both.longest_ms), (1, 5000));
        assert_eq!((both.opened, both.cut_off, both.frames, both.refused), (4, 2, 7, 1));
    }
}
