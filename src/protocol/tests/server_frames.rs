//! What the server says: each golden frame is what our types encode.

use std::collections::{BTreeMap, BTreeSet};

use super::{fixtures, names, types};
use crate::games::GameTime;
use crate::games::cookie::{Event, GoldenCookie, OpponentClick, Remark, TooFast, View};
use crate::ids::{BySeat, PlayerId, RoomId, Seat, Strength, Version};
use crate::protocol::{
    ErrorCode, GameOver, GameStart, Hello, PROTOCOL_VERSION, Queue, Reason, ServerMsg, State,
    TableInfo,
};

fn ada() -> PlayerId {
    "3f2b8c1e-6d4a-4c57-8e19-0a7b5d2c9f11".parse().unwrap()
}

fn bob() -> PlayerId {
    "9c7e1a54-2b83-4f06-a1d2-6e8f3b0c4d22".parse().unwrap()
}

fn room() -> RoomId {
    "0192f3c1-7a50-4b7e-9d3a-5f1c2e8b6a01".parse().unwrap()
}

fn hello(room_id: Option<RoomId>) -> String {
    let hello = Hello {
        protocol: PROTOCOL_VERSION,
        player_id: ada(),
        server_time: 1_795_323_600_123,
        room_id,
    };
    ServerMsg::Hello(hello).encode().to_string()
}

fn queue(message: fn(Queue) -> ServerMsg, waiting: u32) -> String {
    message(Queue { game: "cookie".to_owned(), waiting }).encode().to_string()
}

/// The table as Ada sees it.
fn table() -> TableInfo {
    TableInfo {
        room_id: room(),
        game: "cookie".to_owned(),
        role: Seat::P1,
        opponent: bob(),
        p1_name: "Ada".to_owned(),
        p2_name: "Bob_2".to_owned(),
        p1_picture: None,
        p2_picture: Some("https://example.com/bob.png".to_owned()),
        practice: None,
    }
}

fn practice(strength: Strength) -> TableInfo {
    let p2_name = "Crumbs".to_owned();
    TableInfo { p2_name, p2_picture: None, practice: Some(strength), ..table() }
}

fn view(game_time: u64, countdown: u64, time_remaining: u64, points: (u64, u64)) -> View {
    View {
        time_remaining,
        game_time: GameTime(game_time),
        countdown,
        p1_score: points.0,
        p2_score: points.1,
        cookie: None,
        bonus_until: None,
    }
}

/// The inside of a JSON object, as a game hands its view to the room.
fn inside(value: &impl serde::Serialize) -> String {
    let object = serde_json::to_string(value).unwrap();
    object.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap().to_owned()
}

fn update(view: &View, remark: Option<Remark>, version: u64, ack: u32) -> String {
    let (view, remarks) = (inside(view), remark.as_ref().map(inside).unwrap_or_default());
    State { view: &view, remarks: &remarks, version: Version(version), ack }.update().to_string()
}

fn game_start(start: &GameStart, view: &View, version: u64, ack: u32) -> String {
    let state = State { view: &inside(view), remarks: "", version: Version(version), ack };
    state.game_start(start).to_string()
}

/// An end, as `(points, clicks)`, and how many inputs Ada has made.
fn game_over(reason: Reason, winner: &str, ends: [(u64, u32); 2], ack: u32) -> GameOver {
    let [(p1_score, p1_clicks), (p2_score, p2_clicks)] = ends;
    let winner = winner.to_owned();
    GameOver { table: table(), winner, reason, p1_score, p2_score, p1_clicks, p2_clicks, ack }
}

fn over(game_over: GameOver) -> String {
    ServerMsg::GameOver(Box::new(game_over)).encode().to_string()
}

fn error(code: ErrorCode, message: &str, from: Option<u32>) -> String {
    ServerMsg::Error { code, message: message.to_owned(), from }.encode().to_string()
}

fn event(event: &Event) -> String {
    serde_json::to_string(event).unwrap()
}

fn lobby() -> Vec<(&'static str, String)> {
    let paused = ServerMsg::Paused { reason: "the game is moving to another server".to_owned() };
    vec![
        ("hello", hello(None)),
        ("hello-in-game", hello(Some(room()))),
        ("queued", queue(ServerMsg::Queued, 1)),
        ("queue-left", queue(ServerMsg::QueueLeft, 0)),
        ("paused", paused.encode().to_string()),
    ]
}

fn errors() -> Vec<(&'static str, String)> {
    use ErrorCode::*;
    vec![
        ("error-bad-json", error(BadJson, "expected value at line 1 column 1", None)),
        ("error-unknown-type", error(UnknownType, "there is no message type \"DANCE\"", None)),
        ("error-bad-payload", error(BadPayload, "n counts from 1", None)),
        ("error-resend", error(Resend, "inputs are missing", Some(12))),
        ("error-not-in-game", error(NotInGame, "you are in no game", None)),
        ("error-unknown-game", error(UnknownGame, "there is no game \"chess\"", None)),
        (
            "error-queue-unavailable",
            error(QueueUnavailable, "the queue cannot be reached, try again", None),
        ),
    ]
}

fn states() -> Vec<(&'static str, String)> {
    let fresh = view(0, 5, 60, (0, 0));
    let start = GameStart { table: table(), resumed: false };
    let against_bot = GameStart { table: practice(Strength::Medium), resumed: false };
    let as_bob = GameStart {
        table: TableInfo { role: Seat::P2, opponent: ada(), ..table() },
        resumed: true,
    };
    let resumed = View {
        cookie: Some(GoldenCookie { cookie: 4, x: 12, y: 80 }),
        bonus_until: Some(BySeat { p1: None, p2: Some(GameTime(30_125)) }),
        ..view(27_250, 0, 38, (101, 117))
    };
    let open = View {
        cookie: Some(GoldenCookie { cookie: 2, x: 5, y: 95 }),
        ..view(21_001, 0, 44, (66, 60))
    };
    let claimed = View {
        bonus_until: Some(BySeat { p1: Some(GameTime(26_482)), p2: None }),
        ..view(21_482, 0, 44, (66, 61))
    };
    let by_ada = Some(Remark { golden_cookie_claimed_by: ada() });
    vec![
        ("game-start", game_start(&start, &fresh, 1, 0)),
        ("game-start-practice", game_start(&against_bot, &fresh, 1, 0)),
        ("game-start-resumed", game_start(&as_bob, &resumed, 412, 96)),
        ("update", update(&view(20_310, 0, 45, (64, 59)), None, 203, 61)),
        ("update-countdown", update(&view(2_004, 3, 60, (0, 0)), None, 3, 0)),
        ("update-cookie", update(&open, None, 209, 63)),
        ("update-claimed", update(&claimed, by_ada, 212, 64)),
        ("opponent-click", event(&Event::OpponentClick(OpponentClick { count: 2 }))),
        ("too-fast", event(&Event::TooFast(TooFast { count: 3 }))),
        ("cookie-spawn", event(&Event::CookieSpawn(GoldenCookie { cookie: 5, x: 37, y: 61 }))),
    ]
}

fn ends() -> Vec<(&'static str, String)> {
    use Reason::*;
    let (ada, bob) = (ada().to_string(), bob().to_string());
    let lost_to_bot = game_over(Time, &bob, [(301, 244), (410, 330)], 247);
    vec![
        ("game-over", over(game_over(Time, &ada, [(301, 244), (288, 250)], 247))),
        ("game-over-draw", over(game_over(Time, "draw", [(288, 244), (288, 250)], 247))),
        ("game-over-quit", over(game_over(Quit, &bob, [(12, 12), (9, 9)], 12))),
        (
            "game-over-opponent-disconnected",
            over(game_over(OpponentDisconnected, &ada, [(80, 80), (31, 31)], 80)),
        ),
        ("game-over-void", over(game_over(Void, "draw", [(0, 0), (0, 0)], 0))),
        ("game-over-practice", over(GameOver { table: practice(Strength::Hard), ..lost_to_bot })),
    ]
}

fn expected() -> BTreeMap<String, String> {
    let all = [lobby(), errors(), states(), ends()];
    all.into_iter().flatten().map(|(name, frame)| (name.to_owned(), frame)).collect()
}

#[test]
fn every_golden_frame_of_the_server_is_expected_and_there() {
    assert_eq!(names(fixtures("server").keys()), names(expected().keys()));
}

#[test]
fn the_golden_frames_of_the_server_are_what_it_encodes() {
    let fixtures = fixtures("server");
    for (name, frame) in expected() {
        let said: serde_json::Value = serde_json::from_str(&frame).unwrap();
        let golden: serde_json::Value = serde_json::from_str(&fixtures[&name]).unwrap();
        assert_eq!(said, golden, "{name}");
        // A value would hide a field that is written twice.
        let length = |value: &serde_json::Value| value.to_string().len();
        assert_eq!(frame.len(), length(&said), "{name} is longer than what it says: {frame}");
    }
}

#[test]
fn every_message_type_of_the_server_has_a_golden_frame() {
    // A new variant must be added here, and with it its type below.
    match (
        ServerMsg::Paused { reason: String::new() },
        Event::OpponentClick(OpponentClick { count: 1 }),
    ) {
        (
            ServerMsg::Hello(_)
            | ServerMsg::Queued(_)
            | ServerMsg::QueueLeft(_)
            | ServerMsg::Paused { .. }
            | ServerMsg::GameOver(_)
            | ServerMsg::Error { .. },
            Event::OpponentClick(_) | Event::CookieSpawn(_) | Event::TooFast(_),
        ) => {}
    }
    let all = [
        "HELLO",
        "QUEUED",
        "QUEUE_LEFT",
        "GAME_START",
        "UPDATE",
        "OPPONENT_CLICK",
        "COOKIE_SPAWN",
        "TOO_FAST",
        "PAUSED",
        "GAME_OVER",
        "ERROR",
    ];
    let all: BTreeSet<String> = all.map(str::to_owned).into();
    assert_eq!(types(fixtures("server").values()), all);
}

#[test]
fn every_error_code_and_every_reason_has_a_golden_frame() {
    // New ones must be counted here.
    let codes = match ErrorCode::BadJson {
        ErrorCode::BadJson
        | ErrorCode::UnknownType
        | ErrorCode::BadPayload
        | ErrorCode::Resend
        | ErrorCode::NotInGame
        | ErrorCode::UnknownGame
        | ErrorCode::QueueUnavailable => 7,
    };
    let reasons = match Reason::Time {
        Reason::Time | Reason::Quit | Reason::OpponentDisconnected | Reason::Void => 4,
    };
    let distinct = |pointer: &str| {
        let values = fixtures("server").into_values().filter_map(|frame| {
            let frame: serde_json::Value = serde_json::from_str(&frame).unwrap();
            (frame["type"] != "PAUSED").then(|| frame.pointer(pointer).cloned()).flatten()
        });
        values.map(|value| value.to_string()).collect::<BTreeSet<_>>().len()
    };
    assert_eq!((distinct("/payload/code"), distinct("/payload/reason")), (codes, reasons));
}
