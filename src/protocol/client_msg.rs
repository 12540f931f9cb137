//! What a client may say, and how its frames are read.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::server_msg::ErrorCode;
use crate::ids::{RoomId, Strength};

/// A message of a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientMsg {
    /// Wait for an opponent. Idempotent.
    JoinQueue {
        /// Which game.
        game: String,
    },
    /// Stop waiting.
    LeaveQueue,
    /// Play a game against a bot of the server's, at once.
    Practice {
        /// Which game.
        game: String,
        /// How well the bot plays.
        strength: Strength,
    },
    /// Give the game up; the opponent wins.
    QuitGame,
    /// An input of the game in play.
    Input(Input),
}

/// An input of a game, as yet unread but for what all inputs share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// The message type, one of the inputs of some game.
    pub kind: &'static str,
    /// Which of this player's inputs in this game: 1, 2, 3 … `None`: the next one.
    pub n: Option<u32>,
    /// The game it is meant for. `None`: the one in play.
    pub room_id: Option<RoomId>,
    /// The whole payload, for the rules to read.
    pub payload: String,
}

/// Why a frame is no message. The connection stays open.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ParseError {
    /// What kind of mistake it is.
    pub code: ErrorCode,
    /// The mistake, for a person to read.
    pub message: String,
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(rename = "type", borrow)]
    kind: std::borrow::Cow<'a, str>,
    #[serde(borrow)]
    payload: Option<&'a RawValue>,
}

/// Payload of `JOIN_QUEUE`.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct JoinQueue {
    #[serde(default = "cookie")]
    #[cfg_attr(test, ts(optional, as = "Option<String>"))]
    game: String,
}

/// Payload of `PRACTICE`.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct Practice {
    #[serde(default = "cookie")]
    #[cfg_attr(test, ts(optional, as = "Option<String>"))]
    game: String,
    #[serde(default = "medium")]
    #[cfg_attr(test, ts(optional, as = "Option<Strength>"))]
    strength: Strength,
}

/// What the payload of every input of every game may carry.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct InputHeader {
    #[cfg_attr(test, ts(optional))]
    n: Option<u32>,
    #[cfg_attr(test, ts(optional))]
    room_id: Option<RoomId>,
}

fn cookie() -> String {
    "cookie".to_owned()
}

fn medium() -> Strength {
    Strength::Medium
}

impl ClientMsg {
    /// Reads a text frame. `input_kind` knows the message types that are inputs of a game.
    ///
    /// # Errors
    /// When the frame is not JSON, its type is unknown, or its payload does not fit its type.
    pub fn parse(
        text: &str,
        input_kind: impl Fn(&str) -> Option<&'static str>,
    ) -> Result<Self, ParseError> {
        must_be_object(text, ErrorCode::BadJson)?;
        let envelope: Envelope = serde_json::from_str(text)
            .map_err(|error| ParseError::new(ErrorCode::BadJson, error.to_string()))?;
        let payload = envelope.payload.map_or("{}", RawValue::get);
        must_be_object(payload, ErrorCode::BadPayload)?;
        match envelope.kind.as_ref() {
            "JOIN_QUEUE" => read(payload).map(|JoinQueue { game }| ClientMsg::JoinQueue { game }),
            "LEAVE_QUEUE" => Ok(ClientMsg::LeaveQueue),
            "PRACTICE" => read(payload)
                .map(|Practice { game, strength }| ClientMsg::Practice { game, strength }),
            "QUIT_GAME" => Ok(ClientMsg::QuitGame),
            kind => match input_kind(kind) {
                Some(kind) => Input::read(kind, payload).map(ClientMsg::Input),
                None => {
                    let shown: String = kind.chars().take(40).collect();
                    let message = format!("there is no message type {shown:?}");
                    Err(ParseError::new(ErrorCode::UnknownType, message))
                }
            },
        }
    }
}

impl Input {
    fn read(kind: &'static str, payload: &str) -> Result<Self, ParseError> {
        let InputHeader { n, room_id } = read(payload)?;
        if n == Some(0) {
            let message = "n counts from 1".to_owned();
            return Err(ParseError::new(ErrorCode::BadPayload, message));
        }
        Ok(Self { kind, n, room_id, payload: payload.to_owned() })
    }
}

impl ParseError {
    fn new(code: ErrorCode, message: String) -> Self {
        Self { code, message }
    }
}

fn read<'a, T: Deserialize<'a>>(payload: &'a str) -> Result<T, ParseError> {
    serde_json::from_str(payload)
        .map_err(|error| ParseError::new(ErrorCode::BadPayload, error.to_string()))
}

/// A structure would be read from an array of its fields too.
fn must_be_object(json: &str, code: ErrorCode) -> Result<(), ParseError> {
    if json.trim_ascii_start().starts_with('{') {
        Ok(())
    } else {
        Err(ParseError::new(code, "a JSON object is wanted here".to_owned()))
    }
}
