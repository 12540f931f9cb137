//! The ways in which a promise can be broken.

use std::fmt;

use serde::Serialize;

use crate::ids::{PlayerId, RoomId};

/// What kind of promise was broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Acknowledged, or shown, but not counted.
    Lost,
    /// Counted more often than sent, or worth more than it can be.
    Doubled,
    /// Two accounts of the same game differ.
    Mismatch,
    /// The result is missing where it belongs.
    NotRecorded,
    /// The result is there twice.
    RecordedTwice,
    /// A game did not come to its proper end, or a player could not play.
    Stuck,
    /// A player was in two games at once.
    MatchedTwice,
    /// A player was put into a game it had not asked for: it had not joined the queue since its last
    /// game, or had been told that it left.
    Unasked,
    /// A player joined the queue and was never matched.
    LostFromQueue,
    /// A player sits in a game that is over, or in any live one after all games are over.
    StillSeated,
    /// An older connection of a player went on beside the newer one.
    NotReplaced,
    /// A game ended as void, and more of them than are allowed.
    Void,
}

impl Class {
    /// Every class, in the order of the report.
    pub const ALL: [Self; 12] = [
        Self::Lost,
        Self::Doubled,
        Self::Mismatch,
        Self::NotRecorded,
        Self::RecordedTwice,
        Self::Stuck,
        Self::MatchedTwice,
        Self::Unasked,
        Self::LostFromQueue,
        Self::StillSeated,
        Self::NotReplaced,
        Self::Void,
    ];

    /// Its name in the report.
    pub fn label(self) -> &'static str {
        match self {
            Self::Lost => "lost",
            Self::Doubled => "doubled",
            Self::Mismatch => "mismatch",
            Self::NotRecorded => "not recorded",
            Self::RecordedTwice => "recorded twice",
            Self::Stuck => "stuck",
            Self::MatchedTwice => "matched twice",
            Self::Unasked => "unasked",
            Self::LostFromQueue => "lost from the queue",
            Self::StillSeated => "still seated",
            Self::NotReplaced => "not replaced",
            Self::Void => "void",
        }
    }
}

/// A broken promise, as yet without a name to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Which promise.
    pub class: Class,
    /// What happened, with numbers.
    pub text: String,
}

impl Fault {
    pub(super) fn new(class: Class, text: impl Into<String>) -> Self {
        Self { class, text: text.into() }
    }

    /// Says whose promise it was, and in which game.
    pub(super) fn of(self, player: PlayerId, game: Option<RoomId>) -> Violation {
        let Self { class, text } = self;
        Violation { class, player, game, text }
    }
}

/// A broken promise: whose, and in which game.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Violation {
    /// Which promise.
    pub class: Class,
    /// Whom it was broken to.
    pub player: PlayerId,
    /// In which game, if there was one.
    pub game: Option<RoomId>,
    /// What happened, with numbers.
    pub text: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} (player {}", self.class.label(), self.text, self.player)?;
        match self.game {
            Some(game) => write!(f, ", game {game})"),
            None => write!(f, ")"),
        }
    }
}
