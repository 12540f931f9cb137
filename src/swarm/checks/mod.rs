//! What must be true when everybody has played: the ledgers against the results that were told,
//! against each other, and against what was recorded.

mod ending;
mod game;
mod own;
mod record;

use std::borrow::Cow;
use std::collections::HashMap;

pub use ending::Endings;
pub(super) use ending::Terms;
pub(super) use record::{Account, Recorded, accounts, check_pair, check_record, has_arrived};

use self::ending::Ending;
use super::ledger::{Ledger, Place};
use super::verdict::{Class, Fault, Violation};
use crate::ids::{PlayerId, RoomId};

/// Judges every ledger by itself, and every game by the ledgers of its two players.
pub(super) fn check_play(ledgers: &[Ledger], terms: &Terms) -> (Vec<Violation>, Endings) {
    let book = Book::of(ledgers);
    let (mut found, mut endings) = (Vec::new(), Endings::default());
    let mut void = Vec::new();
    for ledger in ledgers {
        found.extend(name(ledger, own::check(ledger)));
        let Some(place) = ledger.place else { continue };
        let Some(other) = book.opponent_of(ledger, place, &mut found) else { continue };
        found.extend(name(ledger, game::check(ledger, &other)));
        let Some((ending, fault)) = ending::judge(ledger, &other, terms) else { continue };
        endings.count(ending);
        found.extend(name(ledger, fault.into_iter().collect()));
        if ending == Ending::Void {
            let text = "the game ended as void".to_owned();
            void.extend(name(ledger, vec![Fault::new(Class::Void, text)]));
        }
    }
    if void.len() > terms.allow_void {
        found.extend(void);
    }
    found.extend(crowded(ledgers));
    (found, endings)
}

/// Every ledger, by its player and by its game.
struct Book<'a> {
    of_game: HashMap<(PlayerId, RoomId), &'a Ledger>,
    of_player: HashMap<PlayerId, Vec<&'a Ledger>>,
}

impl<'a> Book<'a> {
    fn of(ledgers: &'a [Ledger]) -> Self {
        let seated = ledgers.iter().filter_map(|l| Some(((l.player, l.place?.room), l)));
        let mut of_player: HashMap<PlayerId, Vec<&Ledger>> = HashMap::new();
        for ledger in ledgers {
            of_player.entry(ledger.player).or_default().push(ledger);
        }
        Self { of_game: seated.collect(), of_player }
    }

    /// The opponent's ledger of a game, an empty one if the opponent was never told of the game;
    /// `None` when this game is looked at from the opponent's side.
    fn opponent_of(
        &self,
        ledger: &Ledger,
        place: Place,
        found: &mut Vec<Violation>,
    ) -> Option<Cow<'a, Ledger>> {
        let Some(all) = self.of_player.get(&place.opponent) else {
            let text = format!("played against a stranger, {}", place.opponent);
            found.extend(name(ledger, vec![Fault::new(Class::Mismatch, text)]));
            return None;
        };
        let Some(other) = self.of_game.get(&(place.opponent, place.room)) else {
            found.extend(name(ledger, vec![game::missing(ledger, all)]));
            return Some(Cow::Owned(Ledger::new(place.opponent, String::new())));
        };
        let is_mutual = other.place.is_some_and(|theirs| theirs.opponent == ledger.player);
        (!is_mutual || ledger.player < other.player).then_some(Cow::Borrowed(*other))
    }
}

/// Gives faults the name of the player and the game they were found in.
pub(super) fn name(ledger: &Ledger, faults: Vec<Fault>) -> impl Iterator<Item = Violation> {
    let (player, game) = (ledger.player, ledger.place.map(|place| place.room));
    faults.into_iter().map(move |fault| fault.of(player, game))
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
