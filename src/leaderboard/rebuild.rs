//! Building the leaderboards from the results: when a store has come back empty, and when an
//! operator asks for it.

use std::sync::Arc;
use std::time::Duration;

use rand::RngExt;
use tokio::time::sleep;

use super::Leaderboard;
use crate::results::{Results, ResultsError};
use crate::wall_clock;

/// How often it is looked whether they are whole.
const LOOK: Duration = Duration::from_secs(10);

/// Sets all standings there are. What is set meanwhile by recorders is newer, and stays. Answers
/// how many were set.
///
/// # Errors
/// When the results or the leaderboards do not answer. What was set stays, and is no harm.
pub async fn rebuild(
    results: &dyn Results,
    boards: &dyn Leaderboard,
) -> Result<usize, ResultsError> {
    let (mut set, mut from) = (0, None);
    loop {
        let (standings, next) = results.all_standings(from, wall_clock::millis()).await?;
        set += standings.len();
        boards.set(standings).await?;
        from = next;
        if from.is_none() {
            boards.set_whole().await?;
            return Ok(set);
        }
    }
}

/// Looks for ever whether the leaderboards are whole, and builds them if they are not. Several pods
/// may do it at once: that costs reads and harms nothing.
pub async fn keep_whole(results: Arc<dyn Results>, boards: Arc<dyn Leaderboard>) {
    loop {
        // Not everybody at once: who comes later finds them whole.
        let wait = LOOK.mul_f64(rand::rng().random_range(0.5..1.5));
        sleep(wait).await;
        match boards.is_whole().await {
            Ok(true) => continue,
            Ok(false) => tracing::warn!("the leaderboards are not whole; building them"),
            Err(error) => {
                tracing::debug!(%error, "the leaderboards do not answer");
                continue;
            }
        }
        match rebuild(&*results, &*boards).await {
            Ok(standings) => tracing::info!(standings, "the leaderboards are built"),
            Err(error) => tracing::warn!(%error, "the leaderboards are not built yet"),
        }
    }
}
