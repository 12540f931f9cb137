//! What must be true when everybody has played: the ledgers against the results that were told,
//! against each other, and against what was recorded.

mod ending;
mod game;
mod own;
mod record;

use std::collections::HashMap;

pub use ending::Endings;
pub(super) use ending::Terms;
pub(super) use record::{Recorded, check_pair, check_record, has_arrived};

use self::ending::Ending;
use super::ledger::Ledger;
use super::verdict::{Class, Fault, Violation};
use crate::ids::{PlayerId, RoomId};

/// Judges every ledger by itself, and every game by the ledgers of its two players.
pub(super) fn check_play(ledgers: &[Ledger], terms: &Terms) -> (Vec<Violation>, Endings) {
    let of_player: HashMap<PlayerId, &Ledger> = ledgers.iter().map(|l| (l.player, l)).collect();
    let (mut found, mut endings) = (Vec::new(), Endings::default());
    let mut void = Vec::new();
    for ledger in ledgers {
        found.extend(name(ledger, own::check(ledger)));
        let Some(place) = ledger.place else { continue };
        match of_player.get(&place.opponent) {
            // Once for each game.
            Some(other) if ledger.player < other.player || other.place.is_none() => {
                found.extend(name(ledger, game::check(ledger, other)));
                let Some((ending, fault)) = ending::judge(ledger, other, terms) else { continue };
                endings.count(ending);
                found.extend(name(ledger, fault.into_iter().collect()));
                if ending == Ending::Void {
                    let text = "the game ended as void".to_owned();
                    void.extend(name(ledger, vec![Fault::new(Class::Void, text)]));
                }
            }
            Some(_) => {}
            None => {
                let text = format!("played against a stranger, {}", place.opponent);
                found.extend(name(ledger, vec![Fault::new(Class::Mismatch, text)]));
            }
        }
    }
    if void.len() > terms.allow_void {
        found.extend(void);
    }
    found.extend(crowded(ledgers));
    (found, endings)
}

/// Gives faults the name of the player and the game they were found in.
pub(super) fn name(ledger: &Ledger, faults: Vec<Fault>) -> impl Iterator<Item = Violation> {
    let (player, game) = (ledger.player, ledger.place.map(|place| place.room));
    faults.into_iter().map(move |Fault { class, text }| Violation { class, player, game, text })
}

/// More than two players in one game.
fn crowded(ledgers: &[Ledger]) -> Vec<Violation> {
    let mut seats: HashMap<RoomId, u32> = HashMap::new();
    let mut found = Vec::new();
    for ledger in ledgers {
        let Some(place) = ledger.place else { continue };
        let sitting = seats.entry(place.room).or_default();
        *sitting += 1;
        if *sitting > 2 {
            let text = format!("is number {sitting} in a game of two");
            found.extend(name(ledger, vec![Fault::new(Class::Mismatch, text)]));
        }
    }
    found
}

#[cfg(test)]
mod tests;
