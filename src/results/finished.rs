//! The record of a finished game, as it waits in the outbox.

use serde::{Deserialize, Serialize};

use super::{Outcome, PlayerProfile};
use crate::games::Rhythm;
use crate::ids::{BySeat, PlayerId, RoomId, Seat, Strength};
use crate::protocol::Reason;

/// A finished game. Everything the results need, as it was at the end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FinishedGame {
    /// The game's id: the room's.
    pub game_id: RoomId,
    /// The kind of game.
    pub game: String,
    /// When it ended: milliseconds since 1970, on the clock of the store or, on one machine, of
    /// the server.
    pub ended_at: u64,
    /// How it ended.
    pub reason: Reason,
    /// Who won; `None` is a draw, or void.
    pub winner: Option<Seat>,
    /// Who sat where.
    pub seats: BySeat<FinishedSeat>,
}

/// One seat of a finished game.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FinishedSeat {
    /// The player.
    pub player: PlayerId,
    /// The name at the time.
    pub name: String,
    /// The picture at the time.
    pub picture: Option<String>,
    /// The strength of the bot that sat here; `None` for a person.
    pub bot: Option<Strength>,
    /// Points at the end.
    pub points: u64,
    /// Distinct inputs that were counted.
    pub clicks: u32,
    /// How regular they were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rhythm: Option<Rhythm>,
}

impl FinishedSeat {
    /// The player, as at the time.
    pub(crate) fn profile(&self) -> PlayerProfile {
        PlayerProfile { id: self.player, name: self.name.clone(), picture: self.picture.clone() }
    }
}

impl FinishedGame {
    /// Who played: the persons, without bots.
    pub(crate) fn people(&self) -> impl Iterator<Item = PlayerId> {
        let people = self.seats.iter().filter(|(_, sat)| sat.bot.is_none());
        people.map(|(_, sat)| sat.player)
    }

    /// A game that was noted as begun; `None`, and a warning, if it cannot be read.
    pub(crate) fn noted(record: &str) -> Option<Self> {
        serde_json::from_str(record)
            .inspect_err(|error| tracing::warn!(%error, "the note of a game cannot be read"))
            .ok()
    }

    /// The strength of the bot in a practice game.
    pub fn practice(&self) -> Option<Strength> {
        self.seats.p1.bot.or(self.seats.p2.bot)
    }

    /// What it was for who sat there.
    pub(crate) fn outcome(&self, seat: Seat) -> Outcome {
        Outcome::of(self.reason, self.winner, seat)
    }

    /// Whether it counts for totals and leaderboards: no practice, and not void.
    pub fn is_ranked(&self) -> bool {
        self.practice().is_none() && self.reason != Reason::Void
    }
}
