//! Where the server keeps what must last.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::ConfigError;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ResultsKind {
    /// A file on this machine.
    Sqlite,
    /// Known to the design, not to this version.
    #[value(hide = true)]
    Dynamodb,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Storage")]
pub(super) struct StorageArgs {
    /// Folder for live games and keys; one server at a time
    #[arg(long, env = "DATA_DIR", default_value = ".overcookied")]
    data_dir: PathBuf,

    /// Where results are recorded
    #[arg(long, env = "RESULTS", value_enum, default_value = "sqlite")]
    results: ResultsKind,

    /// The file with the results [default: DATA_DIR/results.sqlite3]
    #[arg(long, env = "RESULTS_DB")]
    results_db: Option<PathBuf>,
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
}

impl Storage {
    pub(super) fn new(args: StorageArgs) -> Result<Self, ConfigError> {
        if args.results == ResultsKind::Dynamodb {
            return Err(ConfigError::Unsupported("RESULTS=dynamodb"));
        }
        let results_db_given = args.results_db.is_some();
        let results_db = args.results_db.unwrap_or_else(|| args.data_dir.join("results.sqlite3"));
        Ok(Self { data_dir: args.data_dir, results_db, results_db_given })
    }
}
