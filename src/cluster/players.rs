//! The directory of players: the port that knows each player's newest connection and last room.

use super::{Answer, Unavailable};
use crate::ids::{Generation, PlayerId, PodId, RoomId};

/// What a new connection of a player learns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// The number of this connection, above those of all before.
    pub generation: Generation,
    /// The room the player sits in, or whose end the player has not left behind by joining a queue.
    pub last_room: Option<RoomId>,
    /// The pod that served the connection before, if that is known.
    pub pod_before: Option<PodId>,
}

/// The directory of players. An entry lives for 30 minutes after it was last touched.
pub trait Players: Send + Sync {
    /// Counts a new connection of a player, to this pod.
    fn arrive(&self, player: PlayerId, pod: PodId) -> Answer<Arrival, Unavailable>;

    /// The newest connection of each of these players, and keeps their entries. Players without an
    /// entry are missing in the answer, and all of them in the answer of a store that one pod alone
    /// uses, which knows its own connections.
    fn newest(&self, players: Vec<PlayerId>) -> Answer<Vec<(PlayerId, Generation)>, Unavailable>;

    /// Notes the room that these players sit in.
    fn seated(&self, room: RoomId, players: Vec<PlayerId>) -> Answer<(), Unavailable>;

    /// Forgets the last room, if it is still this one.
    fn leave_behind(&self, player: PlayerId, room: RoomId) -> Answer<(), Unavailable>;
}
