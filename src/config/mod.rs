//! Configuration: one struct per concern, read from the environment and checked at start.
//!
//! Nothing outside this folder reads the environment. A value that cannot be used refuses the start
//! and names the variable.

mod cli;
mod contact;
mod game;
mod logs;
mod operator;
mod providers;
mod public_url;
mod seconds;
mod secret;
mod secrets_manager;
mod server;
mod sessions;
mod storage;
#[cfg(test)]
pub(crate) mod tests;
mod upkeep;
mod valkey;

use std::path::PathBuf;

pub use cli::{Cli, Command, ServeArgs};
pub use contact::Contact;
pub use game::Game;
pub use logs::{LogFormat, Logs};
pub use operator::{Errand, PlayerArgs, RoomArgs, StatusArgs};
pub use providers::Providers;
pub use public_url::{BadPublicUrl, PublicUrl};
pub use server::Server;
pub use sessions::{Keys, Sessions};
pub use storage::Storage;
pub use upkeep::{HistoryArgs, KeysArgs, LeaderboardArgs, OutboxArgs, TablesArgs};

use crate::cluster::ValkeySettings;

/// Everything the server is told from outside.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where it listens, and who may talk to it.
    pub server: Server,
    /// Where it keeps what must last.
    pub storage: Storage,
    /// The Valkey that all pods share; `None` when this server runs alone. From `VALKEY_URL`.
    pub valkey: Option<ValkeySettings>,
    /// The keys that sign sessions.
    pub sessions: Sessions,
    /// Who may vouch for players.
    pub providers: Providers,
    /// The numbers of the game.
    pub game: Game,
    /// What is logged and traced, and where to.
    pub logs: Logs,
}

/// Why the server refuses to start with these settings.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// Two settings cannot both be meant.
    #[error("{0} and {1} contradict each other: {2}")]
    Contradiction(&'static str, &'static str, &'static str),
    /// A setting makes sense only with another one.
    #[error("{0} needs {1}: {2}")]
    Needs(&'static str, &'static str, &'static str),
    /// The file that a variable names cannot be read.
    #[error("{variable} names {path}, which cannot be read: {source}")]
    Unreadable {
        /// The variable.
        variable: &'static str,
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The value is no value for this variable.
    #[error("{variable}: {why}")]
    Invalid {
        /// The variable.
        variable: &'static str,
        /// What is wrong with it.
        why: String,
    },
}

impl Config {
    /// Checks what the command line and the environment say, and fills in what depends on other
    /// settings.
    pub fn new(args: ServeArgs) -> Result<Self, ConfigError> {
        let storage = Storage::new(args.storage)?;
        let sessions = Sessions::new(args.sessions)?;
        let valkey = valkey::settings(args.valkey)?;
        valkey::agree(valkey.as_ref(), &sessions, &storage)?;
        Ok(Self {
            server: Server::new(args.server)?,
            storage,
            valkey,
            sessions,
            providers: Providers::new(args.providers)?,
            game: Game::new(args.game)?,
            logs: Logs::new(args.logs)?,
        })
    }
}
