//! The heartbeats of pods in Valkey: a key for each, and an index, since the keys of a cluster
//! cannot be listed at once. A pod is what its key says; the index is a hint, in another slot, and a
//! heartbeat does not depend on it.

use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{join, try_join_all};
use tokio::time::timeout;

use super::ValkeyStore;
use super::call::Call;
use super::reply::{BadReply, Reply};
use super::rooms::millis;
use super::scripts;
use crate::cluster::{Answer, Heartbeat, LivingPod, POD_LIFE, Pods, Unavailable};
use crate::ids::PodId;

impl Pods for ValkeyStore {
    fn beat(&self, heartbeat: Heartbeat) -> Answer<(), Unavailable> {
        let store = self.clone();
        async move {
            let list = |formats: &[u32]| {
                formats.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
            };
            let keys = store.valkey.keys();
            let beat = Call::script(&scripts::BEAT)
                .key(keys.pod(heartbeat.pod))
                .number(millis(POD_LIFE))
                .arg(&heartbeat.address)
                .arg(list(&heartbeat.snapshots))
                .arg(list(&heartbeat.bus));
            let index = Call::script(&scripts::BEAT_INDEX)
                .key(keys.pods())
                .number(millis(POD_LIFE))
                .arg(heartbeat.pod.to_string());
            store.send_with_hint(beat, index).await
        }
        .boxed()
    }

    fn age(&self, pod: PodId) -> Answer<Option<Duration>, Unavailable> {
        let store = self.clone();
        async move {
            let Some(mut reply) = store.last_beat(pod).await? else { return Ok(None) };
            Ok(Some(age(&mut reply)?))
        }
        .boxed()
    }

    fn living(&self) -> Answer<Vec<LivingPod>, Unavailable> {
        let store = self.clone();
        async move {
            let call = Call::script(&scripts::PODS)
                .key(store.valkey.keys().pods())
                .number(millis(POD_LIFE));
            let mut index = Reply::some("pods", store.valkey.run(call).await?)?;
            let mut pods = Vec::new();
            while index.left() > 0 {
                // What is no pod's id is no pod.
                pods.extend(index.maybe::<PodId>("pod").unwrap_or_default());
            }
            let asked = try_join_all(pods.into_iter().map(|pod| store.living_pod(pod))).await?;
            Ok(asked.into_iter().flatten().collect())
        }
        .boxed()
    }

    fn leave(&self, pod: PodId) -> Answer<(), Unavailable> {
        let store = self.clone();
        async move {
            let keys = store.valkey.keys();
            let beat = Call::command("DEL").key(keys.pod(pod));
            let index = Call::command("ZREM").key(keys.pods()).arg(pod.to_string());
            store.send_with_hint(beat, index).await
        }
        .boxed()
    }
}

impl ValkeyStore {
    /// Answers with what the first comes to. The hint goes out beside it, and is waited for a
    /// moment only: a heartbeat must not be late because the index is.
    async fn send_with_hint(&self, call: Call, hint: Call) -> Result<(), Unavailable> {
        let moment = self.valkey.settings().deadline() / 6;
        let (done, hinted) = join(self.send(call), timeout(moment, self.send(hint))).await;
        match hinted {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::debug!(%error, "the index of pods is not up to date"),
            Err(_) => tracing::debug!("the index of pods does not answer"),
        }
        done
    }

    async fn last_beat(&self, pod: PodId) -> Result<Option<Reply>, Unavailable> {
        let call = Call::script(&scripts::POD).key(self.valkey.keys().pod(pod));
        Ok(Reply::read("pod", self.valkey.run(call).await?)?)
    }

    /// `None`, too, for a heartbeat that this version cannot read: that pod is left alone.
    async fn living_pod(&self, pod: PodId) -> Result<Option<LivingPod>, Unavailable> {
        let Some(reply) = self.last_beat(pod).await? else { return Ok(None) };
        let living = living(pod, reply);
        Ok(living.inspect_err(|error| tracing::warn!(%pod, %error, "a heartbeat is skipped")).ok())
    }
}

fn age(reply: &mut Reply) -> Result<Duration, BadReply> {
    Ok(Duration::from_millis(reply.parse("age")?))
}

fn living(pod: PodId, mut reply: Reply) -> Result<LivingPod, BadReply> {
    let age = age(&mut reply)?;
    let address = reply.text("address")?;
    let snapshots = formats(&mut reply)?;
    let bus = formats(&mut reply)?;
    Ok(LivingPod { said: Heartbeat { pod, address, snapshots, bus }, age })
}

fn formats(reply: &mut Reply) -> Result<Vec<u32>, BadReply> {
    let text = reply.text("list of formats")?;
    let each = text.split(',').filter(|format| !format.is_empty());
    let read: Result<_, std::num::ParseIntError> = each.map(str::parse).collect();
    read.map_err(|_| reply.bad("list of formats"))
}
