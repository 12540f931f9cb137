//! Which games this server can play.
//!
//! To add a game: implement [`Game`] in a file of this folder, and name it in
//! [`Catalogue::new`].

use std::collections::BTreeMap;

use super::erased::{Table, Typed};
use super::{Game, cookie};
use crate::ids::{BySeat, PlayerId};

/// The numbers of every game.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The cookie duel's.
    pub cookie: cookie::Settings,
}

type Create = Box<dyn Fn(BySeat<PlayerId>, u64) -> Box<dyn Table> + Send + Sync>;
type Restore = fn(&str) -> serde_json::Result<Box<dyn Table>>;

struct Entry {
    name: &'static str,
    inputs: &'static [&'static str],
    create: Create,
    restore: Restore,
}

/// Every game by its name.
pub struct Catalogue {
    games: BTreeMap<&'static str, Entry>,
}

impl Catalogue {
    /// All games, each with its settings.
    pub fn new(settings: Settings) -> Self {
        let entries = [
            entry::<cookie::Duel>(settings.cookie),
            #[cfg(test)]
            entry::<super::fragile::Fragile>(()),
        ];
        Self { games: entries.into_iter().map(|e| (e.name, e)).collect() }
    }

    /// The names of the games.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.games.keys().copied()
    }

    /// The name as the catalogue knows it, if there is such a game.
    pub fn name(&self, name: &str) -> Option<&'static str> {
        self.games.get(name).map(|entry| entry.name)
    }

    /// The message type as some game knows it as an input, if one does.
    pub fn input_kind(&self, kind: &str) -> Option<&'static str> {
        self.games.values().flat_map(|entry| entry.inputs).find(|known| **known == kind).copied()
    }

    /// A new game; `None` when there is no game of that name.
    pub fn create(
        &self,
        name: &str,
        players: BySeat<PlayerId>,
        seed: u64,
    ) -> Option<Box<dyn Table>> {
        self.games.get(name).map(|entry| (entry.create)(players, seed))
    }

    /// A game from the state in a snapshot; `None` when there is no game of that name.
    pub fn restore(&self, name: &str, state: &str) -> Option<serde_json::Result<Box<dyn Table>>> {
        self.games.get(name).map(|entry| (entry.restore)(state))
    }
}

fn entry<G: Game>(settings: G::Settings) -> Entry {
    Entry {
        name: G::NAME,
        inputs: G::INPUTS,
        create: Box::new(move |players, seed| {
            Box::new(Typed::new(G::new(&settings, players, seed)))
        }),
        restore: |state| Ok(Box::new(Typed::new(serde_json::from_str::<G>(state)?))),
    }
}
