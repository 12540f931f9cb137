//! Several games of each player.

use super::*;

async fn play_games(manners: Manners, games: usize) -> Report {
    play_with(manners, |options| {
        options.games = games;
        options.queue_patience = Duration::from_millis(500);
    })
    .await
}

/// Three games of each of six players, but for the odd one out.
fn assert_played(report: &Report) {
    assert_clean(report);
    let told: serde_json::Value = serde_json::from_str(&report.json()).unwrap();
    let (games, odd) = (told["games"].as_u64().unwrap(), told["oddOnesOut"].as_u64().unwrap());
    // Whoever is left over has two games to play, or none: every game takes two players.
    assert_eq!(games + odd, 9, "{report}");
    assert_eq!((&told["players"], &told["endings"]["time"]), (&6.into(), &games.into()));
    assert_eq!(report.latency.join_to_start.count, games);
}

#[tokio::test]
async fn an_honest_server_is_found_honest_game_after_game() {
    let report = play_with(Manners::Honest, |options| options.games = 3).await;
    assert_played(&report);
    assert!(report.ledgers.iter().all(|ledger| ledger.losses.is_empty()), "{report}");
}

#[tokio::test]
async fn connections_that_end_with_their_games_are_made_anew() {
    let report = play_with(Manners::DropsAtTheEnd, |options| options.games = 3).await;
    assert_played(&report);
    assert!(report.ledgers.iter().any(|ledger| ledger.losses.contains_key(&Cause::Dropped)));
}

#[tokio::test]
async fn rough_manners_and_habits_go_with_several_games() {
    let report = play_with(Manners::DropsConnections, |options| {
        options.games = 3;
        options.ramp = 20.0;
        options.habits.leaves = 0.7;
        options.habits.two_tabs = 10.0;
    })
    .await;
    assert_played(&report);
    assert!(report.ledgers.iter().any(|ledger| ledger.leaves > 0), "{report}");
}

#[tokio::test]
async fn an_end_that_frees_players_from_their_next_game_is_found_out() {
    let report = play_games(Manners::FreesTheNextGame, 2).await;
    assert!(classes(&report).contains(&Class::Stuck), "{report}");
    assert!(report.violations.iter().all(|v| v.text.contains("the server knows nothing of game")));
}

#[tokio::test]
async fn a_ticket_that_comes_back_after_its_player_left_is_found_out() {
    let report = play_with(Manners::RevivesWhoLeft, |options| {
        options.habits.leaves = 0.9;
        options.ramp = 20.0;
    })
    .await;
    assert!(classes(&report).contains(&Class::Unasked), "{report}");
}

#[tokio::test]
async fn a_ticket_that_comes_back_after_its_player_was_matched_is_found_out() {
    let report = play_games(Manners::RevivesWhoWasMatched, 1).await;
    assert!(classes(&report).contains(&Class::MatchedTwice), "{report}");
}

#[tokio::test]
async fn two_pods_that_match_the_same_player_are_found_out_even_if_that_one_hears_of_one_game() {
    let report = play_games(Manners::PairsOnTwoPods, 1).await;
    assert!(classes(&report).contains(&Class::MatchedTwice), "{report}");
}

#[tokio::test]
async fn a_player_who_joins_again_and_is_forgotten_is_found_out() {
    let report = play_games(Manners::ForgetsWhoJoinsAgain, 2).await;
    assert_eq!(classes(&report), [Class::LostFromQueue], "{report}");
}
