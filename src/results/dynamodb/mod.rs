//! Results in DynamoDB.
//!
//! Two tables: a game is one item for each person who played it, a player one item with all totals.
//! [`record`] writes them in one transaction that is refused if the game is there, or if somebody
//! else has changed the totals since they were read. `docs/DATA.md` has keys, costs and reasons.

mod accounts;
mod begun;
mod client;
mod errors;
mod items;
mod meter;
mod read;
mod record;
mod tables;
#[cfg(test)]
pub(crate) mod tests;

use std::ops::Range;

use aws_sdk_dynamodb::Client;
use futures_util::FutureExt;
use futures_util::future::ready;

pub use self::client::DynamoSettings;
pub use self::errors::DynamoError;
use self::meter::Meter;
use self::tables::Tables;
use super::cursor::{Cursor, LONGEST_PAGE};
use super::{FinishedGame, HistoryPage, Recorded, Results, ResultsError, Totals};
use crate::accounts::{Account, Accounts, SignIn};
use crate::auth::Identity;
use crate::cluster::Answer;
use crate::ids::PlayerId;
use crate::leaderboard::{Period, Standing};
use crate::matchmaking::Profile;
use crate::telemetry::Metrics;

/// Results in DynamoDB. Cloning gives another handle to the same tables.
#[derive(Clone, Debug)]
pub struct DynamoResults {
    client: Client,
    tables: Tables,
}

impl DynamoResults {
    /// The results in these tables. Asks nobody anything yet.
    pub async fn new(settings: &DynamoSettings, metrics: Metrics) -> Self {
        let client = client::client(Meter(metrics)).await;
        Self { client, tables: Tables::with_prefix(&settings.prefix) }
    }

    /// The results at this endpoint, with credentials that are none.
    #[cfg(test)]
    pub(crate) async fn at(endpoint: &str, prefix: &str, metrics: Metrics) -> Self {
        let client = client::client_at(endpoint, Meter(metrics)).await;
        Self { client, tables: Tables::with_prefix(prefix) }
    }

    /// What the tables are called.
    pub fn table_names(&self) -> [&str; 3] {
        [&self.tables.games, &self.tables.users, &self.tables.identities]
    }

    /// Makes the tables that are missing, and waits until they can be used. For tests, local use
    /// and a first deployment.
    ///
    /// # Errors
    /// When they cannot be made, or one that is there has other keys.
    pub async fn create_tables(&self) -> Result<(), DynamoError> {
        tables::create(&self.client, &self.tables).await
    }

    /// Looks whether the tables can be used.
    ///
    /// # Errors
    /// When one is missing, has other keys, or may not be looked at.
    pub async fn check_tables(&self) -> Result<(), DynamoError> {
        tables::check(&self.client, &self.tables).await
    }

    fn answer<T, F>(&self, work: impl FnOnce(Self) -> F + Send + 'static) -> Answer<T, ResultsError>
    where
        F: Future<Output = Result<T, DynamoError>> + Send + 'static,
    {
        let this = self.clone();
        async move { work(this).await.map_err(ResultsError::from) }.boxed()
    }
}

impl Results for DynamoResults {
    fn record(&self, game: FinishedGame) -> Answer<Recorded, ResultsError> {
        let Some(week) = Period::week_of(game.ended_at) else {
            let why = "the time is beyond the calendar".to_owned();
            return ready(Err(ResultsError::Refused(why))).boxed();
        };
        self.answer(move |this| async move {
            record::record(&this.client, &this.tables, &game, week).await
        })
    }

    fn note_begun(&self, game: FinishedGame) -> Answer<(), ResultsError> {
        self.answer(move |this| async move { begun::note(&this.client, &this.tables, &game).await })
    }

    fn unfinished(
        &self,
        began: Range<u64>,
        limit: usize,
    ) -> Answer<Vec<FinishedGame>, ResultsError> {
        self.answer(move |this| async move {
            begun::unfinished(&this.client, &this.tables, began, limit).await
        })
    }

    fn totals(&self, player: PlayerId) -> Answer<Totals, ResultsError> {
        self.answer(move |this| async move {
            let users = read::users(&this.client, &this.tables, &[player]).await?;
            Ok(users.first().map(|user| user.totals()).unwrap_or_default())
        })
    }

    fn history(
        &self,
        player: PlayerId,
        cursor: Option<String>,
        limit: usize,
    ) -> Answer<HistoryPage, ResultsError> {
        let cursor = match Cursor::given(player, cursor) {
            Ok(given) => given,
            Err(error) => return ready(Err(error)).boxed(),
        };
        let limit = limit.clamp(1, LONGEST_PAGE);
        self.answer(move |this| async move {
            read::history(&this.client, &this.tables, player, cursor, limit).await
        })
    }

    fn standings(
        &self,
        players: Vec<PlayerId>,
        moment: u64,
    ) -> Answer<Vec<Standing>, ResultsError> {
        self.answer(move |this| async move {
            let week = Period::week_of(moment);
            let users = read::users(&this.client, &this.tables, &players).await?;
            let of = |user: &items::User| user.standings(|period| Some(period) == week);
            Ok(users.iter().flat_map(of).collect())
        })
    }

    fn all_standings(
        &self,
        from: Option<String>,
        moment: u64,
    ) -> Answer<(Vec<Standing>, Option<String>), ResultsError> {
        self.answer(move |this| async move {
            let week = Period::week_of(moment);
            let (users, next) = read::some_users(&this.client, &this.tables, from).await?;
            let of = |user: &items::User| user.standings(|period| Some(period) >= week);
            Ok((users.iter().flat_map(of).collect(), next))
        })
    }
}

impl Accounts for DynamoResults {
    fn sign_in(&self, identity: Identity, newcomer: Profile) -> Answer<SignIn, ResultsError> {
        self.answer(move |this| async move {
            accounts::sign_in(&this.client, &this.tables, &identity, &newcomer).await
        })
    }

    fn account(&self, player: PlayerId) -> Answer<Option<Account>, ResultsError> {
        self.answer(move |this| async move {
            accounts::account(&this.client, &this.tables, player).await
        })
    }

    fn rename(&self, player: Profile, now: u64) -> Answer<bool, ResultsError> {
        self.answer(move |this| async move {
            accounts::rename(&this.client, &this.tables, &player, now).await
        })
    }

    fn delete(&self, player: PlayerId) -> Answer<(), ResultsError> {
        self.answer(move |this| async move {
            accounts::delete(&this.client, &this.tables, player).await
        })
    }
}
