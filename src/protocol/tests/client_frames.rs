//! What clients may say: each golden frame is read as what it means.

use std::collections::{BTreeMap, BTreeSet};

use super::{fixtures, input_kind, names, types};
use crate::games::Game;
use crate::games::cookie::{self, Duel};
use crate::ids::Strength;
use crate::protocol::{ClientMsg, Input};

const ROOM: &str = "0192f3c1-7a50-4b7e-9d3a-5f1c2e8b6a01";

fn join() -> ClientMsg {
    ClientMsg::JoinQueue { game: "cookie".to_owned() }
}

fn practice(strength: Strength) -> ClientMsg {
    ClientMsg::Practice { game: "cookie".to_owned(), strength }
}

/// An input; its payload is compared on its own.
fn input(kind: &'static str, n: Option<u32>) -> ClientMsg {
    let room_id = n.map(|_| ROOM.parse().unwrap());
    ClientMsg::Input(Input { kind, n, room_id, payload: String::new() })
}

fn expected() -> BTreeMap<String, ClientMsg> {
    [
        ("join-queue", join()),
        ("join-queue-default", join()),
        ("leave-queue", ClientMsg::LeaveQueue),
        ("practice", practice(Strength::Hard)),
        ("practice-default", practice(Strength::Medium)),
        ("quit-game", ClientMsg::QuitGame),
        ("click", input("CLICK", Some(17))),
        ("click-unnumbered", input("CLICK", None)),
        ("cookie-click", input("COOKIE_CLICK", Some(18))),
        ("cookie-click-unnumbered", input("COOKIE_CLICK", None)),
    ]
    .map(|(name, message)| (name.to_owned(), message))
    .into()
}

#[test]
fn every_golden_frame_of_the_client_is_expected_and_there() {
    assert_eq!(names(fixtures("client").keys()), names(expected().keys()));
}

#[test]
fn every_message_type_of_the_client_has_a_golden_frame() {
    // A new variant must be added here, and with it its type below.
    match join() {
        ClientMsg::JoinQueue { .. }
        | ClientMsg::LeaveQueue
        | ClientMsg::Practice { .. }
        | ClientMsg::QuitGame
        | ClientMsg::Input(_) => {}
    }
    let lobby = ["JOIN_QUEUE", "LEAVE_QUEUE", "PRACTICE", "QUIT_GAME"];
    let all: BTreeSet<String> = lobby.iter().chain(Duel::INPUTS).map(ToString::to_string).collect();
    assert_eq!(types(fixtures("client").values()), all);
}

#[test]
fn the_golden_frames_of_the_client_are_read_as_what_they_mean() {
    let fixtures = fixtures("client");
    for (name, expected) in expected() {
        let mut message = ClientMsg::parse(&fixtures[&name], input_kind).unwrap();
        if let ClientMsg::Input(input) = &mut message {
            let frame: serde_json::Value = serde_json::from_str(&fixtures[&name]).unwrap();
            let payload = std::mem::take(&mut input.payload);
            assert_eq!(
                serde_json::from_str::<serde_json::Value>(&payload).unwrap(),
                frame["payload"]
            );
            let meant = match input.kind {
                "COOKIE_CLICK" => cookie::Input::Claim { cookie: 3 },
                _ => cookie::Input::Click,
            };
            assert_eq!(Duel::parse_input(input.kind, &payload), Ok(meant), "{name}");
        }
        assert_eq!(message, expected, "{name}");
    }
}
