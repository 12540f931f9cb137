//! `tables` and `leaderboard`: where results are recorded, and what is shown of them.

use std::path::PathBuf;

use super::{Failure, Place};
use crate::cluster::Valkey;
use crate::leaderboard::{Rebuildable, ValkeyLeaderboard, rebuild};
use crate::results::{DynamoResults, DynamoSettings, Results, SqliteResults};
use crate::telemetry::Metrics;

/// What is to be done with the tables in DynamoDB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TablesOrder {
    /// Make those that are missing.
    Create,
    /// Look whether they can be used.
    Check,
}

/// Carries out an order on the tables of these settings.
///
/// # Errors
/// When a table is missing, is another one, or may not be used.
pub async fn tables(settings: DynamoSettings, order: TablesOrder) -> Result<String, Failure> {
    let tables = DynamoResults::new(&settings, Metrics::default()).await;
    match order {
        TablesOrder::Create => tables.create_tables().await?,
        TablesOrder::Check => tables.check_tables().await?,
    }
    Ok(format!("{} can be used.\n", tables.table_names().join(", ")))
}

/// Where the results are, and where leaderboards are shown.
#[derive(Clone, Debug)]
pub struct Boards {
    /// The tables; `None` when results are in the file.
    pub tables: Option<DynamoSettings>,
    /// The results file.
    pub file: PathBuf,
    /// The file of the leaderboards where there is no Valkey and results are in tables.
    pub shown: PathBuf,
    /// Where live games are kept, and leaderboards with them.
    pub place: Place,
}

/// Empties the leaderboards and builds them from the results, beside whoever serves them.
///
/// # Errors
/// When either does not answer. What was built stays, and servers build the rest.
pub async fn rebuild_leaderboards(boards: Boards) -> Result<String, Failure> {
    let Boards { tables, file, shown, place } = boards;
    let results: Box<dyn Results> = match (&tables, &place) {
        (None, Place::Here(_)) => {
            let whole = "The results file keeps its leaderboards itself: they are whole.\n";
            return Ok(whole.to_owned());
        }
        (None, Place::Shared(_)) if !file.exists() => {
            let why = format!("RESULTS_DB: there is no {}", file.display());
            return Err(Failure::Refused(why));
        }
        (None, Place::Shared(_)) => Box::new(SqliteResults::open(&file)?),
        (Some(tables), _) => Box::new(DynamoResults::new(tables, Metrics::default()).await),
    };
    let boards: Box<dyn Rebuildable> = match place {
        Place::Shared(settings) => {
            Box::new(ValkeyLeaderboard::new(Valkey::connect(settings).await?))
        }
        Place::Here(_) => Box::new(SqliteResults::open(&shown)?),
    };
    let standings = rebuild(&*results, &*boards, true).await?;
    Ok(format!("The leaderboards are built: {standings} standings were set.\n"))
}
