//! Rooms in Valkey: one script a call, with the rules of `cluster/fencing.rs`.

use std::time::Duration;

use futures_util::FutureExt;
use redis::Value;

use super::ValkeyStore;
use super::call::Call;
use super::keys::Partition;
use super::reply::{BadReply, Reply};
use super::scripts;
use crate::cluster::{
    Answer, ClaimError, Claimed, Commit, CommitError, KEEP_ENDED, NewRoom, Rooms, StoredRoom,
    Unavailable,
};
use crate::ids::{BySeat, Epoch, PlayerId, PodId, RoomId, Version};
use crate::results::RECORD_FORMAT;

/// Open rooms of a partition that are named at a time.
const OPEN_AT_ONCE: u64 = 64;

/// The largest number that scripts count exactly.
const EXACT: u64 = 1 << 53;

impl Rooms for ValkeyStore {
    fn found(&self, room: NewRoom) -> Answer<bool, Unavailable> {
        let store = self.clone();
        async move {
            let player = |player: Option<PlayerId>| player.map(|id| id.to_string());
            let call = Call::script(&scripts::FOUND)
                .key(store.valkey.keys().room(room.id))
                .key(store.valkey.keys().open(Partition::of(room.id)))
                .arg(room.host.to_string())
                .number(exact(room.epoch.0)?)
                .number(exact(room.version.0)?)
                .arg(player(room.players.p1).unwrap_or_default())
                .arg(player(room.players.p2).unwrap_or_default())
                .number(room.format.into())
                .arg(&room.snapshot)
                .arg(room.id.to_string());
            let founded: u8 =
                Reply::some("found", store.valkey.run(call).await?)?.parse("answer")?;
            Ok(founded == 1)
        }
        .boxed()
    }

    fn commit(&self, commit: Commit) -> Answer<(), CommitError> {
        let store = self.clone();
        async move {
            let record = commit.finished.as_ref().map(serde_json::to_string).transpose();
            let record = record.map_err(|error| Unavailable(error.to_string()))?;
            let keys = store.valkey.keys();
            let call = Call::script(&scripts::COMMIT)
                .key(keys.room(commit.room))
                .key(keys.outbox(Partition::of(commit.room)))
                .key(keys.open(Partition::of(commit.room)))
                .arg(commit.host.to_string())
                .number(exact(commit.epoch.0)?)
                .number(exact(commit.version.0)?)
                .number(commit.format.into())
                .arg(&commit.snapshot)
                .arg(record.unwrap_or_default())
                .number(millis(KEEP_ENDED))
                .number(RECORD_FORMAT.into())
                .arg(commit.room.to_string());
            let done = store.valkey.run_and_wait(call).await?;
            judged(done.answer)?;
            Ok(done.confirmed?)
        }
        .boxed()
    }

    fn claim(
        &self,
        room: RoomId,
        host: PodId,
        seen: Epoch,
        formats: &'static [u32],
    ) -> Answer<Claimed, ClaimError> {
        let store = self.clone();
        async move {
            let call = Call::script(&scripts::CLAIM)
                .key(store.valkey.keys().room(room))
                .arg(host.to_string())
                .number(exact(seen.0)?);
            let call = formats.iter().fold(call, |call, format| call.number((*format).into()));
            let done = store.valkey.run_and_wait(call).await?;
            let claimed = claimed(done.answer)?;
            done.confirmed?;
            Ok(claimed)
        }
        .boxed()
    }

    fn release(&self, room: RoomId, host: PodId, epoch: Epoch) -> Answer<(), Unavailable> {
        let call = Call::script(&scripts::RELEASE)
            .key(self.valkey.keys().room(room))
            .arg(host.to_string())
            .number(epoch.0);
        self.send(call)
    }

    fn load(&self, room: RoomId) -> Answer<Option<StoredRoom>, Unavailable> {
        let store = self.clone();
        async move {
            match store.look_at(room).await? {
                Look::Absent => Ok(None),
                Look::Stored(stored) => Ok(Some(*stored)),
                Look::Damaged(why) => {
                    tracing::error!(%room, error = why, "a room is damaged");
                    Err(Unavailable(why))
                }
            }
        }
        .boxed()
    }

    fn some_open(&self) -> Answer<Vec<RoomId>, Unavailable> {
        let store = self.clone();
        async move { store.each(Partition::all().map(|partition| store.open_in(partition))).await }
            .boxed()
    }
}

/// What is found where a room should be.
#[derive(Clone, Debug)]
pub enum Look {
    /// Nothing.
    Absent,
    /// The room.
    Stored(Box<StoredRoom>),
    /// Something that no version of this program writes, and why it is none.
    Damaged(String),
}

impl ValkeyStore {
    /// Looks at a room, for who must tell damage from a store that is away.
    ///
    /// # Errors
    /// When the store does not answer, or the key is of another type.
    pub async fn look_at(&self, room: RoomId) -> Result<Look, Unavailable> {
        let call = Call::script(&scripts::LOAD).key(self.valkey.keys().room(room));
        let answer = self.valkey.run(call).await?;
        let read = Reply::read("load", answer).and_then(|reply| reply.map(stored).transpose());
        Ok(match read {
            Ok(None) => Look::Absent,
            Ok(Some(stored)) => Look::Stored(Box::new(stored)),
            Err(bad) => Look::Damaged(bad.to_string()),
        })
    }

    /// Some of the rooms that are listed as open, for who only wants to look: one that has left
    /// without its entry stays listed.
    ///
    /// # Errors
    /// When no part of the store answers.
    pub async fn some_listed(&self) -> Result<Vec<RoomId>, Unavailable> {
        self.each(Partition::all().map(|partition| self.listed_in(partition))).await
    }

    /// Drawn at random.
    async fn listed_in(&self, partition: Partition) -> Result<Vec<RoomId>, Unavailable> {
        let open = self.valkey.keys().open(partition);
        let call = Call::command("SRANDMEMBER").key(open).number(OPEN_AT_ONCE);
        let mut rooms = room_ids("SRANDMEMBER", self.valkey.run(call).await?)?;
        // Of another partition was not written by this program either.
        rooms.retain(|room| Partition::of(*room) == partition);
        Ok(rooms)
    }

    /// Some open rooms of one partition.
    async fn open_in(&self, partition: Partition) -> Result<Vec<RoomId>, Unavailable> {
        let drawn = self.listed_in(partition).await?;
        if drawn.is_empty() {
            return Ok(drawn);
        }
        let keys = self.valkey.keys();
        let mut call = Call::script(&scripts::OPEN).key(keys.open(partition));
        for room in drawn {
            call = call.key(keys.room(room)).arg(room.to_string());
        }
        room_ids("open", self.valkey.run(call).await?)
    }
}

/// What is no id was not written by this program, and is passed over.
fn room_ids(name: &'static str, answer: Value) -> Result<Vec<RoomId>, Unavailable> {
    let mut reply = Reply::some(name, answer)?;
    let mut rooms = Vec::with_capacity(reply.left());
    while reply.left() > 0 {
        rooms.extend(reply.maybe::<RoomId>("room").unwrap_or_default());
    }
    Ok(rooms)
}

fn exact(number: u64) -> Result<u64, Unavailable> {
    if number < EXACT { Ok(number) } else { Err(Unavailable(format!("{number} is too large"))) }
}

pub(super) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

fn judged(answer: Value) -> Result<(), CommitError> {
    let unclear = |bad: BadReply| CommitError::Unavailable(bad.into());
    let mut reply = Reply::some("commit", answer).map_err(unclear)?;
    match reply.text("answer").map_err(unclear)?.as_str() {
        "taken" | "overtaken" => Ok(()),
        "fenced" => Err(CommitError::Fenced),
        "missing" => Err(CommitError::Missing),
        _ => Err(unclear(reply.bad("answer"))),
    }
}

fn claimed(answer: Value) -> Result<Claimed, ClaimError> {
    let unclear = |bad: BadReply| ClaimError::Unavailable(bad.into());
    let mut reply = Reply::some("claim", answer).map_err(unclear)?;
    match reply.text("answer").map_err(unclear)?.as_str() {
        "claimed" => read_claimed(reply).map_err(unclear),
        "missing" => Err(ClaimError::Missing),
        "ended" => Err(ClaimError::Ended),
        "lost" => Err(ClaimError::Lost(Epoch(reply.parse("epoch").map_err(unclear)?))),
        "unreadable" => Err(ClaimError::Unreadable(reply.parse("format").map_err(unclear)?)),
        _ => Err(unclear(reply.bad("answer"))),
    }
}

fn read_claimed(mut reply: Reply) -> Result<Claimed, BadReply> {
    Ok(Claimed {
        epoch: Epoch(reply.parse("epoch")?),
        version: Version(reply.parse("version")?),
        format: reply.parse("format")?,
        snapshot: reply.bytes()?.ok_or_else(|| reply.bad("snapshot"))?,
    })
}

fn stored(mut reply: Reply) -> Result<StoredRoom, BadReply> {
    let host = reply.maybe("host")?;
    let epoch = Epoch(reply.parse("epoch")?);
    let version = Version(reply.parse("version")?);
    let format = reply.parse("format")?;
    let snapshot = reply.bytes()?.ok_or_else(|| reply.bad("snapshot"))?;
    let ended = reply.maybe::<u8>("end")?.is_some();
    let players = BySeat { p1: reply.maybe("player")?, p2: reply.maybe("player")? };
    let touched: u64 = reply.parse("time")?;
    let now: u64 = reply.parse("time")?;
    // A commit from the future must not keep a dead host alive: the clock has gone back.
    let idle = Some(Duration::from_millis(now.abs_diff(touched)));
    Ok(StoredRoom { host, epoch, version, format, snapshot, ended, players, idle })
}
