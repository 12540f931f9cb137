//! Every key and channel in Valkey: the only place that spells them.
//!
//! All start with one prefix. What one script touches carries one hash tag, so that it lies in one
//! slot of a cluster: `{mm}` for matchmaking, `{r0}` to `{r15}` for rooms by partition.

use std::fmt::Display;
use std::sync::Arc;

use crate::ids::{PlayerId, PodId, RoomId};
use crate::leaderboard::Period;

/// Partitions of the rooms.
pub(crate) const PARTITIONS: u8 = 16;

/// The prefix of all keys and channels.
pub(crate) const PREFIX: &str = "overcookied";

/// One of the [`PARTITIONS`] in which rooms and their outbox lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Partition(u8);

impl Partition {
    /// The partition of a room, from the last bits of its id.
    pub(crate) fn of(room: RoomId) -> Self {
        Self(room.as_uuid().as_bytes()[15] % PARTITIONS)
    }

    /// All of them.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        (0..PARTITIONS).map(Self)
    }

    /// The partition with that number, if there is one.
    pub(crate) fn numbered(number: u8) -> Option<Self> {
        (number < PARTITIONS).then_some(Self(number))
    }

    /// Its number.
    pub(crate) fn number(self) -> u8 {
        self.0
    }
}

/// Spells keys and channels with one prefix.
#[derive(Clone, Debug)]
pub(crate) struct Keys {
    prefix: Arc<str>,
}

impl Keys {
    pub(crate) fn new(prefix: &str) -> Self {
        Self { prefix: prefix.into() }
    }

    /// Hash: a room, its snapshot and who hosts it.
    pub(crate) fn room(&self, room: RoomId) -> String {
        format!("{}:{{r{}}}:room:{room}", self.prefix, Partition::of(room).0)
    }

    /// Set: the rooms of a partition that have not ended.
    pub(crate) fn open(&self, partition: Partition) -> String {
        format!("{}:{{r{}}}:open", self.prefix, partition.0)
    }

    /// Stream: finished games of a partition that wait to be recorded.
    pub(crate) fn outbox(&self, partition: Partition) -> String {
        format!("{}:{{r{}}}:outbox", self.prefix, partition.0)
    }

    /// Stream: entries of the outbox that nobody could read.
    pub(crate) fn aside(&self, partition: Partition) -> String {
        format!("{}:{{r{}}}:aside", self.prefix, partition.0)
    }

    /// Hash: the last heartbeat of a pod.
    pub(crate) fn pod(&self, pod: PodId) -> String {
        self.plain("pod", pod)
    }

    /// Sorted set: pods by their last heartbeat.
    pub(crate) fn pods(&self) -> String {
        self.matching("pods")
    }

    /// Hash: generation, pod and last room of a player.
    pub(crate) fn player(&self, player: PlayerId) -> String {
        self.plain("player", player)
    }

    /// Hash: connections of a client address by pod.
    pub(crate) fn door(&self, address: &str) -> String {
        self.plain("door", address)
    }

    /// Sorted set: sessions that are over, by when that was kept.
    pub(crate) fn sign_outs(&self) -> String {
        format!("{}:sign_outs", self.prefix)
    }

    /// Sorted set: players who wait for a game, by when they joined.
    pub(crate) fn queue(&self, game: &str) -> String {
        format!("{}:{{mm}}:queue:{game}", self.prefix)
    }

    /// Hash: the tickets of waiting players.
    pub(crate) fn tickets(&self) -> String {
        self.matching("tickets")
    }

    /// String: who is matching for a game right now.
    pub(crate) fn lock(&self, game: &str) -> String {
        format!("{}:{{mm}}:lock:{game}", self.prefix)
    }

    /// Hash: the room that a player sits in.
    pub(crate) fn seated(&self) -> String {
        self.matching("seated")
    }

    /// Hash: founding records by room.
    pub(crate) fn matches(&self) -> String {
        self.matching("matches")
    }

    /// Sorted set: the places of a leaderboard, best first.
    pub(crate) fn places(&self, period: Period) -> String {
        format!("{}:{{lb}}:places:{}", self.prefix, period.number())
    }

    /// Hash: the standings of a leaderboard.
    pub(crate) fn standings(&self, period: Period) -> String {
        format!("{}:{{lb}}:standings:{}", self.prefix, period.number())
    }

    /// String: the leaderboards have everything that was recorded.
    pub(crate) fn boards_are_whole(&self) -> String {
        format!("{}:{{lb}}:whole", self.prefix)
    }

    /// String: who is building the leaderboards.
    pub(crate) fn boards_are_built(&self) -> String {
        format!("{}:{{lb}}:building", self.prefix)
    }

    /// Channel: a match was made.
    pub(crate) fn match_notify(&self) -> String {
        format!("{}:match:notify", self.prefix)
    }

    /// Channel: the inbox of a pod.
    pub(crate) fn inbox(&self, pod: PodId) -> String {
        format!("{}:game:events:{pod}", self.prefix)
    }

    fn matching(&self, name: &str) -> String {
        format!("{}:{{mm}}:{name}", self.prefix)
    }

    fn plain(&self, kind: &str, id: impl Display) -> String {
        format!("{}:{kind}:{id}", self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_spelled_as_operators_know_them() {
        let keys = Keys::new(PREFIX);
        let id = "6fa459ea-ee8a-4ca4-894e-db77e160355e";
        let room: RoomId = id.parse().unwrap();
        let pod: PodId = id.parse().unwrap();
        assert_eq!(keys.room(room), format!("overcookied:{{r14}}:room:{id}"));
        assert_eq!(keys.open(Partition::of(room)), "overcookied:{r14}:open");
        assert_eq!(keys.outbox(Partition::of(room)), "overcookied:{r14}:outbox");
        assert_eq!(keys.pod(pod), format!("overcookied:pod:{id}"));
        assert_eq!(keys.queue("cookie"), "overcookied:{mm}:queue:cookie");
        assert_eq!(keys.match_notify(), "overcookied:match:notify");
        assert_eq!(keys.inbox(pod), format!("overcookied:game:events:{id}"));
    }
}
