//! What the server may say, and how it is written.

use bytestring::ByteString;
use serde::Serialize;

use crate::ids::{PlayerId, RoomId, Seat, Strength, Version};

/// A message of the server. Events of a game travel beside these, encoded by the game.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "type", content = "payload", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ServerMsg {
    /// The first frame of every connection.
    Hello(Hello),
    /// You wait for an opponent.
    Queued(Queue),
    /// You do not wait any more.
    QueueLeft(Queue),
    /// Nobody hosts the game at the moment; its clock stands. Repeated every second.
    Paused {
        /// Why, for a person to read.
        reason: String,
    },
    /// The game is over and its result is safe.
    GameOver(Box<GameOver>),
    /// Something the client said had no effect.
    Error {
        /// What kind of mistake it is.
        code: ErrorCode,
        /// The mistake, for a person to read.
        message: String,
        /// With `resend`: the first `n` that is missing.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        from: Option<u32>,
    },
}

/// Payload of `HELLO`.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Hello {
    /// [`PROTOCOL_VERSION`](super::PROTOCOL_VERSION).
    pub protocol: u32,
    /// Who the server takes you for.
    pub player_id: PlayerId,
    /// Milliseconds since 1970 on the server's clock.
    #[cfg_attr(test, ts(type = "number"))]
    pub server_time: u64,
    /// The game you sit in, or whose end you have not left yet; its state follows by itself.
    pub room_id: Option<RoomId>,
}

/// Payload of `QUEUED` and `QUEUE_LEFT`.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Queue {
    /// Which game.
    pub game: String,
    /// How many players wait for it.
    pub waiting: u32,
}

/// Who sits at the table: the same in `GAME_START` and `GAME_OVER`.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct TableInfo {
    /// The game's id, which the results call `gameId`.
    pub room_id: RoomId,
    /// The kind of game.
    pub game: String,
    /// Your seat.
    pub role: Seat,
    /// The other player.
    pub opponent: PlayerId,
    /// Name of the first seat.
    pub p1_name: String,
    /// Name of the second seat.
    pub p2_name: String,
    /// Picture of the first seat.
    pub p1_picture: Option<String>,
    /// Picture of the second seat.
    pub p2_picture: Option<String>,
    /// The strength of the bot you play against; the game is not ranked. `None`: a real opponent.
    pub practice: Option<Strength>,
}

/// What `GAME_START` says beside the state of the game.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct GameStart {
    /// Who sits where.
    #[serde(flatten)]
    pub table: TableInfo,
    /// Whether the game had begun before.
    pub resumed: bool,
}

/// Payload of `GAME_OVER`.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct GameOver {
    /// Who sat where.
    #[serde(flatten)]
    pub table: TableInfo,
    /// The winner's player id, or `draw`.
    pub winner: String,
    /// How it came to the end.
    pub reason: Reason,
    /// Points of the first seat.
    #[cfg_attr(test, ts(type = "number"))]
    pub p1_score: u64,
    /// Points of the second seat.
    #[cfg_attr(test, ts(type = "number"))]
    pub p2_score: u64,
    /// Distinct inputs of the first seat that were counted.
    pub p1_clicks: u32,
    /// Distinct inputs of the second seat that were counted.
    pub p2_clicks: u32,
    /// The highest `n` of yours that was counted.
    pub ack: u32,
}

/// How a game ended.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, serde::Deserialize, utoipa::ToSchema,
)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// By the rules.
    Time,
    /// A player gave up.
    Quit,
    /// A player stayed away too long.
    OpponentDisconnected,
    /// Nobody was there any more, or the room failed twice. It counts for nobody.
    Void,
}

/// What was wrong with something a client said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// Not JSON, or not an object with a `type`.
    BadJson,
    /// No message has this type.
    UnknownType,
    /// The payload does not fit the type.
    BadPayload,
    /// A number is missing before this `n`: send again from `from` on.
    Resend,
    /// This needs a game, and you are in none.
    NotInGame,
    /// There is no game of this name.
    UnknownGame,
    /// The queue cannot be reached, or you have asked for many games; try again.
    QueueUnavailable,
}

impl ServerMsg {
    /// The frame as sent.
    pub fn encode(&self) -> ByteString {
        // These types have string keys and finite numbers: writing them cannot fail.
        serde_json::to_string(self).unwrap_or_default().into()
    }
}

/// The state of a game as `GAME_START` and `UPDATE` carry it: the insides of JSON objects, which
/// the game has written, and the numbers that make them safe to use.
#[derive(Clone, Copy, Debug)]
pub struct State<'a> {
    /// The fields of the public state.
    pub view: &'a str,
    /// Fields for this update alone; may be empty.
    pub remarks: &'a str,
    /// The commit that made it safe.
    pub version: Version,
    /// The highest `n` of the receiver that is safe.
    pub ack: u32,
}

impl State<'_> {
    /// An `UPDATE` frame.
    pub fn update(&self) -> ByteString {
        format!(r#"{{"type":"UPDATE","payload":{{{}}}}}"#, self.fields()).into()
    }

    /// A `GAME_START` frame.
    pub fn game_start(&self, start: &GameStart) -> ByteString {
        let table = serde_json::to_string(start).unwrap_or_default();
        let table = table.trim_end_matches('}');
        format!(r#"{{"type":"GAME_START","payload":{table},{}}}}}"#, self.fields()).into()
    }

    fn fields(&self) -> String {
        let Self { view, remarks, version, ack } = self;
        let comma = if remarks.is_empty() { "" } else { "," };
        format!(r#"{view}{comma}{remarks},"version":{version},"ack":{ack}"#)
    }
}
