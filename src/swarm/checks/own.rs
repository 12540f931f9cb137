//! One ledger by itself: what was sent and acknowledged against the result that was told.

use super::super::ledger::{Ledger, Place};
use super::super::verdict::{Class, Fault};
use super::super::wire::GameOver;

/// What is wrong with the game as this player knows it.
pub(super) fn check(ledger: &Ledger) -> Vec<Fault> {
    let mut faults = ledger.faults.clone();
    match (&ledger.over, ledger.place) {
        (Some(over), Some(place)) => {
            // A game that was written off as void counts nothing, and for nobody.
            if over.reason != "void" || over.p1_clicks + over.p2_clicks > 0 {
                faults.extend(counted(ledger, over, place));
                faults.extend(worth(ledger, over, place));
            }
            faults.extend(winner(ledger, over, place));
        }
        // There was nobody left to play against.
        (None, None) if ledger.odd_one_out => {}
        // A player that gave up has said why already.
        _ if faults.is_empty() => {
            faults.push(Fault::new(Class::Stuck, "was not told how the game ended"));
        }
        _ => {}
    }
    faults
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

/// A click of the playing time is worth a point, or two while a golden cookie's bonus lasts;
/// claiming one is worth none, and so is a click of the countdown. Which of the clicks that were
/// sent around the end of the countdown still belong to it is the server's to say.
fn worth(ledger: &Ledger, over: &GameOver, place: Place) -> Option<Fault> {
    let (points, clicks) = (over.points(place.seat), u64::from(over.clicks(place.seat)));
    let claims = if ledger.golden { u64::from(ledger.claims) } else { 0 };
    let worthless = u64::from(ledger.worthless);
    let unclear = u64::from(ledger.early).saturating_sub(worthless);
    let played = clicks.saturating_sub(worthless);
    let most = if ledger.golden { 2 * played } else { played };
    let text = format!(
        "{points} points for {clicks} clicks, {claims} of them claims, {worthless} in the countdown"
    );
    if points > most {
        Some(Fault::new(Class::Doubled, text))
    } else if points + claims + unclear < played {
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
