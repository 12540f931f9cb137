//! The operator's commands for results on the command line: tables, leaderboards, and what was set
//! aside. They hear of the environment only where the stores are.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::storage::{FolderArgs, StorageArgs, TableArgs};
use super::valkey::{self, ValkeyArgs};
use super::{ConfigError, Storage};
use crate::ids::PlayerId;
use crate::operator::{Boards, HistoryOrder, KeysOrder, OutboxOrder, Place, Recorded, TablesOrder};
use crate::results::{DynamoSettings, OutboxId};

const EXIT_CODES: &str = "Exit code: 0 done; 1 refused, or not found; 2 bad settings, or a store \
    cannot be reached or relied on.";

/// What can be done with the tables.
#[derive(Debug, Args)]
pub struct TablesArgs {
    #[command(subcommand)]
    what: TablesCommand,
}

#[derive(Debug, Subcommand)]
enum TablesCommand {
    /// Make the tables that are missing, and wait until they can be used.
    #[command(after_help = EXIT_CODES)]
    Create(TableArgs),
    /// Look whether the tables are there, have the right keys, and may be looked at.
    #[command(after_help = EXIT_CODES)]
    Check(TableArgs),
}

impl TablesArgs {
    /// Which tables, and what is to be done with them. From `DYNAMODB_TABLE_PREFIX`; region, endpoint
    /// and credentials from AWS's own variables.
    ///
    /// # Errors
    /// When the prefix cannot be one.
    pub fn order(self) -> Result<(DynamoSettings, TablesOrder), ConfigError> {
        let (args, order) = match self.what {
            TablesCommand::Create(args) => (args, TablesOrder::Create),
            TablesCommand::Check(args) => (args, TablesOrder::Check),
        };
        Ok((args.settings()?, order))
    }
}

/// What can be done with the leaderboards.
#[derive(Debug, Args)]
pub struct LeaderboardArgs {
    #[command(subcommand)]
    what: LeaderboardCommand,
}

#[derive(Debug, Subcommand)]
enum LeaderboardCommand {
    /// Build the leaderboards from the results. Servers do so themselves when they come back empty.
    #[command(after_help = EXIT_CODES)]
    Rebuild {
        #[command(flatten)]
        storage: StorageArgs,
        #[command(flatten)]
        valkey: ValkeyArgs,
    },
}

impl LeaderboardArgs {
    /// Where results and leaderboards are. From `RESULTS` and the variables it needs, `VALKEY_URL`
    /// and `DATA_DIR`.
    ///
    /// # Errors
    /// When a setting cannot be used.
    pub fn boards(self) -> Result<Boards, ConfigError> {
        let LeaderboardCommand::Rebuild { storage, valkey } = self.what;
        let storage = Storage::new(storage)?;
        let shown = storage.boards_db();
        let place = match valkey::settings(valkey)? {
            Some(settings) => Place::Shared(settings),
            None => Place::Here(storage.data_dir),
        };
        Ok(Boards { tables: storage.dynamodb, file: storage.results_db, shown, place })
    }
}

/// What can be done with the session keys.
#[derive(Debug, Args)]
pub struct KeysArgs {
    #[command(subcommand)]
    what: KeysCommand,
}

#[derive(Debug, Subcommand)]
enum KeysCommand {
    /// Make a file with one key.
    #[command(after_help = EXIT_CODES)]
    Create(KeysFile),
    /// Begin to sign with a new key; those before it verify for as long as their tokens may be good.
    #[command(after_help = EXIT_CODES)]
    Rotate {
        #[command(flatten)]
        file: KeysFile,
        /// Not yet: add it as the last one, for all pods to learn of it. The next rotation puts it first
        #[arg(long)]
        announce: bool,
    },
    /// Say which keys there are, and what they do.
    #[command(after_help = EXIT_CODES)]
    List(KeysFile),
}

/// Which file.
#[derive(Debug, Args)]
struct KeysFile {
    /// The file with the session keys. Servers read it again when it changes
    #[arg(long, env = "SESSION_KEYS_FILE")]
    file: PathBuf,
}

impl KeysArgs {
    /// The file, and what is to be done with it. From `SESSION_KEYS_FILE`.
    pub fn order(self) -> (PathBuf, KeysOrder) {
        match self.what {
            KeysCommand::Create(KeysFile { file }) => (file, KeysOrder::Create),
            KeysCommand::Rotate { file: KeysFile { file }, announce } => {
                (file, KeysOrder::Rotate { announce })
            }
            KeysCommand::List(KeysFile { file }) => (file, KeysOrder::List),
        }
    }
}

/// Whose games are shown.
#[derive(Debug, Args)]
pub struct HistoryArgs {
    /// The player.
    id: PlayerId,
    /// The newest games, 1 to 10000
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    limit: u32,
    /// Print one JSON array
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    storage: StorageArgs,
}

impl HistoryArgs {
    /// Where results are, and what is asked of them. From `RESULTS` and the variables it needs.
    ///
    /// # Errors
    /// When a setting cannot be used.
    pub fn order(self) -> Result<(Recorded, HistoryOrder), ConfigError> {
        let Self { id, limit, json, storage } = self;
        let storage = Storage::new(storage)?;
        let recorded = match storage.dynamodb {
            Some(tables) => Recorded::Tables(tables),
            None => Recorded::File(storage.results_db),
        };
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        Ok((recorded, HistoryOrder { player: id, limit, json }))
    }
}

/// What can be done with finished games that were set aside.
#[derive(Debug, Args)]
pub struct OutboxArgs {
    #[command(subcommand)]
    what: OutboxCommand,
}

#[derive(Debug, Subcommand)]
enum OutboxCommand {
    /// List finished games that nobody could record, the oldest first, and why.
    #[command(after_help = EXIT_CODES)]
    List {
        /// The most entries, 1 to 100000
        #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100_000))]
        limit: u32,
        /// Print one JSON array, records included; times are in milliseconds
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: PlaceArgs,
    },
    /// Put finished games that were set aside back into the outbox, to be recorded.
    #[command(after_help = EXIT_CODES)]
    Retry {
        /// Which ones, as `outbox list` shows them
        #[arg(value_name = "ID", required_unless_present = "all", conflicts_with = "all")]
        ids: Vec<OutboxId>,
        /// All of them
        #[arg(long)]
        all: bool,
        #[command(flatten)]
        place: PlaceArgs,
    },
}

#[derive(Debug, Args)]
struct PlaceArgs {
    #[command(flatten)]
    folder: FolderArgs,
    #[command(flatten)]
    valkey: ValkeyArgs,
}

impl PlaceArgs {
    fn place(self) -> Result<Place, ConfigError> {
        Ok(match valkey::settings(self.valkey)? {
            Some(settings) => Place::Shared(settings),
            None => Place::Here(self.folder.data_dir),
        })
    }
}

impl OutboxArgs {
    /// Where the outbox is, and what is to be done. From `VALKEY_URL` and `DATA_DIR`.
    ///
    /// # Errors
    /// When a setting cannot be used.
    pub fn order(self) -> Result<(Place, OutboxOrder), ConfigError> {
        match self.what {
            OutboxCommand::List { limit, json, place } => {
                let limit = usize::try_from(limit).unwrap_or(usize::MAX);
                Ok((place.place()?, OutboxOrder::List { limit, json }))
            }
            OutboxCommand::Retry { all: true, place, .. } => {
                Ok((place.place()?, OutboxOrder::RetryAll))
            }
            OutboxCommand::Retry { ids, place, .. } => {
                Ok((place.place()?, OutboxOrder::Retry(ids)))
            }
        }
    }
}
