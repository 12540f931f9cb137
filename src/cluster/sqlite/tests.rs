//! The stores on disk keep the contract.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tempfile::TempDir;

use super::{SqliteStore, settings};
use crate::cluster::contract::{Moved, Side, contract};
use crate::cluster::{Players, Rooms};
use crate::results::Outbox;

/// A store in a directory of its own, whose clock stands until it is moved.
struct OnDisk {
    store: SqliteStore,
    moved: Arc<Moved>,
    _directory: TempDir,
}

impl OnDisk {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let moved = Arc::new(Moved::default());
        let clock = {
            let moved = moved.clone();
            Arc::new(move || 1_790_000_000_000 + moved.millis())
        };
        let path = directory.path().join("rooms.db");
        let store = SqliteStore::open_with(&path, settings(), clock).unwrap();
        Self { store, moved, _directory: directory }
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

    fn pass(&self, time: Duration) -> BoxFuture<'_, ()> {
        async move { self.moved.by(time) }.boxed()
    }
}

contract!(
    #[tokio::test]
    OnDisk::new()
);
