//! Leaderboards: who has the most points, of all time and of this week.
//!
//! What they show is worked out from the [results](crate::results) and written after them, with
//! absolute totals: to write it twice changes nothing, and what is lost can be built again.

mod boards;
#[cfg(test)]
pub(crate) mod contract;
mod rebuild;
#[cfg(test)]
mod tests;
mod valkey;

pub use boards::{Board, LeaderboardPage, Period, Ranked, Standing};
pub use rebuild::{RebuildError, keep_whole, rebuild};
pub use valkey::ValkeyLeaderboard;

use std::fmt;

use uuid::Uuid;

use crate::cluster::{Answer, Unavailable};
use crate::ids::PlayerId;

/// What is asked of a leaderboard.
#[derive(Clone, Copy, Debug)]
pub struct Query {
    /// Which one.
    pub board: Board,
    /// When, in milliseconds since 1970: decides the week.
    pub now: u64,
    /// How many of the top, 1 to 100.
    pub limit: usize,
    /// Who asks.
    pub me: Option<PlayerId>,
}

/// How many players are shown above and below the one who asks.
pub const NEIGHBOURS: usize = 2;

/// The longest top of a board.
pub const LONGEST: usize = 100;

/// Where the leaderboards are kept.
pub trait Leaderboard: Send + Sync {
    /// Keeps these standings. One of fewer games than is kept already changes nothing, since it is
    /// older; a name is kept if no newer game has shown another.
    fn set(&self, standings: Vec<Standing>) -> Answer<(), Unavailable>;

    /// Takes a player off all boards.
    fn remove(&self, player: PlayerId) -> Answer<(), Unavailable>;

    /// The top of a board, and the place of whoever asks.
    fn page(&self, query: Query) -> Answer<LeaderboardPage, Unavailable>;
}

/// One go at building leaderboards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Build(Uuid);

impl Build {
    /// A go that nobody else has.
    pub fn random() -> Self {
        Self(Uuid::new_v4())
    }
}

impl fmt::Display for Build {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Leaderboards that are worked out from results elsewhere, and can be lost.
pub trait Rebuildable: Leaderboard {
    /// Whether everything that was recorded before is in it. `false` for one that has come back
    /// empty.
    fn is_whole(&self) -> Answer<bool, Unavailable>;

    /// Begins to build them. `false`: somebody else is at it. With `anew` they are emptied first,
    /// whoever is at it: what is shown there may be more than the results have.
    fn begin(&self, build: Build, anew: bool) -> Answer<bool, Unavailable>;

    /// Goes on with it, within 30 s. `false`: all was lost meanwhile, or somebody began anew.
    fn go_on(&self, build: Build) -> Answer<bool, Unavailable>;

    /// All standings have been set. `false`: as for [`go_on`](Self::go_on).
    fn finish(&self, build: Build) -> Answer<bool, Unavailable>;
}
