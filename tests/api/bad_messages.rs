//! Whole messages that make no sense: an error, and the connection stays open.

use serde_json::{Value, json};

use crate::helpers::{LONG, spawn_app};
use crate::player::{Pair, TestPlayer, post_guest};

#[tokio::test]
async fn a_message_that_makes_no_sense_gets_an_error_and_the_connection_stays_open() {
    let app = spawn_app(LONG);
    let mut neighbours = Pair::in_play(&app).await;
    let mut pair = Pair::in_play(&app).await;
    let deep =
        format!(r#"{{"type":"CLICK","payload":{}}}"#, "[".repeat(2_000) + &"]".repeat(2_000));
    let deeper = "[".repeat(4_096);
    let click = |n: &str| format!(r#"{{"type":"CLICK","payload":{{"n":{n}}}}}"#);
    let table: &[(&str, String, &str)] = &[
        ("nothing", String::new(), "bad_json"),
        ("no JSON", "CLICK".into(), "bad_json"),
        ("half of it", r#"{"type":"CLICK","#.into(), "bad_json"),
        ("brackets alone", deeper, "bad_json"),
        ("brackets in the payload", deep, ""),
        ("an array", r#"["CLICK",{}]"#.into(), "bad_json"),
        (
            "a payload that is an array",
            r#"{"type":"CLICK","payload":[1,null]}"#.into(),
            "bad_payload",
        ),
        ("a number", "17".into(), "bad_json"),
        ("null", "null".into(), "bad_json"),
        ("no type", r#"{"payload":{}}"#.into(), "bad_json"),
        ("a type that is a number", r#"{"type":7}"#.into(), "bad_json"),
        ("the type twice", r#"{"type":"CLICK","type":"QUIT_GAME"}"#.into(), "bad_json"),
        ("the payload twice", r#"{"type":"CLICK","payload":{},"payload":{}}"#.into(), "bad_json"),
        ("n twice", r#"{"type":"CLICK","payload":{"n":1,"n":2}}"#.into(), "bad_payload"),
        ("something behind it", r#"{"type":"QUIT_GAME"} x"#.into(), "bad_json"),
        ("two messages", r#"{"type":"QUIT_GAME"}{"type":"QUIT_GAME"}"#.into(), "bad_json"),
        ("an unknown type", r#"{"type":"CHEAT"}"#.into(), "unknown_type"),
        ("a message of the server", r#"{"type":"GAME_OVER","payload":{}}"#.into(), "unknown_type"),
        ("another case", r#"{"type":"click"}"#.into(), "unknown_type"),
        ("NaN", click("NaN"), "bad_json"),
        ("n = -1", click("-1"), "bad_payload"),
        ("n = 0", click("0"), "bad_payload"),
        ("n = 2^32", click("4294967296"), "bad_payload"),
        ("n = 2^53", click("9007199254740992"), "bad_payload"),
        ("n = 10^400", click(&format!("1{}", "0".repeat(400))), ""),
        ("n = 1.5", click("1.5"), "bad_payload"),
        ("n = 1.0", click("1.0"), "bad_payload"),
        ("n = 1e0", click("1e0"), "bad_payload"),
        ("n = \"1\"", click("\"1\""), "bad_payload"),
        ("n = true", click("true"), "bad_payload"),
        ("n = [1]", click("[1]"), "bad_payload"),
        (
            "a room that is no id",
            r#"{"type":"CLICK","payload":{"roomId":"x"}}"#.into(),
            "bad_payload",
        ),
        ("a payload that is text", r#"{"type":"CLICK","payload":"n"}"#.into(), "bad_payload"),
        ("no cookie", r#"{"type":"COOKIE_CLICK","payload":{}}"#.into(), "bad_payload"),
        ("cookie -1", r#"{"type":"COOKIE_CLICK","payload":{"cookie":-1}}"#.into(), "bad_payload"),
        ("half a surrogate", r#"{"type":"\ud83d"}"#.into(), "bad_json"),
        ("a strength", r#"{"type":"PRACTICE","payload":{"strength":"god"}}"#.into(), "bad_payload"),
        ("a game", r#"{"type":"JOIN_QUEUE","payload":{"game":7}}"#.into(), "bad_payload"),
    ];
    let mut n = 0;
    for (what, text, code) in table {
        if n % 20 == 19 {
            // A new connection may send as much again.
            pair.ada = TestPlayer::greeted(pair.ada.guest.clone(), app.address).await;
            pair.ada.expect("GAME_START").await;
        }
        pair.ada.send_text(text).await;
        let error = pair.ada.expect("ERROR").await;
        assert!(code.is_empty() || error["code"] == *code, "{what}: {error}");
        assert!(error["message"].as_str().unwrap().len() < 500, "{what}: {error}");
        n += 1;
        let update = pair.ada.click_safely(n).await;
        let points = update["p1Score"].as_u64().unwrap() + update["p2Score"].as_u64().unwrap();
        assert!(points <= u64::from(n), "{what} was worth something: {update}");
    }
    neighbours.goes_on().await;
}

#[tokio::test]
async fn unknown_fields_are_ignored() {
    let app = spawn_app(LONG);
    let mut pair = Pair::in_play(&app).await;
    let more = json!({ "n": 1, "points": 1_000_000, "role": "p2", "player": pair.bob.guest.id });
    let text = json!({ "type": "CLICK", "payload": more, "seat": "p2", "points": 9 }).to_string();
    pair.ada.send_text(&text).await;
    let update = pair.ada.until("ack", |kind, p| kind == "UPDATE" && p["ack"] == 1).await;
    let mine = format!("{}Score", pair.start["role"].as_str().unwrap());
    assert_eq!(update[&mine], 1);
    assert_eq!(update["p1Score"].as_u64().unwrap() + update["p2Score"].as_u64().unwrap(), 1);
}

#[tokio::test]
async fn a_game_that_nobody_knows_is_an_error() {
    let app = spawn_app(LONG);
    let mut ada = TestPlayer::new(&app, "Ada").await;
    for kind in ["JOIN_QUEUE", "PRACTICE"] {
        ada.send(kind, json!({ "game": "chess" })).await;
        assert_eq!(ada.expect("ERROR").await["code"], "unknown_game");
    }
    for kind in ["CLICK", "QUIT_GAME"] {
        ada.send(kind, json!({})).await;
        assert_eq!(ada.expect("ERROR").await["code"], "not_in_game");
    }
}

/// Other people see a name, and logs do: it is checked where it comes in.
#[tokio::test]
async fn names_that_could_hurt_others_are_refused() {
    let app = spawn_app(LONG);
    let table = [
        ("markup", "<img src=x onerror=alert(1)>"),
        ("short markup", "<b>Ada</b>"),
        ("right to left", "Ada\u{202e}adA"),
        ("no width", "Ad\u{200b}a"),
        ("a new line", "Ada\nERROR root"),
        ("a return", "Ada\rBob"),
        ("a terminal's escape", "Ada\u{1b}[31m"),
        ("zero", "Ada\0"),
        ("quotes", "Ada\"}"),
        ("two letters", "Al"),
        ("spaces", "     "),
        ("21 letters", "abcdefghijklmnopqrstu"),
        ("a pile of accents", "Ada\u{301}\u{301}\u{301}\u{301}\u{301}"),
        ("an emoji", "Ada 🍪"),
    ];
    for (what, name) in table {
        let (status, problem) = post_guest(app.address, &json!({ "name": name })).await;
        assert_eq!(status, 400, "{what}: {problem}");
        assert!(problem["detail"].as_str().is_some_and(|d| !d.is_empty()), "{what}: {problem}");
    }
    for body in [json!({}), json!({ "name": 7 }), json!({ "name": null }), json!([]), json!("Ada")]
    {
        assert_eq!(post_guest(app.address, &body).await.0, 400, "{body}");
    }
    let (status, _) = post_guest(app.address, &json!({ "name": "x".repeat(10 * 1024) })).await;
    assert_eq!(status, 413, "the body is longer than it may be");
    for (name, taken) in
        [("  Ada   Lovelace ", "Ada Lovelace"), ("Ma\u{301}ria", "Mária"), ("李小龙", "李小龙")]
    {
        let (status, answer) = post_guest(app.address, &json!({ "name": name })).await;
        assert_eq!((status, &answer["player"]["name"]), (201, &json!(taken)));
        assert_eq!(answer["player"]["picture"], Value::Null);
    }
}
