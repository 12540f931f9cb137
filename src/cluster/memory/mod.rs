//! The stores of one process in memory: rooms, directory of players and outbox behind one lock.
//!
//! For tests and simulations: nothing survives the process. Every answer is ready at once, so actors
//! can be driven under a paused clock. A plain mutex is enough, since nothing is awaited under it,
//! and it is one lock, since the commit that ends a room also fills the outbox.

mod directory;
mod outbox;
mod rooms;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::FutureExt;
use futures_util::future::ready;

use self::directory::Directory;
use self::outbox::Entries;
use self::rooms::RoomTable;
use super::{
    Answer, Arrival, ClaimError, Claimed, Commit, CommitError, NewRoom, OpenRoom, Players, Rooms,
    StoredRoom, Unavailable,
};
use crate::ids::{Epoch, PlayerId, PodId, RoomId};
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
}

impl MemoryStore {
    /// Empty stores.
    pub fn new() -> Self {
        Self::default()
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

    fn open(&self) -> Answer<Vec<OpenRoom>, Unavailable> {
        self.answer(|state| Ok(state.rooms.open()))
    }
}

impl Players for MemoryStore {
    fn arrive(&self, player: PlayerId) -> Answer<Arrival, Unavailable> {
        self.answer(move |state| Ok(state.directory.arrive(player)))
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
}
