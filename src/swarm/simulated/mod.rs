//! A client of the simulation: the swarm's pure parts, and the habits of people.
//!
//! Unlike a player of the swarm it plays game after game, leaves the queue, drops and comes back,
//! opens the page twice, reloads it, gives up, and judges by itself what it is told. Pure: no
//! socket, no clock, no task.

mod game;
mod habits;
mod hear;
mod line;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

use super::wire::{self, Frame, GameOver};
use crate::ids::{PlayerId, RoomId, Seat};

use game::Game;
use line::Line;

pub(crate) use habits::{Habits, Whim};

/// A frame of the server, read.
#[derive(Debug)]
pub(crate) struct Read(Frame);

/// What a frame claims about a room.
#[derive(Debug)]
pub(crate) enum Claim<'a> {
    /// This is the state of a room.
    Start { room: RoomId, seat: Seat, version: u64, ack: u32 },
    /// This is the state of the room that was named last.
    Update { version: u64, ack: u32 },
    /// This is how a room ended.
    Over(&'a GameOver),
    /// Nothing.
    Nothing,
}

impl Read {
    /// Reads a frame; the error says why it cannot be read.
    pub(crate) fn new(text: &str) -> Result<Self, String> {
        Frame::read(text).map(Self).map_err(|error| error.to_string())
    }

    pub(crate) fn claim(&self) -> Claim<'_> {
        match &self.0 {
            Frame::GameStart(start) => Claim::Start {
                room: start.room_id,
                seat: start.role,
                version: start.state.version,
                ack: start.state.ack,
            },
            Frame::Update(update) => Claim::Update { version: update.version, ack: update.ack },
            Frame::GameOver(over) => Claim::Over(over),
            _ => Claim::Nothing,
        }
    }
}

/// What a client is told of its connection.
#[derive(Debug)]
pub(crate) enum Heard {
    /// A frame.
    Frame(Read),
    /// A ping, which the client's end answers by itself.
    Ping(bytes::Bytes),
    /// It was closed with this code.
    Closed(Option<u16>),
    /// It broke, or could not be made.
    Broken,
}

/// What a client wants done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// Open a connection, which is the one that counts from now on.
    Connect,
    /// Send a text frame on it.
    Send(String),
    /// Throw it away.
    Drop,
    /// The network is gone: throw it away, and nobody is told.
    Vanish,
    /// Say goodbye and close it.
    Goodbye,
    /// Leave it open and forget it: the page is open twice.
    Forsake,
    /// Say something on the forsaken one.
    SendOnForsaken(String),
}

/// What a client is to do when it has no game.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Goal {
    /// What its habits say.
    Whims,
    /// Stay connected, play to the end, and join nothing.
    Rest,
    /// Join and play.
    Play,
    /// Go away, and never come back.
    Gone,
}

/// Where a client stands with the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lobby {
    /// It wants nothing before this.
    Resting { until: Instant },
    /// It has asked for a place.
    Joining,
    /// It has one.
    Queued,
    /// It has asked to give it up.
    Leaving,
}

/// A client of the simulation.
pub(crate) struct Client {
    pub(crate) player: PlayerId,
    rng: Pcg64Mcg,
    habits: Habits,
    goal: Goal,
    line: Line,
    lobby: Lobby,
    game: Option<Game>,
    /// A room that `HELLO` named and of which nothing else is known yet.
    announced: Option<RoomId>,
    overs: BTreeMap<RoomId, GameOver>,
    /// Games that began since the goal was set.
    begun: u32,
    next_whim: Instant,
    /// What follows from the last whim.
    due_whim: Option<Whim>,
    /// People do not ask the same thing twice at once.
    ask_after: Instant,
    /// Who is to rest stays in the queue until this: a match that was made must be heard of.
    rests_at: Instant,
    /// When it was told that it has a place in the queue.
    waits_since: Instant,
    /// A game that the server does not know of any more.
    forgotten: Option<RoomId>,
    /// What it was told that cannot be.
    breaches: Vec<(&'static str, String)>,
    /// Things that happened to it.
    events: Vec<&'static str>,
}

impl Client {
    pub(crate) fn new(player: PlayerId, seed: u64, habits: Habits, now: Instant) -> Self {
        let mut rng = Pcg64Mcg::seed_from_u64(seed);
        let until = now + Duration::from_millis(rng.random_range(0..500));
        let next_whim = now + habits.pause(&mut rng);
        Self {
            player,
            line: Line::new(until),
            rng,
            habits,
            goal: Goal::Whims,
            lobby: Lobby::Resting { until },
            game: None,
            announced: None,
            overs: BTreeMap::new(),
            begun: 0,
            next_whim,
            due_whim: None,
            ask_after: now,
            rests_at: now,
            waits_since: now,
            forgotten: None,
            breaches: Vec::new(),
            events: Vec::new(),
        }
    }

    /// From now on, the client wants this.
    pub(crate) fn set_goal(&mut self, goal: Goal, now: Instant) {
        self.goal = goal;
        self.rests_at = now + RESTS_AFTER;
        self.begun = 0;
        if matches!(self.lobby, Lobby::Resting { .. }) {
            self.lobby = self.lobby_after(now);
            self.waits_since = now;
        }
        if goal != Goal::Gone {
            self.line.come_back_by(now + Duration::from_secs(2));
        }
    }

    /// It has a place in the queue, or has asked for one to be given up, and has for so long that it
    /// would have heard of a match.
    pub(crate) fn has_waited(&self, now: Instant) -> bool {
        let waits = matches!(self.lobby, Lobby::Queued | Lobby::Leaving);
        waits && self.line.is_up() && self.game.is_none() && self.waits_since + HEARD_BY < now
    }

    /// Connected, without a game and without a place in the queue.
    pub(crate) fn is_free(&self) -> bool {
        let resting = matches!(self.lobby, Lobby::Resting { .. });
        self.line.is_up() && resting && self.game.is_none() && self.announced.is_none()
    }

    /// Whether a game has begun since the goal was set.
    pub(crate) fn has_begun(&self) -> bool {
        self.begun > 0
    }

    /// In words, for whoever reads why it is stuck.
    pub(crate) fn state(&self) -> String {
        let game = self.game.as_ref().map(Game::state);
        format!("{:?}, {:?}, announced {:?}, game {game:?}", self.line, self.lobby, self.announced)
    }

    /// Takes what it was told that cannot be.
    pub(crate) fn take_breaches(&mut self) -> Vec<(&'static str, String)> {
        std::mem::take(&mut self.breaches)
    }

    /// Takes the game that the server does not know of any more.
    pub(crate) fn take_forgotten(&mut self) -> Option<RoomId> {
        self.forgotten.take()
    }

    /// Takes what happened to it.
    pub(crate) fn take_events(&mut self) -> Vec<&'static str> {
        std::mem::take(&mut self.events)
    }

    /// The highest number that was acknowledged in each game, and whether it has ended.
    pub(crate) fn unfinished(&self) -> Option<(RoomId, Seat, u32)> {
        self.game.as_ref().map(|game| (game.room, game.seat, game.acked))
    }

    /// Every end it was told.
    pub(crate) fn overs(&self) -> impl Iterator<Item = &GameOver> {
        self.overs.values()
    }

    /// Takes one step.
    pub(crate) fn step(&mut self, heard: Option<Heard>, now: Instant, out: &mut Vec<Act>) {
        if let Some(heard) = heard {
            self.hear(heard, now);
        }
        if let Some(fault) = self.fault(now) {
            self.events.push(fault);
            self.lose(Line::after_loss, now);
            out.push(Act::Drop);
        }
        if self.goal == Goal::Gone {
            if self.line.is_open() {
                self.lose(|line, _, now| line.come_back(now + FAR), now);
                out.push(Act::Drop);
            }
            return;
        }
        self.follow_whims(now, out);
        self.use_lobby(now, out);
        self.play(now, out);
        if self.line.starts(now) {
            out.push(Act::Connect);
        }
    }

    /// When to be woken, if nothing else happens before.
    pub(crate) fn wake_at(&self, now: Instant) -> Instant {
        let mut at = self.line.wake_at(self.game_is_on()).unwrap_or(now + FAR);
        if self.goal == Goal::Whims {
            at = at.min(self.next_whim);
        }
        match self.lobby {
            Lobby::Resting { until } if self.wants_to_join() => {
                at = at.min(until.max(self.ask_after));
            }
            Lobby::Queued if self.goal == Goal::Rest => {
                at = at.min(self.ask_after.max(self.rests_at));
            }
            _ => {}
        }
        if let Some(game) = &self.game {
            at = at.min(game.wake_at(self.line.is_up(), now).unwrap_or(at));
        }
        at.max(now + Duration::from_millis(1))
    }

    /// Silence is a fault, and so is an acknowledgement that does not come.
    fn fault(&self, now: Instant) -> Option<&'static str> {
        let no_ack = self.line.is_up() && self.game.as_ref().is_some_and(|game| game.no_ack(now));
        self.line.fault(self.game_is_on(), now).or(no_ack.then_some("no acknowledgement for 2 s"))
    }

    /// The server owes a frame a second.
    fn game_is_on(&self) -> bool {
        self.game.is_some() || self.announced.is_some()
    }

    fn lose(&mut self, how: impl FnOnce(&mut Line, &mut Pcg64Mcg, Instant), now: Instant) {
        how(&mut self.line, &mut self.rng, now);
        self.announced = None;
        if let Some(game) = &mut self.game {
            game.unsync();
        }
    }

    /// Where it stands with the queue when it has not been told. A place there may have come with
    /// another connection, so who wants none gives it up.
    fn lobby_after(&self, until: Instant) -> Lobby {
        match self.goal {
            Goal::Rest if self.line.is_up() => Lobby::Queued,
            _ => Lobby::Resting { until },
        }
    }

    fn wants_to_join(&self) -> bool {
        let free = self.game.is_none() && self.announced.is_none() && self.line.is_up();
        free && match self.goal {
            Goal::Whims => true,
            Goal::Rest | Goal::Gone => false,
            Goal::Play => self.begun == 0,
        }
    }

    fn use_lobby(&mut self, now: Instant, out: &mut Vec<Act>) {
        if !self.line.is_up() || now < self.ask_after {
            return;
        }
        self.ask_after = now + ASK_AGAIN;
        match self.lobby {
            Lobby::Resting { until } if self.wants_to_join() && now >= until => {
                self.lobby = Lobby::Joining;
                out.push(Act::Send(wire::join_queue()));
            }
            Lobby::Queued
                if self.goal == Goal::Rest && !self.game_is_on() && now >= self.rests_at =>
            {
                self.lobby = Lobby::Leaving;
                out.push(Act::Send(LEAVE_QUEUE.to_owned()));
            }
            _ => self.ask_after = now,
        }
    }

    fn play(&mut self, now: Instant, out: &mut Vec<Act>) {
        let Some(game) = &mut self.game else { return };
        let synced = self.line.is_up();
        game.play(synced, &mut self.rng, now);
        while let Some(text) = game.take_due(synced, now) {
            out.push(Act::Send(text));
        }
    }
}

/// Whoever is matched hears of it within this.
const HEARD_BY: Duration = Duration::from_secs(2);
/// How long people stay in the queue who want to leave it.
const RESTS_AFTER: Duration = Duration::from_secs(4);
/// People do not ask the same thing twice within this.
const ASK_AGAIN: Duration = Duration::from_millis(300);
const FAR: Duration = Duration::from_secs(3600);
const LEAVE_QUEUE: &str = r#"{"type":"LEAVE_QUEUE","payload":{}}"#;
const QUIT_GAME: &str = r#"{"type":"QUIT_GAME","payload":{}}"#;
