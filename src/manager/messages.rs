//! What the manager is told, by whom, and what it tells Sessions.

use std::time::Duration;

use actix::{Message, Recipient};

use crate::cluster::OpenRoom;
use crate::ids::{ConnectionId, Generation, PlayerId, RoomId, Strength};
use crate::matchmaking::Profile;
use crate::protocol::{ErrorCode, ServerMsg};
use crate::room::RoomCommand;

/// From a Session that starts.
#[derive(Debug, Message)]
#[rtype(result = "Result<Welcome, Refusal>")]
pub struct Connect {
    /// The connection.
    pub connection: ConnectionId,
    /// Whose it is.
    pub player: Profile,
    /// The way back.
    pub notices: Recipient<Notice>,
}

/// A connection is known now.
#[derive(Clone, Copy, Debug)]
pub struct Welcome {
    /// The number of this connection of its player.
    pub generation: Generation,
    /// The game the player sits in, or whose end the player has not left behind.
    pub room: Option<RoomId>,
}

/// Why a connection cannot stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// A newer connection of the player was quicker.
    Replaced,
    /// This pod is going away.
    GoingAway,
    /// The directory of players does not answer: ask again.
    Unavailable {
        /// For how long this pod has been without the store.
        away: Duration,
    },
}

/// From a Session that ends.
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "()")]
pub struct Disconnect {
    /// The connection.
    pub connection: ConnectionId,
    /// Whose it was.
    pub player: PlayerId,
}

/// From a Session: its player wants something of the lobby. Answered by a [`Notice`].
#[derive(Clone, Debug, Message)]
#[rtype(result = "()")]
pub struct LobbyCommand {
    /// The connection.
    pub connection: ConnectionId,
    /// Whose it is.
    pub player: PlayerId,
    /// What.
    pub wish: Wish,
}

/// What a player may want of the lobby.
#[derive(Clone, Debug)]
pub enum Wish {
    /// Wait for an opponent.
    Join {
        /// For which game.
        game: String,
    },
    /// Stop waiting.
    Leave,
    /// Play against a bot.
    Practice {
        /// Which game.
        game: String,
        /// How well the bot plays.
        strength: Strength,
    },
}

/// From a Session that must find its room: at the start of a game, and whenever the room it knew
/// does not answer any more.
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "Result<Found, NotFound>")]
pub struct FindRoom {
    /// Which room.
    pub room: RoomId,
    /// For whom.
    pub player: PlayerId,
}

/// Where a room is.
#[derive(Clone, Debug)]
pub enum Found {
    /// It is live, here or elsewhere: attach to it by this.
    Live(Recipient<RoomCommand>),
    /// It has ended.
    Ended(Over),
}

/// The end of a room.
#[derive(Clone, Debug)]
pub struct Over {
    /// Its `GAME_OVER`.
    pub message: Box<ServerMsg>,
    /// How long ago that was, where the store knows.
    pub ago: Option<Duration>,
}

/// Why a room was not found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotFound {
    /// It is gone, or the player does not sit in it.
    Gone,
    /// This pod cannot host it, but another may.
    NotHere,
    /// Not now: the store does not answer, or this pod is going away. Ask again.
    Unavailable,
}

/// What the manager tells a Session.
#[derive(Clone, Debug, Message)]
#[rtype(result = "()")]
pub enum Notice {
    /// Pass this on to the player.
    Tell(ServerMsg),
    /// The player sits in this room: attach to it.
    Seated(RoomId),
    /// Another connection of the player took over: close.
    Replaced,
    /// This pod is going away: close.
    GoingAway,
}

impl Notice {
    /// Something the player said had no effect.
    pub(super) fn error(code: ErrorCode, message: &str) -> Self {
        Self::Tell(ServerMsg::Error { code, message: message.to_owned(), from: None })
    }
}

/// From the shutdown, while the balancer has yet to notice: take over no more rooms, and match nobody.
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "()")]
pub struct Withdraw;

/// From the shutdown: give every room up and close every connection. Answered when that is done.
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "()")]
pub struct Drain;

/// From the app at its start, on one machine: host these rooms, which are open in the store.
/// Answered with how many of them are hosted now.
#[derive(Clone, Debug, Message)]
#[rtype(result = "usize")]
pub struct Reopen(pub Vec<OpenRoom>);
