//! The server's REST interface as the swarm uses it.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use reqwest::{Client, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use tokio::time::Instant;

use super::SwarmError;
use super::target::{Spread, Targets};
use crate::ids::{PlayerId, RoomId};
use crate::tls;

const REQUEST_TIMEOUT: Duration = Duration::from_secs(5);
const RETRY_EVERY: Duration = Duration::from_millis(200);
/// A pod that was killed, or a balancer that has not noticed, is waited for so long.
const READ_WITHIN: Duration = Duration::from_secs(20);

/// A signed-in guest.
#[derive(Clone, Debug)]
pub(super) struct Guest {
    pub(super) id: PlayerId,
    pub(super) name: String,
    pub(super) token: String,
}

/// The numbers of the game.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct GameNumbers {
    pub(super) seconds: u64,
    pub(super) countdown_seconds: u64,
    /// How long a seat may be empty.
    pub(super) grace_seconds: u64,
}

#[derive(Deserialize)]
struct Config {
    game: GameNumbers,
}

#[derive(Deserialize)]
struct SignedIn {
    player: Named,
    token: String,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Named {
    pub(super) id: PlayerId,
}

/// A game in a player's history.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Entry {
    pub(super) game_id: RoomId,
    pub(super) result: String,
    pub(super) reason: String,
    pub(super) points: u64,
    pub(super) opponent_points: u64,
    pub(super) clicks: u32,
    pub(super) opponent_clicks: u32,
    pub(super) opponent: Named,
}

#[derive(Debug, Deserialize)]
pub(super) struct History {
    pub(super) games: Vec<Entry>,
    /// Where the next page begins.
    pub(super) next: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub(super) struct Totals {
    pub(super) points: u64,
    pub(super) games: u64,
    pub(super) wins: u64,
    pub(super) draws: u64,
}

#[derive(Debug, Deserialize)]
pub(super) struct Me {
    /// `None` while the server cannot reach its results.
    pub(super) totals: Option<Totals>,
}

/// A line of a leaderboard.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Line {
    pub(super) rank: u64,
    pub(super) player: Named,
    pub(super) points: u64,
    pub(super) games: u64,
    pub(super) wins: u64,
}

#[derive(Debug, Deserialize)]
pub(super) struct Board {
    pub(super) entries: Vec<Line>,
    pub(super) me: Option<Line>,
}

/// One HTTP client per source address; requests go round the targets.
pub(super) struct Rest {
    targets: Targets,
    next: AtomicUsize,
    clients: HashMap<IpAddr, Client>,
}

impl Rest {
    /// Clients for every address of the spread.
    ///
    /// # Errors
    /// When a client cannot be made.
    pub(super) fn new(targets: Targets, spread: Spread) -> Result<Self, SwarmError> {
        tls::choose();
        let client = |ip: IpAddr| {
            let made = Client::builder()
                .local_address(ip)
                .no_proxy()
                .timeout(REQUEST_TIMEOUT)
                .pool_max_idle_per_host(2)
                .build()?;
            Ok::<_, reqwest::Error>((ip, made))
        };
        let clients = spread.all().map(client).collect::<Result<_, _>>()?;
        Ok(Self { targets, next: AtomicUsize::new(0), clients })
    }

    /// The numbers of the game. Asked first, of each target once, so that an absent server is
    /// noticed.
    pub(super) async fn game_numbers(&self) -> Result<GameNumbers, SwarmError> {
        let mut answer = self.try_game_numbers().await;
        for _ in 1..self.targets.len() {
            if answer.is_err() {
                answer = self.try_game_numbers().await;
            }
        }
        answer
    }

    async fn try_game_numbers(&self) -> Result<GameNumbers, SwarmError> {
        let response = self.client(Spread::new(1, 1).of(0))?.get(self.url("/api/config"));
        Ok(response.send().await?.error_for_status()?.json::<Config>().await?.game)
    }

    /// Signs a guest in. While the server is away or busy, it tries again until the deadline.
    pub(super) async fn sign_in(
        &self,
        from: IpAddr,
        name: &str,
        deadline: Instant,
    ) -> Result<Guest, SwarmError> {
        loop {
            match self.try_sign_in(from, name).await {
                Err(error) if is_passing(&error) && Instant::now() < deadline => {
                    self.wait().await;
                }
                answer => {
                    let SignedIn { player, token } = answer?;
                    return Ok(Guest { id: player.id, name: name.to_owned(), token });
                }
            }
        }
    }

    /// Reads a path as a signed-in player. While a server is away, the others are asked.
    ///
    /// # Errors
    /// When nobody gives a good answer in time.
    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        from: IpAddr,
        token: &str,
        path: &str,
    ) -> Result<T, SwarmError> {
        let deadline = Instant::now() + READ_WITHIN;
        loop {
            match self.try_get(from, token, path).await {
                Err(error) if is_passing(&error) && Instant::now() < deadline => {
                    self.wait().await;
                }
                answer => return answer,
            }
        }
    }

    async fn try_get<T: DeserializeOwned>(
        &self,
        from: IpAddr,
        token: &str,
        path: &str,
    ) -> Result<T, SwarmError> {
        let request = self.client(from)?.get(self.url(path)).bearer_auth(token);
        Ok(request.send().await?.error_for_status()?.json().await?)
    }

    async fn try_sign_in(&self, from: IpAddr, name: &str) -> Result<SignedIn, SwarmError> {
        let request = self.client(from)?.post(self.url("/api/auth/guest"));
        let response = request.json(&json!({ "name": name })).send().await?;
        Ok(response.error_for_status()?.json().await?)
    }

    /// Until the next attempt: none of the targets is asked more often than every 200 ms.
    async fn wait(&self) {
        tokio::time::sleep(RETRY_EVERY / self.targets.len() as u32).await;
    }

    fn url(&self, path: &str) -> String {
        self.targets.nth(self.next.fetch_add(1, Relaxed)).url(path)
    }

    fn client(&self, from: IpAddr) -> Result<&Client, SwarmError> {
        let unknown = || SwarmError::Usage(format!("no client for {from}"));
        self.clients.get(&from).ok_or_else(unknown)
    }
}

/// Whether the same request may succeed later.
fn is_passing(error: &SwarmError) -> bool {
    let SwarmError::Http(error) = error else { return false };
    match error.status() {
        Some(status) => status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error(),
        None => !error.is_decode(),
    }
}
