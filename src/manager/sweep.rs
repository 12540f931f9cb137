//! The sweep: rooms that nobody asks for any more still come to an end.
//!
//! Every pod walks through the founding records, slice by slice. A room whose host has left is
//! hosted here; one that was never founded, because its pod died first, ends as void. Records and
//! rooms lie in different parts of the store, and one part may lose what the other has kept: so some
//! of the open rooms are looked at besides, if they have no record. A room that cannot be judged now
//! is passed over: it must not keep the others from their end.

use std::collections::BTreeSet;
use std::time::Duration;

use actix::Context;
use futures_util::future::join_all;

use super::GameManager;
use super::hosting::Wanted;
use crate::cluster::Unavailable;
use crate::ids::{Epoch, RoomId};
use crate::matchmaking::{Cursor, Founding, Record};
use crate::room::RoomDeps;

/// How often.
pub(super) const SWEEP: Duration = Duration::from_secs(5);
/// A founding record that has no room after so long ends as void.
const UNFOUNDED: Duration = Duration::from_secs(30);
/// Every host commits far more often: a room that nobody wrote for so long is hosted by nobody, even
/// if the pod that it names lives.
const FORGOTTEN: Duration = Duration::from_secs(60);
/// Slices that are looked at in one sweep.
const SLICES: u32 = 8;
/// Rooms that are looked at together. A store that is away in part answers late, room by room.
const AT_ONCE: usize = 16;

/// A room that needs somebody.
enum Left {
    /// Its host has gone, or seemed to: the others were looked at meanwhile.
    Behind(RoomId),
    /// Nobody writes it in this epoch, whether its host lives or not.
    Forgotten(RoomId, Epoch),
    /// It was never founded.
    Unfounded(Founding),
}

impl GameManager {
    pub(super) fn sweep(&mut self, ctx: &mut Context<Self>) {
        let fit = !self.withdrawn && self.deps.room.vitals.may_suspect();
        if !fit || std::mem::replace(&mut self.sweeping, true) {
            return;
        }
        let (deps, from) = (self.deps.room.clone(), self.swept_to);
        let known = self.rooms.keys().chain(&self.damaged).copied().collect();
        let walk = async move { walk(&deps, from, known).await };
        self.ask(ctx, walk, |manager, walked, ctx| {
            manager.sweeping = false;
            let (left, to) = walked;
            manager.swept_to = to;
            for left in left {
                manager.take_care_of(left, ctx);
            }
        });
    }

    fn take_care_of(&mut self, left: Left, ctx: &mut Context<Self>) {
        if self.draining.is_some() {
            return;
        }
        let swept = |epoch| Some(Wanted { epoch, why: "swept", since: None });
        match left {
            Left::Behind(room) => self.open(room, swept(None), ctx),
            Left::Forgotten(room, epoch) => self.open(room, swept(Some(epoch)), ctx),
            Left::Unfounded(founding) => {
                tracing::warn!(room = %founding.room, "a room that was never founded ends as void");
                self.found_void(founding, ctx);
            }
        }
    }
}

/// The rooms that need somebody, and where to go on. Those that are `known` do not.
async fn walk(deps: &RoomDeps, from: Cursor, known: BTreeSet<RoomId>) -> (Vec<Left>, Cursor) {
    let mut at = from;
    let mut sweep = Sweep { deps, seen: known, left: Vec::new(), failed: Vec::new() };
    for _ in 0..SLICES {
        let (records, next) = match deps.matchmaking.records(at).await {
            Ok(slice) => slice,
            Err(error) => {
                tracing::debug!(%error, "the sweep stops here");
                break;
            }
        };
        sweep.look_at(records.into_iter().map(|record| (record.founding.room, Some(record)))).await;
        at = next;
        if at == Cursor::default() {
            break;
        }
    }
    match sweep.unrecorded().await {
        Ok(rooms) => sweep.look_at(rooms.into_iter().map(|room| (room, None))).await,
        Err(error) => tracing::debug!(%error, "the sweep leaves out rooms without a record"),
    }
    (sweep.finish(), at)
}

/// One walk.
struct Sweep<'a> {
    deps: &'a RoomDeps,
    /// Rooms that are not looked at, or not again.
    seen: BTreeSet<RoomId>,
    left: Vec<Left>,
    failed: Vec<(RoomId, Unavailable)>,
}

impl Sweep<'_> {
    /// Some of the open rooms whose founding record is lost.
    async fn unrecorded(&self) -> Result<Vec<RoomId>, Unavailable> {
        let mut open = self.deps.rooms.some_open().await?;
        open.retain(|room| !self.seen.contains(room));
        if open.is_empty() {
            return Ok(open);
        }
        self.deps.matchmaking.unrecorded(open).await
    }

    async fn look_at(&mut self, rooms: impl Iterator<Item = (RoomId, Option<Record>)>) {
        let new: Vec<_> = rooms.filter(|(room, _)| self.seen.insert(*room)).collect();
        for some in new.chunks(AT_ONCE) {
            let judging =
                some.iter().map(|(room, record)| judge(self.deps, *room, record.as_ref()));
            for ((room, _), judged) in some.iter().zip(join_all(judging).await) {
                match judged {
                    Ok(judged) => self.left.extend(judged),
                    Err(error) => self.failed.push((*room, error)),
                }
            }
        }
    }

    fn finish(self) -> Vec<Left> {
        if let Some((room, error)) = self.failed.first() {
            let rooms = self.failed.len();
            tracing::warn!(rooms, first = %room, %error, "the sweep passed over rooms");
        }
        self.left
    }
}

async fn judge(
    deps: &RoomDeps,
    room: RoomId,
    record: Option<&Record>,
) -> Result<Option<Left>, Unavailable> {
    let Some(stored) = deps.rooms.load(room).await? else {
        let unfounded = record.filter(|record| record.age > UNFOUNDED);
        return Ok(unfounded.map(|record| Left::Unfounded(record.founding.clone())));
    };
    if stored.ended {
        // Whoever ended it died before it could free the seats; the recorder does the same.
        deps.matchmaking.free(room, stored.players.present().collect()).await?;
        return Ok(None);
    }
    if stored.idle.is_some_and(|idle| idle > FORGOTTEN) {
        return Ok(Some(Left::Forgotten(room, stored.epoch)));
    }
    let has_host = match stored.host {
        // Not known here although this pod hosts it: a claim or a write-off that was not answered.
        Some(host) if host == deps.host => false,
        Some(host) => deps.vitals.age(host).await?.is_some(),
        None => false,
    };
    Ok((!has_host).then_some(Left::Behind(room)))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use futures_util::FutureExt;
    use futures_util::future::ready;

    use super::*;
    use crate::cluster::contract::new_room;
    use crate::cluster::{
        Answer, ClaimError, Claimed, Commit, CommitError, MemoryStore, NewRoom, Pods, Rooms,
        StoredRoom,
    };
    use crate::ids::{BySeat, PlayerId, PodId};
    use crate::matchmaking::{Founder, Matchmaking, Profile};
    use crate::room::tests::deps::{World, heartbeat};

    /// A store in which one room cannot be read.
    struct Cracked {
        store: MemoryStore,
        room: RoomId,
    }

    impl Rooms for Cracked {
        fn found(&self, room: NewRoom) -> Answer<bool, Unavailable> {
            self.store.found(room)
        }

        fn commit(&self, commit: Commit) -> Answer<(), CommitError> {
            self.store.commit(commit)
        }

        fn claim(
            &self,
            room: RoomId,
            host: PodId,
            seen: Epoch,
            formats: &'static [u32],
        ) -> Answer<Claimed, ClaimError> {
            self.store.claim(room, host, seen, formats)
        }

        fn release(&self, room: RoomId, host: PodId, epoch: Epoch) -> Answer<(), Unavailable> {
            self.store.release(room, host, epoch)
        }

        fn load(&self, room: RoomId) -> Answer<Option<StoredRoom>, Unavailable> {
            if room == self.room {
                return ready(Err(Unavailable("damaged".to_owned()))).boxed();
            }
            self.store.load(room)
        }

        fn some_open(&self) -> Answer<Vec<RoomId>, Unavailable> {
            self.store.some_open()
        }
    }

    /// A match of two people, with a founding record.
    async fn matched(world: &World) -> Founding {
        let founder = |_| {
            let player = Profile { id: PlayerId::random(), name: "name".to_owned(), picture: None };
            Founder { player, bot: None }
        };
        let seats = BySeat::from_fn(founder);
        let room = RoomId::random();
        let founding = Founding { room, game: "cookie".to_owned(), seats, seed: 1 };
        assert_eq!(world.matchmaking.seat(founding.clone()).await.unwrap(), None);
        founding
    }

    #[actix::test]
    async fn a_room_that_cannot_be_read_does_not_keep_the_others_from_their_end() {
        tokio::time::pause();
        let world = World::default();
        let mut rooms = Vec::new();
        for _ in 0..100 {
            rooms.push(matched(&world).await.room);
        }
        let bad = rooms[50];
        let cracked = Arc::new(Cracked { store: world.store.clone(), room: bad });
        let deps = RoomDeps { rooms: cracked, ..world.room_deps(PodId::random()) };
        tokio::time::advance(UNFOUNDED * 2).await;
        let (left, to) = walk(&deps, Cursor::default(), BTreeSet::new()).await;
        assert_eq!(to, Cursor::default(), "the walk went on to its end");
        let room = |left: &Left| match left {
            Left::Unfounded(founding) => founding.room,
            Left::Behind(room) | Left::Forgotten(room, _) => *room,
        };
        let mut found: Vec<RoomId> = left.iter().map(room).collect();
        rooms.retain(|room| *room != bad);
        rooms.sort();
        found.sort();
        assert_eq!(found, rooms);
    }

    #[actix::test]
    async fn a_room_that_nobody_writes_is_left_behind_though_its_host_lives() {
        tokio::time::pause();
        let world = World::default();
        let (host, founding) = (PodId::random(), matched(&world).await);
        let new = NewRoom { id: founding.room, ..new_room(host) };
        assert!(world.store.found(new).await.unwrap());
        let deps = world.room_deps(PodId::random());
        let mut swept = Vec::new();
        for _ in 0..2 {
            tokio::time::advance(Duration::from_secs(31)).await;
            world.heartbeats().beat(heartbeat(host)).await.unwrap();
            let (left, _) = walk(&deps, Cursor::default(), BTreeSet::new()).await;
            swept.push(matches!(left[..], [Left::Forgotten(room, _)] if room == founding.room));
        }
        assert_eq!(swept, [false, true]);
    }
}
