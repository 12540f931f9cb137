//! REST: what programs and pages ask for. JSON in camelCase; errors are problems.

mod account;
mod docs;
mod games;
mod login;
mod player;
mod settings;

pub(super) use account::{delete, rename};
pub(super) use docs::{docs, docs_home, openapi};
pub(super) use games::{history, leaderboard};
pub(super) use login::{callback, login, upgrade};
pub(super) use player::{keys, me, sign_in_as_guest, sign_out};
pub(super) use settings::config;

use std::time::Duration;

use super::problem::Problem;
use crate::cluster::Answer;
use crate::results::ResultsError;

/// How long the results may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// The answer of the results, or the problem that there is none.
async fn ask<T, E: Into<ResultsError>>(answer: Answer<T, E>) -> Result<T, Problem> {
    match tokio::time::timeout(PATIENCE, answer).await {
        Ok(answer) => answer.map_err(|error| Problem::from(error.into())),
        Err(_) => Err(ResultsError::Unavailable("no answer in 5 s".into()).into()),
    }
}
