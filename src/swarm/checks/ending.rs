//! How games ended: by the clock, or for a reason that the ledgers explain.

use std::time::Duration;

use serde::Serialize;

use super::super::ledger::{Ledger, Offline};
use super::super::verdict::{Class, Fault};

/// Clients and server need not see the same moment as the beginning of an absence.
const TOLERANCE: Duration = Duration::from_secs(2);

/// What is agreed about games that do not end by the clock.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Terms {
    /// How long a seat may be empty before the game is lost.
    pub(in super::super) grace: Duration,
    /// How many games may end as void beside those that their players explain.
    pub(in super::super) allow_void: usize,
}

/// Games by the way they ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Endings {
    /// By the clock.
    pub time: usize,
    /// Lost by a player who was away for too long.
    pub forfeits: usize,
    /// Void because both players wanted to be away for too long.
    pub void_explained: usize,
    /// Void for any other reason.
    pub void: usize,
    /// Otherwise.
    pub other: usize,
}

/// The way a game ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    Time,
    Forfeit,
    VoidExplained,
    Void,
    Other,
}

impl Endings {
    pub(super) fn count(&mut self, ending: Ending) {
        *match ending {
            Ending::Time => &mut self.time,
            Ending::Forfeit => &mut self.forfeits,
            Ending::VoidExplained => &mut self.void_explained,
            Ending::Void => &mut self.void,
            Ending::Other => &mut self.other,
        } += 1;
    }
}

/// How the game of two players ended, and what is wrong with that; `None`: neither was told.
pub(super) fn judge(
    own: &Ledger,
    other: &Ledger,
    terms: &Terms,
) -> Option<(Ending, Option<Fault>)> {
    let over = own.over.as_ref().or(other.over.as_ref())?;
    Some(match over.reason.as_str() {
        "time" => (Ending::Time, None),
        "opponent_disconnected" => {
            let won = |ledger: &Ledger| over.winner == ledger.player.to_string();
            let loser = if won(own) { other } else { own };
            (Ending::Forfeit, forfeit(loser, terms))
        }
        "void" if were_both_away(own, other, terms) => (Ending::VoidExplained, None),
        "void" => (Ending::Void, None),
        reason => {
            let fault = Fault::new(Class::Stuck, format!("the game ended by {reason}"));
            (Ending::Other, Some(fault))
        }
    })
}

/// Only who wanted to be away for that long may lose a game by it.
fn forfeit(loser: &Ledger, terms: &Terms) -> Option<Fault> {
    let least = terms.grace.saturating_sub(TOLERANCE);
    let longest = loser.offline.iter().max_by_key(|offline| length(offline, loser));
    let text = match longest {
        Some(offline) if length(offline, loser) >= least => {
            if offline.wished_until.is_some() {
                return None;
            }
            format!("could not come back for {:?} and lost the game by it", length(offline, loser))
        }
        _ => "lost the game by being away, but was not away for long".to_owned(),
    };
    Some(Fault::new(Class::Stuck, format!("player {} {text}", loser.player)))
}

fn length(offline: &Offline, ledger: &Ledger) -> Duration {
    let end = offline.to.or(ledger.over_at).unwrap_or(offline.from);
    end.saturating_duration_since(offline.from)
}

fn were_both_away(own: &Ledger, other: &Ledger, terms: &Terms) -> bool {
    let least = terms.grace.saturating_sub(TOLERANCE);
    let wished = |ledger: &Ledger| {
        let end = |offline: &Offline| offline.to.or(ledger.over_at);
        let wished = ledger.offline.iter().filter(|offline| offline.wished_until.is_some());
        wished.filter_map(|o| Some((o.from, end(o)?))).collect::<Vec<_>>()
    };
    let (own, other) = (wished(own), wished(other));
    own.iter().any(|a| {
        other.iter().any(|b| a.1.min(b.1).saturating_duration_since(a.0.max(b.0)) >= least)
    })
}
