//! What every rooms store must do.

use std::time::Duration;

use bytes::Bytes;
use futures_util::future::join_all;
use tokio::time::Instant;

use super::{
    BOTH, MINUTE, ManyPods, Side, Timed, commit, finished, founded, is_fenced, new_room, stored,
};
use crate::cluster::{ClaimError, Commit, CommitError, NewRoom};
use crate::ids::{BySeat, Epoch, PlayerId, PodId, RoomId, Version};
use crate::results::FinishedGame;

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

pub(crate) async fn an_ended_room_is_kept_for_ten_minutes(side: &impl Timed) {
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

pub(crate) async fn a_room_may_be_founded_where_its_host_had_come_to(side: &impl Side) {
    let host = PodId::random();
    let lost = NewRoom { epoch: Epoch(4), version: Version(17), ..new_room(host) };
    assert!(side.rooms().found(lost.clone()).await.unwrap());
    let kept = stored(side, lost.id).await;
    assert_eq!((kept.epoch, kept.version), (Epoch(4), Version(17)));
    assert!(is_fenced(side.rooms().commit(commit(lost.id, host, 3, 18)).await));
    side.rooms().commit(commit(lost.id, host, 4, 17)).await.unwrap();
    assert_eq!(&stored(side, lost.id).await.snapshot[..], b"first");
    side.rooms().commit(commit(lost.id, host, 4, 18)).await.unwrap();
    let claimed = side.rooms().claim(lost.id, PodId::random(), Epoch(4), BOTH).await.unwrap();
    assert_eq!((claimed.epoch, claimed.version), (Epoch(5), Version(18)));
}

pub(crate) async fn a_room_names_its_players(side: &impl Side) {
    let (anna, ben) = (PlayerId::random(), PlayerId::random());
    let seats = [
        BySeat { p1: Some(anna), p2: Some(ben) },
        BySeat { p1: Some(anna), p2: None },
        BySeat { p1: None, p2: Some(ben) },
    ];
    for players in seats {
        let host = PodId::random();
        let room = NewRoom { players, ..new_room(host) };
        side.rooms().found(room.clone()).await.unwrap();
        side.rooms().commit(commit(room.id, host, 1, 2)).await.unwrap();
        assert_eq!(stored(side, room.id).await.players, players);
    }
}

pub(crate) async fn a_room_tells_how_long_nobody_wrote_it(side: &impl ManyPods) {
    /// Both ends of an age are rounded to milliseconds.
    const ROUNDED: Duration = Duration::from_millis(2);
    let founded_at = Instant::now();
    let (room, host) = founded(side).await;
    let idle = async || stored(side, room).await.idle.unwrap();
    let mut seen = idle().await;
    while seen < Duration::from_millis(20) {
        side.tick().await;
        let next = idle().await;
        assert!(next >= seen && next <= founded_at.elapsed() + ROUNDED);
        seen = next;
    }
    let committed_at = Instant::now();
    side.rooms().commit(commit(room, host, 1, 2)).await.unwrap();
    assert!(idle().await <= committed_at.elapsed() + ROUNDED);
    while idle().await < Duration::from_millis(20) {
        side.tick().await;
    }
    let claimed_at = Instant::now();
    side.rooms().claim(room, PodId::random(), Epoch(1), BOTH).await.unwrap();
    assert!(idle().await <= claimed_at.elapsed() + ROUNDED);
}

pub(crate) async fn a_room_is_listed_as_open_until_it_ends(side: &impl ManyPods) {
    let rooms = join_all((0..40).map(|_| founded(side))).await;
    let (ended, open) = rooms.split_at(20);
    for (room, _) in open {
        let stranger = PodId::random();
        let end = Commit { finished: Some(finished(*room)), ..commit(*room, stranger, 1, 2) };
        assert!(matches!(side.rooms().commit(end).await, Err(CommitError::Fenced)));
    }
    for (room, host) in ended {
        let end = Commit { finished: Some(finished(*room)), ..commit(*room, *host, 1, 2) };
        side.rooms().commit(end).await.unwrap();
    }
    let mut listed = side.rooms().some_open().await.unwrap();
    listed.retain(|room| rooms.iter().any(|(ours, _)| ours == room));
    listed.sort();
    let mut open: Vec<RoomId> = open.iter().map(|(room, _)| *room).collect();
    open.sort();
    assert_eq!(listed, open);
}
