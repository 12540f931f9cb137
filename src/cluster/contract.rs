//! The contract of the stores: what every side of [`Rooms`], [`Players`] and [`Outbox`] must do.
//!
//! Each promise is a function of a [`Side`], so that a new side runs all of them with one line.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::{BoxFuture, join_all};

use super::{ClaimError, Commit, CommitError, NewRoom, Players, Rooms, StoredRoom};
use crate::ids::{BySeat, Epoch, PlayerId, PodId, RoomId, Seat, Version};
use crate::protocol::Reason;
use crate::results::{FinishedGame, FinishedSeat, Outbox};

/// One side of the ports, and its time.
pub(crate) trait Side {
    fn rooms(&self) -> &dyn Rooms;
    fn players(&self) -> &dyn Players;
    fn outbox(&self) -> &dyn Outbox;
    /// Lets so much of the side's time pass.
    fn pass(&self, time: Duration) -> BoxFuture<'_, ()>;
}

/// Makes a test of every promise for one side.
macro_rules! contract {
    (#[$test:meta] $side:expr, $($promise:ident),+ $(,)?) => {
        $(
            #[$test]
            async fn $promise() {
                crate::cluster::contract::$promise(&$side).await;
            }
        )+
    };
    (#[$test:meta] $side:expr) => {
        crate::cluster::contract::contract!(
            #[$test]
            $side,
            a_room_is_founded_once,
            a_commit_is_kept_whole,
            a_commit_of_a_host_that_was_replaced_is_fenced,
            a_commit_after_a_release_is_fenced,
            a_commit_to_a_room_that_is_not_there_says_so,
            an_overtaken_attempt_succeeds_and_changes_nothing,
            an_ended_room_takes_nothing_and_fills_the_outbox_once,
            only_one_of_many_claims_wins,
            a_claim_that_cannot_read_the_snapshot_changes_nothing,
            only_the_host_of_the_epoch_releases,
            an_ended_room_is_kept_for_ten_minutes,
            generations_rise_with_every_connection,
            generations_rise_even_after_an_entry_was_forgotten,
            the_last_room_is_kept_until_left_behind,
            an_untouched_player_is_forgotten_after_half_an_hour,
            the_outbox_gives_the_oldest_first_until_done,
            an_entry_set_aside_is_not_taken_again,
        );
    };
}
pub(crate) use contract;

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
        }),
    }
}

async fn founded(side: &impl Side) -> (RoomId, PodId) {
    let host = PodId::random();
    let room = new_room(host);
    let id = room.id;
    assert!(side.rooms().found(room).await.unwrap());
    (id, host)
}

async fn stored(side: &impl Side, room: RoomId) -> StoredRoom {
    side.rooms().load(room).await.unwrap().expect("the room is there")
}

fn is_fenced(answer: Result<(), CommitError>) -> bool {
    matches!(answer, Err(CommitError::Fenced))
}

pub(crate) async fn a_room_is_founded_once(side: &impl Side) {
    let room = new_room(PodId::random());
    assert!(side.rooms().load(room.id).await.unwrap().is_none());
    assert!(side.rooms().found(room.clone()).await.unwrap());
    let again =
        NewRoom { host: PodId::random(), snapshot: Bytes::from_static(b"x"), ..room.clone() };
    assert!(!side.rooms().found(again).await.unwrap());
    let stored = stored(side, room.id).await;
    assert_eq!(stored.host, Some(room.host));
    assert_eq!((stored.epoch, stored.version), (Epoch(1), Version(1)));
    assert_eq!((stored.format, &stored.snapshot[..]), (1, &b"first"[..]));
    assert!(!stored.ended);
}

pub(crate) async fn a_commit_is_kept_whole(side: &impl Side) {
    let (room, host) = founded(side).await;
    let snapshot = Bytes::from((0..=255).cycle().take(70_000).collect::<Vec<u8>>());
    let next = Commit { format: 2, snapshot: snapshot.clone(), ..commit(room, host, 1, 2) };
    side.rooms().commit(next).await.unwrap();
    let kept = stored(side, room).await;
    assert_eq!((kept.host, kept.epoch, kept.version), (Some(host), Epoch(1), Version(2)));
    assert_eq!((kept.format, kept.snapshot), (2, snapshot));

    side.rooms().commit(commit(room, host, 1, 9)).await.unwrap();
    let kept = stored(side, room).await;
    assert_eq!((kept.version, kept.format), (Version(9), 1));
    assert_eq!(&kept.snapshot[..], b"epoch 1 version 9");
}

pub(crate) async fn a_commit_of_a_host_that_was_replaced_is_fenced(side: &impl Side) {
    let (room, old) = founded(side).await;
    let new = PodId::random();
    side.rooms().commit(commit(room, old, 1, 5)).await.unwrap();
    let claimed = side.rooms().claim(room, new, Epoch(1), BOTH).await.unwrap();
    assert_eq!((claimed.epoch, claimed.version), (Epoch(2), Version(5)));
    assert_eq!(&claimed.snapshot[..], b"epoch 1 version 5");

    assert!(is_fenced(side.rooms().commit(commit(room, old, 1, 6)).await));
    assert!(is_fenced(side.rooms().commit(commit(room, old, 2, 6)).await));
    let end = Commit { finished: Some(finished(room)), ..commit(room, old, 1, 7) };
    assert!(is_fenced(side.rooms().commit(end).await));
    assert_eq!(stored(side, room).await.version, Version(5));
    assert!(side.outbox().take(10).await.unwrap().is_empty());

    side.rooms().commit(commit(room, new, 2, 6)).await.unwrap();
    assert_eq!(stored(side, room).await.host, Some(new));
}

pub(crate) async fn a_commit_after_a_release_is_fenced(side: &impl Side) {
    let (room, host) = founded(side).await;
    side.rooms().release(room, host, Epoch(1)).await.unwrap();
    assert_eq!(stored(side, room).await.host, None);
    assert!(is_fenced(side.rooms().commit(commit(room, host, 1, 2)).await));
    side.rooms().claim(room, host, Epoch(1), BOTH).await.unwrap();
    assert!(is_fenced(side.rooms().commit(commit(room, host, 1, 2)).await));
    side.rooms().commit(commit(room, host, 2, 2)).await.unwrap();
}

pub(crate) async fn a_commit_to_a_room_that_is_not_there_says_so(side: &impl Side) {
    let (room, host) = (RoomId::random(), PodId::random());
    let answer = side.rooms().commit(commit(room, host, 1, 2)).await;
    assert!(matches!(answer, Err(CommitError::Missing)));
    let end = Commit { finished: Some(finished(room)), ..commit(room, host, 1, 2) };
    let answer = side.rooms().commit(end).await;
    assert!(matches!(answer, Err(CommitError::Missing)));
    assert!(side.outbox().take(10).await.unwrap().is_empty());
    assert!(side.rooms().load(room).await.unwrap().is_none());
}

pub(crate) async fn an_overtaken_attempt_succeeds_and_changes_nothing(side: &impl Side) {
    let (room, host) = founded(side).await;
    side.rooms().commit(commit(room, host, 1, 5)).await.unwrap();
    let late = Commit { snapshot: Bytes::from_static(b"late"), ..commit(room, host, 1, 5) };
    side.rooms().commit(late).await.unwrap();
    side.rooms().commit(commit(room, host, 1, 3)).await.unwrap();
    assert_eq!(&stored(side, room).await.snapshot[..], b"epoch 1 version 5");
}

pub(crate) async fn an_ended_room_takes_nothing_and_fills_the_outbox_once(side: &impl Side) {
    let (room, host) = founded(side).await;
    let game = finished(room);
    let end = |version| Commit { finished: Some(game.clone()), ..commit(room, host, 1, version) };
    side.rooms().commit(end(2)).await.unwrap();
    assert!(stored(side, room).await.ended);

    // Its host may not have heard the answer and tries again: it learns that the room has ended.
    side.rooms().commit(end(3)).await.unwrap();
    side.rooms().commit(commit(room, host, 1, 4)).await.unwrap();
    assert!(is_fenced(side.rooms().commit(commit(room, PodId::random(), 1, 4)).await));
    assert!(is_fenced(side.rooms().commit(commit(room, host, 2, 4)).await));
    let claim = side.rooms().claim(room, PodId::random(), Epoch(1), BOTH).await;
    assert!(matches!(claim, Err(ClaimError::Ended)));
    side.rooms().release(room, host, Epoch(1)).await.unwrap();

    let kept = stored(side, room).await;
    assert_eq!((kept.version, kept.host), (Version(2), Some(host)));
    let entries = side.outbox().take(10).await.unwrap();
    assert_eq!(entries.len(), 1);
    assert_eq!(serde_json::from_str::<FinishedGame>(&entries[0].record).unwrap(), game);
}

pub(crate) async fn only_one_of_many_claims_wins(side: &impl Side) {
    let (room, _) = founded(side).await;
    let pods: Vec<PodId> = (0..8).map(|_| PodId::random()).collect();
    let claims = pods.iter().map(|pod| side.rooms().claim(room, *pod, Epoch(1), BOTH));
    let answers = join_all(claims).await;
    let winners: Vec<PodId> = pods
        .iter()
        .zip(&answers)
        .filter(|(_, answer)| answer.is_ok())
        .map(|(pod, _)| *pod)
        .collect();
    assert_eq!(winners.len(), 1);
    let lost = |answer: &&Result<_, ClaimError>| matches!(answer, Err(ClaimError::Lost(Epoch(2))));
    assert_eq!(answers.iter().filter(lost).count(), 7);
    assert_eq!(stored(side, room).await.host, Some(winners[0]));
    let missing = side.rooms().claim(RoomId::random(), pods[0], Epoch(1), BOTH).await;
    assert!(matches!(missing, Err(ClaimError::Missing)));
}

pub(crate) async fn a_claim_that_cannot_read_the_snapshot_changes_nothing(side: &impl Side) {
    let (room, host) = founded(side).await;
    let claim = side.rooms().claim(room, PodId::random(), Epoch(1), &[2, 3]).await;
    assert!(matches!(claim, Err(ClaimError::Unreadable(1))));
    let kept = stored(side, room).await;
    assert_eq!((kept.host, kept.epoch), (Some(host), Epoch(1)));
    side.rooms().commit(commit(room, host, 1, 2)).await.unwrap();
}

pub(crate) async fn only_the_host_of_the_epoch_releases(side: &impl Side) {
    let (room, host) = founded(side).await;
    side.rooms().release(room, PodId::random(), Epoch(1)).await.unwrap();
    side.rooms().release(room, host, Epoch(2)).await.unwrap();
    side.rooms().release(RoomId::random(), host, Epoch(1)).await.unwrap();
    assert_eq!(stored(side, room).await.host, Some(host));
}

pub(crate) async fn an_ended_room_is_kept_for_ten_minutes(side: &impl Side) {
    let (room, host) = founded(side).await;
    let (open, _) = founded(side).await;
    let end = Commit { finished: Some(finished(room)), ..commit(room, host, 1, 2) };
    side.rooms().commit(end).await.unwrap();
    side.pass(MINUTE * 10 - Duration::from_secs(5)).await;
    assert!(stored(side, room).await.ended);
    side.pass(Duration::from_secs(10)).await;
    assert!(side.rooms().load(room).await.unwrap().is_none());
    let claim = side.rooms().claim(room, host, Epoch(1), BOTH).await;
    assert!(matches!(claim, Err(ClaimError::Missing)));
    assert!(!stored(side, open).await.ended);
    assert_eq!(side.outbox().take(10).await.unwrap().len(), 1);
}

pub(crate) async fn generations_rise_with_every_connection(side: &impl Side) {
    let (anna, ben) = (PlayerId::random(), PlayerId::random());
    let mut last = side.players().arrive(anna, PodId::random()).await.unwrap();
    assert_eq!(last.last_room, None);
    for _ in 0..5 {
        side.players().arrive(ben, PodId::random()).await.unwrap();
        let next = side.players().arrive(anna, PodId::random()).await.unwrap();
        assert!(next.generation > last.generation);
        last = next;
    }
    let both = join_all((0..10).map(|_| side.players().arrive(ben, PodId::random()))).await;
    let mut generations: Vec<_> = both.into_iter().map(|a| a.unwrap().generation).collect();
    generations.sort();
    generations.dedup();
    assert_eq!(generations.len(), 10, "two connections have the same generation");
}

pub(crate) async fn generations_rise_even_after_an_entry_was_forgotten(side: &impl Side) {
    let anna = PlayerId::random();
    side.players().arrive(anna, PodId::random()).await.unwrap();
    let last = side.players().arrive(anna, PodId::random()).await.unwrap();
    side.pass(MINUTE * 40).await;
    assert!(
        side.players().arrive(anna, PodId::random()).await.unwrap().generation > last.generation
    );
}

pub(crate) async fn the_last_room_is_kept_until_left_behind(side: &impl Side) {
    let (anna, ben) = (PlayerId::random(), PlayerId::random());
    let (first, second) = (RoomId::random(), RoomId::random());
    let players = side.players();
    players.seated(first, vec![anna, ben]).await.unwrap();
    assert_eq!(players.arrive(anna, PodId::random()).await.unwrap().last_room, Some(first));
    assert_eq!(players.arrive(ben, PodId::random()).await.unwrap().last_room, Some(first));
    players.seated(second, vec![anna]).await.unwrap();
    players.leave_behind(anna, first).await.unwrap();
    assert_eq!(players.arrive(anna, PodId::random()).await.unwrap().last_room, Some(second));
    players.leave_behind(anna, second).await.unwrap();
    assert_eq!(players.arrive(anna, PodId::random()).await.unwrap().last_room, None);
    assert_eq!(players.arrive(ben, PodId::random()).await.unwrap().last_room, Some(first));
    let stranger = PlayerId::random();
    players.leave_behind(stranger, first).await.unwrap();
    assert_eq!(players.arrive(stranger, PodId::random()).await.unwrap().last_room, None);
}

pub(crate) async fn an_untouched_player_is_forgotten_after_half_an_hour(side: &impl Side) {
    let (anna, ben, room) = (PlayerId::random(), PlayerId::random(), RoomId::random());
    side.players().seated(room, vec![anna, ben]).await.unwrap();
    side.pass(MINUTE * 29).await;
    assert_eq!(side.players().arrive(anna, PodId::random()).await.unwrap().last_room, Some(room));
    side.pass(MINUTE * 2).await;
    assert_eq!(side.players().arrive(anna, PodId::random()).await.unwrap().last_room, Some(room));
    assert_eq!(side.players().arrive(ben, PodId::random()).await.unwrap().last_room, None);
}

/// Ends so many rooms, one after the other.
async fn end_rooms(side: &impl Side, count: usize) -> Vec<RoomId> {
    let mut rooms = Vec::new();
    for _ in 0..count {
        let (room, host) = founded(side).await;
        let end = Commit { finished: Some(finished(room)), ..commit(room, host, 1, 2) };
        side.rooms().commit(end).await.unwrap();
        rooms.push(room);
    }
    rooms
}

fn game_of(record: &str) -> RoomId {
    serde_json::from_str::<FinishedGame>(record).unwrap().game_id
}

pub(crate) async fn the_outbox_gives_the_oldest_first_until_done(side: &impl Side) {
    let outbox = side.outbox();
    assert!(outbox.take(10).await.unwrap().is_empty());
    let rooms = end_rooms(side, 3).await;
    let first = outbox.take(2).await.unwrap();
    let ids: Vec<_> = first.iter().map(|entry| game_of(&entry.record)).collect();
    assert_eq!(ids, rooms[..2]);
    assert_eq!(first.iter().map(|entry| entry.tries).collect::<Vec<_>>(), [0, 0]);

    let again = outbox.take(10).await.unwrap();
    let tries: Vec<_> = again.iter().map(|entry| entry.tries).collect();
    assert_eq!(tries, [1, 1, 0]);
    outbox.done(again[0].id).await.unwrap();
    outbox.done(again[0].id).await.unwrap();
    let rest = outbox.take(10).await.unwrap();
    let ids: Vec<_> = rest.iter().map(|entry| game_of(&entry.record)).collect();
    assert_eq!(ids, rooms[1..]);
    assert_eq!(rest.iter().map(|entry| entry.tries).collect::<Vec<_>>(), [2, 1]);
}

pub(crate) async fn an_entry_set_aside_is_not_taken_again(side: &impl Side) {
    let rooms = end_rooms(side, 3).await;
    let entries = side.outbox().take(10).await.unwrap();
    side.outbox().set_aside(entries[1].id, "torn".to_owned()).await.unwrap();
    side.outbox().set_aside(entries[1].id, "torn".to_owned()).await.unwrap();
    let rest = side.outbox().take(10).await.unwrap();
    let ids: Vec<_> = rest.iter().map(|entry| game_of(&entry.record)).collect();
    assert_eq!(ids, [rooms[0], rooms[2]]);
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
