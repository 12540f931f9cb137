//! The entries of the outbox in Valkey that were set aside: a stream in each partition.

use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::try_join_all;

use super::ValkeyStore;
use super::call::Call;
use super::keys::Partition;
use super::outbox::{format, id, partition, place};
use super::reply::Reply;
use super::scripts;
use crate::cluster::{Answer, Unavailable};
use crate::results::{DeadLetters, OutboxId, SetAside};

/// Entries of one partition that are read in one go.
const AT_ONCE: usize = 1_000;

impl DeadLetters for ValkeyStore {
    fn list(&self, after: Option<OutboxId>, limit: usize) -> Answer<Vec<SetAside>, Unavailable> {
        let store = self.clone();
        async move {
            let limit = limit.min(AT_ONCE);
            let lists = Partition::all().map(|partition| store.list_of(partition, after, limit));
            // One that does not answer must not look empty.
            let mut all = try_join_all(lists).await?.concat();
            all.sort_unstable_by_key(|entry| entry.id);
            all.truncate(limit);
            Ok(all)
        }
        .boxed()
    }

    fn put_back(&self, id: OutboxId) -> Answer<bool, Unavailable> {
        let store = self.clone();
        async move {
            let partition = partition(id)?;
            let keys = store.outbox.keys();
            let call = Call::script(&scripts::OUTBOX_PUT_BACK)
                .key(keys.outbox(partition))
                .key(keys.aside(partition))
                .arg(place(id));
            let mut reply = Reply::some("outbox_put_back", store.outbox.run_durably(call).await?)?;
            Ok(reply.parse::<u8>("answer")? == 1)
        }
        .boxed()
    }
}

impl ValkeyStore {
    async fn list_of(
        &self,
        partition: Partition,
        after: Option<OutboxId>,
        limit: usize,
    ) -> Result<Vec<SetAside>, Unavailable> {
        let call = Call::script(&scripts::OUTBOX_LIST_ASIDE)
            .key(self.outbox.keys().aside(partition))
            .arg(after.map_or_else(|| "-".to_owned(), |after| from(partition, after)))
            .number(limit as u64);
        let mut reply = Reply::some("outbox_list_aside", self.outbox.run(call).await?)?;
        let mut entries = Vec::with_capacity(reply.left() / 5);
        while reply.left() > 0 {
            let id = id(&mut reply, partition)?;
            let record = reply.bytes()?.unwrap_or_default();
            let record = String::from_utf8_lossy(&record).into_owned();
            let format = format(reply.bytes()?);
            let why = reply.text("why")?;
            let age = Duration::from_millis(reply.parse("age")?);
            entries.push(SetAside { id, record, format, why, age });
        }
        Ok(entries)
    }
}

/// Where a partition goes on after an entry of any: among those of one moment and number, partitions
/// come in their order.
fn from(partition: Partition, after: OutboxId) -> String {
    let listed = partition.number() <= after.partition();
    let exclusive = if listed { "(" } else { "" };
    format!("{exclusive}{}", place(after))
}
