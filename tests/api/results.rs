//! What can be read about games once they are over.

use serde_json::{Value, json};

use crate::helpers::{LONG, eventually, spawn_app};
use crate::player::{Guest, Pair, TestPlayer, get};

async fn history(app: &crate::helpers::TestApp, guest: &Guest) -> Vec<Value> {
    let (status, page) = get(app.address, "/api/history", Some(&guest.token)).await;
    assert_eq!(status, 200, "{page}");
    page["games"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_duel_is_found_in_history_totals_and_leaderboard_of_both() {
    let app = spawn_app(LONG);
    let mut pair = Pair::in_play(&app).await;
    for n in 1..=5 {
        pair.ada.click_safely(n).await;
    }
    pair.bob.click_safely(1).await;
    pair.bob.send("QUIT_GAME", json!({})).await;
    pair.ada.expect("GAME_OVER").await;
    let (ada, bob) = (pair.ada.guest.clone(), pair.bob.guest.clone());
    eventually("the game is recorded", async || !history(&app, &ada).await.is_empty()).await;
    for (guest, opponent, result, points) in
        [(&ada, &bob, "win", [5, 1]), (&bob, &ada, "loss", [1, 5])]
    {
        let games = history(&app, guest).await;
        assert_eq!(games.len(), 1, "recorded once: {games:?}");
        let game = &games[0];
        assert_eq!(game["gameId"], pair.start["roomId"]);
        assert_eq!((&game["result"], &game["reason"]), (&json!(result), &json!("quit")));
        assert_eq!(
            [&game["points"], &game["opponentPoints"]],
            [&json!(points[0]), &json!(points[1])]
        );
        assert_eq!(
            [&game["clicks"], &game["opponentClicks"]],
            [&json!(points[0]), &json!(points[1])]
        );
        assert_eq!(game["opponent"]["id"], opponent.id.as_str());
        assert_eq!(game["practice"], Value::Null);
        let (_, me) = get(app.address, "/api/me", Some(&guest.token)).await;
        assert_eq!(me["player"]["id"], guest.id.as_str());
        let wins = u32::from(result == "win");
        let totals = json!({ "points": points[0], "games": 1, "wins": wins, "draws": 0 });
        assert_eq!(me["totals"], totals);
        for board in ["all", "week"] {
            let path = format!("/api/leaderboard?board={board}");
            let (_, table) = get(app.address, &path, Some(&guest.token)).await;
            let ranks: Vec<_> = table["entries"].as_array().unwrap().iter().collect();
            assert_eq!(ranks.len(), 2, "{table}");
            assert_eq!(ranks[0]["player"]["id"], ada.id.as_str());
            assert_eq!((&ranks[0]["rank"], &ranks[0]["points"]), (&json!(1), &json!(5)));
            assert_eq!(table["me"]["player"]["id"], guest.id.as_str());
        }
    }
}

#[tokio::test]
async fn practice_is_in_the_history_and_on_no_leaderboard() {
    let app = spawn_app(LONG);
    let mut ada = TestPlayer::new(&app, "Ada").await;
    ada.send("PRACTICE", json!({ "strength": "easy" })).await;
    ada.expect("GAME_START").await;
    ada.click_safely(1).await;
    ada.send("QUIT_GAME", json!({})).await;
    ada.expect("GAME_OVER").await;
    eventually("the game is recorded", async || !history(&app, &ada.guest).await.is_empty()).await;
    let games = history(&app, &ada.guest).await;
    assert_eq!((&games[0]["practice"], &games[0]["result"]), (&json!("easy"), &json!("loss")));
    let (_, me) = get(app.address, "/api/me", Some(&ada.guest.token)).await;
    assert_eq!(me["totals"], json!({ "points": 0, "games": 0, "wins": 0, "draws": 0 }));
    let (_, table) = get(app.address, "/api/leaderboard", Some(&ada.guest.token)).await;
    assert_eq!((&table["entries"], &table["me"]), (&json!([]), &Value::Null));
}

#[tokio::test]
async fn nobody_reads_the_history_of_another() {
    let app = spawn_app(LONG);
    assert_eq!(get(app.address, "/api/history", None).await.0, 401);
    assert_eq!(get(app.address, "/api/me", None).await.0, 401);
    let eve = app.guest("Eve").await;
    assert!(history(&app, &eve).await.is_empty());
}
