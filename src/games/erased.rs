//! A game whose type is forgotten, so that rooms can host any game.
//!
//! [`Table`] is what a room sees; the one implementation here turns a typed [`Game`] into it and
//! gathers what the game tells until the room has committed.

use serde_json::value::RawValue;

use super::{Audience, BadInput, Game, GameTime, Rhythm, Told, Verdict};
use crate::ids::{BySeat, Seat, Strength};

/// One encoded event for one seat or both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Who gets it.
    pub to: Audience,
    /// The whole frame, as sent.
    pub text: String,
}

/// What a game has told since it was last asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outputs {
    /// Events in order.
    pub frames: Vec<Frame>,
    /// Fields for the next `UPDATE`: the inside of a JSON object, or empty.
    pub remarks: String,
}

/// A game in play, of any kind. See [`Game`] for what each method means.
pub trait Table: Send {
    /// The game's name.
    fn name(&self) -> &'static str;
    /// Lets game time pass.
    fn advance(&mut self, now: GameTime);
    /// Applies an input of a seat.
    ///
    /// # Errors
    /// When the game cannot read it; then nothing has changed.
    fn input(
        &mut self,
        seat: Seat,
        kind: &str,
        payload: &str,
        now: GameTime,
    ) -> Result<(), BadInput>;
    /// When it must be woken next.
    fn next_wake(&self) -> Option<GameTime>;
    /// How the rules ended it, once they have.
    fn verdict(&self) -> Option<Verdict>;
    /// The points so far.
    fn points(&self) -> BySeat<u64>;
    /// How regular a seat's inputs were.
    fn rhythm(&self, seat: Seat) -> Option<Rhythm>;
    /// The public state: the inside of a JSON object.
    fn view(&self, now: GameTime) -> String;
    /// When a bot on this seat acts next.
    fn bot_wake(&self, seat: Seat, strength: Strength, inputs: u32) -> Option<GameTime>;
    /// Lets a bot act if its time has come.
    fn bot_play(&mut self, seat: Seat, strength: Strength, inputs: u32, now: GameTime);
    /// Whether there is anything to tell.
    fn has_told(&self) -> bool;
    /// Takes what was told since the last call.
    fn take_outputs(&mut self) -> Outputs;
    /// The state, for a snapshot.
    ///
    /// # Errors
    /// When the state cannot be written as JSON, which is a fault of the game.
    fn snapshot(&self) -> serde_json::Result<Box<RawValue>>;
}

/// A typed game and what it has told.
pub(super) struct Typed<G: Game> {
    game: G,
    told: Told<G::Event, G::Remark>,
}

impl<G: Game> Typed<G> {
    pub(super) fn new(game: G) -> Self {
        Self { game, told: Told::default() }
    }

    /// Merges the last event into the one before it for the same audience, if the game wants that.
    fn merge_last(&mut self) {
        let Some(((to, later), before)) = self.told.events.split_last_mut() else { return };
        let earlier = before.iter_mut().rev().find(|(audience, _)| audience == to);
        if earlier.is_some_and(|(_, earlier)| G::merge(earlier, later)) {
            self.told.events.pop();
        }
    }
}

impl<G: Game> Table for Typed<G> {
    fn name(&self) -> &'static str {
        G::NAME
    }

    fn advance(&mut self, now: GameTime) {
        self.game.advance(now, &mut self.told);
    }

    fn input(
        &mut self,
        seat: Seat,
        kind: &str,
        payload: &str,
        now: GameTime,
    ) -> Result<(), BadInput> {
        let input = G::parse_input(kind, payload)?;
        self.game.input(seat, input, now, &mut self.told);
        self.merge_last();
        Ok(())
    }

    fn next_wake(&self) -> Option<GameTime> {
        self.game.next_wake()
    }

    fn verdict(&self) -> Option<Verdict> {
        self.game.verdict()
    }

    fn points(&self) -> BySeat<u64> {
        self.game.points()
    }

    fn rhythm(&self, seat: Seat) -> Option<Rhythm> {
        self.game.rhythm(seat)
    }

    fn view(&self, now: GameTime) -> String {
        fields(&self.game.view(now))
    }

    fn bot_wake(&self, seat: Seat, strength: Strength, inputs: u32) -> Option<GameTime> {
        self.game.bot_move(seat, strength, inputs).map(|(at, _)| at)
    }

    fn bot_play(&mut self, seat: Seat, strength: Strength, inputs: u32, now: GameTime) {
        if let Some((at, input)) = self.game.bot_move(seat, strength, inputs)
            && at <= now
        {
            self.game.input(seat, input, now, &mut self.told);
            self.merge_last();
        }
    }

    fn has_told(&self) -> bool {
        !self.told.events.is_empty() || !self.told.remarks.is_empty()
    }

    fn take_outputs(&mut self) -> Outputs {
        let told = std::mem::take(&mut self.told);
        let frames = told.events.iter().map(|(to, event)| Frame { to: *to, text: encode(event) });
        // Of several the last one counts: a field may stand in an object only once.
        let remarks = told.remarks.last().map(fields).unwrap_or_default();
        Outputs { frames: frames.collect(), remarks }
    }

    fn snapshot(&self) -> serde_json::Result<Box<RawValue>> {
        serde_json::value::to_raw_value(&self.game)
    }
}

/// JSON of a value the game itself defined. Its types have string keys and finite numbers, so
/// writing them cannot fail; an empty frame would only be a missing particle.
fn encode(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// The inside of the JSON object that a value serialises to.
fn fields(value: &impl serde::Serialize) -> String {
    let object = encode(value);
    object.strip_prefix('{').and_then(|o| o.strip_suffix('}')).unwrap_or_default().to_owned()
}
