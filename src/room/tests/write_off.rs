//! A room is ended in the store, whoever hosts it.

use bytes::Bytes;
use futures_util::FutureExt;

use super::super::snapshot::SnapshotError;
use super::super::{LastCommit, RoomState, WriteOffError, write_off};
use super::table::{catalogue, founding, state};
use crate::cluster::{ClaimError, Commit, CommitError, MemoryStore, NewRoom, Rooms, StoredRoom};
use crate::ids::{Epoch, PodId, RoomId, Version};
use crate::protocol::Reason;
use crate::results::Outbox;

struct Founded {
    store: MemoryStore,
    host: PodId,
    room: RoomId,
}

impl Founded {
    async fn new() -> Self {
        let (store, host) = (MemoryStore::new(), PodId::random());
        let state = state(founding());
        let room = NewRoom {
            id: state.id,
            host,
            epoch: Epoch(1),
            version: Version(1),
            players: state.persons(),
            format: 1,
            snapshot: state.snapshot(1).unwrap(),
        };
        assert!(store.found(room).await.unwrap());
        Self { store, host, room: state.id }
    }

    async fn stored(&self) -> StoredRoom {
        self.store.load(self.room).await.unwrap().unwrap()
    }

    async fn commits(&self, version: u64) -> Result<(), CommitError> {
        let commit = Commit {
            room: self.room,
            host: self.host,
            epoch: Epoch(1),
            version: Version(version),
            format: 1,
            snapshot: self.stored().await.snapshot,
            finished: None,
        };
        self.store.commit(commit).await
    }
}

fn void(room: RoomId, format: u32, snapshot: &Bytes) -> Result<LastCommit, SnapshotError> {
    let mut state = RoomState::restore(room, snapshot, &catalogue())?;
    state.void();
    Ok(LastCommit { snapshot: state.snapshot(format)?, record: state.finished(7) })
}

#[tokio::test]
async fn the_host_is_fenced_and_the_end_is_in_the_snapshot_and_in_the_outbox() {
    let founded = Founded::new().await;
    let (room, stored) = (founded.room, founded.stored().await);
    let last = |format, snapshot: &Bytes| void(room, format, snapshot);
    let record = write_off(&founded.store, PodId::random(), (room, &stored), last).await.unwrap();
    assert_eq!((record.reason, record.winner, record.ended_at), (Reason::Void, None, 7));
    assert!(matches!(founded.commits(9).await, Err(CommitError::Fenced)));
    let ended = founded.stored().await;
    assert!(ended.ended && ended.epoch == Epoch(2));
    let state = RoomState::restore(room, &ended.snapshot, &catalogue()).unwrap();
    assert_eq!(state.ending.map(|ending| ending.reason), Some(Reason::Void));
    let waiting = founded.store.take(9).await.unwrap();
    assert_eq!(waiting.len(), 1);
    assert_eq!(waiting[0].record, serde_json::to_string(&record).unwrap());
}

#[tokio::test]
async fn whoever_claims_the_room_in_between_wins() {
    let founded = Founded::new().await;
    let (room, stored) = (founded.room, founded.stored().await);
    let quicker = PodId::random();
    let calls = std::cell::Cell::new(0);
    let last = |format, snapshot: &Bytes| {
        calls.set(calls.get() + 1);
        if calls.get() == 2 {
            // The room is claimed by now, and not committed yet.
            let claim = founded.store.claim(room, quicker, Epoch(2), &[1]);
            claim.now_or_never().expect("memory answers at once").unwrap();
        }
        void(room, format, snapshot)
    };
    let lost = write_off(&founded.store, PodId::random(), (room, &stored), last).await;
    assert!(matches!(lost, Err(WriteOffError::Commit(CommitError::Fenced))));
    let held = founded.stored().await;
    assert_eq!((held.host, held.epoch, held.ended), (Some(quicker), Epoch(3), false));
    assert!(founded.store.take(9).await.unwrap().is_empty());

    // With what it saw at first it is too late now.
    let last = |format, snapshot: &Bytes| void(room, format, snapshot);
    let late = write_off(&founded.store, PodId::random(), (room, &stored), last).await;
    assert!(matches!(late, Err(WriteOffError::Claim(ClaimError::Lost(Epoch(3))))));
}

#[tokio::test]
async fn what_cannot_be_ended_is_left_to_its_host() {
    let founded = Founded::new().await;
    let (room, stored) = (founded.room, founded.stored().await);
    let last = |_, _: &Bytes| void(room, 1, &Bytes::from_static(b"no snapshot"));
    let refused = write_off(&founded.store, PodId::random(), (room, &stored), last).await;
    assert!(matches!(refused, Err(WriteOffError::Snapshot(SnapshotError::Damaged(_)))));
    assert_eq!(founded.stored().await.epoch, Epoch(1));
    founded.commits(2).await.unwrap();
}
