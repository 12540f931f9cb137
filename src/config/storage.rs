//! Where the server keeps what must last.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::ConfigError;
use super::seconds::seconds;
use crate::results::DynamoSettings;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ResultsKind {
    /// A file on this machine.
    Sqlite,
    /// Tables in AWS; region, endpoint and credentials from its own variables.
    Dynamodb,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Storage")]
pub(super) struct StorageArgs {
    #[command(flatten)]
    folder: FolderArgs,

    /// Where results are recorded
    #[arg(long, env = "RESULTS", value_enum, default_value = "sqlite")]
    results: ResultsKind,

    /// The file with the results [default: DATA_DIR/results.sqlite3]
    #[arg(long, env = "RESULTS_DB")]
    results_db: Option<PathBuf>,

    /// A result that nobody can record is set aside when it is older
    #[arg(long, env = "OUTBOX_ASIDE_AFTER_SECONDS", default_value = "600", value_parser = seconds)]
    outbox_aside_after_seconds: Duration,

    #[command(flatten)]
    tables: TableArgs,
}

/// Which folder.
#[derive(Debug, Args)]
pub(super) struct FolderArgs {
    /// Folder for live games and keys; one server at a time
    #[arg(long, env = "DATA_DIR", default_value = ".overcookied")]
    pub(super) data_dir: PathBuf,
}

/// Which tables.
#[derive(Debug, Args)]
pub(super) struct TableArgs {
    /// What the names of the tables in DynamoDB begin with
    #[arg(long, env = "DYNAMODB_TABLE_PREFIX", default_value = "Overcookied")]
    dynamodb_table_prefix: String,
}

impl TableArgs {
    pub(super) fn settings(self) -> Result<DynamoSettings, ConfigError> {
        let prefix = self.dynamodb_table_prefix;
        // What AWS takes, with room for the longest of our names.
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        if prefix.is_empty() || prefix.len() > 200 || !prefix.chars().all(fits) {
            let why = "1 to 200 letters, digits, `_`, `-` and `.`".to_owned();
            return Err(ConfigError::Invalid { variable: "DYNAMODB_TABLE_PREFIX", why });
        }
        Ok(DynamoSettings { prefix })
    }
}

/// Where the server keeps what must last.
#[derive(Clone, Debug)]
pub struct Storage {
    /// Folder for live games and keys. From `DATA_DIR` (`.overcookied`).
    pub data_dir: PathBuf,
    /// The SQLite file of the results. From `RESULTS_DB` (`DATA_DIR/results.sqlite3`).
    pub results_db: PathBuf,
    /// Whether that file was named, and is not one of this server's own.
    pub(super) results_db_given: bool,
    /// The tables of the results; `None` when they are in that file. From `RESULTS` and
    /// `DYNAMODB_TABLE_PREFIX` (`Overcookied`).
    pub dynamodb: Option<DynamoSettings>,
    /// A result that cannot be read, or that the results refuse, is set aside when it is older. From
    /// `OUTBOX_ASIDE_AFTER_SECONDS` (600).
    pub aside_after: Duration,
}

impl Storage {
    /// The SQLite file of the leaderboards of a server that runs alone with results elsewhere.
    pub fn boards_db(&self) -> PathBuf {
        self.data_dir.join("leaderboards.sqlite3")
    }

    pub(super) fn new(args: StorageArgs) -> Result<Self, ConfigError> {
        let tables = args.tables.settings()?;
        let dynamodb = (args.results == ResultsKind::Dynamodb).then_some(tables);
        let data_dir = args.folder.data_dir;
        let results_db_given = args.results_db.is_some();
        let results_db = args.results_db.unwrap_or_else(|| data_dir.join("results.sqlite3"));
        let aside_after = args.outbox_aside_after_seconds;
        Ok(Self { data_dir, results_db, results_db_given, dynamodb, aside_after })
    }
}
