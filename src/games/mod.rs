//! The rules of games: pure state machines without actor, clock or I/O.
//!
//! A game is one type that implements [`Game`] and one line in [`Catalogue::new`]. Time, randomness
//! and identity come in as values, what happens goes out as values, so the same inputs always give
//! the same game, a snapshot is the state's serde form, and a whole game runs in a loop in a test.
//! Nothing in this folder may import an actor, a runtime, a clock or a store.

mod catalogue;
pub mod cookie;
mod erased;
#[cfg(test)]
mod fragile;
mod rhythm;

pub use catalogue::{Catalogue, Settings};
pub use erased::{Frame, Outputs, Table};
pub use rhythm::{Rhythm, Tally};

use std::ops::{Add, Sub};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::ids::{BySeat, PlayerId, Seat, Strength};

/// Milliseconds a game has been hosted since it began; it stands still while nobody hosts it.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(try_from = "u64")]
pub struct GameTime(#[cfg_attr(test, ts(type = "number"))] pub u64);

impl GameTime {
    /// Nothing later is read or reckoned. Every reader of JSON takes it for the same number.
    pub const LATEST: Self = Self((1 << 53) - 1);
}

impl TryFrom<u64> for GameTime {
    type Error = &'static str;

    fn try_from(millis: u64) -> Result<Self, Self::Error> {
        let time = Self(millis);
        if time <= Self::LATEST { Ok(time) } else { Err("no game lasts so long") }
    }
}

impl Add<u64> for GameTime {
    type Output = GameTime;

    fn add(self, millis: u64) -> GameTime {
        GameTime(self.0.saturating_add(millis).min(Self::LATEST.0))
    }
}

impl Sub for GameTime {
    type Output = u64;

    /// Milliseconds from the earlier time to this one; 0 when it is not earlier.
    fn sub(self, earlier: GameTime) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// Whom an event is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// One seat.
    One(Seat),
    /// Both seats.
    All,
}

/// How the rules ended a game: the winner's seat, or nobody's (a draw).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// `None` is a draw.
    pub winner: Option<Seat>,
}

/// An input that the rules cannot read. It is not consumed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadInput(pub String);

/// What a game says when something happens: events of their own frame, and remarks that travel
/// once inside the next `UPDATE`.
#[derive(Debug)]
pub struct Told<E, R> {
    /// Events in the order they happened.
    pub events: Vec<(Audience, E)>,
    /// Fields for the next `UPDATE` alone; of several the last one is told.
    pub remarks: Vec<R>,
}

impl<E, R> Default for Told<E, R> {
    fn default() -> Self {
        Self { events: Vec::new(), remarks: Vec::new() }
    }
}

/// A game as a pure state machine for two seats.
///
/// The room calls [`advance`](Game::advance) with the present game time before anything else, never
/// with an earlier time than before, and never again once there is a [`verdict`](Game::verdict).
pub trait Game: Serialize + DeserializeOwned + Send + Sized + 'static {
    /// Its name on the wire and in the results.
    const NAME: &'static str;
    /// The message types a client may send as inputs of this game.
    const INPUTS: &'static [&'static str];
    /// Its numbers, kept in the state so that a game ends by the rules it began with.
    type Settings: Clone + Send + Sync + 'static;
    /// What a seat may do.
    type Input;
    /// What is told in a frame of its own; serialises as `{"type", "payload"}`.
    type Event: Serialize + Send;
    /// What is told once in the next `UPDATE`; serialises as an object.
    type Remark: Serialize + Send;
    /// The whole public state; serialises as an object. Its fields are in every `UPDATE`.
    type View: Serialize;

    /// A new game at game time 0. The same seed gives the same game.
    fn new(settings: &Self::Settings, players: BySeat<PlayerId>, seed: u64) -> Self;

    /// Reads an input of one of [`INPUTS`](Game::INPUTS) from its payload, a JSON object.
    ///
    /// # Errors
    /// When the payload is not what the type asks for; the text is shown to the player.
    fn parse_input(kind: &str, payload: &str) -> Result<Self::Input, BadInput>;

    /// Lets game time pass up to `now`.
    fn advance(&mut self, now: GameTime, told: &mut Told<Self::Event, Self::Remark>);

    /// Applies an input of a seat. An input that is worth nothing is no error: it counts as one.
    fn input(
        &mut self,
        seat: Seat,
        input: Self::Input,
        now: GameTime,
        told: &mut Told<Self::Event, Self::Remark>,
    );

    /// When [`advance`](Game::advance) must be called next, at the latest.
    fn next_wake(&self) -> Option<GameTime>;

    /// How it ended, once it has.
    fn verdict(&self) -> Option<Verdict>;

    /// The points so far.
    fn points(&self) -> BySeat<u64>;

    /// How regular a seat's inputs were, for games where that tells something.
    fn rhythm(&self, _seat: Seat) -> Option<Rhythm> {
        None
    }

    /// What both players may see.
    fn view(&self, now: GameTime) -> Self::View;

    /// When a bot that has made `inputs` inputs acts next, and what it does then. It may look at
    /// the state as a player would, and has no randomness but the seed's.
    fn bot_move(
        &self,
        seat: Seat,
        strength: Strength,
        inputs: u32,
    ) -> Option<(GameTime, Self::Input)>;

    /// Merges an event into the one just before it for the same audience. `false`: it stands alone.
    fn merge(_earlier: &mut Self::Event, _later: &Self::Event) -> bool {
        false
    }
}
