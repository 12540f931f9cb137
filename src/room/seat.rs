//! One seat of a room, as its snapshot keeps it.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};

use crate::games::GameTime;
use crate::ids::{Generation, Strength};
use crate::matchmaking::{Founder, Profile};

/// A seat: who sits there, how far the player's inputs got, and since when nobody is attached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeatState {
    /// Who sits here.
    pub player: Profile,
    /// The strength, when it is a bot.
    pub bot: Option<Strength>,
    /// The highest `n` that was consumed. All below it were consumed too.
    #[serde(deserialize_with = "countable")]
    pub consumed: u32,
    /// The newest connection that attached; inputs of older ones are refused.
    pub generation: Generation,
    /// Since when nobody is attached; `None` while somebody is, and always for a bot.
    pub absent_since: Option<GameTime>,
}

/// More inputs than a seat can ever have: so that counting one more never overflows.
const TOO_MANY: u32 = 1 << 31;

fn countable<'de, D: Deserializer<'de>>(from: D) -> Result<u32, D::Error> {
    let consumed = u32::deserialize(from)?;
    if consumed < TOO_MANY {
        Ok(consumed)
    } else {
        Err(D::Error::custom("more inputs than a game has"))
    }
}

/// What became of an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InputOutcome {
    /// It was the next one and counts, whatever it is worth.
    Consumed,
    /// It had been consumed before.
    Duplicate,
    /// Something is missing before it.
    Gap {
        /// The first number that is missing.
        from: u32,
    },
    /// It came from a connection that another one has replaced.
    Outdated,
    /// The rules cannot read it.
    Bad(String),
    /// The game has ended: nothing is consumed any more.
    Over,
}

impl SeatState {
    /// A seat at game time 0: a person is absent until a connection attaches.
    pub fn new(founder: Founder) -> Self {
        let absent_since = founder.bot.is_none().then_some(GameTime(0));
        Self {
            player: founder.player,
            bot: founder.bot,
            consumed: 0,
            generation: Generation(0),
            absent_since,
        }
    }

    /// Whether a connection may speak for this seat: it is the newest one that attached.
    pub fn accepts(&self, generation: Generation) -> bool {
        self.bot.is_none() && generation >= self.generation
    }

    /// Checks the number of an input. `None`: it is the next one.
    pub fn check(&self, n: u32) -> Option<InputOutcome> {
        if n <= self.consumed {
            Some(InputOutcome::Duplicate)
        } else if n > self.consumed + 1 {
            Some(InputOutcome::Gap { from: self.consumed + 1 })
        } else {
            None
        }
    }
}
