//! Rooms hosted on another pod, and players served by another pod.
//!
//! ```text
//!   pod of the player                             pod of the room
//!   Session → RemoteRoom ── bus ──► Switchboard → GameRoom
//!   Session ← RemoteRoom ◄── bus ── Courier     ← GameRoom
//! ```
//!
//! To a Session a [`RemoteRoom`] is a room, to a room a [`Courier`] is a Session; neither knows of
//! the bus. Nothing here is the truth: what gets lost is found by the next attach.

mod courier;
mod room;
mod switchboard;
mod vitals;

use actix::Message;

use crate::cluster::MatchMade;
use crate::ids::{Epoch, Generation, PlayerId, PodId, RoomId};

use courier::Courier;
use room::FromHost;

pub use room::RemoteRoom;
pub use switchboard::Switchboard;
pub use vitals::{SUSPECT_AFTER, Vitals};

/// Where a room is hosted, as the store said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Whereabouts {
    /// The room.
    pub room: RoomId,
    /// Its host.
    pub host: PodId,
    /// The epoch in which it is.
    pub epoch: Epoch,
}

/// To the manager: something another pod said. Each is a hint with a poll behind it.
#[derive(Clone, Debug, Message)]
#[rtype(result = "()")]
pub enum Hint {
    /// A match was made somewhere.
    MatchMade(MatchMade),
    /// A player has a newer connection on another pod.
    Replaced {
        /// The player.
        player: PlayerId,
        /// The number of the newer connection.
        generation: Generation,
    },
}
