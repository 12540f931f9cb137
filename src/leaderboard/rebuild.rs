//! Building the leaderboards from the results: when a store has come back empty, and when an
//! operator asks for it.

use std::sync::Arc;
use std::time::Duration;

use rand::RngExt;
use tokio::time::sleep;

use super::{Build, Rebuildable};
use crate::cluster::Unavailable;
use crate::results::{Results, ResultsError};
use crate::wall_clock;

/// How often it is looked whether they are whole.
const LOOK: Duration = Duration::from_secs(10);

/// How often a part is tried, and the pause between two tries.
const TRIES: u32 = 5;
const PAUSE: Duration = Duration::from_secs(1);

/// Why leaderboards were not built.
#[derive(Debug, thiserror::Error)]
pub enum RebuildError {
    /// Somebody else is at it.
    #[error("the leaderboards are being built already")]
    Busy,
    /// What had been set was lost on the way.
    #[error("the leaderboards were lost, or begun anew, while they were built")]
    Lost,
    /// The results or the leaderboards did not answer.
    #[error(transparent)]
    Results(#[from] ResultsError),
}

impl From<Unavailable> for RebuildError {
    fn from(error: Unavailable) -> Self {
        Self::Results(error.into())
    }
}

/// Sets all standings there are, after emptying the leaderboards if it is to be done `anew`. What is
/// set meanwhile by recorders is newer, and stays. Answers how many were set.
///
/// # Errors
/// When it could not be done to the end. What was set stays, and is no harm.
pub async fn rebuild(
    results: &dyn Results,
    boards: &dyn Rebuildable,
    anew: bool,
) -> Result<usize, RebuildError> {
    let build = Build::random();
    if !boards.begin(build, anew).await? {
        return Err(RebuildError::Busy);
    }
    let (mut set, mut from) = (0, None);
    loop {
        let (some, next) = part(results, boards, build, from).await?;
        (set, from) = (set + some, next);
        if from.is_none() {
            let finished = boards.finish(build).await?;
            return if finished { Ok(set) } else { Err(RebuildError::Lost) };
        }
    }
}

/// One part of it, tried again if need be.
async fn part(
    results: &dyn Results,
    boards: &dyn Rebuildable,
    build: Build,
    from: Option<String>,
) -> Result<(usize, Option<String>), RebuildError> {
    let mut tries = 0;
    loop {
        tries += 1;
        match try_part(results, boards, build, from.clone()).await {
            Err(RebuildError::Results(error)) if tries < TRIES => {
                tracing::debug!(%error, "a part of the leaderboards is tried again");
                sleep(PAUSE).await;
            }
            done => return done,
        }
    }
}

async fn try_part(
    results: &dyn Results,
    boards: &dyn Rebuildable,
    build: Build,
    from: Option<String>,
) -> Result<(usize, Option<String>), RebuildError> {
    let (standings, next) = results.all_standings(from, wall_clock::millis()).await?;
    if !boards.go_on(build).await? {
        return Err(RebuildError::Lost);
    }
    let some = standings.len();
    boards.set(standings).await?;
    Ok((some, next))
}

/// Looks for ever whether the leaderboards are whole, and builds them if they are not.
pub async fn keep_whole(results: Arc<dyn Results>, boards: Arc<dyn Rebuildable>) {
    loop {
        let wait = LOOK.mul_f64(rand::rng().random_range(0.5..1.5));
        sleep(wait).await;
        match boards.is_whole().await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => {
                tracing::debug!(%error, "the leaderboards do not answer");
                continue;
            }
        }
        match rebuild(&*results, &*boards, false).await {
            Ok(standings) => tracing::info!(standings, "the leaderboards are built"),
            Err(RebuildError::Busy) => {}
            Err(error) => tracing::warn!(%error, "the leaderboards are not built yet"),
        }
    }
}
