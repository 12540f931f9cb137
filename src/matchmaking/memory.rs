//! Matchmaking within one process: the queues, the seats and the founding records behind one lock.
//!
//! Nothing survives the process, and nothing needs to: players who are still there join again. Every
//! answer is ready at once, so actors can be driven under a paused clock.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use tokio::time::Instant;

use super::{Cursor, Founder, Founding, Joined, Left, Matchmaking, Profile, Record, Ticket};
use crate::cluster::{Answer, Unavailable};
use crate::ids::{BySeat, PlayerId, RoomId, TicketId};
use crate::planted::Fault;
use crate::randomness;

/// How long a ticket lives without being renewed.
const TICKET_LIFE: Duration = Duration::from_secs(2);

/// Pairs made in one call.
const PAIRS_AT_ONCE: usize = 20;

/// Matchmaking within one process. Cloning gives another handle to the same queues.
#[derive(Clone, Debug, Default)]
pub struct MemoryMatchmaking {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    /// Each player's one ticket.
    tickets: HashMap<PlayerId, Waiting>,
    /// The same players by game, longest waiting first.
    queues: HashMap<String, BTreeMap<u64, PlayerId>>,
    /// The last place given to anybody.
    last_place: u64,
    seated: HashMap<PlayerId, RoomId>,
    /// In order, so that whoever walks through them always does so the same way.
    foundings: BTreeMap<RoomId, (Founding, Instant)>,
}

#[derive(Debug)]
struct Waiting {
    ticket: TicketId,
    player: Profile,
    game: String,
    place: u64,
    /// Its pod has renewed it, and so knows of it.
    heard: bool,
    renewed: Instant,
}

impl Waiting {
    fn is_stale(&self) -> bool {
        self.renewed.elapsed() > TICKET_LIFE
    }
}

impl MemoryMatchmaking {
    /// Empty queues, nobody seated.
    pub fn new() -> Self {
        Self::default()
    }

    /// Tickets, players seated and founding records there are.
    #[cfg(test)]
    pub(crate) fn left_over(&self) -> (usize, usize, usize) {
        let state = self.lock();
        (state.tickets.len(), state.seated.len(), state.foundings.len())
    }

    /// Does something to the queues when the answer is first asked for, and not before.
    fn answer<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut State) -> T + Send + 'static,
    ) -> Answer<T, Unavailable> {
        let queues = self.clone();
        async move { Ok(work(&mut queues.lock())) }.boxed()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Every change is made of steps that cannot panic half way, so a poisoned state is whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Matchmaking for MemoryMatchmaking {
    fn join(&self, ticket: Ticket) -> Answer<Joined, Unavailable> {
        self.answer(move |state| state.join(ticket))
    }

    fn leave(&self, game: String, player: PlayerId, ticket: TicketId) -> Answer<Left, Unavailable> {
        self.answer(move |state| state.leave(&game, player, ticket))
    }

    fn renew(&self, tickets: Vec<(PlayerId, TicketId)>) -> Answer<Vec<PlayerId>, Unavailable> {
        self.answer(move |state| state.renew(&tickets))
    }

    fn pair(&self, game: String) -> Answer<Vec<Founding>, Unavailable> {
        self.answer(move |state| state.pair(&game))
    }

    fn seat(&self, founding: Founding) -> Answer<Option<RoomId>, Unavailable> {
        self.answer(move |state| state.seat(founding))
    }

    fn seats_of(&self, players: Vec<PlayerId>) -> Answer<Vec<(PlayerId, RoomId)>, Unavailable> {
        self.answer(move |state| {
            let seat = |player| state.seated.get(&player).map(|room| (player, *room));
            players.into_iter().filter_map(seat).collect()
        })
    }

    fn founding(&self, room: RoomId) -> Answer<Option<Founding>, Unavailable> {
        self.answer(move |state| state.foundings.get(&room).map(|(founding, _)| founding.clone()))
    }

    fn confirm(&self, room: RoomId) -> Answer<bool, Unavailable> {
        self.answer(move |state| state.foundings.contains_key(&room))
    }

    fn unrecorded(&self, mut rooms: Vec<RoomId>) -> Answer<Vec<RoomId>, Unavailable> {
        self.answer(move |state| {
            rooms.retain(|room| !state.foundings.contains_key(room));
            rooms
        })
    }

    /// All of them at once: this side is for one process.
    fn records(&self, _: Cursor) -> Answer<(Vec<Record>, Cursor), Unavailable> {
        self.answer(|state| {
            let record = |(founding, written): &(Founding, Instant)| Record {
                founding: founding.clone(),
                age: written.elapsed(),
            };
            (state.foundings.values().map(record).collect(), Cursor::default())
        })
    }

    fn free(&self, room: RoomId, players: Vec<PlayerId>) -> Answer<(), Unavailable> {
        self.answer(move |state| state.free(room, &players))
    }
}

impl State {
    fn join(&mut self, ticket: Ticket) -> Joined {
        let player = ticket.player.id;
        if let Some(room) = self.seated.get(&player) {
            return Joined::Seated(*room);
        }
        self.drop_stale(&ticket.game);
        // Whoever waited for another game gives that place up.
        let kept = self.remove(player).filter(|waiting| waiting.game == ticket.game);
        let heard = kept.as_ref().is_some_and(|kept| kept.heard && kept.ticket == ticket.id);
        let place = kept.map_or(self.last_place + 1, |kept| kept.place);
        self.last_place = self.last_place.max(place);
        let queue = self.queues.entry(ticket.game.clone()).or_default();
        queue.insert(place, player);
        let waiting = count(queue);
        let entry = Waiting {
            ticket: ticket.id,
            player: ticket.player,
            game: ticket.game,
            place,
            heard,
            renewed: Instant::now(),
        };
        self.tickets.insert(player, entry);
        Joined::Queued { waiting }
    }

    fn leave(&mut self, game: &str, player: PlayerId, ticket: TicketId) -> Left {
        if let Some(room) = self.seated.get(&player) {
            return Left::Seated(*room);
        }
        if self.tickets.get(&player).is_some_and(|waiting| waiting.ticket == ticket) {
            self.remove(player);
        }
        self.drop_stale(game);
        Left::Left { waiting: self.queues.get(game).map_or(0, count) }
    }

    fn renew(&mut self, tickets: &[(PlayerId, TicketId)]) -> Vec<PlayerId> {
        let mut gone = Vec::new();
        for (player, ticket) in tickets {
            match self.tickets.get_mut(player) {
                Some(waiting) if waiting.ticket == *ticket && !waiting.is_stale() => {
                    waiting.heard = true;
                    waiting.renewed = Instant::now();
                }
                _ => gone.push(*player),
            }
        }
        gone
    }

    fn pair(&mut self, game: &str) -> Vec<Founding> {
        self.drop_stale(game);
        let mut pairs = Vec::new();
        while pairs.len() < PAIRS_AT_ONCE
            && let Some((first, second)) = self.two_oldest(game)
        {
            let (Some(first), Some(second)) = (self.remove(first), self.remove(second)) else {
                break;
            };
            let founder = |player| Founder { player, bot: None };
            let founding = Founding {
                room: RoomId::random(),
                game: game.to_owned(),
                seats: BySeat { p1: founder(first.player), p2: founder(second.player) },
                seed: randomness::seed(),
            };
            self.take_seats(&founding);
            pairs.push(founding);
        }
        pairs
    }

    fn two_oldest(&self, game: &str) -> Option<(PlayerId, PlayerId)> {
        let is_heard = |player: &&PlayerId| self.tickets.get(*player).is_some_and(|w| w.heard);
        let mut oldest = self.queues.get(game)?.values().filter(is_heard);
        Some((*oldest.next()?, *oldest.next()?))
    }

    fn seat(&mut self, founding: Founding) -> Option<RoomId> {
        let taken = founding.people().find_map(|player| self.seated.get(&player).copied());
        if taken.is_none() {
            self.take_seats(&founding);
        }
        taken
    }

    /// Seats everybody and keeps the record. Who sits has no ticket.
    fn take_seats(&mut self, founding: &Founding) {
        for player in founding.people() {
            self.remove(player);
            self.seated.insert(player, founding.room);
        }
        self.foundings.insert(founding.room, (founding.clone(), Instant::now()));
    }

    fn free(&mut self, room: RoomId, players: &[PlayerId]) {
        self.foundings.remove(&room);
        for player in players {
            let is_here = self.seated.get(player) == Some(&room);
            if is_here || Fault::SeatsDeletedWithoutComparing.is_planted() {
                self.seated.remove(player);
            }
        }
    }

    /// Removes a player's ticket.
    fn remove(&mut self, player: PlayerId) -> Option<Waiting> {
        let waiting = self.tickets.remove(&player)?;
        if let Some(queue) = self.queues.get_mut(&waiting.game) {
            queue.remove(&waiting.place);
            if queue.is_empty() {
                self.queues.remove(&waiting.game);
            }
        }
        Some(waiting)
    }

    /// Removes the tickets of a game that nobody renewed.
    fn drop_stale(&mut self, game: &str) {
        let Some(queue) = self.queues.get(game) else { return };
        let is_stale = |player: &&PlayerId| self.tickets.get(*player).is_none_or(Waiting::is_stale);
        let stale: Vec<PlayerId> = queue.values().filter(is_stale).copied().collect();
        for player in stale {
            self.remove(player);
        }
    }
}

fn count(queue: &BTreeMap<u64, PlayerId>) -> u32 {
    u32::try_from(queue.len()).unwrap_or(u32::MAX)
}
