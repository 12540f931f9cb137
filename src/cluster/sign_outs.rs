//! Who has signed out: the port by which all pods hear of it.
//!
//! A session is a token that says by itself that it is good, so nothing but this says that it is not
//! any more. Every pod reads what is new twice a second and keeps it until those tokens have expired.

use serde::{Deserialize, Serialize};

use super::{Answer, Unavailable};
use crate::ids::{PlayerId, SessionId};

/// A session that is over before its tokens expire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SignOut {
    /// Whose.
    pub player: PlayerId,
    /// Which; `None`: all that began until `at`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<SessionId>,
    /// When that was, in seconds since 1970.
    pub at: u64,
    /// When the last of its tokens expires, in seconds since 1970.
    pub until: u64,
}

/// Some sign-outs, and where to go on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewSignOuts {
    /// In the order in which they were kept. Some may have been given before.
    pub outs: Vec<SignOut>,
    /// Where to go on.
    pub next: u64,
    /// There may be more right now.
    pub more: bool,
    /// Nothing is kept at all: the store has lost everything, or nobody has signed out yet.
    pub empty: bool,
}

/// Sign-outs that are given at a time, at most.
pub const SIGN_OUTS_AT_ONCE: usize = 500;

/// Where sign-outs are kept, for as long as tokens live.
pub trait SignOuts: Send + Sync {
    /// Keeps some, [`SIGN_OUTS_AT_ONCE`] at most. Twice is as good as once.
    fn sign_out(&self, outs: Vec<SignOut>) -> Answer<(), Unavailable>;

    /// Those that are new since a place, which is 0 at first.
    fn new_sign_outs(&self, from: u64) -> Answer<NewSignOuts, Unavailable>;
}
