//! What a leaderboard is made of.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::results::PlayerProfile;

/// Which leaderboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Board {
    /// Since the beginning.
    All,
    /// This ISO week in UTC, by the time the games ended.
    Week,
}

/// The time that a standing is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Period {
    /// All of it.
    AllTime,
    /// An ISO week: its year and number, like 202647.
    Week(u32),
}

impl Period {
    /// The ISO week in UTC of a time in milliseconds since 1970; `None` for a time beyond the
    /// calendar.
    pub fn week_of(millis: u64) -> Option<Self> {
        let time = Timestamp::from_millisecond(i64::try_from(millis).ok()?).ok()?;
        let week = time.to_zoned(TimeZone::UTC).date().iso_week_date();
        let (year, week) = (u32::try_from(week.year()).ok()?, u32::try_from(week.week()).ok()?);
        Some(Self::Week(year * 100 + week))
    }

    /// The period that a board shows at a time.
    pub fn of(board: Board, now: u64) -> Option<Self> {
        match board {
            Board::All => Some(Self::AllTime),
            Board::Week => Self::week_of(now),
        }
    }

    /// As a number: 0 is all time.
    pub fn number(self) -> u32 {
        match self {
            Self::AllTime => 0,
            Self::Week(week) => week,
        }
    }
}

/// A player's totals over one period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Over which.
    pub period: Period,
    /// The player, by the newest game.
    pub player: PlayerProfile,
    /// When that game ended, in milliseconds since 1970.
    pub shown_at: u64,
    /// Points.
    pub points: u64,
    /// Ranked games.
    pub games: u64,
    /// Games won.
    pub wins: u64,
    /// When the player came to have these points, in milliseconds since 1970.
    pub reached_at: u64,
}

/// A player's place on a leaderboard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Ranked {
    /// 1 is the top. Ties are ranked by who got there first.
    pub rank: u64,
    /// The player, by the newest game.
    pub player: PlayerProfile,
    /// Points.
    pub points: u64,
    /// Ranked games.
    pub games: u64,
    /// Games won.
    pub wins: u64,
}

/// The top of a leaderboard, and the asking player's own place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LeaderboardPage {
    /// Which one.
    pub board: Board,
    /// The top, best first.
    pub entries: Vec<Ranked>,
    /// The asking player's own place; `None` without a session or a ranked game.
    pub me: Option<Ranked>,
    /// That place with the two above and the two below, best first; empty if there is none.
    pub around: Vec<Ranked>,
}

#[cfg(test)]
mod tests {
    use super::Period;

    fn week_of(time: &str) -> Option<Period> {
        let time: jiff::Timestamp = time.parse().unwrap();
        Period::week_of(u64::try_from(time.as_millisecond()).unwrap())
    }

    #[test]
    fn weeks_begin_on_monday_in_utc_and_belong_to_the_year_of_their_thursday() {
        assert_eq!(week_of("2026-11-22T23:59:59.999Z"), Some(Period::Week(202647)));
        assert_eq!(week_of("2026-11-23T00:00:00Z"), Some(Period::Week(202648)));
        assert_eq!(week_of("2027-01-03T12:00:00Z"), Some(Period::Week(202653)));
        assert_eq!(week_of("2024-12-30T12:00:00Z"), Some(Period::Week(202501)));
        assert_eq!(Period::week_of(u64::MAX), None);
    }
}
