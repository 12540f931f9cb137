//! What travels between the cookie duel and its players: inputs, events, remarks and the view.

use serde::{Deserialize, Serialize};

use super::golden::Golden;
use crate::games::{BadInput, GameTime};
use crate::ids::{BySeat, PlayerId};

/// What a seat may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// `CLICK`: click the big cookie.
    Click,
    /// `COOKIE_CLICK`: claim a golden cookie.
    Claim {
        /// Its number.
        cookie: u32,
    },
}

/// What `COOKIE_CLICK` says beside the fields of every input.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct CookieClick {
    cookie: u32,
}

impl Input {
    /// Reads the input of a message type.
    ///
    /// # Errors
    /// When the type is not an input of this game, or its payload lacks the cookie.
    pub(super) fn parse(kind: &str, payload: &str) -> Result<Self, BadInput> {
        match kind {
            "CLICK" => Ok(Input::Click),
            "COOKIE_CLICK" => serde_json::from_str(payload)
                .map(|CookieClick { cookie }| Input::Claim { cookie })
                .map_err(|error| BadInput(error.to_string())),
            other => Err(BadInput(format!("the cookie duel has no input {other:?}"))),
        }
    }
}

/// What is told in a frame of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "CookieEvent"))]
#[serde(tag = "type", content = "payload", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Event {
    /// The other seat has clicked. For the particle only: the view has the score.
    OpponentClick(OpponentClick),
    /// A golden cookie has appeared.
    CookieSpawn(GoldenCookie),
    /// The seat's own clicks came faster than they count.
    TooFast(TooFast),
}

/// Payload of `TOO_FAST`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct TooFast {
    /// Clicks that did not count.
    pub count: u32,
}

/// Payload of `OPPONENT_CLICK`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct OpponentClick {
    /// Points scored.
    pub count: u32,
}

/// A golden cookie on the table; the payload of `COOKIE_SPAWN` too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct GoldenCookie {
    /// Its number: 1, 2, 3 …
    pub cookie: u32,
    /// Percent from the left, 5 to 95.
    pub x: u32,
    /// Percent from the top, 5 to 95.
    pub y: u32,
}

impl From<&Golden> for GoldenCookie {
    fn from(golden: &Golden) -> Self {
        Self { cookie: golden.number, x: golden.x, y: golden.y }
    }
}

/// What the next `UPDATE` alone says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "CookieRemark"))]
#[serde(rename_all = "camelCase")]
pub struct Remark {
    /// Who has just claimed the golden cookie.
    pub golden_cookie_claimed_by: PlayerId,
}

/// What both players may see, in every `UPDATE` and `GAME_START`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "CookieView"))]
#[serde(rename_all = "camelCase")]
pub struct View {
    /// Whole seconds in which clicks still count, rounded up.
    #[cfg_attr(test, ts(type = "number"))]
    pub time_remaining: u64,
    /// Milliseconds since the game began, countdown included.
    pub game_time: GameTime,
    /// Whole seconds of the countdown that are left, rounded up; 0 once clicks count.
    #[cfg_attr(test, ts(type = "number"))]
    pub countdown: u64,
    /// Points of the first seat.
    #[cfg_attr(test, ts(type = "number"))]
    pub p1_score: u64,
    /// Points of the second seat.
    #[cfg_attr(test, ts(type = "number"))]
    pub p2_score: u64,
    /// The golden cookie that waits to be claimed.
    pub cookie: Option<GoldenCookie>,
    /// The game time until which a seat's clicks count double; `None` while nobody's do.
    pub bonus_until: Option<BySeat<Option<GameTime>>>,
}
