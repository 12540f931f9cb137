//! Whatever players do in whatever order: nobody is matched twice, nobody with himself, nobody is
//! lost.
//!
//! A model of the queue, written the plain way, runs beside the side under test.

use std::time::Duration;

use proptest::prelude::*;

use super::{Side, profile, ticket};
use crate::ids::{PlayerId, RoomId, TicketId};
use crate::matchmaking::{Joined, Left, MemoryMatchmaking, Profile};

const PLAYERS: usize = 7;

/// How long a ticket lives, in the model's milliseconds.
const LIFE: u64 = 2000;

#[derive(Clone, Debug)]
pub(super) enum Step {
    /// Joins, and the pod renews at once if it hears of it.
    Join(usize, bool),
    /// Leaves with the ticket joined so many joins ago.
    Leave(usize, usize),
    Renew(usize, usize),
    Pair,
    Free(usize),
    Pass(u64),
}

pub(super) fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..PLAYERS, any::<bool>()).prop_map(|(player, heard)| Step::Join(player, heard)),
        2 => (0..PLAYERS, 0..2usize).prop_map(|(player, ago)| Step::Leave(player, ago)),
        3 => (0..PLAYERS, 0..2usize).prop_map(|(player, ago)| Step::Renew(player, ago)),
        4 => Just(Step::Pair),
        3 => (0..PLAYERS).prop_map(Step::Free),
        // No sum of these is a ticket's life, to the millisecond.
        3 => prop_oneof![Just(303), Just(909), Just(2121)].prop_map(Step::Pass),
    ]
}

struct Waiting {
    player: usize,
    ticket: TicketId,
    heard: bool,
    renewed: u64,
}

#[derive(Default)]
struct Model {
    now: u64,
    queue: Vec<Waiting>,
    seated: [Option<RoomId>; PLAYERS],
    joined: [Vec<TicketId>; PLAYERS],
}

impl Model {
    fn drop_stale(&mut self) {
        let now = self.now;
        self.queue.retain(|waiting| now - waiting.renewed <= LIFE);
    }

    fn ticket(&self, player: usize, ago: usize) -> TicketId {
        self.joined[player].iter().rev().nth(ago).copied().unwrap_or_else(TicketId::random)
    }

    fn join(&mut self, player: usize, ticket: TicketId) -> Joined {
        self.joined[player].push(ticket);
        if let Some(room) = self.seated[player] {
            return Joined::Seated(room);
        }
        match self.queue.iter_mut().find(|waiting| waiting.player == player) {
            Some(waiting) => {
                *waiting = Waiting { player, ticket, heard: false, renewed: self.now };
            }
            None => self.queue.push(Waiting { player, ticket, heard: false, renewed: self.now }),
        }
        Joined::Queued { waiting: self.queue.len() as u32 }
    }

    fn leave(&mut self, player: usize, ticket: TicketId) -> Left {
        if let Some(room) = self.seated[player] {
            return Left::Seated(room);
        }
        self.queue.retain(|waiting| waiting.ticket != ticket);
        Left::Left { waiting: self.queue.len() as u32 }
    }

    fn renew(&mut self, ticket: TicketId) {
        for waiting in self.queue.iter_mut().filter(|waiting| waiting.ticket == ticket) {
            (waiting.heard, waiting.renewed) = (true, self.now);
        }
    }

    /// Who is paired next.
    fn two_oldest(&mut self) -> Option<[usize; 2]> {
        let heard: Vec<usize> =
            self.queue.iter().filter(|waiting| waiting.heard).map(|w| w.player).take(2).collect();
        self.queue.retain(|waiting| !heard.contains(&waiting.player) || heard.len() < 2);
        heard.try_into().ok()
    }
}

pub(super) async fn follow(side: &impl Side, steps: Vec<Step>) -> Result<(), TestCaseError> {
    let players: Vec<Profile> = (0..PLAYERS).map(|n| profile(&n.to_string())).collect();
    let index = |id: PlayerId| players.iter().position(|player| player.id == id).unwrap();
    let mut model = Model::default();
    for step in steps {
        model.drop_stale();
        match step {
            Step::Join(n, heard) => {
                let ticket = ticket(&players[n]);
                let (id, expected) = (ticket.id, model.join(n, ticket.id));
                prop_assert_eq!(side.queue().join(ticket).await.unwrap(), expected);
                if heard {
                    model.renew(id);
                    side.queue().renew(vec![(players[n].id, id)]).await.unwrap();
                }
            }
            Step::Leave(n, ago) => {
                let ticket = model.ticket(n, ago);
                let left = side.queue().leave("cookie".to_owned(), players[n].id, ticket);
                prop_assert_eq!(left.await.unwrap(), model.leave(n, ticket));
            }
            Step::Renew(n, ago) => {
                let ticket = model.ticket(n, ago);
                model.renew(ticket);
                side.queue().renew(vec![(players[n].id, ticket)]).await.unwrap();
            }
            Step::Pair => {
                for made in side.queue().pair("cookie".to_owned()).await.unwrap() {
                    let seats = [made.seats.p1, made.seats.p2].map(|f| index(f.player.id));
                    prop_assert_eq!(Some(seats), model.two_oldest(), "paired who does not wait");
                    prop_assert_ne!(seats[0], seats[1]);
                    for seat in seats {
                        prop_assert_eq!(model.seated[seat].replace(made.room), None);
                    }
                }
                prop_assert_eq!(model.two_oldest(), None, "somebody was left waiting");
            }
            Step::Free(n) => {
                let room = model.seated[n].unwrap_or_else(RoomId::random);
                let freed = |seat: &mut Option<RoomId>| *seat == Some(room);
                model
                    .seated
                    .iter_mut()
                    .filter_map(|s| freed(s).then_some(s))
                    .for_each(|s| *s = None);
                let everybody = players.iter().map(|player| player.id).collect();
                side.queue().free(room, everybody).await.unwrap();
            }
            Step::Pass(millis) => {
                model.now += millis;
                side.pass(Duration::from_millis(millis)).await;
            }
        }
        let everybody = players.iter().map(|player| player.id).collect();
        let seats = side.queue().seats_of(everybody).await.unwrap();
        let expected = model.seated.iter().flatten().count();
        prop_assert_eq!(seats.len(), expected);
        for (player, room) in seats {
            prop_assert_eq!(model.seated[index(player)], Some(room));
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn nobody_is_matched_twice_or_with_himself_or_lost(
        steps in proptest::collection::vec(step(), 1..150),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build().unwrap();
        runtime.block_on(follow(&MemoryMatchmaking::new(), steps))?;
    }
}
