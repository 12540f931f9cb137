//! What clients may not say: each bad frame gets its error, and none a panic.

use proptest::prelude::*;

use super::input_kind;
use crate::protocol::{ClientMsg, ErrorCode, MAX_MESSAGE_BYTES, ParseError};

fn code(frame: &str) -> Option<ErrorCode> {
    ClientMsg::parse(frame, input_kind).err().map(|ParseError { code, .. }| code)
}

fn assert_all(frames: &[&str], expected: Option<ErrorCode>) {
    for frame in frames {
        let shown: String = frame.chars().take(80).collect();
        assert_eq!(code(frame), expected, "{shown}");
    }
}

#[test]
fn what_is_no_json_object_with_one_type_is_bad_json() {
    let brackets = "[".repeat(10_000);
    let braces = r#"{"type":"#.repeat(10_000);
    let spaces = " ".repeat(MAX_MESSAGE_BYTES);
    assert_all(
        &[
            "",
            &spaces,
            &brackets,
            &braces,
            "{",
            "null",
            "7",
            "NaN",
            r#""CLICK""#,
            "[]",
            r#"["CLICK",{}]"#,
            "{}",
            r#"{"payload":{}}"#,
            r#"{"type":null}"#,
            r#"{"type":7}"#,
            r#"{"type":["CLICK"]}"#,
            r#"{"type":"CLICK","type":"CLICK"}"#,
            r#"{"type":"CLICK","payload":{},"payload":{}}"#,
            r#"{"type":"CLICK","payload":{"n":NaN}}"#,
            r#"{"type":"CLICK","payload":{"n":01}}"#,
            r#"{"type":"CLICK","payload":{}}{}"#,
            r#"{"type":"CLICK","payload":{},}"#,
            r#"{"type":"CLICK" "payload":{}}"#,
            "{\"type\":\"CLI\u{0}CK\"}",
            r#"{"type":"\ud800"}"#,
        ],
        Some(ErrorCode::BadJson),
    );
}

#[test]
fn a_type_that_nobody_knows_is_an_unknown_type() {
    let long = format!(r#"{{"type":"{}"}}"#, "A".repeat(4_000));
    assert_all(
        &[
            r#"{"type":"DANCE"}"#,
            r#"{"type":""}"#,
            r#"{"type":"click"}"#,
            r#"{"type":"HELLO"}"#,
            &long,
        ],
        Some(ErrorCode::UnknownType),
    );
    let ParseError { message, .. } = ClientMsg::parse(&long, input_kind).unwrap_err();
    assert!(message.len() < 100, "{message}");
}

#[test]
fn a_payload_that_does_not_fit_is_a_bad_payload() {
    let deep =
        format!(r#"{{"type":"CLICK","payload":{}{}}}"#, "[".repeat(10_000), "]".repeat(10_000));
    let deep_n = format!(
        r#"{{"type":"CLICK","payload":{{"n":{}{}}}}}"#,
        "[".repeat(10_000),
        "]".repeat(10_000)
    );
    assert_all(
        &[
            &deep,
            &deep_n,
            r#"{"type":"CLICK","payload":[]}"#,
            r#"{"type":"CLICK","payload":[1]}"#,
            r#"{"type":"CLICK","payload":"n"}"#,
            r#"{"type":"CLICK","payload":1}"#,
            r#"{"type":"CLICK","payload":{"n":0}}"#,
            r#"{"type":"CLICK","payload":{"n":-1}}"#,
            r#"{"type":"CLICK","payload":{"n":1.5}}"#,
            r#"{"type":"CLICK","payload":{"n":1.0}}"#,
            r#"{"type":"CLICK","payload":{"n":1e400}}"#,
            r#"{"type":"CLICK","payload":{"n":4294967296}}"#,
            r#"{"type":"CLICK","payload":{"n":9007199254740992}}"#,
            r#"{"type":"CLICK","payload":{"n":"1"}}"#,
            r#"{"type":"CLICK","payload":{"n":true}}"#,
            r#"{"type":"CLICK","payload":{"n":1,"n":1}}"#,
            r#"{"type":"CLICK","payload":{"roomId":"here"}}"#,
            r#"{"type":"CLICK","payload":{"roomId":7}}"#,
            r#"{"type":"COOKIE_CLICK","payload":{"n":0,"cookie":1}}"#,
            r#"{"type":"JOIN_QUEUE","payload":{"game":7}}"#,
            r#"{"type":"JOIN_QUEUE","payload":{"game":null}}"#,
            r#"{"type":"JOIN_QUEUE","payload":["cookie"]}"#,
            r#"{"type":"PRACTICE","payload":{"strength":"brutal"}}"#,
            r#"{"type":"PRACTICE","payload":{"strength":1}}"#,
            r#"{"type":"LEAVE_QUEUE","payload":[]}"#,
            r#"{"type":"QUIT_GAME","payload":7}"#,
        ],
        Some(ErrorCode::BadPayload),
    );
}

#[test]
fn what_may_be_left_out_added_or_spaced_is_no_error() {
    let deep = format!(
        r#"{{"type":"CLICK","extra":{0}{1},"payload":{{"extra":{0}{1}}}}}"#,
        "[".repeat(10_000),
        "]".repeat(10_000)
    );
    let spaced = format!(r#"{}{{"type":"CLICK"}}"#, " ".repeat(4_000));
    assert_all(
        &[
            &deep,
            &spaced,
            r#"{"type":"CLICK"}"#,
            r#"{"type":"CLICK","payload":null}"#,
            r#"{"type":"CLICK","payload":{"n":null,"roomId":null}}"#,
            r#"{"payload":{"n":4294967295},"type":"CLICK"}"#,
            r#"{"type":"\u0043LICK","payload":{"n":1,"weather":"fine","weather":"bad"}}"#,
            r#"{"type":"JOIN_QUEUE","payload":{"game":"chess"}}"#,
            r#"{"type":"QUIT_GAME","payload":{"why":"tired"}}"#,
        ],
        None,
    );
}

/// Something near enough to a frame to get past the first checks.
fn nearly_a_frame() -> impl Strategy<Value = String> {
    let kind = prop_oneof!["CLICK", "COOKIE_CLICK", "JOIN_QUEUE", "PRACTICE", "\\PC{0,8}"];
    let value = prop_oneof![
        "-?[0-9]{1,25}",
        "-?[0-9]{1,3}\\.[0-9]{1,3}(e[0-9]{1,4})?",
        "\"\\PC{0,10}\"",
        Just("null".to_owned()),
        "[\\[\\]{}\",:0-9a-z]{0,12}",
    ];
    (kind, prop_oneof!["n", "roomId", "game", "strength", "cookie", "\\PC{0,4}"], value).prop_map(
        |(kind, key, value)| format!(r#"{{"type":"{kind}","payload":{{"{key}":{value}}}}}"#),
    )
}

proptest! {
    #[test]
    fn no_text_makes_the_server_panic(text in "\\PC*", bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = code(&text);
        let _ = code(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn whatever_is_read_has_an_n_from_1_up(frame in nearly_a_frame()) {
        if let Ok(ClientMsg::Input(input)) = ClientMsg::parse(&frame, input_kind) {
            prop_assert_ne!(input.n, Some(0));
            prop_assert_eq!(input.payload.chars().next(), Some('{'));
        }
    }
}
