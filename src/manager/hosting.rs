//! Which rooms are hosted here, and what happens when one is looked for, stops, or panics.

use std::collections::hash_map::Entry;

use actix::{Actor, Addr, AsyncContext, Context, Handler, ResponseFuture};
use futures_util::future::ready;
use futures_util::{StreamExt, stream};
use tokio::sync::oneshot;

use super::GameManager;
use super::messages::{FindRoom, Found, NotFound, Reopen};
use super::opening::{OpenError, Opened, Opener};
use crate::ids::{BySeat, PlayerId, RoomId};
use crate::matchmaking::Founding;
use crate::room::{self, GameRoom, RoomState, RoomStopped, Stopped, Tenure};

/// A room on its way, or here.
pub(super) enum Hosted {
    /// It is being opened; these wait for it.
    Opening(Vec<Waiter>),
    /// It is live.
    Live { room: Addr<GameRoom>, persons: BySeat<Option<PlayerId>> },
}

/// Somebody who asked for a room while it was being opened.
pub(super) struct Waiter {
    player: PlayerId,
    answer: oneshot::Sender<Result<Found, NotFound>>,
}

/// How many may wait for one room: two seats, each with a few connections on its heels.
const WAITERS: usize = 16;

/// A room that panics this often is ended as void; if ending it makes it panic again, it is written
/// off in the store.
const PANICS: u32 = 2;

/// Rooms that are opened at a time when the server starts.
const AT_ONCE: usize = 64;

impl Handler<FindRoom> for GameManager {
    type Result = ResponseFuture<Result<Found, NotFound>>;

    fn handle(
        &mut self,
        FindRoom { room, player }: FindRoom,
        ctx: &mut Context<Self>,
    ) -> Self::Result {
        if self.draining.is_some() {
            return Box::pin(async { Err(NotFound::Unavailable) });
        }
        self.forget_if_dead(room);
        if let Some(Hosted::Live { room, persons }) = self.rooms.get(&room) {
            let found = sits(persons, player).then(|| Found::Live(room.clone().recipient()));
            return Box::pin(async move { found.ok_or(NotFound::Gone) });
        }
        self.open(room, ctx);
        let (answer, wait) = oneshot::channel();
        if let Some(Hosted::Opening(waiters)) = self.rooms.get_mut(&room)
            && waiters.len() < WAITERS
        {
            waiters.push(Waiter { player, answer });
        }
        Box::pin(async move { wait.await.unwrap_or(Err(NotFound::Unavailable)) })
    }
}

impl Handler<Reopen> for GameManager {
    type Result = ResponseFuture<usize>;

    /// Hosts the rooms that were in play when the server stopped, and seats their players.
    fn handle(&mut self, Reopen(rooms): Reopen, ctx: &mut Context<Self>) -> Self::Result {
        let manager = ctx.address();
        let asked =
            rooms.into_iter().filter_map(|(room, seats)| Some((room, seats.p1.or(seats.p2)?)));
        // Asked for like a Session would, many at a time: their claims share commits.
        let found = stream::iter(asked)
            .map(move |(room, player)| manager.send(FindRoom { room, player }))
            .buffer_unordered(AT_ONCE)
            .filter(|answer| ready(matches!(answer, Ok(Ok(_)))))
            .count();
        Box::pin(found)
    }
}

impl GameManager {
    /// Opens a room from its founding record. Not in a drain, which would wait for the room in vain:
    /// whoever serves the players next founds it.
    pub(super) fn found(&mut self, founding: Founding, ctx: &mut Context<Self>) {
        let id = founding.room;
        if self.draining.is_some() {
            return;
        }
        if let Entry::Vacant(place) = self.rooms.entry(id) {
            place.insert(Hosted::Opening(Vec::new()));
            let opening = self.opener().found(founding);
            self.ask(ctx, opening, move |manager, opened, ctx| {
                manager.on_opened(id, opened, ctx);
            });
        }
    }

    fn open(&mut self, id: RoomId, ctx: &mut Context<Self>) {
        if let Entry::Vacant(place) = self.rooms.entry(id) {
            place.insert(Hosted::Opening(Vec::new()));
            let opener = self.opener();
            let hopeless = self.panics.get(&id).is_some_and(|panics| *panics > PANICS);
            let opening = async move {
                if hopeless { opener.write_off(id).await } else { opener.open(id).await }
            };
            self.ask(ctx, opening, move |manager, opened, ctx| manager.on_opened(id, opened, ctx));
        }
    }

    /// Once a second: rooms that could not be opened when the store was away.
    pub(super) fn open_what_is_left(&mut self, ctx: &mut Context<Self>) {
        for room in std::mem::take(&mut self.unopened) {
            self.open(room, ctx);
        }
    }

    pub(super) fn opener(&self) -> Opener {
        Opener {
            room: self.deps.room.clone(),
            players: self.deps.players.clone(),
            catalogue: self.deps.catalogue.clone(),
        }
    }

    fn on_opened(
        &mut self,
        id: RoomId,
        opened: Result<Opened, OpenError>,
        ctx: &mut Context<Self>,
    ) {
        let Some(Hosted::Opening(waiters)) = self.rooms.remove(&id) else { return };
        match opened {
            Ok(Opened::Hosted(state, tenure)) => self.host(*state, tenure, waiters, ctx),
            Ok(Opened::Ended(state)) => {
                self.panics.remove(&id);
                for Waiter { player, answer } in waiters {
                    let over = state.seat_of(player).and_then(|seat| room::game_over(&state, seat));
                    let found = over.map(|over| Found::Ended(Box::new(over)));
                    let _ = answer.send(found.ok_or(NotFound::Gone));
                }
            }
            Err(error) => {
                let why = match &error {
                    OpenError::Unavailable(_) => {
                        self.unopened.insert(id);
                        NotFound::Unavailable
                    }
                    OpenError::Gone | OpenError::Unreadable(_) => {
                        self.panics.remove(&id);
                        NotFound::Gone
                    }
                };
                tracing::warn!(room = %id, %error, "a room could not be opened");
                for waiter in waiters {
                    let _ = waiter.answer.send(Err(why));
                }
            }
        }
    }

    fn host(
        &mut self,
        mut state: RoomState,
        tenure: Tenure,
        waiters: Vec<Waiter>,
        ctx: &mut Context<Self>,
    ) {
        let id = state.id;
        if self.panics.get(&id).is_some_and(|panics| *panics >= PANICS) {
            tracing::error!(room = %id, "the room has failed twice and ends as void");
            state.void();
        }
        let persons = state.persons();
        let (deps, manager) = (self.deps.room.clone(), ctx.address().recipient());
        let make = move || GameRoom::new(state, tenure, deps, manager);
        let room = match self.next_thread() {
            Some(thread) => GameRoom::start_in_arbiter(&thread, move |_| make()),
            None => make().start(),
        };
        for Waiter { player, answer } in waiters {
            let found = sits(&persons, player).then(|| Found::Live(room.clone().recipient()));
            let _ = answer.send(found.ok_or(NotFound::Gone));
        }
        self.rooms.insert(id, Hosted::Live { room, persons });
        for player in [persons.p1, persons.p2].into_iter().flatten() {
            self.seat(player, id);
        }
    }

    fn next_thread(&mut self) -> Option<actix::ArbiterHandle> {
        let threads = self.deps.threads.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        self.placed = self.placed.wrapping_add(1);
        threads.get(self.placed % threads.len().max(1)).cloned()
    }

    pub(super) fn on_stopped(&mut self, stopped: RoomStopped) {
        if let Some(Hosted::Live { .. }) = self.rooms.get(&stopped.room) {
            self.rooms.remove(&stopped.room);
        }
        if stopped.why == Stopped::Ended {
            self.panics.remove(&stopped.room);
        }
        self.drain_on();
    }

    /// A room that died without a word has panicked: it is opened again from its snapshot.
    pub(super) fn look_for_panics(&mut self, ctx: &mut Context<Self>) {
        let dead: Vec<RoomId> =
            self.rooms.iter().filter(|(_, r)| r.is_dead()).map(|r| *r.0).collect();
        for room in dead {
            self.forget_if_dead(room);
            self.open(room, ctx);
        }
    }

    fn forget_if_dead(&mut self, room: RoomId) {
        if self.rooms.get(&room).is_some_and(Hosted::is_dead) {
            tracing::error!(%room, "a room has panicked");
            self.deps.room.metrics.rooms_rebuilt.inc();
            self.rooms.remove(&room);
            *self.panics.entry(room).or_default() += 1;
        }
    }
}

impl Hosted {
    fn is_dead(&self) -> bool {
        matches!(self, Hosted::Live { room, .. } if !room.connected())
    }
}

fn sits(persons: &BySeat<Option<PlayerId>>, player: PlayerId) -> bool {
    persons.any(|person| *person == Some(player))
}
