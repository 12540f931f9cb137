//! Asks the server for what it has recorded, once every result has had time to arrive.

use std::time::Duration;

use futures_util::stream::{self, StreamExt};
use tokio::time::Instant;

use super::SwarmError;
use super::checks::{self, Recorded};
use super::rest::Rest;
use super::run::Veteran;
use super::verdict::Violation;

/// Results are recorded after the game; a recorder that is behind gets this long.
const ARRIVE_WITHIN: Duration = Duration::from_secs(10);
const ASK_EVERY: Duration = Duration::from_millis(200);
const AT_ONCE: usize = 8;

/// Compares every player's record with the player's ledger.
///
/// # Errors
/// When the server does not answer.
pub(super) async fn check(rest: &Rest, players: &[Veteran]) -> Result<Vec<Violation>, SwarmError> {
    let told: Vec<&Veteran> = players.iter().filter(|p| p.ledger.over.is_some()).collect();
    let deadline = Instant::now() + ARRIVE_WITHIN;
    // Read only when all have arrived: what is written twice may be written late.
    let arrivals = told.iter().map(|player| arrival(rest, player, deadline)).collect();
    all(arrivals).await?;
    let records = told.iter().map(|player| judge(rest, player)).collect();
    Ok(all(records).await?.into_iter().flatten().collect())
}

async fn all<T, F>(requests: Vec<F>) -> Result<Vec<T>, SwarmError>
where
    F: Future<Output = Result<T, SwarmError>>,
{
    let answers = stream::iter(requests).buffer_unordered(AT_ONCE);
    answers.collect::<Vec<_>>().await.into_iter().collect()
}

async fn judge(rest: &Rest, player: &Veteran) -> Result<Vec<Violation>, SwarmError> {
    let recorded = read(rest, player).await?;
    let faults = checks::check_record(&player.ledger, &recorded);
    Ok(checks::name(&player.ledger, faults).collect())
}

async fn arrival(rest: &Rest, player: &Veteran, deadline: Instant) -> Result<(), SwarmError> {
    while !checks::has_arrived(&read(rest, player).await?) && Instant::now() < deadline {
        tokio::time::sleep(ASK_EVERY).await;
    }
    Ok(())
}

async fn read(rest: &Rest, player: &Veteran) -> Result<Recorded, SwarmError> {
    let Veteran { token, from, .. } = player;
    let mut boards = Vec::new();
    for name in ["all", "week"] {
        let path = format!("/api/leaderboard?board={name}&limit=10");
        boards.push((name, rest.get(*from, token, &path).await?));
    }
    Ok(Recorded {
        history: rest.get(*from, token, "/api/history?limit=10").await?,
        me: rest.get(*from, token, "/api/me").await?,
        boards,
    })
}
