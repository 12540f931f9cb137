//! A queue whose answers to a join come late: much may have happened by then.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;

use super::pod::{Pod, pass, profile};
use crate::cluster::{Answer, Players, Unavailable};
use crate::ids::{PlayerId, PodId, RoomId, TicketId};
use crate::matchmaking::{
    Cursor, Founding, Joined, Left, Matchmaking, MemoryMatchmaking, Record, Ticket,
};
use crate::room::tests::deps::World;

/// Joins at once, and says so later.
struct SlowQueue(MemoryMatchmaking);

const LATE: Duration = Duration::from_millis(100);

impl Matchmaking for SlowQueue {
    fn join(&self, ticket: Ticket) -> Answer<Joined, Unavailable> {
        let joining = self.0.join(ticket);
        async {
            let joined = joining.await;
            tokio::time::sleep(LATE).await;
            joined
        }
        .boxed()
    }

    fn leave(&self, game: String, player: PlayerId, ticket: TicketId) -> Answer<Left, Unavailable> {
        self.0.leave(game, player, ticket)
    }

    fn renew(&self, tickets: Vec<(PlayerId, TicketId)>) -> Answer<Vec<PlayerId>, Unavailable> {
        self.0.renew(tickets)
    }

    fn pair(&self, game: String) -> Answer<Vec<Founding>, Unavailable> {
        self.0.pair(game)
    }

    fn seat(&self, founding: Founding) -> Answer<Option<RoomId>, Unavailable> {
        self.0.seat(founding)
    }

    fn seats_of(&self, players: Vec<PlayerId>) -> Answer<Vec<(PlayerId, RoomId)>, Unavailable> {
        self.0.seats_of(players)
    }

    fn founding(&self, room: RoomId) -> Answer<Option<Founding>, Unavailable> {
        self.0.founding(room)
    }

    fn records(&self, from: Cursor) -> Answer<(Vec<Record>, Cursor), Unavailable> {
        self.0.records(from)
    }

    fn free(&self, room: RoomId, players: Vec<PlayerId>) -> Answer<(), Unavailable> {
        self.0.free(room, players)
    }
}

#[actix::test]
async fn a_match_that_is_heard_of_before_the_join_is_answered_is_not_left_behind() {
    tokio::time::pause();
    let world = World::default();
    let mut slow = world.room_deps(PodId::random());
    slow.matchmaking = Arc::new(SlowQueue(world.matchmaking.clone()));
    let (first, second) = (Pod::with(&world, slow), Pod::in_world(&world));
    let (ada, _) = first.connect(&profile("Ada")).await;
    let (bob, _) = second.connect(&profile("Bob")).await;
    ada.joins("cookie");
    pass(10).await;
    bob.joins("cookie");
    pass(20).await;
    let room = ada.seats()[0];
    pass(2 * 100).await;
    let arrival = world.store.arrive(ada.profile.id, first.id).await.unwrap();
    assert_eq!(arrival.last_room, Some(room), "else she would not learn how it ends");
}
