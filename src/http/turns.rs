//! How long a request waits: for its turn, and for its refusal.
//!
//! Clients that never rest are so kept from coming in heaps, and from coming often.

use std::time::Duration;

use actix_web::dev::RequestHead;
use rand::RngExt;

use super::HttpState;
use super::limits::Kind;
use super::places::Place;
use super::problem::Problem;

/// Who asks too often waits about so long for the answer, for that of an upgrade longer: a client that
/// never rests makes few requests then.
const REFUSED_AFTER: Duration = Duration::from_secs(1);
const UPGRADE_REFUSED_AFTER: Duration = Duration::from_secs(3);
/// Those who are held: a refusal costs this pod nearly as much as a connection. Pages have given up long
/// before.
const HELD: Duration = Duration::from_secs(20);

const UPGRADES: &str = "/ws";

/// Whether a WebSocket is asked for.
pub(super) fn is_upgrade(path: &str) -> bool {
    path == UPGRADES
}

/// When a request may be looked at, or why it is not even looked at: its address has made too many. Pages
/// are files, and cost nothing.
pub(super) fn take(path: &str, head: &RequestHead, state: &HttpState) -> Result<Duration, Problem> {
    let address = || state.addresses.of(head);
    let turn = match path {
        UPGRADES => state.limits.take_upgrade(address()),
        path if path.starts_with("/api/") => {
            state.limits.take(Kind::Request, address()).map(|()| Duration::ZERO)
        }
        _ => Ok(Duration::ZERO),
    };
    turn.map_err(Problem::too_many)
}

/// A place to be held in, for an upgrade that its address has asked for too soon. There are as many for each
/// address as it may have WebSockets: holding costs the pod no more than those do.
pub(super) fn hold(head: &RequestHead, state: &HttpState) -> Option<Place> {
    state.held.take(state.addresses.of(head)).ok()
}

/// How long an answer waits that says "too many". Not just as long as another, or all those who were refused
/// together would come together again.
pub(super) fn refused_after(is_upgrade: bool, is_held: bool) -> Duration {
    let about = match (is_upgrade, is_held) {
        (false, _) => REFUSED_AFTER,
        (true, false) => UPGRADE_REFUSED_AFTER,
        (true, true) => HELD,
    };
    about.mul_f64(rand::rng().random_range(0.5..1.5))
}
