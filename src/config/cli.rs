//! The command line: `overcookied [serve]`, with every environment variable as an option too.

use std::ffi::OsString;

use clap::builder::Resettable;
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};

use super::game::GameArgs;
use super::logs::LogArgs;
use super::operator::{EXIT_CODES, PlayerArgs, RoomArgs, StatusArgs};
use super::providers::ProviderArgs;
use super::server::ServerArgs;
use super::sessions::SessionArgs;
use super::storage::StorageArgs;
use super::upkeep::{HistoryArgs, KeysArgs, LeaderboardArgs, OutboxArgs, TablesArgs};
use super::valkey::ValkeyArgs;

/// An actor-based, real-time game server. Its first game is the cookie duel.
///
/// Without a command it serves the game. Each option can also be given as the environment variable
/// that stands in angle brackets behind it; an option on the command line wins.
#[derive(Debug, Parser)]
#[command(name = "overcookied", version, args_conflicts_with_subcommands = true)]
pub struct Cli {
    /// What to do; serving the game when absent.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The options of `serve`, which may be given without the word.
    #[command(flatten)]
    pub serve: ServeArgs,
}

/// What the program can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the game: pages, REST and WebSocket (the default).
    Serve(Box<ServeArgs>),
    /// Play duels over real sockets, and keep a ledger of every click.
    Swarm(crate::swarm::args::SwarmArgs),
    /// Say how the pods stand: who lives, rooms and their hosts, queue, outbox, seats, founding records.
    #[command(after_help = EXIT_CODES)]
    Status(StatusArgs),
    /// Look at a room of many pods, or end its game.
    Room(RoomArgs),
    /// End a player's sessions, or free a seat in a room that is no more.
    Player(PlayerArgs),
    /// Finished games that nobody could record: list them, or try them again.
    Outbox(OutboxArgs),
    /// The session keys: make them, rotate them, say which there are.
    Keys(KeysArgs),
    /// A player's games as they are recorded, and how regular the clicks were.
    #[command(after_help = EXIT_CODES)]
    History(HistoryArgs),
    /// Build the leaderboards from the results.
    Leaderboard(LeaderboardArgs),
    /// The tables of the results in DynamoDB: make them, or look whether they can be used.
    Tables(TablesArgs),
}

impl Cli {
    /// Reads the command line, program name first, and the environment. Where a command is named,
    /// its own options alone hear the environment: a load player starts whatever is set for a
    /// server.
    ///
    /// # Errors
    /// When clap refuses it, or was asked for help.
    pub fn read(args: impl IntoIterator<Item = OsString>) -> Result<Self, clap::Error> {
        let args: Vec<OsString> = args.into_iter().collect();
        let mut command = Self::command();
        let named = args.get(1).is_some_and(|word| command.find_subcommand(word).is_some());
        if named {
            command = command.mut_args(|arg| arg.env(Resettable::Reset));
        }
        Self::from_arg_matches(&command.try_get_matches_from(args)?)
    }

    /// The command, with the default filled in.
    pub fn into_command(self) -> Command {
        self.command.unwrap_or(Command::Serve(Box::new(self.serve)))
    }
}

/// The options of `serve`, as they were given.
#[derive(Debug, Args)]
pub struct ServeArgs {
    #[command(flatten)]
    pub(super) server: ServerArgs,
    #[command(flatten)]
    pub(super) storage: StorageArgs,
    #[command(flatten)]
    pub(super) valkey: ValkeyArgs,
    #[command(flatten)]
    pub(super) sessions: SessionArgs,
    #[command(flatten)]
    pub(super) providers: ProviderArgs,
    #[command(flatten)]
    pub(super) game: GameArgs,
    #[command(flatten)]
    pub(super) logs: LogArgs,
}
