//! The operator's commands: how the pods stand, and how what is stuck comes to its end.
//!
//! They work on the stores that the servers use, beside the servers and also without any. Looking
//! changes nothing; ending and freeing follow the same rules as the pods do, so a living game is
//! never touched by halves. Nothing here hosts a room or sends a heartbeat.

mod history;
mod keys;
mod outbox;
mod player;
mod results;
mod room;
mod status;
#[cfg(test)]
mod tests;
mod text;

use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use tokio::time::timeout;

use crate::cluster::{
    Look, StoredRoom, Unavailable, Valkey, ValkeyError, ValkeySettings, ValkeyStore,
};
use crate::games::{Catalogue, Settings};
use crate::ids::{PlayerId, PodId, RoomId};
use crate::leaderboard::RebuildError;
use crate::matchmaking::{Noted, ValkeyMatchmaking};
use crate::results::{DynamoError, ResultsError};
use crate::room::{RoomState, snapshot};
use crate::sqlite::OpenError;

pub use history::{HistoryOrder, Recorded, history};
pub use keys::{KeysOrder, keys};
pub use outbox::{OutboxOrder, Place, outbox};
pub use results::{Boards, TablesOrder, rebuild_leaderboards, tables};

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Say how the pods stand.
    Status {
        /// As one JSON object.
        json: bool,
    },
    /// Show a room.
    ShowRoom {
        /// Which.
        room: RoomId,
        /// As one JSON object.
        json: bool,
    },
    /// End a game as void.
    EndRoom {
        /// Which.
        room: RoomId,
    },
    /// End all sessions of a player.
    SignOutPlayer {
        /// Whose.
        player: PlayerId,
    },
    /// Free a player's seat.
    FreePlayer {
        /// Whose.
        player: PlayerId,
    },
}

/// Why an order was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// It makes no sense here, or would do harm.
    #[error("{0}")]
    Refused(String),
    /// There is no Valkey that can be relied on.
    #[error("VALKEY_URL: {0}")]
    Unusable(#[from] ValkeyError),
    /// Valkey stopped answering on the way: what was asked for may have been done.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// The tables in DynamoDB are not as they should be, or may not be used.
    #[error(transparent)]
    Tables(#[from] DynamoError),
    /// The results cannot be read.
    #[error(transparent)]
    Results(#[from] ResultsError),
    /// Leaderboards were not built.
    #[error(transparent)]
    Rebuild(#[from] RebuildError),
    /// A file cannot be used.
    #[error(transparent)]
    File(#[from] OpenError),
    /// This machine cannot run it.
    #[error("cannot start: {0}")]
    Machine(#[from] std::io::Error),
}

impl Failure {
    /// The exit code of the program.
    pub fn code(&self) -> u8 {
        match self {
            Self::Refused(_)
            | Self::Tables(DynamoError::NoTable(_) | DynamoError::OtherTable { .. }) => 1,
            _ => 2,
        }
    }
}

/// How long an order may take once Valkey has answered. Walking through a hundred thousand rooms takes
/// a few seconds.
const PATIENCE: Duration = Duration::from_secs(60);

/// Does what an operator asks for, and prints what came of it. The exit code is that of
/// [`Failure::code`], or 0.
pub fn execute(work: impl Future<Output = Result<String, Failure>>) -> ExitCode {
    match run(work) {
        Ok(text) => {
            // A closed pipe is the reader's wish.
            let _ = std::io::stdout().write_all(text.as_bytes());
            ExitCode::SUCCESS
        }
        Err(failure) => {
            let _ = writeln!(std::io::stderr(), "overcookied: {failure}");
            ExitCode::from(failure.code())
        }
    }
}

fn run(work: impl Future<Output = Result<String, Failure>>) -> Result<String, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(work)
}

/// Carries out an order on the pods that share this Valkey.
///
/// # Errors
/// When it makes no sense, would do harm, or Valkey does not answer.
pub async fn on_pods(valkey: ValkeySettings, order: Order) -> Result<String, Failure> {
    let stores = Stores::new(Valkey::connect(valkey).await?);
    let done = timeout(PATIENCE, stores.carry_out(order)).await;
    done.unwrap_or_else(|_| Err(Unavailable(format!("not done in {PATIENCE:?}")).into()))
}

/// What the commands work with.
struct Stores {
    store: ValkeyStore,
    matchmaking: ValkeyMatchmaking,
    /// To read snapshots with: the numbers of a game are in them.
    catalogue: Catalogue,
}

impl Stores {
    fn new(valkey: Valkey) -> Self {
        // The name by which entries of the outbox would be taken, which nothing here does.
        let store = ValkeyStore::new(valkey.clone(), PodId::random());
        Self {
            store,
            matchmaking: ValkeyMatchmaking::new(valkey),
            catalogue: Catalogue::new(Settings::default()),
        }
    }

    async fn carry_out(&self, order: Order) -> Result<String, Failure> {
        match order {
            Order::Status { json } => status::show(self, json).await,
            Order::ShowRoom { room, json } => room::show(self, room, json).await,
            Order::EndRoom { room } => room::end(self, room).await,
            Order::SignOutPlayer { player } => player::sign_out(self, player).await,
            Order::FreePlayer { player } => player::free(self, player).await,
        }
    }

    /// A room that is in the store, or why there is none.
    async fn stored(&self, room: RoomId) -> Result<StoredRoom, Failure> {
        let why = match self.store.look_at(room).await? {
            Look::Stored(stored) => return Ok(*stored),
            Look::Damaged(why) => format!("room {room} is damaged in the store: {why}"),
            Look::Absent => match self.matchmaking.noted(room).await? {
                None => {
                    format!("there is no room {room}; one that has ended is kept for ten minutes")
                }
                Some(Noted::Record(record)) => format!(
                    "room {room} is not in the store: its founding record was written {} ago, and \
                     a pod founds it, or ends it as void after 30 s",
                    text::duration(record.age)
                ),
                Some(Noted::Unreadable { why, .. }) => format!(
                    "room {room} is not in the store, and its founding record cannot be read: {why}"
                ),
            },
        };
        Err(Failure::Refused(why))
    }

    /// The state in a snapshot, or why this program cannot read it.
    fn restore(&self, room: RoomId, stored: &StoredRoom) -> Result<RoomState, String> {
        let readable = snapshot::READABLE;
        if !readable.contains(&stored.format) {
            let reads = text::list(readable);
            return Err(format!(
                "its snapshot is in format {}, and this program reads {reads}",
                stored.format
            ));
        }
        RoomState::restore(room, &stored.snapshot, &self.catalogue)
            .map_err(|error| error.to_string())
    }
}
