//! Matchmaking: the port that pairs waiting players, and its in-process side.
//!
//! Nobody is matched twice, nobody with himself, nobody is lost: pairing writes the founding record
//! and both seats in one step, renewing and leaving never create a ticket, and who sits in a room
//! is skipped. A reply that gets lost is found again by [`Matchmaking::seats_of`]. Nobody is matched
//! unawares either: a join may be done long after its caller has given up, so its ticket counts for
//! nothing until the pod that heard of it has renewed it.

mod memory;
#[cfg(test)]
mod tests;
mod valkey;

pub use memory::MemoryMatchmaking;
pub use valkey::{Noted, ValkeyMatchmaking};

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::cluster::{Answer, Unavailable};
use crate::ids::{BySeat, PlayerId, PodId, RoomId, Strength, TicketId};

/// A player as the opponent will see one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// The player.
    pub id: PlayerId,
    /// The name.
    pub name: String,
    /// The picture, if there is one.
    pub picture: Option<String>,
}

/// A player's place in the queue.
#[derive(Clone, Debug)]
pub struct Ticket {
    /// Its id: renewing and leaving name it, so that a late message cannot bring it back.
    pub id: TicketId,
    /// Who waits.
    pub player: Profile,
    /// For which game.
    pub game: String,
    /// The pod that serves the player.
    pub pod: PodId,
}

/// Who plays whom, before there is a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Founding {
    /// The room to be.
    pub room: RoomId,
    /// The kind of game.
    pub game: String,
    /// Who sits where.
    pub seats: BySeat<Founder>,
    /// The seed of all randomness of the game.
    pub seed: u64,
}

impl Founding {
    /// The players who are no bots.
    pub fn people(&self) -> impl Iterator<Item = PlayerId> {
        let person =
            |(_, founder): (_, &Founder)| founder.bot.is_none().then_some(founder.player.id);
        self.seats.iter().filter_map(person)
    }
}

/// One seat of a room to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Founder {
    /// The player.
    pub player: Profile,
    /// The strength, when the seat is a bot's.
    pub bot: Option<Strength>,
}

/// A founding record, and how old it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The record.
    pub founding: Founding,
    /// How long ago it was written, on the store's clock.
    pub age: Duration,
}

/// Where a walk through all founding records stands. Starts at the default; the walk is over when it
/// is the default again. Records that are there from beginning to end of a walk are seen at least
/// once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cursor(pub u64);

/// The answer to joining.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joined {
    /// The ticket is in the queue; so many players wait for that game.
    Queued {
        /// Players in the queue, this one included.
        waiting: u32,
    },
    /// The player sits in a room already.
    Seated(RoomId),
}

/// The answer to leaving.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// The ticket is gone, or was not there; so many players wait still.
    Left {
        /// Players in the queue.
        waiting: u32,
    },
    /// Too late: the player sits in a room.
    Seated(RoomId),
}

/// The matchmaking queue.
pub trait Matchmaking: Send + Sync {
    /// Puts a ticket into the queue. It is paired once it has been renewed, and dies without. A player
    /// who waits already keeps the place and takes the new ticket id.
    fn join(&self, ticket: Ticket) -> Answer<Joined, Unavailable>;

    /// Removes a ticket, if the player still holds this one.
    fn leave(&self, game: String, player: PlayerId, ticket: TicketId) -> Answer<Left, Unavailable>;

    /// Keeps tickets alive for two more seconds, and lets them be paired. Those that are gone stay
    /// gone; the answer names their players.
    fn renew(&self, tickets: Vec<(PlayerId, TicketId)>) -> Answer<Vec<PlayerId>, Unavailable>;

    /// Pairs the players who have waited longest, at most 20 pairs a call; skips and removes who
    /// is seated or whose ticket was not renewed for two seconds. Who has just joined is skipped until
    /// the ticket is renewed.
    fn pair(&self, game: String) -> Answer<Vec<Founding>, Unavailable>;

    /// Seats the players of a founding record at once, without the queue (a practice game, or a
    /// room found open at start). Their tickets are removed. `Some`: one of them sits in that room
    /// already, and nothing has changed.
    fn seat(&self, founding: Founding) -> Answer<Option<RoomId>, Unavailable>;

    /// Which of these players sit in a room.
    fn seats_of(&self, players: Vec<PlayerId>) -> Answer<Vec<(PlayerId, RoomId)>, Unavailable>;

    /// The founding record of a room.
    fn founding(&self, room: RoomId) -> Answer<Option<Founding>, Unavailable>;

    /// Whether a room has a founding record, and keeps it: a match may be seen before it is confirmed.
    fn confirm(&self, room: RoomId) -> Answer<bool, Unavailable>;

    /// Which of these rooms have no founding record.
    fn unrecorded(&self, rooms: Vec<RoomId>) -> Answer<Vec<RoomId>, Unavailable>;

    /// Some of the founding records, about 64 at a time, and where to go on.
    fn records(&self, from: Cursor) -> Answer<(Vec<Record>, Cursor), Unavailable>;

    /// The room has ended: deletes its founding record, the seats that still name it, and what is
    /// left of its players' tickets for them.
    fn free(&self, room: RoomId, players: Vec<PlayerId>) -> Answer<(), Unavailable>;
}
