//! The stores of one process in memory: rooms, directory of players, heartbeats and outbox behind one
//! lock. Several pods in one process may share them.
//!
//! For tests and simulations: nothing survives the process. Every answer is ready at once, so actors
//! can be driven under a paused clock. A plain mutex is enough, since nothing is awaited under it,
//! and it is one lock, since the commit that ends a room also fills the outbox.

mod bus;
mod directory;
mod outbox;
mod pods;
mod rooms;
mod sign_outs;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::ready;

pub use self::bus::MemoryBus;
use self::directory::Directory;
use self::outbox::Entries;
use self::pods::Heartbeats;
use self::rooms::RoomTable;
use super::{
    Answer, Arrival, ClaimError, Claimed, Commit, CommitError, Heartbeat, LivingPod, NewRoom,
    NewSignOuts, OpenRoom, Players, Pods, Rooms, SignOut, SignOuts, StoredRoom, Unavailable,
};
use crate::ids::{Epoch, Generation, PlayerId, PodId, RoomId};

use crate::results::{Outbox, OutboxEntry, OutboxId};

/// The stores of one process in memory. Cloning gives another handle to the same stores.
#[derive(Clone, Debug, Default)]
pub struct MemoryStore {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    rooms: RoomTable,
    directory: Directory,
    outbox: Entries,
    pods: Heartbeats,
    sign_outs: Vec<SignOut>,
}

impl MemoryStore {
    /// Empty stores.
    pub fn new() -> Self {
        Self::default()
    }

    /// Every room that has not ended, with who sits in it.
    pub fn open_rooms(&self) -> Answer<Vec<OpenRoom>, Unavailable> {
        self.answer(|state| Ok(state.rooms.open()))
    }

    /// Finished games that have not been recorded, or could not be.
    #[cfg(test)]
    pub(crate) fn outbox_length(&self) -> usize {
        self.lock().outbox.len()
    }

    /// Loses everything.
    #[cfg(test)]
    pub(crate) fn wipe(&self) {
        *self.lock() = State::default();
    }

    /// Does something to the stores when the answer is first asked for, and not before.
    fn answer<T, E>(
        &self,
        work: impl FnOnce(&mut State) -> Result<T, E> + Send + 'static,
    ) -> Answer<T, E>
    where
        T: Send + 'static,
        E: Send + 'static,
    {
        let store = self.clone();
        async move { work(&mut store.lock()) }.boxed()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Every change is made of steps that cannot panic half way, so a poisoned state is whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Rooms for MemoryStore {
    fn found(&self, room: NewRoom) -> Answer<bool, Unavailable> {
        self.answer(move |state| Ok(state.rooms.found(room)))
    }

    fn commit(&self, commit: Commit) -> Answer<(), CommitError> {
        let record = match commit.finished.as_ref().map(serde_json::to_string).transpose() {
            Ok(record) => record,
            Err(error) => return ready(Err(Unavailable(error.to_string()).into())).boxed(),
        };
        self.answer(move |state| {
            let ended = state.rooms.commit(commit)?;
            if let Some(record) = record.filter(|_| ended) {
                state.outbox.add(record);
            }
            Ok(())
        })
    }

    fn claim(
        &self,
        room: RoomId,
        host: PodId,
        seen: Epoch,
        formats: &'static [u32],
    ) -> Answer<Claimed, ClaimError> {
        self.answer(move |state| state.rooms.claim(room, host, seen, formats))
    }

    fn release(&self, room: RoomId, host: PodId, epoch: Epoch) -> Answer<(), Unavailable> {
        self.answer(move |state| {
            state.rooms.release(room, host, epoch);
            Ok(())
        })
    }

    fn load(&self, room: RoomId) -> Answer<Option<StoredRoom>, Unavailable> {
        self.answer(move |state| Ok(state.rooms.load(room)))
    }

    fn some_open(&self) -> Answer<Vec<RoomId>, Unavailable> {
        self.answer(|state| Ok(state.rooms.open().into_iter().map(|(room, _)| room).collect()))
    }
}

impl Players for MemoryStore {
    fn arrive(&self, player: PlayerId, pod: PodId) -> Answer<Arrival, Unavailable> {
        self.answer(move |state| Ok(state.directory.arrive(player, pod)))
    }

    fn newest(&self, players: Vec<PlayerId>) -> Answer<Vec<(PlayerId, Generation)>, Unavailable> {
        self.answer(move |state| Ok(state.directory.newest(&players)))
    }

    fn seated(&self, room: RoomId, players: Vec<PlayerId>) -> Answer<(), Unavailable> {
        self.answer(move |state| {
            state.directory.seated(room, &players);
            Ok(())
        })
    }

    fn leave_behind(&self, player: PlayerId, room: RoomId) -> Answer<(), Unavailable> {
        self.answer(move |state| {
            state.directory.leave_behind(player, room);
            Ok(())
        })
    }
}

impl Pods for MemoryStore {
    fn beat(&self, heartbeat: Heartbeat) -> Answer<(), Unavailable> {
        self.answer(move |state| {
            state.pods.beat(heartbeat);
            Ok(())
        })
    }

    fn age(&self, pod: PodId) -> Answer<Option<Duration>, Unavailable> {
        self.answer(move |state| {
            let living = state.pods.living();
            Ok(living.iter().find(|living| living.said.pod == pod).map(|living| living.age))
        })
    }

    fn living(&self) -> Answer<Vec<LivingPod>, Unavailable> {
        self.answer(move |state| Ok(state.pods.living()))
    }

    fn leave(&self, pod: PodId) -> Answer<(), Unavailable> {
        self.answer(move |state| {
            state.pods.leave(pod);
            Ok(())
        })
    }
}

impl Outbox for MemoryStore {
    fn take(&self, limit: usize) -> Answer<Vec<OutboxEntry>, Unavailable> {
        self.answer(move |state| Ok(state.outbox.take(limit)))
    }

    fn done(&self, id: OutboxId) -> Answer<(), Unavailable> {
        self.answer(move |state| {
            state.outbox.done(id);
            Ok(())
        })
    }

    fn set_aside(&self, id: OutboxId, why: String) -> Answer<(), Unavailable> {
        self.answer(move |state| {
            state.outbox.set_aside(id, why);
            Ok(())
        })
    }

    fn holds(&self, room: RoomId) -> Answer<bool, Unavailable> {
        self.answer(move |state| Ok(state.outbox.holds(&room.to_string())))
    }
}

impl SignOuts for MemoryStore {
    fn sign_out(&self, outs: Vec<SignOut>) -> Answer<(), Unavailable> {
        self.answer(move |state| {
            let new = outs.into_iter().filter(|out| !state.sign_outs.contains(out));
            let new: Vec<_> = new.collect();
            state.sign_outs.extend(new);
            Ok(())
        })
    }

    fn new_sign_outs(&self, from: u64) -> Answer<NewSignOuts, Unavailable> {
        self.answer(move |state| Ok(sign_outs::new_since(&state.sign_outs, from)))
    }
}
