//! The walks through what is stored: in slices, and no further than a bound.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures_util::stream::{self, StreamExt, TryStreamExt};

use super::{Seated, Unreadable};
use crate::cluster::{Look, Unavailable, ValkeyStore};
use crate::ids::{PlayerId, PodId, RoomId};
use crate::matchmaking::{Cursor, Matchmaking, Noted, ValkeyMatchmaking};

/// Seats, and founding records, that are looked at.
pub(super) const MOST: usize = 100_000;

/// Calls under way at once.
const AT_ONCE: usize = 64;

/// Players whose seats are asked for in one call.
const PLAYERS_AT_ONCE: usize = 500;

/// When so many rooms could not be looked at, the store is away, and not a room damaged.
const FAILURES: usize = 50;

/// What was found of one kind.
pub(super) struct Walked<K, V> {
    pub(super) found: BTreeMap<K, V>,
    /// `false`: the bound was reached.
    pub(super) whole: bool,
    /// What nobody can read here.
    pub(super) unreadable: BTreeSet<Unreadable>,
}

/// Founding records by room, each with its age if it can be read.
pub(super) type Records = Walked<RoomId, Option<Duration>>;

/// What was seen of a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    Absent,
    Ended,
    Open { host: Option<PodId>, idle: Duration },
    Unreadable(String),
}

impl Seen {
    pub(super) fn host(&self) -> Option<PodId> {
        match self {
            Self::Open { host, .. } => *host,
            _ => None,
        }
    }
}

/// Who sits where.
pub(super) async fn seats(
    matchmaking: &ValkeyMatchmaking,
    most: usize,
) -> Result<Walked<PlayerId, RoomId>, Unavailable> {
    let mut walked = Walked { found: BTreeMap::new(), whole: false, unreadable: BTreeSet::new() };
    let mut at = Cursor::default();
    while walked.found.len() < most {
        let (seats, next) = matchmaking.seats(at).await?;
        walked.found.extend(seats);
        at = next;
        if at == Cursor::default() {
            walked.whole = true;
            break;
        }
    }
    Ok(walked)
}

pub(super) async fn records(
    matchmaking: &ValkeyMatchmaking,
    most: usize,
) -> Result<Records, Unavailable> {
    let mut walked = Walked { found: BTreeMap::new(), whole: false, unreadable: BTreeSet::new() };
    let mut at = Cursor::default();
    while walked.found.len() + walked.unreadable.len() < most {
        let (records, next) = matchmaking.all_noted(at).await?;
        for noted in records {
            match noted {
                Noted::Record(record) => {
                    walked.found.insert(record.founding.room, Some(record.age));
                }
                Noted::Unreadable { room, why } => {
                    walked.found.extend(room.map(|room| (room, None)));
                    walked.unreadable.insert(Unreadable { room, why });
                }
            }
        }
        at = next;
        if at == Cursor::default() {
            walked.whole = true;
            break;
        }
    }
    Ok(walked)
}

/// Looks at rooms, many at a time.
pub(super) async fn rooms(
    store: &ValkeyStore,
    ids: BTreeSet<RoomId>,
) -> Result<BTreeMap<RoomId, Seen>, Unavailable> {
    let mut looks = stream::iter(ids)
        .map(|room| async move { (room, look(store, room).await) })
        .buffer_unordered(AT_ONCE);
    let (mut seen, mut failures) = (BTreeMap::new(), 0);
    while let Some((room, look)) = looks.next().await {
        let look = match look {
            Ok(look) => look,
            Err(error) if failures < FAILURES => {
                failures += 1;
                Seen::Unreadable(error.0)
            }
            Err(error) => return Err(error),
        };
        seen.insert(room, look);
    }
    Ok(seen)
}

/// Once more if there is no answer: one lost reply is no damage.
async fn look(store: &ValkeyStore, room: RoomId) -> Result<Seen, Unavailable> {
    let look = match store.look_at(room).await {
        Ok(look) => look,
        Err(_) => store.look_at(room).await?,
    };
    Ok(match look {
        Look::Absent => Seen::Absent,
        Look::Damaged(why) => Seen::Unreadable(why),
        Look::Stored(stored) if stored.ended => Seen::Ended,
        Look::Stored(stored) => {
            Seen::Open { host: stored.host, idle: stored.idle.unwrap_or_default() }
        }
    })
}

/// Those who still sit where they were seen.
pub(super) async fn still_seated(
    matchmaking: &ValkeyMatchmaking,
    seen: Vec<Seated>,
) -> Result<Vec<Seated>, Unavailable> {
    let mut still = Vec::new();
    for some in seen.chunks(PLAYERS_AT_ONCE) {
        let players = some.iter().map(|seated| seated.player).collect();
        let now: BTreeMap<PlayerId, RoomId> =
            matchmaking.seats_of(players).await?.into_iter().collect();
        still.extend(some.iter().filter(|seated| now.get(&seated.player) == Some(&seated.room)));
    }
    Ok(still)
}

/// Those whose room has no founding record, wherever the walk through the records ended.
pub(super) async fn without_record(
    matchmaking: &ValkeyMatchmaking,
    seated: Vec<Seated>,
) -> Result<Vec<Seated>, Unavailable> {
    stream::iter(seated)
        .map(|seated| async move { Ok((seated, matchmaking.noted(seated.room).await?)) })
        .buffered(AT_ONCE)
        .try_filter_map(|(seated, noted)| async move { Ok(noted.is_none().then_some(seated)) })
        .try_collect()
        .await
}
