//! The outbox in Valkey: a stream in each partition, read by one consumer group.
//!
//! Streams are never trimmed: an entry leaves by being done, or by being set aside. An entry belongs
//! to the recorder that took it. Each look at the outbox keeps what the looker holds; what nobody
//! has looked at for 5 s belongs to a recorder that is gone, and whoever looks next takes it over.
//! What a recorder leaves belongs to nobody, and looks as old.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::join_all;
use redis::Value;

use super::ValkeyStore;
use super::call::Call;
use super::keys::Partition;
use super::parts::is_time;
use super::reply::{BadReply, Reply};
use super::rooms::millis;
use super::scripts;
use crate::cluster::{Answer, Unavailable};
use crate::ids::RoomId;
use crate::results::{Outbox, OutboxEntry, OutboxId, RECORD_FORMAT};

/// The age from which an entry counts as left by its recorder.
const LEFT: Duration = Duration::from_secs(5);

/// The age from which a recorder that holds nothing is removed, and how often that is looked for.
const GONE: Duration = Duration::from_secs(60);

/// The most entries that are looked at in one partition.
const MOST: usize = 2048;

/// The most entries that are kept aside in one partition. When it is full, no more are set aside:
/// they stay in the outbox, and whoever wanted to set them aside is told so.
const KEPT_ASIDE: u64 = 10_000;

/// Entries that are looked through in one go.
const LOOKED_THROUGH: u64 = 500;

/// How the outbox stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OutboxStatus {
    /// Finished games that wait to be recorded.
    pub waiting: u64,
    /// How long the oldest has waited, on the store's clock.
    pub oldest: Option<Duration>,
    /// Entries set aside because nobody could read them.
    pub aside: u64,
}

impl Outbox for ValkeyStore {
    fn take(&self, limit: usize) -> Answer<Vec<OutboxEntry>, Unavailable> {
        let store = self.clone();
        async move {
            store.tidy();
            let limit = limit.min(MOST);
            let mut ids =
                store.each(Partition::all().map(|partition| store.look(partition, limit))).await?;
            ids.sort_unstable();
            ids.truncate(limit);
            let takes = by_partition(ids).map(|(partition, ids)| store.take_from(partition, ids));
            let mut entries = store.each(takes).await?;
            entries.sort_unstable_by_key(|entry| entry.id);
            Ok(entries)
        }
        .boxed()
    }

    fn done(&self, id: OutboxId) -> Answer<(), Unavailable> {
        let store = self.clone();
        async move {
            let outbox = store.outbox.keys().outbox(partition(id)?);
            let call = Call::script(&scripts::OUTBOX_DONE).key(outbox).arg(place(id));
            store.outbox.run(call).await.map(drop)
        }
        .boxed()
    }

    fn leave_to_others(&self, ids: Vec<OutboxId>) -> Answer<(), Unavailable> {
        let store = self.clone();
        async move {
            let left = by_partition(ids).map(|(partition, ids)| {
                let call = Call::script(&scripts::OUTBOX_LEAVE)
                    .key(store.outbox.keys().outbox(partition))
                    .arg(store.pod.to_string())
                    .number(millis(LEFT));
                store.outbox.run(ids.into_iter().fold(call, |call, id| call.arg(place(id))))
            });
            // Those that fail are left the next time.
            join_all(left).await.into_iter().collect::<Result<Vec<_>, _>>().map(drop)
        }
        .boxed()
    }

    fn set_aside(&self, id: OutboxId, why: String) -> Answer<(), Unavailable> {
        let store = self.clone();
        async move {
            let partition = partition(id)?;
            let keys = store.outbox.keys();
            let call = Call::script(&scripts::OUTBOX_ASIDE)
                .key(keys.outbox(partition))
                .key(keys.aside(partition))
                .arg(place(id))
                .arg(why)
                .number(KEPT_ASIDE);
            match Reply::some("outbox_aside", store.outbox.run(call).await?)?.parse("answer")? {
                1_u8 => Ok(()),
                _ => Err(Unavailable(format!("{KEPT_ASIDE} entries are set aside already"))),
            }
        }
        .boxed()
    }

    fn holds(&self, room: RoomId) -> Answer<bool, Unavailable> {
        let store = self.clone();
        async move {
            let (partition, keys) = (Partition::of(room), store.outbox.keys());
            Ok(store.stream_holds(keys.outbox(partition), room).await?
                || store.stream_holds(keys.aside(partition), room).await?)
        }
        .boxed()
    }
}

impl ValkeyStore {
    /// How the outbox stands. Changes nothing.
    pub fn outbox_status(&self) -> Answer<OutboxStatus, Unavailable> {
        let store = self.clone();
        async move {
            let asked =
                join_all(Partition::all().map(|partition| store.status_of(partition))).await;
            let mut all = OutboxStatus::default();
            for status in asked {
                let OutboxStatus { waiting, oldest, aside } = status?;
                all.waiting += waiting;
                all.aside += aside;
                all.oldest = all.oldest.max(oldest);
            }
            Ok(all)
        }
        .boxed()
    }

    /// Some at a time, so that no look holds the server up.
    async fn stream_holds(&self, stream: String, room: RoomId) -> Result<bool, Unavailable> {
        let mut from = "-".to_owned();
        loop {
            let call = Call::script(&scripts::OUTBOX_HOLDS)
                .key(stream.clone())
                .arg(room.to_string())
                .arg(from)
                .number(LOOKED_THROUGH);
            let mut reply = Reply::some("outbox_holds", self.outbox.run(call).await?)?;
            let holds: u8 = reply.parse("answer")?;
            let last = reply.text("id")?;
            if holds == 1 || last.is_empty() {
                return Ok(holds == 1);
            }
            from = format!("({last}");
        }
    }

    async fn look(&self, partition: Partition, limit: usize) -> Result<Vec<OutboxId>, Unavailable> {
        let call = Call::script(&scripts::OUTBOX_LOOK)
            .key(self.outbox.keys().outbox(partition))
            .arg(self.pod.to_string())
            .arg(limit.to_string())
            .number(millis(LEFT));
        let mut reply = Reply::some("outbox_look", self.outbox.run(call).await?)?;
        let mut ids = Vec::with_capacity(reply.left());
        while reply.left() > 0 {
            ids.push(id(&mut reply, partition)?);
        }
        Ok(ids)
    }

    async fn take_from(
        &self,
        partition: Partition,
        ids: Vec<OutboxId>,
    ) -> Result<Vec<OutboxEntry>, Unavailable> {
        let call = Call::script(&scripts::OUTBOX_TAKE)
            .key(self.outbox.keys().outbox(partition))
            .arg(self.pod.to_string())
            .number(millis(LEFT));
        let call = ids.into_iter().fold(call, |call, id| call.arg(place(id)));
        // What a failover undoes must not be in the results: its game goes on, and ends another way.
        Ok(entries(self.outbox.run_durably(call).await?, partition)?)
    }

    async fn status_of(&self, partition: Partition) -> Result<OutboxStatus, Unavailable> {
        let keys = self.outbox.keys();
        let call = Call::script(&scripts::OUTBOX_STATUS)
            .key(keys.outbox(partition))
            .key(keys.aside(partition));
        let mut reply = Reply::some("outbox_status", self.outbox.run(call).await?)?;
        let waiting = reply.parse("length")?;
        let oldest = reply.text("id")?;
        let aside = reply.parse("length")?;
        let now: u64 = reply.parse("time")?;
        let since = oldest.split_once('-').and_then(|(at, _)| at.parse::<u64>().ok());
        let oldest = since.map(|at| Duration::from_millis(now.saturating_sub(at)));
        Ok(OutboxStatus { waiting, oldest, aside })
    }

    /// Removes recorders that are gone, now and then and in the background.
    fn tidy(&self) {
        if !is_time(&self.tidied, GONE) {
            return;
        }
        let store = self.clone();
        tokio::spawn(async move {
            if let Err(error) = store.remove_gone(GONE).await {
                tracing::debug!(%error, "the outbox could not be tidied");
            }
        });
    }

    /// Removes recorders that hold nothing and have not been heard of for that long.
    pub(super) async fn remove_gone(&self, age: Duration) -> Result<(), Unavailable> {
        for partition in Partition::all() {
            let call = Call::script(&scripts::OUTBOX_TIDY)
                .key(self.outbox.keys().outbox(partition))
                .arg(self.pod.to_string())
                .number(millis(age));
            self.outbox.run(call).await?;
        }
        Ok(())
    }
}

fn by_partition(ids: Vec<OutboxId>) -> impl Iterator<Item = (Partition, Vec<OutboxId>)> {
    let mut by_partition = BTreeMap::<_, Vec<OutboxId>>::new();
    for id in ids {
        by_partition.entry(id.partition()).or_default().push(id);
    }
    by_partition.into_iter().filter_map(|(number, ids)| Some((Partition::numbered(number)?, ids)))
}

pub(super) fn partition(id: OutboxId) -> Result<Partition, Unavailable> {
    let number = id.partition();
    Partition::numbered(number)
        .ok_or_else(|| Unavailable(format!("there is no partition {number}")))
}

/// The place of an entry in its stream, as Valkey spells it.
pub(super) fn place(id: OutboxId) -> String {
    format!("{}-{}", id.at(), id.number())
}

pub(super) fn id(reply: &mut Reply, partition: Partition) -> Result<OutboxId, BadReply> {
    let text = reply.text("id")?;
    let (at, number) = text.split_once('-').ok_or_else(|| reply.bad("id"))?;
    let part = |text: &str| text.parse::<u64>().map_err(|_| reply.bad("id"));
    Ok(OutboxId::in_stream(partition.number(), part(at)?, part(number)?))
}

/// Before there was a second format, none was written. What is no number is no format that any
/// version knows.
pub(super) fn format(written: Option<Bytes>) -> u32 {
    let Some(written) = written.filter(|written| !written.is_empty()) else { return RECORD_FORMAT };
    let number = std::str::from_utf8(&written).ok().and_then(|written| written.parse().ok());
    number.unwrap_or(u32::MAX)
}

fn entries(answer: Value, partition: Partition) -> Result<Vec<OutboxEntry>, BadReply> {
    let mut reply = Reply::some("outbox_take", answer)?;
    let mut entries = Vec::with_capacity(reply.left() / 5);
    while reply.left() > 0 {
        let id = id(&mut reply, partition)?;
        // A record that is no text is for the recorder to find unreadable.
        let record = reply.bytes()?.unwrap_or_default();
        let record = String::from_utf8_lossy(&record).into_owned();
        let format = format(reply.bytes()?);
        let tries = reply.parse("number of tries")?;
        let age = Some(Duration::from_millis(reply.parse("age")?));
        entries.push(OutboxEntry { id, record, format, tries, age });
    }
    Ok(entries)
}
