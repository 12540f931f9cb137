//! A queue whose answers to a join or a leave come late, or get lost: much may have happened by then.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::ready;

use super::drain::{is_sent_away, the_last_game_lingers};
use super::pod::{Pod, pass, profile};
use super::pods::across;
use crate::cluster::{Answer, Players, Rooms, Unavailable};
use crate::ids::{PlayerId, PodId, RoomId, TicketId};
use crate::manager::{Drain, Found, NotFound, Notice};
use crate::matchmaking::{
    Cursor, Founding, Joined, Left, Matchmaking, MemoryMatchmaking, Record, Ticket,
};
use crate::protocol::{ErrorCode, ServerMsg};
use crate::room::tests::deps::World;

/// Joins at once, and says so later or never.
struct SlowQueue {
    queue: MemoryMatchmaking,
    /// So many answers get lost.
    lost: AtomicU32,
    /// Joins late, too.
    sluggish: bool,
    /// How much later it says that somebody has left.
    leaves_late: Duration,
    /// It is not slow at the moment.
    quick: Arc<AtomicBool>,
    /// What it has done is not confirmed: a replica is missing.
    unconfirmed: Arc<AtomicBool>,
}

impl SlowQueue {
    /// One that is only late.
    fn of(world: &World) -> Self {
        let queue = world.matchmaking.clone();
        let (quick, unconfirmed) = (Arc::default(), Arc::default());
        let (lost, leaves_late) = (AtomicU32::new(0), Duration::ZERO);
        Self { queue, lost, sluggish: false, leaves_late, quick, unconfirmed }
    }
}

const LATE: Duration = Duration::from_millis(100);

impl Matchmaking for SlowQueue {
    fn join(&self, ticket: Ticket) -> Answer<Joined, Unavailable> {
        let queue = self.queue.clone();
        let (sluggish, quick) = (self.sluggish, self.quick.load(Ordering::Relaxed));
        let lost = self.lost.load(Ordering::Relaxed) > 0;
        self.lost.fetch_sub(u32::from(lost), Ordering::Relaxed);
        async move {
            if sluggish {
                tokio::time::sleep(LATE).await;
            }
            let joined = queue.join(ticket).await;
            if !quick {
                tokio::time::sleep(LATE).await;
            }
            if lost { Err(Unavailable("no answer in time".to_owned())) } else { joined }
        }
        .boxed()
    }

    fn leave(&self, game: String, player: PlayerId, ticket: TicketId) -> Answer<Left, Unavailable> {
        let (leaving, late) = (self.queue.leave(game, player, ticket), self.leaves_late);
        async move {
            let left = leaving.await;
            tokio::time::sleep(late).await;
            left
        }
        .boxed()
    }

    fn renew(&self, tickets: Vec<(PlayerId, TicketId)>) -> Answer<Vec<PlayerId>, Unavailable> {
        self.queue.renew(tickets)
    }

    fn pair(&self, game: String) -> Answer<Vec<Founding>, Unavailable> {
        let (paired, unconfirmed) = (self.queue.pair(game), self.unconfirmed.clone());
        async move {
            let paired = paired.await?;
            confirmed(&unconfirmed).map(|()| paired)
        }
        .boxed()
    }

    fn seat(&self, founding: Founding) -> Answer<Option<RoomId>, Unavailable> {
        self.queue.seat(founding)
    }

    fn seats_of(&self, players: Vec<PlayerId>) -> Answer<Vec<(PlayerId, RoomId)>, Unavailable> {
        self.queue.seats_of(players)
    }

    fn founding(&self, room: RoomId) -> Answer<Option<Founding>, Unavailable> {
        self.queue.founding(room)
    }

    fn confirm(&self, room: RoomId) -> Answer<bool, Unavailable> {
        match confirmed(&self.unconfirmed) {
            Ok(()) => self.queue.confirm(room),
            Err(error) => ready(Err(error)).boxed(),
        }
    }

    fn unrecorded(&self, rooms: Vec<RoomId>) -> Answer<Vec<RoomId>, Unavailable> {
        self.queue.unrecorded(rooms)
    }

    fn records(&self, from: Cursor) -> Answer<(Vec<Record>, Cursor), Unavailable> {
        self.queue.records(from)
    }

    fn free(&self, room: RoomId, players: Vec<PlayerId>) -> Answer<(), Unavailable> {
        self.queue.free(room, players)
    }
}

fn confirmed(unconfirmed: &AtomicBool) -> Result<(), Unavailable> {
    if unconfirmed.load(Ordering::Relaxed) {
        return Err(Unavailable("done, but not confirmed".to_owned()));
    }
    Ok(())
}

/// A pod whose queue answers late, and to so many joins never.
fn slow_pod(world: &World, lost: u32) -> Pod {
    pod_with_queue(world, SlowQueue { lost: AtomicU32::new(lost), ..SlowQueue::of(world) })
}

/// A pod whose queue takes a join late, and answers later.
fn sluggish_pod(world: &World) -> Pod {
    pod_with_queue(world, SlowQueue { sluggish: true, ..SlowQueue::of(world) })
}

fn pod_with_queue(world: &World, queue: SlowQueue) -> Pod {
    let mut deps = world.room_deps(PodId::random());
    deps.matchmaking = Arc::new(queue);
    Pod::with(world, deps)
}

#[actix::test]
async fn no_game_begins_on_a_match_that_nobody_has_confirmed() {
    tokio::time::pause();
    let world = World::default();
    let unconfirmed = Arc::new(AtomicBool::new(true));
    let queue = SlowQueue { unconfirmed: unconfirmed.clone(), ..SlowQueue::of(&world) };
    let pod = pod_with_queue(&world, queue);
    let (ada, _) = pod.connect(&profile("Ada")).await;
    let (bob, _) = pod.connect(&profile("Bob")).await;
    ada.joins("cookie");
    bob.joins("cookie");
    pass(1_500).await;
    let [room] = ada.seats()[..] else { panic!("her seat is seen") };
    assert!(matches!(ada.finds(room).await, Err(NotFound::Unavailable)));
    assert!(world.store.load(room).await.unwrap().is_none());
    assert!(pod.try_connect(&ada.profile).await.1.is_err(), "she is not told of it either");
    unconfirmed.store(false, Ordering::Relaxed);
    pass(1_500).await;
    assert!(matches!(ada.finds(room).await, Ok(Found::Live(_))));
}

#[actix::test]
async fn nobody_is_matched_before_the_join_is_answered() {
    tokio::time::pause();
    let world = World::default();
    let (first, second) = (slow_pod(&world, 0), Pod::in_world(&world));
    let (ada, _) = first.connect(&profile("Ada")).await;
    let (bob, _) = second.connect(&profile("Bob")).await;
    ada.joins("cookie");
    pass(10).await;
    bob.joins("cookie");
    pass(20).await;
    assert_eq!(bob.seats(), [], "it may be an answer that nobody waits for any more");
    pass(2 * 100).await;
    let room = ada.seats()[0];
    let arrival = world.store.arrive(ada.profile.id, first.id).await.unwrap();
    assert_eq!(arrival.last_room, Some(room), "else she would not learn how it ends");
}

fn queued(notice: &Notice) -> bool {
    matches!(notice, Notice::Tell(ServerMsg::Queued(_)))
}

fn left(notice: &Notice) -> bool {
    matches!(notice, Notice::Tell(ServerMsg::QueueLeft(_)))
}

#[actix::test]
async fn a_leave_waits_for_the_join_before_it() {
    tokio::time::pause();
    let world = World::default();
    let (ada, _) = sluggish_pod(&world).connect(&profile("Ada")).await;
    ada.joins("cookie");
    pass(50).await;
    ada.leaves();
    pass(100).await;
    assert!(!ada.was_told(left), "she has a ticket now: it is too early to say that she has left");
    pass(100).await;
    assert!(ada.was_told(left));
    assert_eq!(world.matchmaking.left_over(), (0, 0, 0));
}

#[actix::test]
async fn who_leaves_before_the_join_is_answered_is_not_matched() {
    tokio::time::pause();
    let world = World::default();
    let (ada, _) = sluggish_pod(&world).connect(&profile("Ada")).await;
    let (bob, _) = Pod::in_world(&world).connect(&profile("Bob")).await;
    ada.joins("cookie");
    pass(50).await;
    ada.leaves();
    pass(70).await;
    bob.joins("cookie");
    pass(1_000).await;
    assert!(ada.was_told(left));
    assert_eq!((ada.seats(), bob.seats()), (Vec::new(), Vec::new()));
}

#[actix::test]
async fn who_leaves_is_not_put_back_when_the_ticket_is_found_gone_before_the_answer() {
    tokio::time::pause();
    let world = World::default();
    let leaves_late = Duration::from_millis(1_500);
    let pod = pod_with_queue(&world, SlowQueue { leaves_late, ..SlowQueue::of(&world) });
    let (ada, _) = pod.connect(&profile("Ada")).await;
    ada.joins("cookie");
    pass(200).await;
    ada.leaves();
    pass(2_000).await;
    assert!(ada.was_told(left));
    assert_eq!(
        world.matchmaking.left_over(),
        (0, 0, 0),
        "else she is matched without having asked"
    );
}

#[actix::test]
async fn a_join_whose_answer_is_lost_leaves_nobody_matched_unawares() {
    tokio::time::pause();
    let world = World::default();
    let (ada, _) = slow_pod(&world, 1).connect(&profile("Ada")).await;
    ada.joins("cookie");
    pass(200).await;
    assert_eq!(world.matchmaking.left_over(), (0, 0, 0), "the ticket is taken back");
}

#[actix::test]
async fn who_asks_again_and_waits_is_not_told_that_the_first_try_failed() {
    tokio::time::pause();
    let world = World::default();
    let (ada, _) = slow_pod(&world, 1).connect(&profile("Ada")).await;
    ada.joins("cookie");
    pass(50).await;
    ada.joins("cookie");
    pass(200).await;
    assert!(ada.was_told(queued));
    let refused = |notice: &Notice| {
        let code = ErrorCode::QueueUnavailable;
        matches!(notice, Notice::Tell(ServerMsg::Error { code: said, .. }) if *said == code)
    };
    assert!(!ada.was_told(refused));
    assert_eq!(world.matchmaking.left_over().0, 1, "she waits");
}

#[actix::test]
async fn who_has_just_asked_for_the_next_game_is_not_kept_for_the_last_one_in_a_drain() {
    tokio::time::pause();
    let world = World::default();
    let quick = Arc::new(AtomicBool::new(true));
    let queue = SlowQueue { quick: quick.clone(), ..SlowQueue::of(&world) };
    let (first, second) = (pod_with_queue(&world, queue), Pod::in_world(&world));
    let duel = across(&first, &second).await;
    let ((leaving, waits), _games) = the_last_game_lingers(&duel, &first, &second).await;
    assert_eq!(leaving.id, first.id);
    quick.store(false, Ordering::Relaxed);
    waits.joins("cookie");
    pass(1).await;
    let _drained = actix::spawn(leaving.manager.send(Drain));
    pass(1).await;
    assert!(is_sent_away(waits));
}
