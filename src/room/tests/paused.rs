//! A room whose store goes away and comes back.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use super::table::{Room, founding};
use crate::cluster::{
    Answer, ClaimError, Claimed, Commit, CommitError, MemoryStore, NewRoom, Progress, Rooms,
    StoredRoom, Unavailable,
};
use crate::ids::{Epoch, PodId, RoomId};

/// A store in front of another that can be unplugged: commits are then executed or not, but in
/// either case their answer is lost.
pub(super) struct Plug {
    pub(super) store: Arc<MemoryStore>,
    pub(super) unplugged: AtomicBool,
    executes: bool,
    /// Takes no room that it does not know.
    full: AtomicBool,
    /// Takes it, and does not answer.
    pub(super) mute: AtomicBool,
    /// How many commits were asked for.
    pub(super) commits: AtomicU32,
}

impl Plug {
    fn before(store: &Arc<MemoryStore>, executes: bool) -> Arc<Self> {
        let (unplugged, full, mute) = (false.into(), false.into(), false.into());
        let commits = AtomicU32::new(0);
        Arc::new(Self { store: store.clone(), unplugged, executes, full, mute, commits })
    }
}

impl Rooms for Plug {
    fn found(&self, room: NewRoom) -> Answer<bool, Unavailable> {
        if self.full.load(Ordering::SeqCst) {
            return Box::pin(async { Err(Unavailable("full".to_owned())) });
        }
        let founded = self.store.found(room);
        if self.mute.load(Ordering::SeqCst) {
            return Box::pin(async {
                founded.await?;
                Err(Unavailable("no answer".to_owned()))
            });
        }
        founded
    }

    fn commit(&self, commit: Commit) -> Answer<(), CommitError> {
        self.commits.fetch_add(1, Ordering::SeqCst);
        if !self.unplugged.load(Ordering::SeqCst) {
            return self.store.commit(commit);
        }
        let executed = self.executes.then(|| self.store.commit(commit));
        Box::pin(async move {
            if let Some(executed) = executed {
                executed.await?;
            }
            std::future::pending().await
        })
    }

    fn claim(
        &self,
        room: RoomId,
        host: PodId,
        seen: Epoch,
        formats: &'static [u32],
    ) -> Answer<Claimed, ClaimError> {
        self.store.claim(room, host, seen, formats)
    }

    fn release(&self, room: RoomId, host: PodId, epoch: Epoch) -> Answer<(), Unavailable> {
        self.store.release(room, host, epoch)
    }

    fn load(&self, room: RoomId) -> Answer<Option<StoredRoom>, Unavailable> {
        self.store.load(room)
    }

    fn some_open(&self) -> Answer<Vec<RoomId>, Unavailable> {
        self.store.some_open()
    }
}

/// A room behind a plug.
pub(super) async fn plugged(executes: bool) -> (Arc<Plug>, Room) {
    let store = Arc::new(MemoryStore::new());
    let plug = Plug::before(&store, executes);
    let room = Room::found_on(founding(), store, plug.clone()).await;
    (plug, room)
}

async fn outage(executes: bool) {
    let (plug, room) = plugged(executes).await;
    let (ada, bob) = room.playing().await;
    let before = ada.last("UPDATE")["gameTime"].as_u64().unwrap();

    plug.unplugged.store(true, Ordering::SeqCst);
    for n in 1..=3 {
        room.tell(ada.click(n)).await;
    }
    room.pass(&[&ada, &bob], 6_000).await;
    assert_eq!(ada.ack(), 0, "nothing is acknowledged that the store has not confirmed");
    let paused = ada.heard("PAUSED").len();
    assert!((4..=8).contains(&paused), "{paused} notices in six seconds");
    assert_eq!(bob.heard("PAUSED").len(), paused);

    plug.unplugged.store(false, Ordering::SeqCst);
    room.pass(&[&ada, &bob], 1_500).await;
    let start = ada.last("GAME_START");
    assert_eq!((&start["ack"], &start["p1Score"]), (&3.into(), &3.into()));
    let stood = start["gameTime"].as_u64().unwrap() - before;
    assert!(stood < 1_000, "the players are given the time back, but {stood} ms passed");
    room.tell(ada.click(4)).await;
    room.pass(&[&ada, &bob], 100).await;
    assert_eq!(ada.ack(), 4);
    assert_eq!(bob.last("UPDATE")["p1Score"], 4);
}

#[actix::test]
async fn while_the_store_is_away_the_game_is_paused_and_nothing_is_acknowledged() {
    tokio::time::pause();
    outage(false).await;
}

#[actix::test]
async fn a_commit_whose_answer_was_lost_counts_once() {
    tokio::time::pause();
    outage(true).await;
}

#[actix::test]
async fn a_release_while_the_store_is_away_does_not_wait_for_it() {
    tokio::time::pause();
    let (plug, room) = plugged(false).await;
    let (ada, _bob) = room.playing().await;
    plug.unplugged.store(true, Ordering::SeqCst);
    room.tell(ada.click(1)).await;
    tokio::time::sleep(Duration::from_millis(700)).await;
    room.room.do_send(super::super::RoomCommand::Release);
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert_eq!(room.stops.0.lock().unwrap().len(), 1);
}

#[actix::test]
async fn the_end_is_told_even_if_the_answer_to_its_commit_was_lost() {
    tokio::time::pause();
    let (plug, room) = plugged(true).await;
    let (ada, bob) = room.playing().await;
    plug.unplugged.store(true, Ordering::SeqCst);
    let quit = super::super::RoomCommand::Quit { player: ada.player, generation: ada.generation };
    room.tell(quit).await;
    room.pass(&[&ada, &bob], 1_000).await;
    assert!(bob.heard("GAME_OVER").is_empty());
    plug.unplugged.store(false, Ordering::SeqCst);
    room.pass(&[&ada, &bob], 1_500).await;
    assert_eq!(bob.heard("GAME_OVER").len(), 1);
    assert_eq!(room.stops.0.lock().unwrap()[0].why, super::super::Stopped::Ended);
    let seats = room.deps.matchmaking.seats_of(vec![ada.player, bob.player]).await.unwrap();
    assert_eq!(seats, vec![]);
}

#[actix::test]
async fn a_host_whose_commits_are_not_answered_learns_from_the_store_that_it_was_replaced() {
    tokio::time::pause();
    let (plug, room) = plugged(false).await;
    let (ada, bob) = room.playing().await;
    plug.unplugged.store(true, Ordering::SeqCst);
    room.tell(ada.click(1)).await;
    room.pass(&[&ada, &bob], 500).await;
    plug.store.claim(room.id, PodId::random(), Epoch(1), &[1]).await.unwrap();
    room.pass(&[&ada, &bob], 2_000).await;
    assert_eq!(room.stops.0.lock().unwrap()[0].why, super::super::Stopped::Fenced);
    assert!(ada.progress().contains(&Progress::Moved), "its players look for the new host");
}

/// Five seconds in which the pod's heartbeat arrives and no commit does.
async fn commits_that_fail(accompanied: bool) -> bool {
    let (plug, room) = plugged(false).await;
    room.deps.vitals.set_accompanied(accompanied);
    let (ada, bob) = room.playing().await;
    plug.unplugged.store(true, Ordering::SeqCst);
    room.tell(ada.click(1)).await;
    for _ in 0..25 {
        room.deps.vitals.renewed(tokio::time::Instant::now());
        room.pass(&[&ada, &bob], 200).await;
    }
    assert!(room.stops.0.lock().unwrap().is_empty(), "its memory may still be needed");
    assert!(!ada.heard("PAUSED").is_empty());
    ada.progress().contains(&Progress::Elsewhere)
}

#[actix::test]
async fn a_host_that_alone_cannot_commit_sends_its_players_to_another_pod() {
    tokio::time::pause();
    assert!(commits_that_fail(true).await);
}

#[actix::test]
async fn a_host_that_cannot_commit_keeps_its_players_where_there_is_no_other_pod() {
    tokio::time::pause();
    assert!(!commits_that_fail(false).await);
}

#[actix::test]
async fn a_lost_room_is_put_back_before_anything_from_which_it_could_be_founded_anew() {
    tokio::time::pause();
    let (plug, room) = plugged(false).await;
    let (ada, bob) = room.playing().await;
    let players = vec![ada.player, bob.player];
    room.tell(ada.click(1)).await;
    room.pass(&[&ada, &bob], 100).await;

    plug.full.store(true, Ordering::SeqCst);
    plug.store.wipe();
    room.deps.matchmaking.free(room.id, players.clone()).await.unwrap();
    room.tell(ada.click(2)).await;
    room.pass(&[&ada, &bob], 1_000).await;
    let founding = room.deps.matchmaking.founding(room.id).await.unwrap();
    assert_eq!(founding, None, "another pod would begin the game anew");

    plug.full.store(false, Ordering::SeqCst);
    room.pass(&[&ada, &bob], 1_500).await;
    assert_eq!((ada.ack(), &bob.last("UPDATE")["p1Score"]), (2, &2.into()));
    assert_eq!(room.deps.matchmaking.seats_of(players).await.unwrap().len(), 2);
    assert!(room.deps.matchmaking.founding(room.id).await.unwrap().is_some());
}

#[actix::test]
async fn a_lost_room_that_is_back_without_its_seats_gets_them_too() {
    tokio::time::pause();
    let (plug, room) = plugged(false).await;
    let (ada, bob) = room.playing().await;
    let players = vec![ada.player, bob.player];
    plug.mute.store(true, Ordering::SeqCst);
    plug.store.wipe();
    room.deps.matchmaking.free(room.id, players.clone()).await.unwrap();
    room.tell(ada.click(1)).await;
    room.pass(&[&ada, &bob], 1_000).await;
    assert!(plug.store.load(room.id).await.unwrap().is_some());
    assert_eq!(ada.ack(), 0, "nothing is told meanwhile");

    plug.mute.store(false, Ordering::SeqCst);
    room.pass(&[&ada, &bob], 1_500).await;
    assert_eq!(room.deps.matchmaking.seats_of(players).await.unwrap().len(), 2);
    assert_eq!(ada.ack(), 1);
}

#[actix::test]
async fn a_store_that_comes_back_empty_does_not_make_a_host_send_its_players_on() {
    tokio::time::pause();
    let (plug, room) = plugged(false).await;
    room.deps.vitals.set_accompanied(true);
    let (ada, bob) = room.playing().await;
    plug.unplugged.store(true, Ordering::SeqCst);
    room.tell(ada.click(1)).await;
    room.pass(&[&ada, &bob], 2_100).await;
    plug.unplugged.store(false, Ordering::SeqCst);
    plug.store.wipe();
    for _ in 0..20 {
        room.deps.vitals.renewed(tokio::time::Instant::now());
        room.pass(&[&ada, &bob], 100).await;
    }
    assert!(!ada.progress().contains(&Progress::Elsewhere));
    assert_eq!(ada.ack(), 1);
}
