//! The wire as a client reads and writes it.
//!
//! Written from the design's table and not from the server's types, so that a change of the
//! server's frames which a client would not understand shows here.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::ids::{PlayerId, RoomId, Seat};

/// A frame of the server, as far as a player needs it.
#[derive(Debug)]
pub(super) enum Frame {
    Hello(Hello),
    Queued,
    QueueLeft,
    GameStart(Box<GameStart>),
    Update(Update),
    CookieSpawn(Spawn),
    Paused,
    GameOver(Box<GameOver>),
    Error(ServerError),
    /// Something that changes nothing for this player: a particle, a type of the future.
    Other,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Hello {
    pub(super) protocol: u32,
    pub(super) player_id: PlayerId,
    pub(super) room_id: Option<RoomId>,
}

/// The state of a game, in `GAME_START` and `UPDATE`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Update {
    /// Milliseconds of game time, the countdown included.
    pub(super) game_time: u64,
    /// Seconds of the countdown that are left.
    pub(super) countdown: u32,
    pub(super) p1_score: u64,
    pub(super) p2_score: u64,
    pub(super) cookie: Option<Spawn>,
    pub(super) version: u64,
    pub(super) ack: u32,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct GameStart {
    pub(super) room_id: RoomId,
    pub(super) role: Seat,
    pub(super) opponent: PlayerId,
    #[serde(flatten)]
    pub(super) state: Update,
}

/// A golden cookie.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct Spawn {
    pub(super) cookie: u64,
}

/// How a game ended, as its player read it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GameOver {
    /// The game.
    pub room_id: RoomId,
    /// The reader's seat.
    pub role: Seat,
    /// The other player.
    pub opponent: PlayerId,
    /// The winner's player id, or `draw`.
    pub winner: String,
    /// `time`, `quit`, `opponent_disconnected` or `void`.
    pub reason: String,
    /// Points of the first seat.
    pub p1_score: u64,
    /// Points of the second seat.
    pub p2_score: u64,
    /// Inputs of the first seat that were counted.
    pub p1_clicks: u32,
    /// Inputs of the second seat that were counted.
    pub p2_clicks: u32,
    /// The highest number of the reader's inputs that was counted.
    pub ack: u32,
}

impl GameOver {
    /// Points of a seat.
    pub fn points(&self, seat: Seat) -> u64 {
        match seat {
            Seat::P1 => self.p1_score,
            Seat::P2 => self.p2_score,
        }
    }

    /// Counted inputs of a seat.
    pub fn clicks(&self, seat: Seat) -> u32 {
        match seat {
            Seat::P1 => self.p1_clicks,
            Seat::P2 => self.p2_clicks,
        }
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct ServerError {
    pub(super) code: String,
    pub(super) message: String,
    pub(super) from: Option<u32>,
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(rename = "type", borrow)]
    kind: std::borrow::Cow<'a, str>,
    #[serde(borrow)]
    payload: Option<&'a RawValue>,
}

impl Frame {
    /// Reads a text frame.
    ///
    /// # Errors
    /// When it is not what the wire promises.
    pub(super) fn read(text: &str) -> serde_json::Result<Self> {
        let envelope: Envelope = serde_json::from_str(text)?;
        let payload = envelope.payload.map_or("{}", RawValue::get);
        Ok(match envelope.kind.as_ref() {
            "UPDATE" => Frame::Update(serde_json::from_str(payload)?),
            "HELLO" => Frame::Hello(serde_json::from_str(payload)?),
            "QUEUED" => Frame::Queued,
            "QUEUE_LEFT" => Frame::QueueLeft,
            "GAME_START" => Frame::GameStart(serde_json::from_str(payload)?),
            "COOKIE_SPAWN" => Frame::CookieSpawn(serde_json::from_str(payload)?),
            "PAUSED" => Frame::Paused,
            "GAME_OVER" => Frame::GameOver(serde_json::from_str(payload)?),
            "ERROR" => Frame::Error(serde_json::from_str(payload)?),
            _ => Frame::Other,
        })
    }
}

/// What a player does with one numbered input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Click,
    /// Claims the golden cookie of this number.
    Golden(u64),
}

pub(super) fn join_queue() -> String {
    r#"{"type":"JOIN_QUEUE","payload":{"game":"cookie"}}"#.to_owned()
}

pub(super) fn leave_queue() -> String {
    r#"{"type":"LEAVE_QUEUE","payload":{}}"#.to_owned()
}

pub(super) fn input(kind: Kind, n: u32, room: RoomId) -> String {
    match kind {
        Kind::Click => format!(r#"{{"type":"CLICK","payload":{{"n":{n},"roomId":"{room}"}}}}"#),
        Kind::Golden(cookie) => format!(
            r#"{{"type":"COOKIE_CLICK","payload":{{"n":{n},"roomId":"{room}","cookie":{cookie}}}}}"#
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fixture(name: &str) -> Frame {
        let root = env!("CARGO_MANIFEST_DIR");
        let path = format!("{root}/protocol/fixtures/server/{name}.json");
        let text = std::fs::read_to_string(&path).unwrap();
        Frame::read(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    #[test]
    fn the_golden_frames_are_read() {
        assert!(matches!(fixture("hello"), Frame::Hello(Hello { room_id: None, .. })));
        assert!(matches!(fixture("hello-in-game"), Frame::Hello(Hello { room_id: Some(_), .. })));
        assert!(matches!(fixture("update"), Frame::Update(Update { ack: 61, version: 203, .. })));
        assert!(matches!(fixture("update-cookie"), Frame::Update(Update { cookie: Some(_), .. })));
        assert!(matches!(fixture("paused"), Frame::Paused));
        assert!(matches!(fixture("queue-left"), Frame::QueueLeft));
        assert!(matches!(fixture("cookie-spawn"), Frame::CookieSpawn(_)));
        let Frame::GameStart(start) = fixture("game-start") else { panic!("no GAME_START") };
        assert_eq!((start.role, start.state.countdown), (Seat::P1, 5));
        assert!(matches!(fixture("game-start-resumed"), Frame::GameStart(_)));
        let Frame::GameOver(over) = fixture("game-over") else { panic!("no GAME_OVER") };
        assert_eq!((over.clicks(Seat::P2), over.points(Seat::P1), over.ack), (250, 301, 247));
        let Frame::Error(error) = fixture("error-resend") else { panic!("no ERROR") };
        assert_eq!((error.code.as_str(), error.from), ("resend", Some(12)));
    }

    #[test]
    fn a_frame_of_the_future_changes_nothing() {
        assert!(matches!(Frame::read(r#"{"type":"FIREWORKS"}"#).unwrap(), Frame::Other));
    }
}
