//! The directory of players: the port that knows each player's newest connection and last room.

use super::{Answer, Unavailable};
use crate::ids::{Generation, PlayerId, RoomId};

/// What a new connection of a player learns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// The number of this connection, above those of all before.
    pub generation: Generation,
    /// The room the player sits in, or whose end the player has not left behind by joining a queue.
    pub last_room: Option<RoomId>,
}

/// The directory of players. An entry lives for 30 minutes after it was last touched.
pub trait Players: Send + Sync {
    /// Counts a new connection of a player.
    fn arrive(&self, player: PlayerId) -> Answer<Arrival, Unavailable>;

    /// Notes the room that these players sit in.
    fn seated(&self, room: RoomId, players: Vec<PlayerId>) -> Answer<(), Unavailable>;

    /// Forgets the last room, if it is still this one.
    fn leave_behind(&self, player: PlayerId, room: RoomId) -> Answer<(), Unavailable>;
}
