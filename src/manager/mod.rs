//! GameManager: the actor that knows this pod, who is connected here and which rooms are hosted.
//!
//! | message | from | what it does |
//! | --- | --- | --- |
//! | [`Connect`], [`Disconnect`] | Sessions | one live connection per player, the newest wins |
//! | [`LobbyCommand`] | Sessions | queue, leave, practice |
//! | [`FindRoom`] | Sessions | where to attach; opens the room if nobody hosts it |
//! | [`RoomStopped`] | rooms | forget the room; take it over if its host looks dead |
//! | [`Hint`] | other pods | matches, and players who are elsewhere now |
//! | [`Reopen`] | the app | host what the store has open |
//! | [`Withdraw`] | the shutdown | take over and match nothing more |
//! | [`Drain`] | the shutdown | give every room up, close every connection |
//!
//! It waits for nothing: what a port answers comes back as a task of its own, so a slow store stops
//! no one. Clicks do not pass through it.

mod connections;
mod drain;
mod hosting;
mod lobby;
mod messages;
mod opening;
mod pulse;
mod sweep;
#[cfg(test)]
pub(crate) mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix::{Actor, ActorFutureExt, ArbiterHandle, AsyncContext, Context, Handler, WrapFuture};

use tokio::time::Instant;

use crate::cluster::{Heartbeat, Pods};
use crate::games::Catalogue;
use crate::ids::{PlayerId, RoomId};
use crate::matchmaking::{Cursor, Matchmaking};
use crate::room::remote::Hint;
use crate::room::{RoomDeps, RoomStopped};

use connections::Connected;
use drain::Draining;
use hosting::Hosted;
use pulse::Pulse;

pub use messages::{
    Connect, Disconnect, Drain, FindRoom, Found, LobbyCommand, NotFound, Notice, Over, Refusal,
    Reopen, Welcome, Wish, Withdraw,
};

/// What the manager works with.
pub struct ManagerDeps {
    /// The heartbeats of pods.
    pub pods: Arc<dyn Pods>,
    /// What this pod says of itself.
    pub heartbeat: Heartbeat,
    /// Every game.
    pub catalogue: Arc<Catalogue>,
    /// What rooms work with; the manager uses the same ports.
    pub room: Arc<RoomDeps>,
    /// The threads that rooms are spread over; the manager's own while it is empty.
    pub threads: Threads,
}

/// The threads of the HTTP workers, as they come up. Rooms live there beside the Sessions, which
/// saves a change of thread for each message between them.
pub type Threads = Arc<Mutex<Vec<ArbiterHandle>>>;

/// The actor that knows this pod. See the [module](self).
pub struct GameManager {
    deps: ManagerDeps,
    connections: BTreeMap<PlayerId, Connected>,
    rooms: BTreeMap<RoomId, Hosted>,
    /// How often a room has panicked here.
    panics: BTreeMap<RoomId, u32>,
    /// Rooms that no pod can do anything with. The sweep passes them over.
    damaged: BTreeSet<RoomId>,
    /// Rooms that the store did not know, and since when.
    missed: BTreeMap<RoomId, Instant>,
    /// Rooms that could not be opened because a port did not answer. Tried again every second.
    unopened: BTreeSet<RoomId>,
    /// Counts up to spread rooms over the threads.
    placed: usize,
    ticks: u32,
    pulse: Pulse,
    /// How far the sweep has come, and whether one is under way.
    swept_to: Cursor,
    sweeping: bool,
    /// This pod is about to leave: it claims nothing and matches nobody.
    withdrawn: bool,
    draining: Option<Draining>,
}

impl GameManager {
    /// A manager that knows nobody yet.
    pub fn new(deps: ManagerDeps) -> Self {
        Self {
            deps,
            connections: BTreeMap::new(),
            rooms: BTreeMap::new(),
            panics: BTreeMap::new(),
            damaged: BTreeSet::new(),
            missed: BTreeMap::new(),
            unopened: BTreeSet::new(),
            placed: 0,
            ticks: 0,
            pulse: Pulse::default(),
            swept_to: Cursor::default(),
            sweeping: false,
            withdrawn: false,
            draining: None,
        }
    }

    fn matchmaking(&self) -> Arc<dyn Matchmaking> {
        self.deps.room.matchmaking.clone()
    }

    /// Four times a second: look for matches that were announced in vain; every other time pair;
    /// once a second renew the tickets and look for connections and rooms that died.
    fn tick(&mut self, ctx: &mut Context<Self>) {
        self.ticks = self.ticks.wrapping_add(1);
        if self.draining.is_some() {
            self.forget_ghosts(ctx);
            self.look_for_panics(ctx);
            return self.drain_on();
        }
        self.look_for_seats(ctx);
        if self.ticks.is_multiple_of(2) {
            let games: Vec<_> = self.deps.catalogue.names().collect();
            for game in games {
                self.pair(game, ctx);
            }
        }
        if self.ticks.is_multiple_of(4) {
            self.forget_ghosts(ctx);
            self.renew_tickets(ctx);
            self.look_for_panics(ctx);
            self.open_what_is_left(ctx);
        }
    }

    /// Runs a task of a port and hands its answer to a method.
    fn ask<T: 'static>(
        &self,
        ctx: &mut Context<Self>,
        task: impl Future<Output = T> + 'static,
        then: impl FnOnce(&mut Self, T, &mut Context<Self>) + 'static,
    ) {
        ctx.spawn(task.into_actor(self).map(move |answer, manager, ctx| {
            then(manager, answer, ctx);
        }));
    }
}

/// How often [`GameManager::tick`] comes.
const TICK: Duration = Duration::from_millis(250);

/// Messages the manager holds before a Session is told to try again.
const MAILBOX: usize = 4096;

impl Actor for GameManager {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(MAILBOX);
        self.deps.room.switchboard.report_to(ctx.address().recipient());
        ctx.run_interval(TICK, Self::tick);
        ctx.run_interval(sweep::SWEEP, Self::sweep);
        self.start_pulse(ctx);
    }
}

impl Handler<RoomStopped> for GameManager {
    type Result = ();

    fn handle(&mut self, stopped: RoomStopped, ctx: &mut Context<Self>) {
        self.on_stopped(stopped, ctx);
    }
}

impl Handler<Hint> for GameManager {
    type Result = ();

    fn handle(&mut self, hint: Hint, _: &mut Context<Self>) {
        match hint {
            Hint::MatchMade(made) => {
                for player in made.players {
                    self.seat_if_new(player, made.room);
                }
            }
            Hint::Replaced { player, generation } => self.on_newer(player, generation),
        }
    }
}
