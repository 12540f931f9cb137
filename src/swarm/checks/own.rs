//! One ledger by itself: what was sent and acknowledged against the result that was told.

use super::super::ledger::{Ledger, Place};
use super::super::verdict::{Class, Fault};
use super::super::wire::GameOver;

/// What is wrong with the game as this player knows it.
pub(super) fn check(ledger: &Ledger) -> Vec<Fault> {
    let mut faults = ledger.faults.clone();
    match (&ledger.over, ledger.place) {
        (Some(over), Some(place)) => {
            faults.extend(end(over));
            faults.extend(counted(ledger, over, place));
            faults.extend(worth(ledger, over, place));
            faults.extend(winner(ledger, over, place));
        }
        // A player that gave up has said why already.
        _ if faults.is_empty() => {
            faults.push(Fault::new(Class::Stuck, "was not told how the game ended"));
        }
        _ => {}
    }
    faults
}

/// Nobody of the swarm quits or stays away, so every game ends by its clock.
fn end(over: &GameOver) -> Option<Fault> {
    (over.reason != "time")
        .then(|| Fault::new(Class::Stuck, format!("the game ended by {}", over.reason)))
}

fn counted(ledger: &Ledger, over: &GameOver, place: Place) -> Option<Fault> {
    let (acked, sent) = (ledger.acked(), ledger.sent.len() as u32);
    let clicks = over.clicks(place.seat);
    let told = format!("{clicks} counted, {} in the last ack, {sent} sent", over.ack);
    if over.ack < acked || clicks < acked {
        Some(Fault::new(Class::Lost, format!("{acked} acknowledged, {told}")))
    } else if over.ack > sent || clicks > sent {
        Some(Fault::new(Class::Doubled, told))
    } else if clicks != over.ack {
        Some(Fault::new(Class::Mismatch, told))
    } else {
        None
    }
}

/// Every click of the swarm falls into the playing time, so each is worth a point, or two while a
/// golden cookie's bonus lasts; claiming one is worth none.
fn worth(ledger: &Ledger, over: &GameOver, place: Place) -> Option<Fault> {
    let (points, clicks) = (over.points(place.seat), u64::from(over.clicks(place.seat)));
    let claims = if ledger.golden { u64::from(ledger.claims) } else { 0 };
    let most = if ledger.golden { 2 * clicks } else { clicks };
    let text = format!("{points} points for {clicks} clicks, {claims} of them claims");
    if points > most {
        Some(Fault::new(Class::Doubled, text))
    } else if points + claims < clicks {
        Some(Fault::new(Class::Lost, text))
    } else {
        None
    }
}

fn winner(ledger: &Ledger, over: &GameOver, place: Place) -> Option<Fault> {
    if over.reason != "time" {
        return None;
    }
    let (own, other) = (over.points(place.seat), over.points(place.seat.other()));
    let expected = match own.cmp(&other) {
        std::cmp::Ordering::Equal => "draw".to_owned(),
        std::cmp::Ordering::Greater => ledger.player.to_string(),
        std::cmp::Ordering::Less => place.opponent.to_string(),
    };
    let text = || format!("winner is {}, but the points are {own} to {other}", over.winner);
    (over.winner != expected).then(|| Fault::new(Class::Mismatch, text()))
}
