//! One game by both ledgers: the two players must have seen the same.

use std::collections::HashMap;

use super::super::ledger::Ledger;
use super::super::verdict::{Class, Fault};

/// What this player saw otherwise than the other one.
pub(super) fn check(own: &Ledger, other: &Ledger) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut differ = |text: String| faults.push(Fault::new(Class::Mismatch, text));
    if let (Some(a), Some(b)) = (own.place, other.place)
        && (a.room != b.room || a.seat == b.seat || b.opponent != own.player)
    {
        differ(format!("sits as {a:?}, the opponent as {b:?}"));
    }
    if let (Some(a), Some(b)) = (&own.over, &other.over) {
        let of = |o: &super::super::wire::GameOver| {
            let clicks = (o.p1_clicks, o.p2_clicks);
            (o.winner.clone(), o.reason.clone(), o.p1_score, o.p2_score, clicks)
        };
        if of(a) != of(b) {
            differ(format!("reads the result {a:?}, the opponent {b:?}"));
        }
    }
    if let Some(text) = diverged(own, other) {
        differ(text);
    }
    faults
}

/// What it means that the opponent, of whom these are all ledgers, was never told of a game.
pub(super) fn missing(own: &Ledger, of_opponent: &[&Ledger]) -> Fault {
    let begun = own.started_at.or(own.over_at);
    let meanwhile = |ledger: &&&Ledger| begun.is_some_and(|at| ledger.overlaps(at, own.over_at));
    let wanted = begun.is_some_and(|at| of_opponent.iter().any(|ledger| ledger.wanted_at(at)));
    if let Some(other) = of_opponent.iter().find(meanwhile) {
        let text = format!("the opponent was in another game meanwhile, as {:?}", other.place);
        Fault::new(Class::MatchedTwice, text)
    } else if wanted {
        Fault::new(Class::Mismatch, "the opponent was never told of the game")
    } else {
        Fault::new(Class::Unasked, "the opponent had not asked for a game, and was not told of it")
    }
}

/// The first version in which the two saw different points.
fn diverged(own: &Ledger, other: &Ledger) -> Option<String> {
    let theirs: HashMap<u64, (u64, u64)> =
        other.seen.iter().map(|s| (s.version, s.scores)).collect();
    own.seen.iter().find_map(|seen| {
        let scores = theirs.get(&seen.version)?;
        (*scores != seen.scores).then(|| {
            format!("version {} shows {:?}, the opponent's {scores:?}", seen.version, seen.scores)
        })
    })
}
