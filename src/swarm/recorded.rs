//! Asks the server for what it has recorded, once every result has had time to arrive.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use futures_util::stream::{self, StreamExt};
use tokio::time::Instant;

use super::SwarmError;
use super::checks::{self, Recorded};
use super::rest::Rest;
use super::run::Veteran;
use super::verdict::Violation;
use crate::ids::{PlayerId, RoomId};

/// Results are recorded after the game; a recorder that is behind gets this long.
const ARRIVE_WITHIN: Duration = Duration::from_secs(30);
const ASK_EVERY: Duration = Duration::from_millis(200);
const AT_ONCE: usize = 16;

/// Compares every player's record with the player's ledger, and with the opponent's record.
///
/// # Errors
/// When the server does not answer.
pub(super) async fn check(rest: &Rest, players: &[Veteran]) -> Result<Vec<Violation>, SwarmError> {
    // A game whose end was told to one of its players has ended for both.
    let over: HashSet<RoomId> =
        players.iter().filter_map(|p| Some(p.ledger.over.as_ref()?.room_id)).collect();
    let has_ended = |p: &&Veteran| p.ledger.place.is_some_and(|place| over.contains(&place.room));
    let ended: Vec<&Veteran> = players.iter().filter(has_ended).collect();
    let deadline = Instant::now() + ARRIVE_WITHIN;
    // Read only when all have arrived: what is written twice may be written late.
    all(ended.iter().map(|player| arrival(rest, player, deadline)).collect()).await?;
    let records = all(ended.iter().map(|player| read(rest, player)).collect()).await?;
    let of_player: HashMap<PlayerId, &Recorded> =
        ended.iter().map(|player| player.ledger.player).zip(&records).collect();
    let judged = ended.iter().zip(&records).flat_map(|(player, recorded)| {
        let ledger = &player.ledger;
        let opponent = ledger.place.map(|place| place.opponent);
        // Once for each game.
        let other = opponent.filter(|id| ledger.player < *id).and_then(|id| of_player.get(&id));
        let mut faults = checks::check_record(ledger, recorded);
        faults.extend(other.and_then(|other| checks::check_pair(ledger, recorded, other)));
        checks::name(ledger, faults)
    });
    Ok(judged.collect())
}

/// The answers, in the order of the requests.
async fn all<T, F>(requests: Vec<F>) -> Result<Vec<T>, SwarmError>
where
    F: Future<Output = Result<T, SwarmError>>,
{
    let answers = stream::iter(requests).buffered(AT_ONCE);
    answers.collect::<Vec<_>>().await.into_iter().collect()
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
