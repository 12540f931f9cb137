//! The load player: plays full duels over real sockets, keeps a ledger of every click, and says
//! what was lost, doubled, told differently or not recorded.
//!
//! It is a client like any other: it knows the server by its URL and the wire, shares no code with
//! the rooms it judges, and plays against this machine only. `player` is the state machine, `drive`
//! gives it a socket, `checks` judges the ledgers; `loads` holds the loads that play no duel.
//! `gaps` times every disturbance, so that another program can set it against the faults it made.

mod anchor;
pub mod args;
mod checks;
mod click_log;
mod clicks;
mod company;
mod drive;
mod duel;
mod gap_log;
mod gaps;
mod habits;
mod latency;
mod ledger;
mod link;
pub mod loads;
mod lobby;
mod meter;
mod player;
mod progress;
mod recorded;
mod report;
mod rest;
mod run;
mod seated;
#[cfg(test)]
pub(crate) mod simulated;
mod socket;
mod stamped;
mod takeover;
mod target;
#[cfg(test)]
mod tests;
mod verdict;
mod wire;

pub use checks::Endings;
pub use gaps::{Gap, GapEnd};
pub use habits::Habits;
pub use latency::{GapSpreads, Latency, Spread};
pub use ledger::{Ack, Ledger, Offline, Place, Seen, Wanted};
pub use link::Cause;
pub use meter::{Sample, Usage};
pub use progress::Progress;
pub use report::Report;
pub use run::{Options, run};
pub use verdict::{Class, Fault, Violation};
pub use wire::GameOver;

/// Why the swarm could not play. A broken promise is no error: it is in the [`Report`].
#[derive(Debug, thiserror::Error)]
pub enum SwarmError {
    /// Asked for something that makes no sense.
    #[error("{0}")]
    Usage(String),
    /// The server does not answer as it should.
    #[error("the server cannot be used: {0}")]
    Http(#[from] reqwest::Error),
    /// A connection could not be made.
    #[error("cannot connect: {0}")]
    Connect(String),
    /// The file of gaps cannot be written.
    #[error("the file of gaps cannot be written: {0}")]
    Gaps(std::io::Error),
    /// The file of clicks cannot be written.
    #[error("the file of clicks cannot be written: {0}")]
    Clicks(std::io::Error),
    /// A player's task ended by itself.
    #[error("a player's task failed: {0}")]
    Task(#[from] tokio::task::JoinError),
}
