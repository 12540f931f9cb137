//! The contract of the stores: what every side of their ports must do.
//!
//! Each promise is a function of a [`Side`], so that a new side runs all of them with one line.

pub(crate) mod outbox;
pub(crate) mod players;
pub(crate) mod pods;
pub(crate) mod rooms;
pub(crate) mod sign_outs;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, ready};

use super::{Commit, CommitError, NewRoom, Players, Pods, Rooms, SignOuts, StoredRoom};
use crate::ids::{BySeat, Epoch, PlayerId, PodId, RoomId, Seat, Version};
use crate::protocol::Reason;
use crate::results::{DeadLetters, FinishedGame, FinishedSeat, Outbox};

/// One side of the ports.
pub(crate) trait Side {
    fn rooms(&self) -> &dyn Rooms;
    fn players(&self) -> &dyn Players;
    fn outbox(&self) -> &dyn Outbox;
    fn sign_outs(&self) -> &dyn SignOuts;
    /// Returns when the side's clock shows another time than now, if it can tell.
    fn tick(&self) -> BoxFuture<'_, ()> {
        ready(()).boxed()
    }
}

/// A side whose time a test can let pass.
pub(crate) trait Timed: Side {
    /// Lets so much of the side's time pass.
    fn pass(&self, time: Duration) -> BoxFuture<'_, ()>;
}

/// A side that outlives its process, so that operators can look at what was set aside.
pub(crate) trait Lasting: Side {
    fn dead_letters(&self) -> &dyn DeadLetters;
}

/// A side that many pods may use at once.
pub(crate) trait ManyPods: Side {
    fn pods(&self) -> &dyn Pods;
}

/// Makes a test of each promise.
macro_rules! promises {
    ($attributes:tt $side:expr, $group:ident: $($promise:ident),+ $(,)?) => {
        $(crate::cluster::contract::promise!($attributes $side, $group, $promise);)+
    };
}

macro_rules! promise {
    ([$($attribute:tt)+] $side:expr, $group:ident, $promise:ident) => {
        $($attribute)+
        async fn $promise() {
            crate::cluster::contract::$group::$promise(&$side).await;
        }
    };
}

/// Makes a test of every promise that each side gives.
macro_rules! contract {
    ($attributes:tt $side:expr) => {
        crate::cluster::contract::promises!(
            $attributes $side, rooms:
            a_room_is_founded_once,
            a_room_may_be_founded_where_its_host_had_come_to,
            a_room_names_its_players,
            a_commit_is_kept_whole,
            a_commit_of_a_host_that_was_replaced_is_fenced,
            a_commit_after_a_release_is_fenced,
            a_commit_to_a_room_that_is_not_there_says_so,
            an_overtaken_attempt_succeeds_and_changes_nothing,
            an_ended_room_takes_nothing_and_fills_the_outbox_once,
            only_one_of_many_claims_wins,
            a_claim_that_cannot_read_the_snapshot_changes_nothing,
            only_the_host_of_the_epoch_releases,
        );
        crate::cluster::contract::promises!(
            $attributes $side, players:
            generations_rise_with_every_connection,
            the_last_room_is_kept_until_left_behind,
        );
        crate::cluster::contract::promises!(
            $attributes $side, outbox:
            the_outbox_gives_the_oldest_first_until_done,
            an_entry_set_aside_is_not_taken_again,
            what_is_taken_is_bounded_and_nothing_is_left_out,
        );
        crate::cluster::contract::promises!(
            $attributes $side, sign_outs:
            sign_outs_are_read_from_the_first_and_from_any_place,
            a_sign_out_that_is_given_twice_is_there_once,
            many_sign_outs_are_read_in_parts,
        );
    };
}

/// Makes a test of every promise about time, for a side that can let it pass.
macro_rules! timed_contract {
    ($attributes:tt $side:expr) => {
        crate::cluster::contract::promises!(
            $attributes $side, rooms: an_ended_room_is_kept_for_ten_minutes,
        );
        crate::cluster::contract::promises!(
            $attributes $side, players:
            generations_rise_even_after_an_entry_was_forgotten,
            an_untouched_player_is_forgotten_after_half_an_hour,
        );
    };
}

/// Makes a test of every promise of a side that outlives its process.
macro_rules! lasting_contract {
    ($attributes:tt $side:expr) => {
        crate::cluster::contract::promises!(
            $attributes $side, outbox:
            what_was_set_aside_is_listed_in_parts,
            an_entry_put_back_is_taken_as_if_it_were_new,
        );
    };
}

/// Makes a test of every promise of a side that many pods may use at once.
macro_rules! many_pods_contract {
    ($attributes:tt $side:expr) => {
        crate::cluster::contract::promises!(
            $attributes $side, rooms:
            a_room_tells_how_long_nobody_wrote_it,
            a_room_is_listed_as_open_until_it_ends,
        );
        crate::cluster::contract::promises!(
            $attributes $side, players:
            the_newest_connection_of_each_player_is_known,
            an_arrival_names_the_pod_that_served_the_player_before,
        );
        crate::cluster::contract::promises!(
            $attributes $side, pods:
            a_pod_lives_from_its_first_heartbeat_until_it_leaves,
            the_last_heartbeat_counts,
        );
    };
}
pub(crate) use {
    contract, lasting_contract, many_pods_contract, promise, promises, timed_contract,
};

const BOTH: &[u32] = &[1, 2];
const MINUTE: Duration = Duration::from_secs(60);

pub(crate) fn new_room(host: PodId) -> NewRoom {
    NewRoom {
        id: RoomId::random(),
        host,
        epoch: Epoch(1),
        version: Version(1),
        players: BySeat { p1: Some(PlayerId::random()), p2: None },
        format: 1,
        snapshot: Bytes::from_static(b"first"),
    }
}

pub(crate) fn commit(room: RoomId, host: PodId, epoch: u64, version: u64) -> Commit {
    Commit {
        room,
        host,
        epoch: Epoch(epoch),
        version: Version(version),
        format: 1,
        snapshot: Bytes::from(format!("epoch {epoch} version {version}")),
        finished: None,
    }
}

pub(crate) fn finished(room: RoomId) -> FinishedGame {
    FinishedGame {
        game_id: room,
        game: "cookie".to_owned(),
        ended_at: 1_790_000_000_000,
        reason: Reason::Time,
        winner: Some(Seat::P1),
        seats: BySeat::from_fn(|seat| FinishedSeat {
            player: PlayerId::random(),
            name: format!("{seat:?}"),
            picture: None,
            bot: None,
            points: 7,
            clicks: 5,
            rhythm: None,
        }),
    }
}

pub(crate) async fn founded(side: &impl Side) -> (RoomId, PodId) {
    let host = PodId::random();
    let room = new_room(host);
    let id = room.id;
    assert!(side.rooms().found(room).await.unwrap());
    (id, host)
}

pub(crate) async fn stored(side: &impl Side, room: RoomId) -> StoredRoom {
    side.rooms().load(room).await.unwrap().expect("the room is there")
}

pub(crate) fn is_fenced(answer: Result<(), CommitError>) -> bool {
    matches!(answer, Err(CommitError::Fenced))
}

/// A clock that a test moves on.
#[derive(Debug, Default)]
pub(crate) struct Moved(AtomicU64);

impl Moved {
    pub(crate) fn by(&self, time: Duration) {
        self.0.fetch_add(u64::try_from(time.as_millis()).unwrap(), Ordering::SeqCst);
    }

    pub(crate) fn millis(&self) -> i64 {
        i64::try_from(self.0.load(Ordering::SeqCst)).unwrap()
    }
}
