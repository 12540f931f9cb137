//! What the tables hold.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::accounts::{Account, DELETED};
use crate::auth::Provider;
use crate::games::Rhythm;
use crate::ids::{PlayerId, RoomId, Seat, Strength};
use crate::leaderboard::{Period, Standing};
use crate::matchmaking::Profile;
use crate::protocol::Reason;
use crate::results::{FinishedGame, HistoryEntry, Outcome, PlayerProfile, Totals};

/// An item as DynamoDB has it.
pub(super) type Item = HashMap<String, AttributeValue>;

/// A text in an item.
pub(super) fn text(text: impl ToString) -> AttributeValue {
    AttributeValue::S(text.to_string())
}

/// A game, as one of its players has it in the history.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Game {
    #[serde(rename = "GameID")]
    pub(super) game_id: RoomId,
    #[serde(rename = "PlayerID")]
    player_id: PlayerId,
    pub(super) ended_at: u64,
    game: String,
    reason: Reason,
    result: Outcome,
    points: u64,
    clicks: u32,
    pub(super) opponent: PlayerProfile,
    opponent_points: u64,
    opponent_clicks: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    practice: Option<Strength>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rhythm: Option<Rhythm>,
}

impl Game {
    /// The item of the person in a seat.
    pub(super) fn of(game: &FinishedGame, seat: Seat) -> Self {
        let (own, other) = (&game.seats[seat], &game.seats[seat.other()]);
        Self {
            game_id: game.game_id,
            player_id: own.player,
            ended_at: game.ended_at,
            game: game.game.clone(),
            reason: game.reason,
            result: game.outcome(seat),
            points: own.points,
            clicks: own.clicks,
            opponent: other.profile(),
            opponent_points: other.points,
            opponent_clicks: other.clicks,
            practice: game.practice(),
            rhythm: own.rhythm,
        }
    }

    /// The same, against somebody who has been deleted.
    pub(super) fn against_nobody(self) -> Self {
        Self { opponent: nobody(), ..self }
    }

    /// The entry in the history; `None` for a time beyond the calendar.
    pub(super) fn entry(self) -> Option<HistoryEntry> {
        let time = Timestamp::from_millisecond(i64::try_from(self.ended_at).ok()?).ok()?;
        Some(HistoryEntry {
            game_id: self.game_id,
            game: self.game,
            ended_at: format!("{time:.3}"),
            result: self.result,
            reason: self.reason,
            points: self.points,
            clicks: self.clicks,
            opponent_points: self.opponent_points,
            opponent_clicks: self.opponent_clicks,
            opponent: self.opponent,
            practice: self.practice,
            rhythm: self.rhythm,
        })
    }
}

/// What is shown of somebody who has been deleted.
pub(super) fn nobody() -> PlayerProfile {
    PlayerProfile { id: PlayerId::from(Uuid::nil()), name: DELETED.to_owned(), picture: None }
}

/// A player, with all totals.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct User {
    #[serde(rename = "UserID")]
    pub(super) user_id: PlayerId,
    /// Counts the changes: whoever writes says which state was read. 0: nothing is recorded yet.
    #[serde(default)]
    pub(super) version: u64,
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) picture: Option<String>,
    /// When the game ended that showed this name.
    #[serde(default)]
    pub(super) shown_at: u64,
    /// Of all time.
    #[serde(default)]
    pub(super) total: Sum,
    /// Of the last few weeks, by year and number, like 202647.
    #[serde(default)]
    pub(super) weeks: BTreeMap<String, Sum>,
    /// The name of the account, which goes before those of games. What is of the account is only read here:
    /// whoever records a game may have read it before it changed.
    #[serde(default, skip_serializing)]
    pub(super) account_name: Option<String>,
    #[serde(default, skip_serializing)]
    pub(super) account_picture: Option<String>,
    /// Who vouches for the account; nobody for a guest.
    #[serde(default, skip_serializing)]
    pub(super) provider: Option<Provider>,
    /// When the player was deleted. Nothing counts since then.
    #[serde(default, skip_serializing)]
    pub(super) deleted_at: Option<u64>,
}

/// The sum of ranked games.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Sum {
    points: u64,
    games: u64,
    wins: u64,
    draws: u64,
    /// When the points were reached.
    reached_at: u64,
}

/// Weeks whose sums are kept.
const WEEKS: usize = 5;

impl User {
    /// Somebody of whom nothing is recorded.
    pub(super) fn new(player: PlayerProfile) -> Self {
        let PlayerProfile { id: user_id, name, picture } = player;
        Self {
            user_id,
            version: 0,
            name,
            picture,
            shown_at: 0,
            total: Sum::default(),
            weeks: BTreeMap::new(),
            account_name: None,
            account_picture: None,
            provider: None,
            deleted_at: None,
        }
    }

    pub(super) fn is_deleted(&self) -> bool {
        self.deleted_at.is_some()
    }

    /// The account, if there is one.
    pub(super) fn account(self) -> Option<Account> {
        let name = self.account_name.filter(|_| self.deleted_at.is_none())?;
        let player = Profile { id: self.user_id, name, picture: self.account_picture };
        Some(Account { player, provider: self.provider.unwrap_or(Provider::Guest) })
    }

    /// The same player after one more game.
    pub(super) fn after(mut self, game: &FinishedGame, seat: Seat, week: Period) -> Self {
        let sat = &game.seats[seat];
        self.version += 1;
        if self.is_deleted() {
            return self;
        }
        if game.ended_at >= self.shown_at {
            self.shown_at = game.ended_at;
            self.name = self.account_name.as_ref().unwrap_or(&sat.name).clone();
            self.picture = sat.picture.clone();
        }
        if game.is_ranked() {
            self.total.add(game, seat);
            self.weeks.entry(week.number().to_string()).or_default().add(game, seat);
            while self.weeks.len() > WEEKS {
                self.weeks.pop_first();
            }
        }
        self
    }

    pub(super) fn totals(&self) -> Totals {
        let Sum { points, games, wins, draws, .. } = self.total;
        Totals { points, games, wins, draws }
    }

    /// As a leaderboard keeps them: of all time, and of these weeks.
    pub(super) fn standings(&self, weeks: impl Fn(Period) -> bool) -> Vec<Standing> {
        let of_weeks = self.weeks.iter().filter_map(|(week, sum)| {
            let period = Period::Week(week.parse().ok()?);
            weeks(period).then_some((period, sum))
        });
        let all = std::iter::once((Period::AllTime, &self.total)).chain(of_weeks);
        all.filter(|(_, sum)| sum.games > 0)
            .map(|(period, sum)| Standing {
                period,
                player: PlayerProfile {
                    id: self.user_id,
                    name: self.name.clone(),
                    picture: self.picture.clone(),
                },
                shown_at: self.shown_at,
                points: sum.points,
                games: sum.games,
                wins: sum.wins,
                reached_at: sum.reached_at,
            })
            .collect()
    }
}

impl Sum {
    /// Games may be recorded in another order than they ended: the points were reached when the
    /// last of them ended that brought any.
    fn add(&mut self, game: &FinishedGame, seat: Seat) {
        let points = game.seats[seat].points;
        if points > 0 || self.games == 0 {
            self.reached_at = self.reached_at.max(game.ended_at);
        }
        self.points += points;
        self.games += 1;
        self.wins += u64::from(game.winner == Some(seat));
        self.draws += u64::from(game.winner.is_none());
    }
}
