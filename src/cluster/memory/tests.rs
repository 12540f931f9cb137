//! The stores in memory keep the contract.

use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::MemoryStore;
use crate::cluster::contract::{
    ManyPods, Side, Timed, contract, many_pods_contract, timed_contract,
};
use crate::cluster::{Players, Pods, Rooms, SignOuts};
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

    fn sign_outs(&self) -> &dyn SignOuts {
        self
    }

    fn tick(&self) -> BoxFuture<'_, ()> {
        tokio::time::advance(Duration::from_millis(1)).boxed()
    }
}

impl Timed for MemoryStore {
    fn pass(&self, time: Duration) -> BoxFuture<'_, ()> {
        tokio::time::advance(time).boxed()
    }
}

impl ManyPods for MemoryStore {
    fn pods(&self) -> &dyn Pods {
        self
    }
}

contract!([#[tokio::test(start_paused = true)]] MemoryStore::new());
timed_contract!([#[tokio::test(start_paused = true)]] MemoryStore::new());
many_pods_contract!([#[tokio::test(start_paused = true)]] MemoryStore::new());

#[test]
fn every_answer_is_ready_at_once() {
    let arrival = MemoryStore::new().arrive(PlayerId::random(), PodId::random()).now_or_never();
    assert!(arrival.is_some_and(|answer| answer.is_ok()));
}
