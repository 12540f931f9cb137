//! Text frames of clients: what is read is what was said, and the rules survive it.

use std::str;
use std::sync::LazyLock;

use overcookied::games::{Catalogue, GameTime};
use overcookied::ids::{BySeat, PlayerId, Seat};
use overcookied::protocol::{ClientMsg, ErrorCode, Input, ParseError, ServerMsg};
use serde_json::{Value, json};
use uuid::Uuid;

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::new(Default::default()));

/// A text frame, as bytes.
pub fn check(bytes: &[u8]) -> bool {
    let Ok(text) = str::from_utf8(bytes) else { return false };
    let read = parse(text);
    match &read {
        Ok(message) => {
            assert_eq!(&parse(&encode(message)), &read, "written and read again");
            if let ClientMsg::Input(input) = message {
                check_header(input);
                play(input);
            }
        }
        Err(error) => answer(error),
    }
    read.is_ok()
}

fn parse(text: &str) -> Result<ClientMsg, ParseError> {
    ClientMsg::parse(text, |kind| CATALOGUE.input_kind(kind))
}

fn encode(message: &ClientMsg) -> String {
    let (kind, payload) = match message {
        ClientMsg::JoinQueue { game } => ("JOIN_QUEUE", json!({ "game": game })),
        ClientMsg::LeaveQueue => ("LEAVE_QUEUE", json!({})),
        ClientMsg::Practice { game, strength } => {
            ("PRACTICE", json!({ "game": game, "strength": strength }))
        }
        ClientMsg::QuitGame => ("QUIT_GAME", json!({})),
        ClientMsg::Input(Input { kind, payload, .. }) => {
            return format!(r#"{{"type":"{kind}","payload":{payload}}}"#);
        }
    };
    json!({ "type": kind, "payload": payload }).to_string()
}

/// Another reader of JSON finds the same number and room in the payload. It refuses some payloads that
/// are no worse for it, such as a number too large for it in a field that nobody asks for.
fn check_header(input: &Input) {
    let Ok(payload) = serde_json::from_str::<Value>(&input.payload) else { return };
    assert_ne!(input.n, Some(0));
    assert_eq!(payload["n"].as_u64(), input.n.map(u64::from));
    let room = payload["roomId"].as_str().map(|id| id.parse().unwrap());
    assert_eq!(room, input.room_id);
}

fn play(Input { kind, payload, .. }: &Input) {
    let players = BySeat::from_fn(|seat| PlayerId::from(Uuid::from_u128(seat as u128)));
    let now = GameTime(20_000);
    for game in CATALOGUE.names() {
        let mut table = CATALOGUE.create(game, players, 1).unwrap();
        table.advance(now);
        let before = table.snapshot().unwrap();
        if table.input(Seat::P1, kind, payload, now).is_err() {
            assert_eq!(table.snapshot().unwrap().get(), before.get(), "nothing has changed");
        }
    }
}

/// The player is told what was wrong, by a frame that can be read.
fn answer(ParseError { code, message }: &ParseError) {
    use ErrorCode::{BadJson, BadPayload, UnknownType};
    assert!(matches!(code, BadJson | BadPayload | UnknownType), "{code:?}");
    let frame = ServerMsg::Error { code: *code, message: message.clone(), from: None }.encode();
    let frame: Value = serde_json::from_str(&frame).unwrap();
    assert_eq!(frame["payload"]["message"], **message);
}
