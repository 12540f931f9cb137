//! A game for tests: it counts pokes, and panics when it is asked to.

use serde::{Deserialize, Serialize};

use super::{BadInput, Game, GameTime, Told, Verdict};
use crate::ids::{BySeat, PlayerId, Seat, Strength};

/// Counts pokes.
#[derive(Serialize, Deserialize)]
pub struct Fragile {
    pokes: BySeat<u64>,
    cursed: bool,
}

/// What a seat may do.
pub enum Input {
    /// One point.
    Poke,
    /// The end of the actor.
    Panic,
    /// From now on nobody can look at it without a panic.
    Curse,
}

impl Game for Fragile {
    const NAME: &'static str = "fragile";
    const INPUTS: &'static [&'static str] = &["POKE", "PANIC", "CURSE"];
    type Settings = ();
    type Input = Input;
    type Event = ();
    type Remark = ();
    type View = BySeat<u64>;

    fn new(_: &(), _: BySeat<PlayerId>, _: u64) -> Self {
        Self { pokes: BySeat::default(), cursed: false }
    }

    fn parse_input(kind: &str, _: &str) -> Result<Input, BadInput> {
        Ok(match kind {
            "PANIC" => Input::Panic,
            "CURSE" => Input::Curse,
            _ => Input::Poke,
        })
    }

    fn advance(&mut self, now: GameTime, _: &mut Told<(), ()>) {
        assert!(!self.cursed || now < GameTime(1_000), "cursed");
    }

    fn input(&mut self, seat: Seat, input: Input, _: GameTime, _: &mut Told<(), ()>) {
        match input {
            Input::Poke => self.pokes[seat] += 1,
            Input::Panic => panic!("asked to"),
            Input::Curse => self.cursed = true,
        }
    }

    fn next_wake(&self) -> Option<GameTime> {
        None
    }

    fn verdict(&self) -> Option<Verdict> {
        None
    }

    fn points(&self) -> BySeat<u64> {
        assert!(!self.cursed, "cursed");
        self.pokes
    }

    fn view(&self, _: GameTime) -> BySeat<u64> {
        self.pokes
    }

    fn bot_move(&self, _: Seat, _: Strength, _: u32) -> Option<(GameTime, Input)> {
        None
    }
}
