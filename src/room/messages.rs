//! What rooms are told, by whom, and what they tell.

use actix::{Message, Recipient};
use bytestring::ByteString;
use tokio::time::Instant;

use crate::cluster::Progress;
use crate::ids::{ConnectionId, Epoch, Generation, PlayerId, RoomId, Version};

/// What a Session, or the manager, wants of a room.
#[derive(Clone, Debug, Message)]
#[rtype(result = "()")]
pub enum RoomCommand {
    /// From a Session, when it sits down and once a second after that.
    Attach(Attach),
    /// From a Session: its player does something.
    Input(SeatInput),
    /// From a Session: its player gives up.
    Quit {
        /// Who.
        player: PlayerId,
        /// By which connection.
        generation: Generation,
    },
    /// From a Session that ends. Without it the seat is found empty two seconds later.
    Detach {
        /// Whose.
        player: PlayerId,
        /// Which connection.
        connection: ConnectionId,
    },
    /// From the manager: commit, give the room up and stop. Part of the drain.
    Release,
}

/// A connection says that it is there, and how much it has seen.
#[derive(Clone, Debug)]
pub struct Attach {
    /// Who.
    pub player: PlayerId,
    /// Which connection.
    pub connection: ConnectionId,
    /// The number of the connection.
    pub generation: Generation,
    /// The last version it was sent; `None`: it waits for a `GAME_START`.
    pub seen: Option<Version>,
    /// The way back.
    pub to: Recipient<Delivery>,
}

/// An input of a player.
#[derive(Clone, Debug)]
pub struct SeatInput {
    /// Who.
    pub player: PlayerId,
    /// By which connection.
    pub generation: Generation,
    /// Which of the player's inputs in this game. `None`: the next one, whichever that is.
    pub n: Option<u32>,
    /// The message type.
    pub kind: &'static str,
    /// The payload, for the rules to read.
    pub payload: String,
}

/// What a room sends to a Session: frames to write, and what they mean to the Session itself.
#[derive(Clone, Debug, Message)]
#[rtype(result = "()")]
pub struct Delivery {
    /// From which room.
    pub room: RoomId,
    /// To which connection.
    pub connection: ConnectionId,
    /// Frames, ready to be written.
    pub frames: Vec<ByteString>,
    /// How things stand after them.
    pub progress: Progress,
}

/// To the manager: a room has stopped by itself. A room that stops without it has panicked.
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "()")]
pub struct RoomStopped {
    /// Which room.
    pub room: RoomId,
    /// Why.
    pub why: Stopped,
}

/// Why a room stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// Its game is over.
    Ended,
    /// Another pod hosts it.
    Fenced,
    /// It was given up, as the drain wanted.
    Released,
    /// It was hosted elsewhere, and is not any more in that epoch, or nobody here needs it.
    Moved(Epoch),
    /// It is hosted elsewhere, in that epoch, and its host looks dead.
    Suspected {
        /// The epoch of the suspected host.
        epoch: Epoch,
        /// What makes it suspect.
        why: &'static str,
        /// Since when players have waited for it.
        since: Instant,
    },
}
