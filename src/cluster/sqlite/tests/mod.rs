//! The stores on disk keep the contract, and what they were told.

mod killed;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tempfile::TempDir;

use super::{SqliteStore, settings};
use crate::cluster::contract::{
    Lasting, Moved, Side, Timed, commit, contract, finished, lasting_contract, new_room,
    timed_contract,
};
use crate::cluster::{Commit, Players, Rooms, SignOuts};
use crate::ids::{Epoch, PlayerId, PodId, RoomId, Version};
use crate::results::{DeadLetters, Outbox};

/// A store in a directory of its own, whose clock stands until it is moved.
struct OnDisk {
    store: SqliteStore,
    moved: Arc<Moved>,
    directory: TempDir,
}

fn open(directory: &Path, moved: &Arc<Moved>) -> SqliteStore {
    let moved = moved.clone();
    let clock = Arc::new(move || 1_790_000_000_000 + moved.millis());
    SqliteStore::open_with(&directory.join("rooms.db"), settings(), clock).unwrap()
}

impl OnDisk {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let moved = Arc::new(Moved::default());
        let store = open(directory.path(), &moved);
        Self { store, moved, directory }
    }

    /// The same file, opened again after a clean close.
    fn again(self) -> Self {
        self.store.close();
        let store = open(self.directory.path(), &self.moved);
        Self { store, ..self }
    }
}

impl Side for OnDisk {
    fn rooms(&self) -> &dyn Rooms {
        &self.store
    }

    fn players(&self) -> &dyn Players {
        &self.store
    }

    fn outbox(&self) -> &dyn Outbox {
        &self.store
    }

    fn sign_outs(&self) -> &dyn SignOuts {
        &self.store
    }
}

impl Lasting for OnDisk {
    fn dead_letters(&self) -> &dyn DeadLetters {
        &self.store
    }
}

impl Timed for OnDisk {
    fn pass(&self, time: Duration) -> BoxFuture<'_, ()> {
        async move { self.moved.by(time) }.boxed()
    }
}

contract!([#[tokio::test]] OnDisk::new());
timed_contract!([#[tokio::test]] OnDisk::new());
lasting_contract!([#[tokio::test]] OnDisk::new());

#[tokio::test]
async fn everything_survives_a_restart() {
    let disk = OnDisk::new();
    let (host, anna) = (PodId::random(), PlayerId::random());
    let (open, ended) = (new_room(host), new_room(host));
    for room in [&open, &ended] {
        disk.store.found(room.clone()).await.unwrap();
    }
    disk.store.commit(commit(open.id, host, 1, 7)).await.unwrap();
    let end = Commit { finished: Some(finished(ended.id)), ..commit(ended.id, host, 1, 2) };
    disk.store.commit(end).await.unwrap();
    disk.store.seated(open.id, vec![anna]).await.unwrap();
    let before = disk.store.arrive(anna, PodId::random()).await.unwrap();
    assert_eq!(disk.store.take(10).await.unwrap()[0].tries, 0);

    let disk = disk.again();
    let kept = disk.store.load(open.id).await.unwrap().unwrap();
    assert_eq!((kept.host, kept.epoch, kept.version), (Some(host), Epoch(1), Version(7)));
    assert_eq!(&kept.snapshot[..], b"epoch 1 version 7");
    assert!(disk.store.load(ended.id).await.unwrap().unwrap().ended);
    assert_eq!(disk.store.open_rooms().await.unwrap(), [(open.id, open.players)]);
    let after = disk.store.arrive(anna, PodId::random()).await.unwrap();
    assert!(after.generation > before.generation);
    assert_eq!(after.last_room, Some(open.id));
    let entries = disk.store.take(10).await.unwrap();
    assert_eq!((entries.len(), entries[0].tries), (1, 1));
}

#[tokio::test]
async fn cleaning_up_goes_in_bounded_steps() {
    let disk = OnDisk::new();
    let host = PodId::random();
    for _ in 0..150 {
        let room = new_room(host);
        disk.store.found(room.clone()).await.unwrap();
        let end = Commit { finished: Some(finished(room.id)), ..commit(room.id, host, 1, 2) };
        disk.store.commit(end).await.unwrap();
        disk.store.arrive(PlayerId::random(), PodId::random()).await.unwrap();
    }
    disk.store.close();
    let connection = rusqlite::Connection::open(disk.directory.path().join("rooms.db")).unwrap();
    let left = |table: &str| {
        let count = format!("SELECT count(*) FROM {table}");
        connection.query_row(&count, [], |row| row.get::<_, i64>(0)).unwrap()
    };
    for expected in [50, 0, 0] {
        super::rooms::forget_ended(&connection, i64::MAX).unwrap();
        super::players::forget_untouched(&connection, i64::MAX).unwrap();
        assert_eq!((left("rooms"), left("players")), (expected, expected));
    }
    assert_eq!(left("outbox"), 150);
}

#[tokio::test]
async fn a_commit_that_cannot_be_stored_does_not_spoil_those_beside_it() {
    let disk = OnDisk::new();
    let host = PodId::random();
    let (good, bad) = (new_room(host), new_room(host));
    for room in [&good, &bad] {
        disk.store.found(room.clone()).await.unwrap();
    }
    let beyond = Commit { version: Version(u64::MAX), ..commit(bad.id, host, 1, 2) };
    let (fine, refused) = futures_util::future::join(
        disk.store.commit(commit(good.id, host, 1, 2)),
        disk.store.commit(beyond),
    )
    .await;
    fine.unwrap();
    assert!(matches!(refused, Err(crate::cluster::CommitError::Unavailable(_))));
    assert_eq!(disk.store.load(good.id).await.unwrap().unwrap().version, Version(2));
    assert_eq!(disk.store.load(bad.id).await.unwrap().unwrap().version, Version(1));
    assert!(disk.store.load(RoomId::random()).await.unwrap().is_none());
}
