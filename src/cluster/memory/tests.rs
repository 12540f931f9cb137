//! The stores in memory keep the contract.

use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::MemoryStore;
use crate::cluster::contract::{Side, contract};
use crate::cluster::{Players, Rooms};
use crate::ids::{PlayerId, PodId};
use crate::results::Outbox;

impl Side for MemoryStore {
    fn rooms(&self) -> &dyn Rooms {
        self
    }

    fn players(&self) -> &dyn Players {
        self
    }

    fn outbox(&self) -> &dyn Outbox {
        self
    }

    fn pass(&self, time: Duration) -> BoxFuture<'_, ()> {
        tokio::time::advance(time).boxed()
    }
}

contract!(
    #[tokio::test(start_paused = true)]
    MemoryStore::new()
);

#[test]
fn every_answer_is_ready_at_once() {
    let arrival = MemoryStore::new().arrive(PlayerId::random(), PodId::random()).now_or_never();
    assert!(arrival.is_some_and(|answer| answer.is_ok()));
}
