//! Leaderboards in Valkey keep the contract, whatever the results are in.

use std::sync::Arc;

use tempfile::TempDir;

use super::contract::{Sides, contract};
use super::{Leaderboard, ValkeyLeaderboard};
use crate::cluster::Valkey;
use crate::cluster::valkey::tests::sides::{redis, settings, six_nodes, valkey};
use crate::results::dynamodb_for_tests;
use crate::results::{Results, SqliteResults};

/// Leaderboards with keys that no other test uses.
async fn boards(urls: &str) -> Arc<dyn Leaderboard> {
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
