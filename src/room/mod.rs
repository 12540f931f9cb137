//! GameRoom: the actor that hosts one live game.
//!
//! | message | from | what it does |
//! | --- | --- | --- |
//! | [`RoomCommand`] | Sessions, the manager | changes the state; see [`messages`](self) |
//! | [`Delivery`] | this actor | the way back to a Session |
//! | [`RoomStopped`] | this actor | tells the manager that it is over |
//!
//! The actor is a shell: the game and its seats are a pure [`RoomState`], time comes from a
//! [`Clock`]. Nothing is told to anybody before the store has confirmed it: changes
//! gather while a commit is under way and go into the next one, so a busy room costs one round trip
//! at a time, and an idle one a commit a second.

mod clock;
mod commands;
mod commit;
mod delivery;
mod doubt;
mod ending;
mod look_back;
mod messages;
pub mod remote;
mod restore;
mod seat;
pub mod snapshot;
mod state;
#[cfg(test)]
pub(crate) mod tests;
mod write_off;

use std::sync::Arc;
use std::time::Duration;

use actix::{Actor, ActorContext, AsyncContext, Context, Recipient, SpawnHandle};
use tokio::time::Instant;

use crate::cluster::{Claimed, Players, Rooms};
use crate::games::GameTime;
use crate::ids::{BySeat, Epoch, PodId, RoomId, Seat, Version};
use crate::matchmaking::Matchmaking;
use crate::results::FinishedGame;
use crate::telemetry::Metrics;

use clock::Clock;
use commit::Commits;
use delivery::Link;
use remote::{Switchboard, Vitals};

pub use crate::cluster::Progress;
pub use delivery::game_over;
pub use ending::free_seats;
pub use messages::{Attach, Delivery, RoomCommand, RoomStopped, SeatInput, Stopped};
pub use restore::restore_seats;
pub use seat::{InputOutcome, SeatState};
pub use state::{Ending, RoomState};
pub use write_off::{LastCommit, WriteOffError, write_off};

/// How patient rooms are.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// How long a seat may be empty in game time, and a whole room on the wall's clock.
    pub grace: Duration,
    /// A seat whose connection has not said that it is there for so long is empty.
    pub silence: Duration,
    /// How long a commit may take before it counts as unknown.
    pub commit: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            grace: Duration::from_secs(15),
            silence: Duration::from_secs(2),
            commit: Duration::from_millis(300),
        }
    }
}

/// What every room of this pod works with.
pub struct RoomDeps {
    /// This pod.
    pub host: PodId,
    /// The rooms store.
    pub rooms: Arc<dyn Rooms>,
    /// Where seats are freed at the end.
    pub matchmaking: Arc<dyn Matchmaking>,
    /// The directory of players.
    pub players: Arc<dyn Players>,
    /// Which pods live.
    pub vitals: Vitals,
    /// The way to and from other pods.
    pub switchboard: Arc<Switchboard>,
    /// The format of snapshots to write.
    pub format: snapshot::Format,
    /// Wakes the recorder when a game has ended.
    pub wake_recorder: Box<dyn Fn() + Send + Sync>,
    /// Tells the results that a game has begun, in case nothing is ever heard of it again.
    pub note_begun: Box<dyn Fn(FinishedGame) + Send + Sync>,
    /// How patient to be.
    pub patience: Patience,
    /// What is counted.
    pub metrics: Metrics,
}

/// The right to host a room, as far as this pod knows.
#[derive(Clone, Copy, Debug)]
pub struct Tenure {
    /// The epoch in which this pod hosts it.
    pub epoch: Epoch,
    /// The last version in the store.
    pub version: Version,
}

impl Tenure {
    /// The first tenure of a room that this pod has just founded.
    pub const FOUNDED: Self = Self { epoch: Epoch(1), version: Version(1) };
}

impl From<&Claimed> for Tenure {
    fn from(claimed: &Claimed) -> Self {
        Self { epoch: claimed.epoch, version: claimed.version }
    }
}

/// The actor that hosts one live game. See the [module](self).
pub struct GameRoom {
    id: RoomId,
    state: RoomState,
    clock: Clock,
    links: BySeat<Link>,
    commits: Commits,
    deps: Arc<RoomDeps>,
    manager: Recipient<RoomStopped>,
    /// Since when nobody is attached; the room ends as void when the grace is over.
    deserted_since: Option<Instant>,
    wake: Option<Wake>,
    stopping: Option<Stopped>,
}

/// The one timer of a room.
struct Wake {
    at: Instant,
    handle: SpawnHandle,
}

impl GameRoom {
    /// A room as it was found in the store, or just founded. Its clock stands until somebody
    /// attaches; the patience with a deserted room begins now.
    pub fn new(
        mut state: RoomState,
        tenure: Tenure,
        deps: Arc<RoomDeps>,
        manager: Recipient<RoomStopped>,
    ) -> Self {
        for seat in Seat::BOTH {
            state.leave(seat);
        }
        Self {
            id: state.id,
            clock: Clock::standing_at(state.time),
            links: state.seats.map(|seat| Link::new(seat.consumed, state.time > GameTime(0))),
            commits: Commits::since(tenure),
            deps,
            manager,
            deserted_since: Some(Instant::now()),
            wake: None,
            stopping: None,
            state,
        }
    }

    fn grace(&self) -> u64 {
        u64::try_from(self.deps.patience.grace.as_millis()).unwrap_or(u64::MAX)
    }

    /// Brings the game up to the present. Comes before everything else.
    fn advance(&mut self) {
        let grace = self.grace();
        let before = self.state.time;
        self.state.advance(self.clock.now(), grace);
        if self.state.time.0 / 1000 != before.0 / 1000 || self.state.table.has_told() {
            self.commits.wanted = true;
        }
    }

    /// What every handler ends with: commit if something changed, and set the timer.
    fn settle(&mut self, ctx: &mut Context<Self>) {
        self.watch_seats();
        if self.state.ending.is_some() && !self.commits.ended {
            self.commits.wanted = true;
        }
        self.commit_if_wanted(ctx);
        self.set_wake(ctx);
    }

    /// Runs the clock while somebody is there and the store answers, and lets it stand otherwise.
    fn watch_seats(&mut self) {
        let anybody = self.links.any(|link| link.attached.is_some());
        if anybody {
            self.deserted_since = None;
        } else {
            self.deserted_since.get_or_insert_with(Instant::now);
        }
        if anybody && !self.commits.is_failing() {
            self.clock.start();
        } else {
            self.clock.stop();
        }
    }

    fn on_wake(&mut self, ctx: &mut Context<Self>) {
        self.wake = None;
        self.advance();
        self.empty_silent_seats();
        self.end_if_deserted();
        if self.commits.notice_is_due() {
            self.tell_paused();
            self.doubt(ctx);
        }
        self.settle(ctx);
    }

    /// Nobody is there, and nobody came for as long as the grace. While the store is away nobody
    /// can come, so that time does not count.
    fn end_if_deserted(&mut self) {
        if self.commits.is_failing() {
            self.deserted_since = self.deserted_since.map(|_| Instant::now());
        }
        if self.deserted_since.is_some_and(|since| since.elapsed() >= self.deps.patience.grace) {
            self.state.void();
        }
    }

    /// One timer, for whatever comes first. It is moved only when it must ring earlier: ringing
    /// once too often is cheaper than moving it at every click.
    fn set_wake(&mut self, ctx: &mut Context<Self>) {
        let game = self.clock.instant_of(self.state.next_wake(self.grace()));
        let deserted = self.deserted_since.map(|since| since + self.deps.patience.grace);
        let silent = self.links.iter().filter_map(|(_, link)| link.silent_from(self.deps.patience));
        let playing =
            [game, deserted, silent.min()].map(|at| at.filter(|_| self.state.ending.is_none()));
        let store = [self.commits.next_try(), self.commits.next_notice()];
        let Some(at) = playing.into_iter().chain(store).flatten().min() else { return };
        if let Some(wake) = &self.wake {
            if wake.at <= at {
                return;
            }
            ctx.cancel_future(wake.handle);
        }
        let delay = at.saturating_duration_since(Instant::now());
        let handle = ctx.run_later(delay, Self::on_wake);
        self.wake = Some(Wake { at, handle });
    }

    /// The one way out: everybody who must know is told, once.
    fn stop(&mut self, why: Stopped, ctx: &mut Context<Self>) {
        if self.stopping.is_none() {
            self.stopping = Some(why);
            // The manager's mailbox has no bound for this: one message in the life of a room.
            self.manager.do_send(RoomStopped { room: self.id, why });
            ctx.stop();
        }
    }
}

impl Actor for GameRoom {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(MAILBOX);
        self.deps.metrics.rooms.inc();
        self.settle(ctx);
    }

    fn stopped(&mut self, _: &mut Self::Context) {
        self.deps.metrics.rooms.dec();
    }
}

/// Commands a room holds before it refuses more. Two players may send 60 messages at once each;
/// what is refused beyond that is sent again by the client.
const MAILBOX: usize = 256;
