//! Leaderboards in Valkey keep the contract, whatever the results are in.

use std::sync::Arc;

use tempfile::TempDir;

use super::contract::{Sides, contract};
use super::{Board, Query};
use super::{Build, Rebuildable, ValkeyLeaderboard, rebuild};
use crate::cluster::Valkey;
use crate::cluster::valkey::tests::sides::{redis, settings, six_nodes, valkey};
use crate::ids::PlayerId;
use crate::results::contract::{WEDNESDAY, game};
use crate::results::dynamodb_for_tests;
use crate::results::{Results, SqliteResults};

/// Leaderboards with keys that no other test uses.
async fn boards(urls: &str) -> Arc<dyn Rebuildable> {
    Arc::new(ValkeyLeaderboard::new(Valkey::connect(settings(urls).patient()).await.unwrap()))
}

/// Fed from a file, which goes with the test.
async fn with_file(urls: &str, directory: &TempDir) -> Sides {
    let results = Arc::new(SqliteResults::open(directory.path().join("results.db")).unwrap());
    Sides { results, boards: boards(urls).await }
}

fn directory() -> TempDir {
    tempfile::tempdir().unwrap()
}

async fn with_dynamodb(urls: &str) -> Sides {
    let results: Arc<dyn Results> = Arc::new(dynamodb_for_tests().await);
    Sides { results, boards: boards(urls).await }
}

mod valkey_alone {
    use super::*;
    contract!([#[tokio::test] #[ignore = "starts a server"]]
        with_file(&valkey().url(), &directory()).await);
}

mod valkey_cluster {
    use super::*;
    contract!([#[tokio::test] #[ignore = "starts servers"]]
        with_file(&six_nodes().urls(), &directory()).await);
}

mod valkey_as_redis {
    use super::*;
    contract!([#[tokio::test] #[ignore = "starts a server"]]
        with_file(&redis().url(), &directory()).await);
}

mod valkey_and_dynamodb {
    use super::*;
    contract!([#[tokio::test] #[ignore = "starts servers"]]
        with_dynamodb(&valkey().url()).await);
}

/// Points of the first on the board of all time.
async fn best(boards: &dyn Rebuildable) -> Option<u64> {
    let query = Query { board: Board::All, now: WEDNESDAY, limit: 1, me: None };
    boards.page(query).await.unwrap().entries.first().map(|ranked| ranked.points)
}

#[tokio::test]
#[ignore = "starts a server"]
async fn valkey_boards_are_built_by_one_at_a_time() {
    let boards = boards(&valkey().url()).await;
    let (first, second) = (Build::random(), Build::random());
    assert!(boards.begin(first, false).await.unwrap());
    assert!(!boards.begin(second, false).await.unwrap());
    assert!(boards.go_on(first).await.unwrap());
    assert!(!boards.finish(second).await.unwrap() && !boards.is_whole().await.unwrap());
    assert!(boards.finish(first).await.unwrap() && boards.is_whole().await.unwrap());
    assert!(!boards.go_on(first).await.unwrap());
}

#[tokio::test]
#[ignore = "starts a server"]
async fn valkey_boards_that_show_too_much_are_mended_when_they_are_built_anew() {
    let boards = boards(&valkey().url()).await;
    let results = SqliteResults::open(directory().path().join("results.db")).unwrap();
    let anna = PlayerId::random();
    results.record(game(WEDNESDAY, (anna, 10), (PlayerId::random(), 5))).await.unwrap();
    let mut standings = results.standings(vec![anna], WEDNESDAY).await.unwrap();
    // As after a restoration of older results.
    standings.iter_mut().for_each(|standing| (standing.games, standing.points) = (9, 900));
    boards.set(standings).await.unwrap();
    rebuild(&results, &*boards, false).await.unwrap();
    assert_eq!(best(&*boards).await, Some(900));

    // Whoever is at it loses it.
    let other = Build::random();
    boards.begin(other, false).await.unwrap();
    rebuild(&results, &*boards, true).await.unwrap();
    assert_eq!(best(&*boards).await, Some(10));
    assert!(!boards.go_on(other).await.unwrap());
}
