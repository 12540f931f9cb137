//! Whole games, by clients that know what the design says and nothing else.

use serde_json::{Value, json};
use tokio::time::{Duration, interval};

use crate::helpers::{LONG, spawn_app};
use crate::player::{Pair, TestPlayer};

/// What a client sees that knows the starred messages and fields alone.
#[derive(Debug, Default)]
struct Seen {
    role: String,
    score: u64,
    /// Points of the other, as its particles told them.
    particles: u64,
    claimed: bool,
    clicked: u64,
}

/// Plays to the end without `n`, `version` or `ack`: the `GAME_OVER`, and what was seen.
async fn play_simply(mut player: TestPlayer) -> (Value, Seen) {
    let mut seen = Seen::default();
    let mut clicks = interval(Duration::from_millis(100));
    let mut left = None;
    player.send("JOIN_QUEUE", json!({})).await;
    loop {
        let frame = tokio::select! {
            frame = player.next() => frame,
            _ = clicks.tick(), if left.is_some_and(|left| left > 0) => {
                player.send("CLICK", json!({})).await;
                seen.clicked += 1;
                continue;
            }
        };
        match frame {
            (kind, p) if kind == "GAME_START" => {
                seen.role = p["role"].as_str().unwrap().into();
                left = p["timeRemaining"].as_u64();
            }
            (kind, p) if kind == "UPDATE" => {
                left = p["timeRemaining"].as_u64().or(left);
                let mine = format!("{}Score", seen.role);
                seen.score = p[&mine].as_u64().unwrap_or(seen.score);
                seen.claimed |= p["goldenCookieClaimedBy"] == player.guest.id.as_str();
            }
            (kind, p) if kind == "OPPONENT_CLICK" => {
                seen.particles += p["count"].as_u64().unwrap();
            }
            (kind, p) if kind == "COOKIE_SPAWN" => {
                for place in [&p["x"], &p["y"]] {
                    assert!((5..=95).contains(&place.as_u64().unwrap()), "{p}");
                }
                player.send("COOKIE_CLICK", json!({ "cookie": p["cookie"] })).await;
            }
            (kind, p) if kind == "GAME_OVER" => return (p, seen),
            _ => {}
        }
    }
}

#[tokio::test]
async fn a_client_that_knows_only_the_starred_messages_plays_a_whole_duel() {
    let app = spawn_app(&[
        "--game-seconds=2",
        "--countdown-seconds=1",
        "--golden-cookie-min-seconds=0.3",
        "--golden-cookie-max-seconds=0.6",
    ]);
    let ada = TestPlayer::new(&app, "Ada").await;
    let bob = TestPlayer::new(&app, "Bob").await;
    let ids = [ada.guest.id.clone(), bob.guest.id.clone()];
    let ((ada_over, ada), (bob_over, bob)) = tokio::join!(play_simply(ada), play_simply(bob));
    for (over, seen, other, [me, opponent]) in
        [(&ada_over, &ada, &bob, [&ids[0], &ids[1]]), (&bob_over, &bob, &ada, [&ids[1], &ids[0]])]
    {
        let score = over[format!("{}Score", seen.role)].as_u64().unwrap();
        let others = over[format!("{}Score", other.role)].as_u64().unwrap();
        assert!(seen.clicked > 0 && score > 0, "{seen:?} {over}");
        assert_eq!(seen.score, score, "the last update has the score: {seen:?} {over}");
        assert_eq!(seen.particles, others, "every point of the other was shown: {over}");
        assert_eq!(over["opponent"], opponent.as_str());
        assert_eq!(over["reason"], "time");
        let winner = match score.cmp(&others) {
            std::cmp::Ordering::Greater => me.as_str(),
            std::cmp::Ordering::Less => opponent.as_str(),
            std::cmp::Ordering::Equal => "draw",
        };
        assert_eq!(over["winner"], winner);
    }
    assert!(ada.claimed || bob.claimed, "the claim of a golden cookie was told: {ada:?} {bob:?}");
}

#[tokio::test]
async fn hello_is_the_first_frame_and_says_who_the_server_takes_one_for() {
    let app = spawn_app(LONG);
    let guest = app.guest("Ada").await;
    let mut player = guest.connect(app.address).await;
    let (kind, hello) = player.next().await;
    assert_eq!(kind, "HELLO");
    assert_eq!((&hello["protocol"], &hello["playerId"]), (&json!(1), &json!(guest.id)));
    assert_eq!(hello["roomId"], Value::Null);
    assert!(hello["serverTime"].as_u64().unwrap() > 1_700_000_000_000);
}

#[tokio::test]
async fn what_is_sent_before_the_hello_has_come_is_not_lost() {
    let app = spawn_app(LONG);
    let mut bob = TestPlayer::new(&app, "Bob").await;
    bob.send("JOIN_QUEUE", json!({})).await;
    bob.expect("QUEUED").await;
    let mut ada = app.guest("Ada").await.connect(app.address).await;
    ada.send("JOIN_QUEUE", json!({})).await;
    assert_eq!(ada.next().await.0, "HELLO", "it is the first frame all the same");
    assert_eq!(ada.expect("GAME_START").await["opponent"], bob.guest.id.as_str());
}

#[tokio::test]
async fn joining_the_queue_again_and_again_is_like_joining_once() {
    let app = spawn_app(LONG);
    let mut ada = TestPlayer::new(&app, "Ada").await;
    for _ in 0..5 {
        ada.send("JOIN_QUEUE", json!({ "game": "cookie" })).await;
        assert_eq!(ada.expect("QUEUED").await, json!({ "game": "cookie", "waiting": 1 }));
    }
    let mut bob = TestPlayer::new(&app, "Bob").await;
    bob.send("JOIN_QUEUE", json!({})).await;
    let room = bob.expect("GAME_START").await["roomId"].clone();
    assert_eq!(ada.expect("GAME_START").await["roomId"], room);
    ada.send("JOIN_QUEUE", json!({})).await;
    let again = ada.expect("GAME_START").await;
    assert_eq!((&again["roomId"], &again["resumed"]), (&room, &json!(true)));
}

#[tokio::test]
async fn who_leaves_the_queue_is_told_so_and_is_not_matched() {
    let app = spawn_app(LONG);
    let mut ada = TestPlayer::new(&app, "Ada").await;
    ada.send("JOIN_QUEUE", json!({})).await;
    ada.expect("QUEUED").await;
    for _ in 0..2 {
        ada.send("LEAVE_QUEUE", json!({})).await;
        assert_eq!(ada.expect("QUEUE_LEFT").await, json!({ "game": "cookie", "waiting": 0 }));
    }
    let mut pair = Pair::in_play(&app).await;
    pair.goes_on().await;
    ada.send("JOIN_QUEUE", json!({})).await;
    assert_eq!(ada.next().await, ("QUEUED".into(), json!({ "game": "cookie", "waiting": 1 })));
}

#[tokio::test]
async fn leaving_the_queue_too_late_is_answered_by_the_game() {
    let app = spawn_app(LONG);
    let mut pair = Pair::in_play(&app).await;
    pair.ada.send("LEAVE_QUEUE", json!({})).await;
    let again = pair.ada.expect("GAME_START").await;
    assert_eq!(again["roomId"], pair.room());
    pair.goes_on().await;
}

#[tokio::test]
async fn practice_of_each_strength_is_played_against_a_bot_that_plays() {
    let app = spawn_app(LONG);
    for (strength, expected) in [
        (None, "medium"),
        (Some("easy"), "easy"),
        (Some("medium"), "medium"),
        (Some("hard"), "hard"),
    ] {
        let mut ada = TestPlayer::new(&app, "Ada").await;
        ada.send("JOIN_QUEUE", json!({})).await;
        ada.expect("QUEUED").await;
        let payload = strength.map_or(json!({}), |strength| json!({ "strength": strength }));
        ada.send("PRACTICE", payload).await;
        let start = ada.expect("GAME_START").await;
        assert_eq!(start["practice"], expected);
        assert_ne!(start["p1Name"], start["p2Name"]);
        ada.until("a point of the bot", |kind, _| kind == "OPPONENT_CLICK").await;
        ada.click_safely(1).await;
        ada.send("QUIT_GAME", json!({})).await;
        let over = ada.expect("GAME_OVER").await;
        assert_eq!((&over["practice"], &over["reason"]), (&json!(expected), &json!("quit")));
        assert_eq!(over["winner"], start["opponent"]);
    }
}

#[tokio::test]
async fn practice_takes_a_player_out_of_the_queue() {
    let app = spawn_app(LONG);
    let mut eve = TestPlayer::new(&app, "Eve").await;
    eve.send("JOIN_QUEUE", json!({})).await;
    eve.expect("QUEUED").await;
    eve.send("PRACTICE", json!({ "strength": "hard" })).await;
    let room = eve.expect("GAME_START").await["roomId"].clone();
    let mut pair = Pair::in_play(&app).await;
    assert_ne!(pair.start["roomId"], room);
    pair.goes_on().await;
}

#[tokio::test]
async fn a_click_in_the_countdown_is_acknowledged_and_worth_nothing() {
    let app = spawn_app(&["--game-seconds=600", "--countdown-seconds=600"]);
    let mut pair = Pair::in_play(&app).await;
    assert!(pair.start["countdown"].as_u64().unwrap() > 0, "{}", pair.start);
    let update = pair.ada.click_safely(1).await;
    assert_eq!((&update["p1Score"], &update["p2Score"]), (&json!(0), &json!(0)));
}

#[tokio::test]
async fn who_quits_loses_and_both_are_told() {
    let app = spawn_app(LONG);
    let mut pair = Pair::in_play(&app).await;
    pair.goes_on().await;
    pair.ada.send("QUIT_GAME", json!({})).await;
    for player in [&mut pair.ada, &mut pair.bob] {
        let over = player.expect("GAME_OVER").await;
        assert_eq!(over["reason"], "quit");
        assert_eq!(over["roomId"], pair.start["roomId"]);
        assert_eq!(over["winner"], pair.start["opponent"]);
    }
    pair.ada.send("CLICK", json!({ "n": 2 })).await;
    assert_eq!(pair.ada.expect("ERROR").await["code"], "not_in_game");
    pair.ada.send("QUIT_GAME", json!({})).await;
    assert_eq!(pair.ada.expect("ERROR").await["code"], "not_in_game");
}

#[tokio::test]
async fn a_repeated_number_gets_its_acknowledgement_again_and_counts_once() {
    let app = spawn_app(LONG);
    let mut pair = Pair::in_play(&app).await;
    for n in 1..=3 {
        pair.ada.click_safely(n).await;
    }
    for n in [2, 3] {
        pair.ada.click(n).await;
        let update = pair.ada.expect("UPDATE").await;
        assert_eq!(update["ack"], 3);
    }
    // The tick would come by itself; what must not come is a fourth point.
    let update = pair.ada.click_safely(4).await;
    assert_eq!(update["p1Score"].as_u64().unwrap() + update["p2Score"].as_u64().unwrap(), 4);
}

#[tokio::test]
async fn a_gap_is_answered_with_where_to_go_on_and_mended_by_sending_from_there() {
    let app = spawn_app(LONG);
    let mut pair = Pair::in_play(&app).await;
    pair.ada.click_safely(1).await;
    pair.ada.click(3).await;
    let error = pair.ada.expect("ERROR").await;
    assert_eq!((&error["code"], &error["from"]), (&json!("resend"), &json!(2)));
    pair.ada.click(2).await;
    pair.ada.click_safely(3).await;
}

#[tokio::test]
async fn a_click_for_another_game_is_ignored() {
    let app = spawn_app(LONG);
    let mut pair = Pair::in_play(&app).await;
    let other = uuid::Uuid::new_v4();
    for n in 1..=2 {
        pair.ada.send("CLICK", json!({ "n": n, "roomId": other })).await;
        pair.ada.send("COOKIE_CLICK", json!({ "n": n, "roomId": other, "cookie": 1 })).await;
    }
    let room = pair.room().to_owned();
    pair.ada.send("CLICK", json!({ "n": 2, "roomId": room })).await;
    let error = pair.ada.expect("ERROR").await;
    assert_eq!((&error["code"], &error["from"]), (&json!("resend"), &json!(1)));
    let update = pair.ada.click_safely(1).await;
    assert_eq!(update["p1Score"].as_u64().unwrap() + update["p2Score"].as_u64().unwrap(), 1);
}

#[tokio::test]
async fn a_number_that_comes_again_with_another_payload_keeps_its_first_meaning() {
    let app = spawn_app(&[
        LONG[0],
        LONG[1],
        "--golden-cookie-min-seconds=0.2",
        "--golden-cookie-max-seconds=0.2",
        "--bonus-seconds=600",
    ]);
    let mut pair = Pair::in_play(&app).await;
    let before = pair.ada.click_safely(1).await;
    assert_eq!(before["bonusUntil"], Value::Null);
    let cookie = pair.ada.expect("COOKIE_SPAWN").await["cookie"].clone();
    // As a claim this would double every click from now on.
    pair.ada.send("COOKIE_CLICK", json!({ "n": 1, "cookie": cookie })).await;
    let update = pair.ada.click_safely(2).await;
    assert_eq!(update["bonusUntil"], Value::Null);
    assert_eq!(update["p1Score"].as_u64().unwrap() + update["p2Score"].as_u64().unwrap(), 2);
}

#[tokio::test]
async fn a_client_without_numbers_plays_on_after_an_input_that_cannot_be_read() {
    let app = spawn_app(LONG);
    let mut pair = Pair::in_play(&app).await;
    pair.ada.send("CLICK", json!({})).await;
    pair.ada.until("ack 1", |kind, p| kind == "UPDATE" && p["ack"] == 1).await;
    pair.ada.send("COOKIE_CLICK", json!({})).await;
    assert_eq!(pair.ada.expect("ERROR").await["code"], "bad_payload");
    pair.ada.send("CLICK", json!({})).await;
    pair.ada.until("ack 2", |kind, p| kind == "UPDATE" && p["ack"] == 2).await;
}

#[tokio::test]
async fn a_client_without_numbers_plays_on_after_a_number_far_ahead() {
    let app = spawn_app(LONG);
    let mut pair = Pair::in_play(&app).await;
    pair.ada.send("CLICK", json!({ "n": u32::MAX })).await;
    assert_eq!(pair.ada.expect("ERROR").await["code"], "resend");
    pair.ada.send("CLICK", json!({})).await;
    pair.ada.until("ack 1", |kind, p| kind == "UPDATE" && p["ack"] == 1).await;
}
