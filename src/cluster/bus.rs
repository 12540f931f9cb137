//! The bus between pods: the port that carries commands to rooms hosted elsewhere, and back what
//! their players are told.
//!
//! At most once, and a hint: whatever gets lost here is found by a poll. Sending never waits. What
//! arrives is given to an [`Inbox`] in the order in which one pod sent it.

use bytestring::ByteString;
use serde::{Deserialize, Serialize};

use crate::ids::{ConnectionId, Generation, PlayerId, PodId, RoomId, Version};

/// The format of bus messages that this program writes.
pub const BUS_FORMAT: u32 = 1;

/// The formats of bus messages that this program reads.
pub const BUS_READABLE: &[u32] = &[BUS_FORMAT];

/// One message from pod to pod.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum BusMessage {
    /// To the host: a connection is there. Answered at once by [`Heard`](Self::Heard) or
    /// [`NotHere`](Self::NotHere), whatever else the room says to it.
    #[serde(rename_all = "camelCase")]
    Attach {
        /// The room.
        room: RoomId,
        /// Whose connection.
        player: PlayerId,
        /// The connection.
        connection: ConnectionId,
        /// Its number.
        generation: Generation,
        /// The last version it was sent.
        seen: Option<Version>,
    },
    /// To the host: a player does something.
    #[serde(rename_all = "camelCase")]
    Input {
        /// The room.
        room: RoomId,
        /// Who.
        player: PlayerId,
        /// By which connection.
        generation: Generation,
        /// Which of the player's inputs; `None`: the next one.
        n: Option<u32>,
        /// The message type of the client.
        kind: String,
        /// The payload, for the rules to read.
        payload: String,
    },
    /// To the host: a player gives up.
    Quit {
        /// The room.
        room: RoomId,
        /// Who.
        player: PlayerId,
        /// By which connection.
        generation: Generation,
    },
    /// To the host: a connection has ended.
    Detach {
        /// The room.
        room: RoomId,
        /// Whose.
        player: PlayerId,
        /// Which.
        connection: ConnectionId,
    },
    /// From the host: it lives, and hosts the room.
    Heard {
        /// The room.
        room: RoomId,
    },
    /// From a pod that was taken for the host: it does not host the room, or not yet.
    NotHere {
        /// The room.
        room: RoomId,
    },
    /// From the host: frames for a connection.
    Delivery {
        /// The room.
        room: RoomId,
        /// The connection.
        connection: ConnectionId,
        /// Frames, ready to be written.
        frames: Vec<ByteString>,
        /// How things stand after them.
        progress: Progress,
    },
    /// To the pod that served a player before: a newer connection has come.
    Replaced {
        /// The player.
        player: PlayerId,
        /// The number of the newer connection.
        generation: Generation,
    },
}

/// How a Session stands with its room after a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Progress {
    /// It has the state as of a commit, by a `GAME_START`.
    Started {
        /// The commit.
        version: Version,
    },
    /// It has seen the state as of a commit, if it had one to begin with: what is newer than a
    /// `GAME_START` that got lost does not stand for it.
    Reached {
        /// The commit.
        version: Version,
    },
    /// Nothing changes.
    Same,
    /// The game is over and has been told.
    Over,
    /// This room is not hosted there any more: ask the manager where it is.
    Moved,
    /// A newer connection of the player has the seat: close.
    Replaced,
    /// This pod cannot serve the room, but another may: close, to be opened there.
    Elsewhere,
}

/// Told to every pod: a match was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MatchMade {
    /// The room to be.
    pub room: RoomId,
    /// Who sits in it.
    pub players: Vec<PlayerId>,
}

/// Takes what arrives from other pods. Must not wait.
pub trait Inbox: Send + Sync {
    /// A message for this pod.
    fn receive(&self, from: PodId, message: BusMessage);

    /// A match was made somewhere.
    fn announced(&self, made: MatchMade);
}

/// The bus, as one pod sees it.
pub trait Bus: Send + Sync {
    /// Sends a message to the inbox of a pod. It may get lost; a full queue drops it and counts.
    fn send(&self, to: PodId, message: BusMessage);

    /// Tells every pod, this one included, that a match was made.
    fn announce(&self, made: MatchMade);
}
