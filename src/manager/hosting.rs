//! Which rooms are hosted here, and what happens when one is looked for, stops, or panics.

use std::collections::btree_map::Entry;
use std::time::Duration;

use actix::{Actor, Addr, AsyncContext, Context, Handler, Message, Recipient, ResponseFuture};
use futures_util::future::ready;
use futures_util::{StreamExt, stream};
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::GameManager;
use super::connections::Connected;
use super::messages::{FindRoom, Found, NotFound, Over, Reopen};
use super::opening::{OpenError, Opened, Opener};
use crate::ids::{BySeat, Epoch, PlayerId, RoomId};
use crate::matchmaking::Founding;
use crate::room::remote::{RemoteRoom, Whereabouts};
use crate::room::{self, GameRoom, RoomCommand, RoomState, RoomStopped, Stopped, Tenure};
use crate::wall_clock;

/// A room on its way, or here.
pub(super) enum Hosted {
    /// It is being opened; these wait for it.
    Opening(Vec<Waiter>),
    /// It is live.
    Live { room: Addr<GameRoom>, persons: BySeat<Option<PlayerId>> },
    /// Another pod hosts it, in that epoch.
    Elsewhere { room: Addr<RemoteRoom>, persons: BySeat<Option<PlayerId>>, epoch: Epoch },
}

/// A room to be taken from its host.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    /// From the host of which epoch, though it may live; a newer one is not meant. `None`: only if
    /// its host has left.
    pub(super) epoch: Option<Epoch>,
    /// Why, for the count.
    pub(super) why: &'static str,
    /// Since when players have waited for the room.
    pub(super) since: Option<Instant>,
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

/// Rooms that are remembered as damaged.
const DAMAGED: usize = 1000;

/// How long a room may be missing in the store before its players are told that it is gone.
const MISSED: Duration = Duration::from_secs(3);
/// How long it is remembered since when.
const FORGET_MISSED: Duration = Duration::from_secs(30);

/// Rooms that are opened at a time when the server starts.
const AT_ONCE: usize = 64;

impl Handler<FindRoom> for GameManager {
    type Result = ResponseFuture<Result<Found, NotFound>>;

    fn handle(
        &mut self,
        FindRoom { room, player }: FindRoom,
        ctx: &mut Context<Self>,
    ) -> Self::Result {
        if self.rooms.get(&room).is_some_and(Hosted::is_dead) {
            ctx.address().do_send(LookAtDead(room));
            return Box::pin(async { Err(NotFound::Unavailable) });
        }
        if let Some((link, persons)) = self.rooms.get(&room).and_then(Hosted::link) {
            let found = sits(persons, player).then_some(Found::Live(link));
            return Box::pin(async move { found.ok_or(NotFound::Gone) });
        }
        if self.draining.is_some() {
            return Box::pin(async { Err(NotFound::Unavailable) });
        }
        self.open(room, None, ctx);
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
        let opening = self.opener().found(founding);
        self.fetch(id, opening, None, ctx);
    }

    /// Opens a room, wherever it is hosted. `wanted`: take it from its host.
    pub(super) fn open(&mut self, id: RoomId, wanted: Option<Wanted>, ctx: &mut Context<Self>) {
        let opener = self.opener();
        let hopeless = self.panics.get(&id).is_some_and(|panics| *panics > PANICS);
        let opening = async move {
            if hopeless { opener.write_off(id).await } else { opener.open(id, wanted).await }
        };
        self.fetch(id, opening, wanted, ctx);
    }

    fn resumed(&self, wanted: Option<Wanted>) {
        if let Some(since) = wanted.and_then(|wanted| wanted.since) {
            self.deps.room.metrics.resume_seconds.observe(since.elapsed().as_secs_f64());
        }
    }

    /// Ends a room as void that was never founded.
    pub(super) fn found_void(&mut self, founding: Founding, ctx: &mut Context<Self>) {
        let id = founding.room;
        let opening = self.opener().found_void(founding);
        self.fetch(id, opening, None, ctx);
    }

    /// Opens a room in this way, unless it is here or on its way.
    fn fetch(
        &mut self,
        id: RoomId,
        opening: impl Future<Output = Result<Opened, OpenError>> + 'static,
        wanted: Option<Wanted>,
        ctx: &mut Context<Self>,
    ) {
        let Entry::Vacant(place) = self.rooms.entry(id) else { return };
        place.insert(Hosted::Opening(Vec::new()));
        self.ask(ctx, opening, move |manager, opened, ctx| {
            if matches!(opened, Ok(Opened::Hosted(..))) {
                manager.resumed(wanted);
            }
            manager.on_opened(id, opened, ctx);
        });
    }

    /// Once a second: rooms that could not be opened when the store was away.
    pub(super) fn open_what_is_left(&mut self, ctx: &mut Context<Self>) {
        for room in std::mem::take(&mut self.unopened) {
            self.open(room, None, ctx);
        }
    }

    pub(super) fn opener(&self) -> Opener {
        Opener {
            room: self.deps.room.clone(),
            catalogue: self.deps.catalogue.clone(),
            may_claim: !self.withdrawn,
        }
    }

    fn on_opened(
        &mut self,
        id: RoomId,
        opened: Result<Opened, OpenError>,
        ctx: &mut Context<Self>,
    ) {
        let Some(Hosted::Opening(waiters)) = self.rooms.remove(&id) else {
            return self.give_back(id, opened);
        };
        match opened {
            Ok(Opened::Hosted(state, tenure)) => self.host(*state, tenure, waiters, ctx),
            Ok(Opened::Elsewhere(at, persons)) => self.follow(at, persons, waiters, ctx),
            Ok(Opened::Ended(state, ago)) => self.tell_end(id, &state, ago, waiters, ctx),
            Err(error) => {
                let why = self.not_opened(id, &error, &waiters, ctx);
                for waiter in waiters {
                    let _ = waiter.answer.send(Err(why));
                }
            }
        }
    }

    /// Tells whoever waits for the room how it ended.
    fn tell_end(
        &mut self,
        id: RoomId,
        state: &RoomState,
        ago: Option<Duration>,
        waiters: Vec<Waiter>,
        ctx: &mut Context<Self>,
    ) {
        self.panics.remove(&id);
        // A failover may have brought a seat back in a game that is over.
        self.free_seats(id, state.persons().present().collect(), ctx);
        for Waiter { player, answer } in waiters {
            let over = state.seat_of(player).and_then(|seat| room::game_over(state, seat));
            let over = over.map(|over| Over { message: Box::new(over), ago });
            let _ = answer.send(over.map(Found::Ended).ok_or(NotFound::Gone));
        }
    }

    /// What whoever waits for the room is told.
    fn not_opened(
        &mut self,
        id: RoomId,
        error: &OpenError,
        waiters: &[Waiter],
        ctx: &mut Context<Self>,
    ) -> NotFound {
        if matches!(error, OpenError::Gone) && self.is_missed(id) {
            return NotFound::Unavailable;
        }
        tracing::warn!(room = %id, %error, "a room could not be opened");
        match error {
            OpenError::Unavailable(_) => {
                self.unopened.insert(id);
                return NotFound::Unavailable;
            }
            OpenError::Unreadable(_) | OpenError::Withdrawn => return NotFound::NotHere,
            OpenError::WrittenOff => {}
            OpenError::Gone | OpenError::Damaged(_) => {
                if matches!(error, OpenError::Damaged(_)) && self.damaged.len() < DAMAGED {
                    self.damaged.insert(id);
                }
                // Who sits in a room that is neither in the store nor to be founded would sit
                // there for ever: something outside of this program has removed it.
                self.free_seats(id, waiters.iter().map(|waiter| waiter.player).collect(), ctx);
            }
        }
        self.panics.remove(&id);
        NotFound::Gone
    }

    /// A room that somebody sits in and that the store does not know may be on its way back: a store
    /// that was wiped is filled again by the hosts, within a few seconds.
    fn is_missed(&mut self, id: RoomId) -> bool {
        self.missed.retain(|_, since| since.elapsed() < FORGET_MISSED);
        // Asked for ten times a second, and said once.
        let since = *self.missed.entry(id).or_insert_with(|| {
            tracing::warn!(room = %id, "a room is missing in the store");
            Instant::now()
        });
        since.elapsed() < MISSED
    }

    /// The drain has begun while a room was being opened: nobody here hosts it now.
    fn give_back(&self, id: RoomId, opened: Result<Opened, OpenError>) {
        if let (Some(_), Ok(Opened::Hosted(_, tenure))) = (&self.draining, opened) {
            let deps = self.deps.room.clone();
            actix::spawn(async move { deps.rooms.release(id, deps.host, tenure.epoch).await });
        }
    }

    fn free_seats(&self, room: RoomId, players: Vec<PlayerId>, ctx: &mut Context<Self>) {
        let freeing = self.matchmaking().free(room, players);
        self.ask(ctx, freeing, move |_, answer, _| {
            if let Err(error) = answer {
                tracing::warn!(%room, %error, "a seat in a room that is gone, or over, stays taken");
            }
        });
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
        let (persons, is_over) = (state.persons(), state.ending.is_some());
        if !is_over {
            (self.deps.room.note_begun)(state.begun(wall_clock::millis()));
        }
        let (deps, manager) = (self.deps.room.clone(), ctx.address().recipient());
        let make = move || GameRoom::new(state, tenure, deps, manager);
        let room = match self.next_thread() {
            Some(thread) => GameRoom::start_in_arbiter(&thread, move |_| make()),
            None => make().start(),
        };
        self.deps.room.switchboard.host(id, room.clone().recipient());
        let hosted = Hosted::Live { room, persons };
        answer_all(waiters, &hosted);
        self.rooms.insert(id, hosted);
        for player in persons.present() {
            // Nobody is called away from another game to see that this one is over.
            let called = |known: &Connected| match known.last_room {
                None => known.waiting.is_none() || !is_over,
                Some(room) => room != id && !is_over,
            };
            if self.connections.get(&player).is_some_and(called) {
                self.seat(player, id);
            }
        }
    }

    /// Another pod hosts the room: its players here reach it through an actor that stands for it.
    fn follow(
        &mut self,
        at: Whereabouts,
        persons: BySeat<Option<PlayerId>>,
        waiters: Vec<Waiter>,
        ctx: &mut Context<Self>,
    ) {
        let (deps, manager) = (self.deps.room.clone(), ctx.address().recipient());
        let make = move || RemoteRoom::new(at, deps, manager);
        let room = match self.next_thread() {
            Some(thread) => RemoteRoom::start_in_arbiter(&thread, move |_| make()),
            None => make().start(),
        };
        self.deps.room.switchboard.follow(at.room, room.clone());
        let hosted = Hosted::Elsewhere { room, persons, epoch: at.epoch };
        answer_all(waiters, &hosted);
        self.rooms.insert(at.room, hosted);
    }

    fn next_thread(&mut self) -> Option<actix::ArbiterHandle> {
        let threads = self.deps.threads.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        self.placed = self.placed.wrapping_add(1);
        threads.get(self.placed % threads.len().max(1)).cloned()
    }

    pub(super) fn on_stopped(&mut self, stopped: RoomStopped, ctx: &mut Context<Self>) {
        let RoomStopped { room, why } = stopped;
        let is_meant = match (self.rooms.get(&room), why) {
            (Some(Hosted::Live { .. }), Stopped::Ended | Stopped::Fenced | Stopped::Released) => {
                true
            }
            (
                Some(Hosted::Elsewhere { epoch, .. }),
                Stopped::Moved(left) | Stopped::Suspected { epoch: left, .. },
            ) => *epoch == left,
            _ => false,
        };
        if is_meant {
            self.remove(room);
        }
        if why == Stopped::Ended {
            self.panics.remove(&room);
        }
        if let Stopped::Suspected { epoch, why, since } = why
            && self.draining.is_none()
        {
            let wanted = Wanted { epoch: Some(epoch), why, since: Some(since) };
            self.open(room, Some(wanted), ctx);
        }
        self.drain_on();
    }

    fn remove(&mut self, room: RoomId) {
        let hosted = self.rooms.remove(&room);
        self.deps.room.switchboard.forget(room);
        if let Some((_, persons)) = hosted.as_ref().and_then(Hosted::link) {
            self.send_away(room, persons);
        }
    }

    pub(super) fn look_for_panics(&self, ctx: &mut Context<Self>) {
        for (room, _) in self.rooms.iter().filter(|(_, hosted)| hosted.is_dead()) {
            ctx.address().do_send(LookAtDead(*room));
        }
    }
}

/// From the manager to itself, about a room that is dead. Its last word may wait in the mailbox; it
/// was sent while the room lived, so it is read before this.
#[derive(Message)]
#[rtype(result = "()")]
struct LookAtDead(RoomId);

impl Handler<LookAtDead> for GameManager {
    type Result = ();

    /// A room that died without a word has panicked: it is opened again from its snapshot.
    fn handle(&mut self, LookAtDead(room): LookAtDead, ctx: &mut Context<Self>) {
        let Some(hosted) = self.rooms.get(&room).filter(|hosted| hosted.is_dead()) else { return };
        if let Hosted::Live { .. } = hosted {
            tracing::error!(%room, "a room has panicked");
            self.deps.room.metrics.rooms_rebuilt.inc();
            *self.panics.entry(room).or_default() += 1;
        }
        self.remove(room);
        match self.draining {
            None => self.open(room, None, ctx),
            Some(_) => self.drain_on(),
        }
    }
}

impl Hosted {
    pub(super) fn is_dead(&self) -> bool {
        match self {
            Hosted::Opening(_) => false,
            Hosted::Live { room, .. } => !room.connected(),
            Hosted::Elsewhere { room, .. } => !room.connected(),
        }
    }

    /// Asks it to go. Beyond the bound of its mailbox: one message, the last one of its life.
    pub(super) fn release(&self) {
        match self {
            Hosted::Opening(_) => {}
            Hosted::Live { room, .. } => room.do_send(RoomCommand::Release),
            Hosted::Elsewhere { room, .. } => room.do_send(RoomCommand::Release),
        }
    }

    /// The way to the room, and who sits in it.
    fn link(&self) -> Option<(Recipient<RoomCommand>, &BySeat<Option<PlayerId>>)> {
        match self {
            Hosted::Opening(_) => None,
            Hosted::Live { room, persons } => Some((room.clone().recipient(), persons)),
            Hosted::Elsewhere { room, persons, .. } => Some((room.clone().recipient(), persons)),
        }
    }
}

fn answer_all(waiters: Vec<Waiter>, hosted: &Hosted) {
    for Waiter { player, answer } in waiters {
        let link = hosted.link().filter(|(_, persons)| sits(persons, player));
        let _ = answer.send(link.map(|(link, _)| Found::Live(link)).ok_or(NotFound::Gone));
    }
}

fn sits(persons: &BySeat<Option<PlayerId>>, player: PlayerId) -> bool {
    persons.any(|person| *person == Some(player))
}
