//! The results port: what is recorded, and the questions asked of it.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::finished::FinishedGame;
use crate::cluster::{Answer, Unavailable};
use crate::games::Rhythm;
use crate::ids::{PlayerId, RoomId, Strength};
use crate::leaderboard::Standing;
use crate::protocol::Reason;

/// What recording did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// The game was written.
    New,
    /// It had been written before.
    Already,
}

/// Why the results did not answer.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ResultsError {
    /// The cursor is not one that this server gave out.
    #[error("the cursor is not valid")]
    BadCursor,
    /// The database will never take it.
    #[error("the results refuse it: {0}")]
    Refused(String),
    /// The database did not answer, or with an error. Trying again is safe.
    #[error("the results are not available: {0}")]
    Unavailable(String),
}

impl From<Unavailable> for ResultsError {
    fn from(Unavailable(why): Unavailable) -> Self {
        Self::Unavailable(why)
    }
}

/// A player's totals over all ranked games.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Totals {
    /// Points.
    pub points: u64,
    /// Games.
    pub games: u64,
    /// Games won.
    pub wins: u64,
    /// Games drawn; nobody's wins.
    pub draws: u64,
}

/// A player as others see one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlayerProfile {
    /// The player's id.
    #[schema(value_type = uuid::Uuid)]
    pub id: PlayerId,
    /// The name at the time.
    pub name: String,
    /// The picture at the time.
    pub picture: Option<String>,
}

/// What a game was for one player.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// Won.
    Win,
    /// Lost.
    Loss,
    /// Nobody won.
    Draw,
    /// It counted for nobody.
    Void,
}

impl Outcome {
    /// What a game was for who sat in a seat.
    pub(super) fn of<S: PartialEq>(reason: Reason, winner: Option<S>, seat: S) -> Self {
        match winner {
            _ if reason == Reason::Void => Self::Void,
            None => Self::Draw,
            Some(winner) if winner == seat => Self::Win,
            Some(_) => Self::Loss,
        }
    }
}

/// One game in a player's history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HistoryEntry {
    /// The game's id.
    #[schema(value_type = uuid::Uuid)]
    pub game_id: RoomId,
    /// The kind of game.
    pub game: String,
    /// When it ended, RFC 3339 in UTC.
    pub ended_at: String,
    /// What it was for this player.
    pub result: Outcome,
    /// How it ended.
    pub reason: Reason,
    /// This player's points.
    pub points: u64,
    /// The opponent's points.
    pub opponent_points: u64,
    /// This player's inputs that were counted.
    pub clicks: u32,
    /// The opponent's inputs that were counted.
    pub opponent_clicks: u32,
    /// The opponent as at the time.
    pub opponent: PlayerProfile,
    /// The strength of the bot, in a practice game.
    pub practice: Option<Strength>,
    /// How regular this player's inputs were. For operators: players are not told.
    #[serde(skip)]
    pub rhythm: Option<Rhythm>,
}

/// A page of a player's history, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HistoryPage {
    /// The games.
    pub games: Vec<HistoryEntry>,
    /// The cursor of the next page; `None` when this is the last.
    pub next: Option<String>,
}

/// Where finished games are recorded.
pub trait Results: Send + Sync {
    /// Records a game: the game, one history entry per player, and for a ranked game both players'
    /// totals, in one transaction that is refused if the game is there already.
    fn record(&self, game: FinishedGame) -> Answer<Recorded, ResultsError>;

    /// Notes that a game has begun, as it is recorded if nothing is ever heard of it again: void,
    /// and `ended_at` is when it began. Recording the game removes the note.
    fn note_begun(&self, game: FinishedGame) -> Answer<(), ResultsError>;

    /// Some of the games that began in this time (milliseconds since 1970) and have no result, the
    /// oldest first. Notes that this version cannot read are left out.
    fn unfinished(
        &self,
        began: Range<u64>,
        limit: usize,
    ) -> Answer<Vec<FinishedGame>, ResultsError>;

    /// A player's totals; all 0 for a player without a ranked game.
    fn totals(&self, player: PlayerId) -> Answer<Totals, ResultsError>;

    /// A page of a player's games, newest first.
    fn history(
        &self,
        player: PlayerId,
        cursor: Option<String>,
        limit: usize,
    ) -> Answer<HistoryPage, ResultsError>;

    /// The totals of these players, of all time and of the week of a moment (milliseconds since
    /// 1970), as a leaderboard keeps them. Nothing of a player without a ranked game then.
    fn standings(&self, players: Vec<PlayerId>, moment: u64)
    -> Answer<Vec<Standing>, ResultsError>;

    /// Some of all standings, from a place on, and the next place; `None` at the end. To build
    /// leaderboards from; only the weeks from that of the moment on matter.
    fn all_standings(
        &self,
        from: Option<String>,
        moment: u64,
    ) -> Answer<(Vec<Standing>, Option<String>), ResultsError>;
}
