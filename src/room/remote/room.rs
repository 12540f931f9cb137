//! RemoteRoom: stands for a room that another pod hosts, towards the Sessions of this pod.
//!
//! | message | from | what it does |
//! | --- | --- | --- |
//! | [`RoomCommand`] | Sessions, the manager | puts it on the bus |
//! | [`FromHost`] | the switchboard | forwards it, and takes it as a sign of life |
//!
//! It notices a host that is silent, and gives its players back to the manager: the store then
//! decides who hosts the room. Suspecting a host wrongly costs a move, never a click.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use actix::{
    Actor, ActorContext, ActorFutureExt, AsyncContext, Context, Handler, Message, Recipient,
    WrapFuture,
};
use tokio::time::Instant;

use super::super::{Attach, Delivery, RoomCommand, RoomDeps, RoomStopped, SeatInput, Stopped};
use super::Whereabouts;
use crate::cluster::{BusMessage, Progress, StoredRoom, Unavailable};
use crate::ids::{ConnectionId, Generation, PlayerId, PodId};
use crate::protocol::ServerMsg;

/// A command that stays unanswered for so long makes the host's heartbeat interesting.
const UNANSWERED: Duration = Duration::from_millis(250);
/// How often the heartbeat is looked at from then on.
const LOOK_AGAIN: Duration = Duration::from_millis(50);
/// A room with somebody in it commits every second. One that did not for so long has a sick host,
/// whatever the heartbeat says.
const NO_COMMIT: Duration = Duration::from_secs(2);
/// How long it stays without anybody in it: a Session may have its address and be about to attach.
const LINGER: Duration = Duration::from_secs(5);

/// Stands for a room that another pod hosts. See the [module](self).
pub struct RemoteRoom {
    at: Whereabouts,
    deps: Arc<RoomDeps>,
    manager: Recipient<RoomStopped>,
    seats: BTreeMap<ConnectionId, Local>,
    /// Since when the host owes an answer.
    unanswered: Option<Instant>,
    /// The timer that watches over it is set.
    watching: bool,
    /// When the host last told of a commit, or should have begun to.
    last_commit: Instant,
    /// The store is being asked about the room.
    asking: bool,
    /// Since when nobody is here.
    deserted: Instant,
    left: bool,
}

/// A connection of this pod.
struct Local {
    player: PlayerId,
    generation: Generation,
    to: Recipient<Delivery>,
}

/// What came from the host, or who was taken for it.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub(super) struct FromHost {
    from: PodId,
    what: What,
}

#[derive(Debug)]
enum What {
    Heard,
    NotHere,
    Delivery(Delivery),
}

impl FromHost {
    pub(super) fn heard(from: PodId) -> Self {
        Self { from, what: What::Heard }
    }

    pub(super) fn not_here(from: PodId) -> Self {
        Self { from, what: What::NotHere }
    }

    pub(super) fn delivery(from: PodId, delivery: Delivery) -> Self {
        Self { from, what: What::Delivery(delivery) }
    }
}

impl RemoteRoom {
    /// A room that the store says is hosted there.
    pub fn new(at: Whereabouts, deps: Arc<RoomDeps>, manager: Recipient<RoomStopped>) -> Self {
        let now = Instant::now();
        Self {
            at,
            deps,
            manager,
            seats: BTreeMap::new(),
            unanswered: None,
            watching: false,
            last_commit: now,
            asking: false,
            deserted: now,
            left: false,
        }
    }

    /// Sends a command to the host, which owes an answer from now on.
    fn ask(&mut self, message: BusMessage, ctx: &mut Context<Self>) {
        self.deps.switchboard.send(self.at.host, message);
        self.unanswered.get_or_insert_with(Instant::now);
        if !self.watching {
            self.watch(UNANSWERED, ctx);
        }
    }

    fn attach(&mut self, attach: Attach, ctx: &mut Context<Self>) {
        let Attach { player, connection, generation, seen, to } = attach;
        if self.seats.is_empty() {
            self.last_commit = Instant::now();
        }
        self.seats.insert(connection, Local { player, generation, to });
        let room = self.at.room;
        self.ask(BusMessage::Attach { room, player, connection, generation, seen }, ctx);
        if self.last_commit.elapsed() >= NO_COMMIT {
            self.ask_the_store(Duration::ZERO, ctx);
        }
    }

    fn input(&mut self, input: SeatInput, ctx: &mut Context<Self>) {
        let SeatInput { player, generation, n, kind, payload } = input;
        let (room, kind) = (self.at.room, kind.to_owned());
        self.ask(BusMessage::Input { room, player, generation, n, kind, payload }, ctx);
    }

    fn detach(&mut self, player: PlayerId, connection: ConnectionId) {
        self.remove(connection);
        let room = self.at.room;
        self.deps.switchboard.send(self.at.host, BusMessage::Detach { room, player, connection });
    }

    fn remove(&mut self, connection: ConnectionId) {
        if self.seats.remove(&connection).is_some() && self.seats.is_empty() {
            self.deserted = Instant::now();
        }
    }

    /// Looks again after a while whether the host has answered.
    fn watch(&mut self, after: Duration, ctx: &mut Context<Self>) {
        self.watching = true;
        ctx.run_later(after, |room, ctx| {
            room.watching = false;
            let Some(since) = room.unanswered else { return };
            match UNANSWERED.checked_sub(since.elapsed()).filter(|left| !left.is_zero()) {
                Some(left) => room.watch(left, ctx),
                None => room.look_at_heartbeat(since, ctx),
            }
        });
    }

    fn look_at_heartbeat(&mut self, since: Instant, ctx: &mut Context<Self>) {
        self.watching = true;
        let (deps, host) = (self.deps.clone(), self.at.host);
        let looks_dead = async move { deps.vitals.looks_dead(host).await };
        ctx.spawn(looks_dead.into_actor(self).map(move |dead, room, ctx| {
            room.watching = false;
            if room.unanswered.is_none() {
                return;
            }
            if matches!(dead, Ok(true)) {
                room.suspect("silent", since, ctx);
            } else {
                room.watch(LOOK_AGAIN, ctx);
            }
        }));
    }

    /// Asks the store who hosts the room, and when it was last committed.
    fn ask_the_store(&mut self, after: Duration, ctx: &mut Context<Self>) {
        if std::mem::replace(&mut self.asking, true) {
            return;
        }
        let (deps, room) = (self.deps.clone(), self.at.room);
        let stored = async move {
            tokio::time::sleep(after).await;
            deps.rooms.load(room).await
        };
        ctx.spawn(stored.into_actor(self).map(|stored, room, ctx| {
            room.asking = false;
            room.on_stored(stored, ctx);
        }));
    }

    fn on_stored(
        &mut self,
        stored: Result<Option<StoredRoom>, Unavailable>,
        ctx: &mut Context<Self>,
    ) {
        let Ok(stored) = stored else { return };
        let ours = |stored: &StoredRoom| {
            !stored.ended && stored.host == Some(self.at.host) && stored.epoch == self.at.epoch
        };
        match stored.filter(ours) {
            None => self.leave(Stopped::Moved(self.at.epoch), ctx),
            Some(stored) if stored.idle.is_some_and(|idle| idle >= NO_COMMIT) => {
                if self.deps.vitals.may_suspect() {
                    self.suspect("no commits", self.last_commit, ctx);
                }
            }
            Some(_) => self.attach_all(ctx),
        }
    }

    /// The host may have begun to host the room only now.
    fn attach_all(&mut self, ctx: &mut Context<Self>) {
        let attach = |(connection, local): (&ConnectionId, &Local)| BusMessage::Attach {
            room: self.at.room,
            player: local.player,
            connection: *connection,
            generation: local.generation,
            seen: None,
        };
        let all: Vec<_> = self.seats.iter().map(attach).collect();
        for message in all {
            self.ask(message, ctx);
        }
    }

    fn suspect(&mut self, why: &'static str, since: Instant, ctx: &mut Context<Self>) {
        let Whereabouts { room, host, epoch } = self.at;
        tracing::warn!(%room, %host, why, "a host is suspected");
        self.leave(Stopped::Suspected { epoch, why, since }, ctx);
    }

    /// The one way out: the manager first, since the Sessions ask it for the room at once.
    fn leave(&mut self, why: Stopped, ctx: &mut Context<Self>) {
        if std::mem::replace(&mut self.left, true) {
            return;
        }
        self.manager.do_send(RoomStopped { room: self.at.room, why });
        let frames = match why {
            Stopped::Suspected { .. } => {
                let reason = "the game moves to another server".to_owned();
                vec![ServerMsg::Paused { reason }.encode()]
            }
            _ => Vec::new(),
        };
        for (connection, local) in &self.seats {
            let delivery = Delivery {
                room: self.at.room,
                connection: *connection,
                frames: frames.clone(),
                progress: Progress::Moved,
            };
            // Full: the Session finds this actor gone when it next attaches.
            let _ = local.to.try_send(delivery);
        }
        ctx.stop();
    }

    fn deliver(&mut self, delivery: Delivery, ctx: &mut Context<Self>) {
        let (connection, progress) = (delivery.connection, delivery.progress);
        match progress {
            Progress::Started { .. } | Progress::Reached { .. } => {
                self.last_commit = Instant::now();
            }
            Progress::Moved => return self.leave(Stopped::Moved(self.at.epoch), ctx),
            // Only the host's own players are sent on: those here are with another pod already.
            Progress::Elsewhere => return,
            Progress::Same | Progress::Over | Progress::Replaced => {}
        }
        let Some(local) = self.seats.get(&connection) else { return };
        let gone = match local.to.try_send(delivery) {
            Ok(()) => false,
            Err(actix::dev::SendError::Full(_)) => {
                self.deps.metrics.dropped.inc();
                false
            }
            Err(actix::dev::SendError::Closed(_)) => true,
        };
        if gone || matches!(progress, Progress::Over | Progress::Replaced) {
            self.remove(connection);
        }
    }
}

impl Actor for RemoteRoom {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(MAILBOX);
        self.deps.metrics.remote_rooms.inc();
        ctx.run_interval(LINGER, |room, ctx| {
            // Of Sessions that could not say goodbye.
            room.seats.retain(|_, local| local.to.connected());
            if room.seats.is_empty() && room.deserted.elapsed() >= LINGER {
                room.leave(Stopped::Moved(room.at.epoch), ctx);
            }
        });
    }

    fn stopped(&mut self, _: &mut Self::Context) {
        self.deps.metrics.remote_rooms.dec();
    }
}

/// Commands and deliveries it holds before it refuses more.
const MAILBOX: usize = 256;

impl Handler<RoomCommand> for RemoteRoom {
    type Result = ();

    fn handle(&mut self, command: RoomCommand, ctx: &mut Context<Self>) {
        if self.left {
            return;
        }
        let room = self.at.room;
        match command {
            RoomCommand::Attach(attach) => self.attach(attach, ctx),
            RoomCommand::Input(input) => self.input(input, ctx),
            RoomCommand::Quit { player, generation } => {
                self.ask(BusMessage::Quit { room, player, generation }, ctx);
            }
            RoomCommand::Detach { player, connection } => self.detach(player, connection),
            RoomCommand::Release => self.leave(Stopped::Moved(self.at.epoch), ctx),
        }
    }
}

impl Handler<FromHost> for RemoteRoom {
    type Result = ();

    fn handle(&mut self, FromHost { from, what }: FromHost, ctx: &mut Context<Self>) {
        if self.left || from != self.at.host {
            return;
        }
        match what {
            What::Heard => self.unanswered = None,
            // Not an answer: a pod that lives but does not host the room is looked at in the store.
            What::NotHere => self.ask_the_store(LOOK_AGAIN, ctx),
            What::Delivery(delivery) => {
                self.unanswered = None;
                self.deliver(delivery, ctx);
            }
        }
    }
}
