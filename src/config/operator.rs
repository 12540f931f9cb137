//! The operator's commands on the command line. All work on the Valkey that many pods share, and
//! hear of the environment only where that is.

use clap::{Args, Subcommand};

use super::valkey::{self, ValkeyArgs};
use super::{ConfigError, ValkeySettings};
use crate::ids::{PlayerId, RoomId};
use crate::operator::Order;

/// What the help of each command ends with.
pub(super) const EXIT_CODES: &str = "Exit code: 0 done; 1 refused, or not found; 2 bad settings, \
    or the Valkey cannot be reached within about 5 seconds or relied on.";

/// The options of `status`.
#[derive(Debug, Args)]
pub struct StatusArgs {
    /// Print one JSON object instead of tables; times are in milliseconds
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    valkey: ValkeyArgs,
}

/// What can be done with a room.
#[derive(Debug, Args)]
pub struct RoomArgs {
    #[command(subcommand)]
    what: RoomOrder,
}

#[derive(Debug, Subcommand)]
enum RoomOrder {
    /// Show a room as it was committed last: host, epoch, version, who sits where, the snapshot.
    #[command(after_help = EXIT_CODES)]
    Show {
        /// The room, which the results call gameId.
        id: RoomId,
        /// Print one JSON object; times are in milliseconds
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        valkey: ValkeyArgs,
    },
    /// End a game as void, whoever hosts it: its players are told, and free to play again.
    #[command(after_help = EXIT_CODES)]
    End {
        /// The room, which the results call gameId.
        id: RoomId,
        #[command(flatten)]
        valkey: ValkeyArgs,
    },
}

/// What can be done for a player.
#[derive(Debug, Args)]
pub struct PlayerArgs {
    #[command(subcommand)]
    what: PlayerOrder,
}

#[derive(Debug, Subcommand)]
enum PlayerOrder {
    /// End all sessions of a player: sockets are closed, and one has to sign in again.
    #[command(after_help = EXIT_CODES)]
    SignOut {
        /// The player.
        id: PlayerId,
        #[command(flatten)]
        valkey: ValkeyArgs,
    },
    /// Free a player's seat in a room that has ended or is gone. Refused while the room lives.
    #[command(after_help = EXIT_CODES)]
    Free {
        /// The player.
        id: PlayerId,
        #[command(flatten)]
        valkey: ValkeyArgs,
    },
}

/// What an operator asks for, and of which pods.
#[derive(Debug)]
pub struct Errand {
    /// What is to be done.
    pub order: Order,
    valkey: ValkeyArgs,
}

impl Errand {
    /// The Valkey that the pods share. From `VALKEY_URL` (or the file that `VALKEY_URL_FILE` names),
    /// `VALKEY_CA_FILE` and `VALKEY_WAIT_REPLICAS`.
    ///
    /// # Errors
    /// When there is none, or a setting cannot be used.
    pub fn valkey(self) -> Result<ValkeySettings, ConfigError> {
        let alone = "it is for many pods that share a Valkey; a server that runs alone keeps \
            everything in DATA_DIR, for itself";
        valkey::settings(self.valkey)?.ok_or(ConfigError::Needs(
            "this command",
            "VALKEY_URL",
            alone,
        ))
    }
}

impl From<StatusArgs> for Errand {
    fn from(StatusArgs { json, valkey }: StatusArgs) -> Self {
        Self { order: Order::Status { json }, valkey }
    }
}

impl From<RoomArgs> for Errand {
    fn from(RoomArgs { what }: RoomArgs) -> Self {
        match what {
            RoomOrder::Show { id, json, valkey } => {
                Self { order: Order::ShowRoom { room: id, json }, valkey }
            }
            RoomOrder::End { id, valkey } => Self { order: Order::EndRoom { room: id }, valkey },
        }
    }
}

impl From<PlayerArgs> for Errand {
    fn from(PlayerArgs { what }: PlayerArgs) -> Self {
        match what {
            PlayerOrder::SignOut { id, valkey } => {
                Self { order: Order::SignOutPlayer { player: id }, valkey }
            }
            PlayerOrder::Free { id, valkey } => {
                Self { order: Order::FreePlayer { player: id }, valkey }
            }
        }
    }
}
