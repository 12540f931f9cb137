//! Asks the server for what it has recorded, once every result has had time to arrive.

use std::collections::HashMap;
use std::time::Duration;

use futures_util::stream::{self, StreamExt};
use tokio::time::Instant;

use super::SwarmError;
use super::checks::{self, Account, Recorded};
use super::rest::{History, Me, Rest, Totals};
use super::run::Veteran;
use super::verdict::Violation;
use crate::ids::PlayerId;

/// Results are recorded after the game; a recorder that is behind gets this long.
const ARRIVE_WITHIN: Duration = Duration::from_secs(30);
const ASK_EVERY: Duration = Duration::from_millis(200);
const AT_ONCE: usize = 16;
/// The server's own limit of a page, and pages enough for every game that may be asked for.
const PAGE: usize = 100;
const MAX_PAGES: usize = 11;

/// Compares every player's record with the player's ledgers, and with the opponents' records.
///
/// # Errors
/// When the server does not answer.
pub(super) async fn check(rest: &Rest, players: &[Veteran]) -> Result<Vec<Violation>, SwarmError> {
    let accounts = checks::accounts(players.iter().flat_map(|player| &player.ledgers));
    let of = |player| Some((player, accounts.get(&Veteran::player(player))?));
    let played = players.iter().filter_map(of).filter(|(_, account)| !account.is_empty());
    let played: Vec<(&Veteran, &Account<'_>)> = played.collect();
    let deadline = Instant::now() + ARRIVE_WITHIN;
    // Read only when all have arrived: what is written twice may be written late.
    all(played.iter().map(|(player, account)| arrival(rest, player, account, deadline)).collect())
        .await?;
    let records = all(played.iter().map(|(player, _)| read(rest, player)).collect()).await?;
    let of_player: HashMap<PlayerId, &Recorded> =
        played.iter().map(|(player, _)| player.player()).zip(&records).collect();
    let judged = played.iter().zip(&records).flat_map(|((player, account), recorded)| {
        let id = player.player();
        let mut faults = checks::check_record(id, account, recorded);
        // Once for each game.
        let pairs = account.opponents().filter(|(_, opponent)| id < *opponent);
        faults.extend(pairs.filter_map(|(room, opponent)| {
            let fault = checks::check_pair(room, recorded, of_player.get(&opponent)?)?;
            Some((Some(room), fault))
        }));
        faults.into_iter().map(move |(game, fault)| fault.of(id, game))
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

async fn arrival(
    rest: &Rest,
    player: &Veteran,
    account: &Account<'_>,
    deadline: Instant,
) -> Result<(), SwarmError> {
    while !checks::has_arrived(account, &read(rest, player).await?) && Instant::now() < deadline {
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
        history: history(rest, player).await?,
        totals: totals(rest, player).await?,
        boards,
    })
}

/// Waits for results that are away; when they stay away, nothing is recorded.
async fn totals(rest: &Rest, player: &Veteran) -> Result<Totals, SwarmError> {
    let deadline = Instant::now() + ARRIVE_WITHIN;
    loop {
        let Me { totals } = rest.get(player.from, &player.token, "/api/me").await?;
        if totals.is_some() || Instant::now() > deadline {
            return Ok(totals.unwrap_or_default());
        }
        tokio::time::sleep(ASK_EVERY).await;
    }
}

/// The whole history, page by page.
async fn history(rest: &Rest, player: &Veteran) -> Result<History, SwarmError> {
    let Veteran { token, from, .. } = player;
    let mut path = format!("/api/history?limit={PAGE}");
    let mut whole = History { games: Vec::new(), next: None };
    for _ in 0..MAX_PAGES {
        let page: History = rest.get(*from, token, &path).await?;
        whole.games.extend(page.games);
        let Some(cursor) = page.next else { break };
        path = format!("/api/history?limit={PAGE}&cursor={cursor}");
    }
    Ok(whole)
}
