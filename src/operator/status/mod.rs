//! `status`: how the pods stand. Walks are made in slices and end somewhere; what looks wrong is
//! looked at twice, since games are played and end meanwhile.

mod table;
#[cfg(test)]
mod tests;
mod walk;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures_util::future::try_join_all;
use serde::Serialize;

use super::{Failure, Stores, text};
use crate::cluster::{LivingPod, OutboxStatus, Pods, Unavailable};
use crate::ids::{PlayerId, PodId, RoomId};

use walk::Seen;

/// How the pods stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Status {
    pods: Vec<PodLine>,
    rooms: Rooms,
    queues: Vec<Queue>,
    outbox: Outbox,
    seats: Seats,
    founding_records: FoundingRecords,
    /// `false`: there are more rooms or seats than are looked at, and the rest is not counted.
    complete: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct PodLine {
    id: PodId,
    address: String,
    heartbeat_age_ms: u64,
    /// The formats of snapshots that it reads.
    snapshot_formats: Vec<u32>,
    /// The formats of bus messages that it reads.
    bus_formats: Vec<u32>,
    rooms: usize,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Rooms {
    /// Those with a seat or a founding record, and up to 64 of each partition that have lost both.
    open: usize,
    /// Rooms that the next player who asks, or the sweep, will take over.
    without_living_host: usize,
    /// The room that was not committed for longest.
    oldest_commit: Option<Idle>,
    hosts: Vec<HostLine>,
    unreadable: Vec<Unreadable>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Idle {
    room: RoomId,
    ago_ms: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct HostLine {
    /// `None`: rooms that were released.
    pod: Option<PodId>,
    living: bool,
    rooms: usize,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
struct Unreadable {
    room: Option<RoomId>,
    why: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Queue {
    game: String,
    waiting: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Outbox {
    waiting: u64,
    oldest_ms: Option<u64>,
    set_aside: u64,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Seats {
    taken: usize,
    /// Their room is neither in the store nor to be founded: `player free` frees them.
    without_room: Vec<Seated>,
    /// Nobody has freed them yet: the recorder or the sweep will.
    in_ended_room: Vec<Seated>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
struct Seated {
    player: PlayerId,
    room: RoomId,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct FoundingRecords {
    total: usize,
    /// Still to be founded, or ended as void after 30 s.
    without_room: Vec<Unfounded>,
    unreadable: Vec<Unreadable>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Unfounded {
    room: RoomId,
    /// How long ago it was written; `None` when it cannot be read.
    age_ms: Option<u64>,
}

pub(super) async fn show(stores: &Stores, json: bool) -> Result<String, Failure> {
    let status = gather(stores, walk::MOST).await?;
    if json {
        let text = serde_json::to_string(&status).map_err(std::io::Error::from)?;
        return Ok(text + "\n");
    }
    Ok(status.table())
}

/// Looks at no more than about so many seats, and as many founding records.
async fn gather(stores: &Stores, most: usize) -> Result<Status, Unavailable> {
    let seats = walk::seats(&stores.matchmaking, most).await?;
    let records = walk::records(&stores.matchmaking, most).await?;
    // A room that a failover has left without seats and record is still listed.
    let listed = stores.store.some_listed().await?;
    let ids = seats.found.values().chain(records.found.keys()).chain(&listed).copied().collect();
    let rooms = walk::rooms(&stores.store, ids).await?;
    let mut pods = stores.store.living().await?;
    pods.sort_by(|a, b| (&a.said.address, a.said.pod).cmp(&(&b.said.address, b.said.pod)));
    let living = hosts_alive(stores, &pods, &rooms).await?;
    let counted = Rooms::count(&rooms, &living);
    let queues = stores.catalogue.names().map(|game| queue(stores, game));
    Ok(Status {
        pods: pods.iter().map(|pod| PodLine::of(pod, &counted)).collect(),
        rooms: counted,
        queues: try_join_all(queues).await?,
        outbox: stores.store.outbox_status().await?.into(),
        complete: seats.whole && records.whole,
        seats: judge_seats(stores, seats.found, &records.found, &rooms).await?,
        founding_records: FoundingRecords::of(records, &rooms),
    })
}

async fn queue(stores: &Stores, game: &str) -> Result<Queue, Unavailable> {
    let waiting = stores.matchmaking.waiting(game).await?;
    Ok(Queue { game: game.to_owned(), waiting })
}

/// The hosts of rooms that live, whether or not their heartbeat can be read.
async fn hosts_alive(
    stores: &Stores,
    pods: &[LivingPod],
    rooms: &BTreeMap<RoomId, Seen>,
) -> Result<BTreeSet<PodId>, Unavailable> {
    let mut alive: BTreeSet<PodId> = pods.iter().map(|pod| pod.said.pod).collect();
    let hosts: BTreeSet<PodId> = rooms.values().filter_map(Seen::host).collect();
    let others: Vec<PodId> = hosts.difference(&alive).copied().collect();
    for pod in others {
        if stores.store.age(pod).await?.is_some() {
            alive.insert(pod);
        }
    }
    Ok(alive)
}

/// What looks wrong is looked at again: a game may have ended since its seat was seen.
async fn judge_seats(
    stores: &Stores,
    taken: BTreeMap<PlayerId, RoomId>,
    records: &BTreeMap<RoomId, Option<Duration>>,
    rooms: &BTreeMap<RoomId, Seen>,
) -> Result<Seats, Unavailable> {
    let (mut roomless, mut ended) = (Vec::new(), Vec::new());
    for (player, room) in &taken {
        let seated = Seated { player: *player, room: *room };
        match rooms.get(room) {
            Some(Seen::Ended) => ended.push(seated),
            Some(Seen::Absent) if !records.contains_key(room) => roomless.push(seated),
            _ => {}
        }
    }
    let roomless = walk::still_seated(&stores.matchmaking, roomless).await?;
    Ok(Seats {
        taken: taken.len(),
        without_room: walk::without_record(&stores.matchmaking, roomless).await?,
        in_ended_room: walk::still_seated(&stores.matchmaking, ended).await?,
    })
}

impl PodLine {
    fn of(pod: &LivingPod, rooms: &Rooms) -> Self {
        let LivingPod { said, age } = pod;
        let hosted = rooms.hosts.iter().find(|host| host.pod == Some(said.pod));
        Self {
            id: said.pod,
            address: said.address.clone(),
            heartbeat_age_ms: text::millis(*age),
            snapshot_formats: said.snapshots.clone(),
            bus_formats: said.bus.clone(),
            rooms: hosted.map_or(0, |host| host.rooms),
        }
    }
}

impl Rooms {
    fn count(rooms: &BTreeMap<RoomId, Seen>, living: &BTreeSet<PodId>) -> Self {
        let mut counted = Self::default();
        let mut hosts = BTreeMap::<Option<PodId>, usize>::new();
        for (room, seen) in rooms {
            match seen {
                Seen::Absent | Seen::Ended => {}
                Seen::Unreadable(why) => {
                    counted.unreadable.push(Unreadable { room: Some(*room), why: why.clone() });
                }
                Seen::Open { host, idle } => {
                    counted.open += 1;
                    *hosts.entry(*host).or_default() += 1;
                    let ago_ms = text::millis(*idle);
                    if counted.oldest_commit.as_ref().is_none_or(|oldest| oldest.ago_ms < ago_ms) {
                        counted.oldest_commit = Some(Idle { room: *room, ago_ms });
                    }
                }
            }
        }
        let host = |(pod, rooms): (Option<PodId>, usize)| {
            let living = pod.is_some_and(|pod| living.contains(&pod));
            HostLine { pod, living, rooms }
        };
        counted.hosts = hosts.into_iter().map(host).collect();
        let left = counted.hosts.iter().filter(|host| !host.living);
        counted.without_living_host = left.map(|host| host.rooms).sum();
        counted
    }
}

impl From<OutboxStatus> for Outbox {
    fn from(status: OutboxStatus) -> Self {
        Self {
            waiting: status.waiting,
            oldest_ms: status.oldest.map(text::millis),
            set_aside: status.aside,
        }
    }
}

impl FoundingRecords {
    fn of(records: walk::Records, rooms: &BTreeMap<RoomId, Seen>) -> Self {
        let absent = |room: &RoomId| rooms.get(room) == Some(&Seen::Absent);
        let without_room = records.found.iter().filter(|(room, _)| absent(room));
        let without_room = without_room
            .map(|(room, age)| Unfounded { room: *room, age_ms: age.map(text::millis) })
            .collect();
        let foreign = records.unreadable.iter().filter(|record| record.room.is_none()).count();
        Self {
            total: records.found.len() + foreign,
            without_room,
            unreadable: records.unreadable.into_iter().collect(),
        }
    }
}

/// For tests, whose bound is lower.
#[cfg(test)]
pub(super) async fn gather_some(stores: &Stores, most: usize) -> Status {
    gather(stores, most).await.unwrap()
}
