//! Connections by client address in Valkey: a hash for each address, with a field for each pod.

use futures_util::FutureExt;
use futures_util::stream::{self, StreamExt, TryStreamExt};

use super::ValkeyStore;
use super::call::Call;
use super::reply::Reply;
use super::rooms::millis;
use super::scripts;
use crate::cluster::{Answer, AtDoor, DOORS_BELIEVED, Doors, Unavailable};
use crate::ids::PodId;

/// Calls under way at once when a pod says all that it holds.
const AT_ONCE: usize = 32;

impl Doors for ValkeyStore {
    fn enter(&self, pod: PodId, held: AtDoor) -> Answer<u32, Unavailable> {
        let store = self.clone();
        async move {
            let answer = store.valkey.run(store.count(pod, &held)).await?;
            Ok(Reply::some("doors", answer)?.parse("number")?)
        }
        .boxed()
    }

    fn hold(&self, pod: PodId, held: Vec<AtDoor>) -> Answer<(), Unavailable> {
        let store = self.clone();
        async move {
            let calls = held.iter().map(|held| store.send(store.count(pod, held)));
            let calls: Vec<_> = calls.collect();
            stream::iter(calls).buffer_unordered(AT_ONCE).try_collect().await
        }
        .boxed()
    }
}

impl ValkeyStore {
    fn count(&self, pod: PodId, held: &AtDoor) -> Call {
        Call::script(&scripts::DOORS)
            .key(self.valkey.keys().door(&held.address))
            .arg(pod.to_string())
            .number(u64::from(held.connections))
            .number(millis(DOORS_BELIEVED))
    }
}
