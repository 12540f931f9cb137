//! One game by both ledgers: the two players must have seen the same.

use std::collections::HashMap;

use super::super::ledger::Ledger;
use super::super::verdict::{Class, Fault};

/// What this player saw otherwise than the other one.
pub(super) fn check(own: &Ledger, other: &Ledger) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut differ = |text: String| faults.push(Fault::new(Class::Mismatch, text));
    if let (Some(a), Some(b)) = (own.place, other.place) {
        if a.room != b.room || a.seat == b.seat || b.opponent != own.player {
            differ(format!("sits as {a:?}, the opponent as {b:?}"));
        }
    } else {
        differ("the opponent was never told of the game".to_owned());
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
