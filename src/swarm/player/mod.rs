//! One player as a state machine: what came in, what time it is, what to do.
//!
//! Pure: no socket, no clock, no task. It does the client's whole duty of the wire, so that what
//! it reports lost was lost by the server. `hear` is what the server says, `act` what the player
//! does by itself.

mod act;
mod hear;
#[cfg(test)]
mod tests;

use std::time::{Duration, Instant};

use rand::SeedableRng;
use rand_pcg::Pcg64Mcg;

use super::clicks::Clicks;
use super::duel::{Duel, Style};
use super::gaps::{Gap, GapEnd, Gaps};
use super::habits::{Habits, Whims};
use super::ledger::Ledger;
use super::link::{self, Cause, Link};
use super::lobby::Lobby;
use super::takeover::Takeover;
use super::verdict::Class;

/// What a player is told.
#[derive(Debug)]
pub(super) enum Event<'a> {
    /// A text frame.
    Frame(&'a str),
    /// The answer to a ping.
    Pong,
    /// The connection, or the attempt at one, ended by itself.
    Gone(Ending),
    /// The older connection has answered a ping.
    OlderPong,
    /// The older connection ended by itself.
    OlderGone(Ending),
    /// Everybody has joined: who is not matched by this moment is lost.
    QueueEnds(Instant),
    /// The time given by [`Player::wake_at`] has come.
    Wake,
}

/// How a connection ended by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// The attempt failed, or was refused with this HTTP status.
    Refused(Option<u16>),
    /// Without a close frame.
    Dropped,
    /// With this close code.
    Closed(u16),
}

/// What a player wants done, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// Open a connection.
    Connect,
    /// Send a text frame.
    Send(String),
    /// Send a ping.
    Ping,
    /// Throw the connection, or the attempt at one, away.
    Drop,
    /// Keep the connection as the older one, beside the next.
    SetAside,
    /// Send a text frame on the older connection.
    SendOlder(String),
    /// Send a ping on the older connection.
    PingOlder,
    /// Throw the older connection away.
    DropOlder,
    /// Say goodbye: the ledger is complete.
    Finish,
}

/// What a player must know before it plays.
#[derive(Clone, Copy, Debug)]
pub(super) struct Brief {
    pub(super) style: Style,
    /// The share of games in which golden cookies are claimed, 0 to 1.
    pub(super) golden_share: f64,
    pub(super) seed: u64,
    pub(super) habits: Habits,
    /// Gaps longer than this are written down.
    pub(super) gap_threshold: Duration,
    /// Does not join the queue before this moment.
    pub(super) joins_from: Instant,
    /// Still playing at this moment: stuck.
    pub(super) deadline: Instant,
}

/// A player.
#[derive(Debug)]
pub(super) struct Player {
    brief: Brief,
    link: Link,
    lobby: Lobby,
    clicks: Clicks,
    duel: Option<Duel>,
    gaps: Gaps,
    whims: Whims,
    takeover: Option<Takeover>,
    /// The server has told the state on this very connection.
    synced: bool,
    /// The server says there is a game, or has said so.
    game_on: bool,
    queue_ends: Option<Instant>,
    done: bool,
    ledger: Ledger,
}

impl Player {
    /// A player who wants to connect at once.
    pub(super) fn new(brief: Brief, ledger: Ledger, now: Instant) -> Self {
        let rng = |salt: u64| Pcg64Mcg::seed_from_u64(brief.seed ^ salt);
        Self {
            brief,
            link: Link::new(now, rng(0)),
            lobby: Lobby::new(),
            clicks: Clicks::default(),
            duel: None,
            gaps: Gaps::new(brief.gap_threshold, brief.style.rate),
            whims: Whims::new(brief.habits, rng(0xab5e)),
            takeover: None,
            synced: false,
            game_on: false,
            queue_ends: None,
            done: false,
            ledger,
        }
    }

    /// What has been written down so far.
    pub(super) fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Everything that was written down.
    pub(super) fn into_ledger(self) -> Ledger {
        self.ledger
    }

    /// Takes one step.
    pub(super) fn step(&mut self, event: Event<'_>, now: Instant, out: &mut Vec<Action>) {
        self.hear(event, now);
        if !self.done {
            self.look_at_the_clock(now);
        }
        if self.done {
            self.finish(now);
            out.push(Action::Finish);
            return;
        }
        self.watch(now, out);
        self.act(now, out);
        if self.link.starts_attempt(now) {
            out.push(Action::Connect);
        }
    }

    /// When to be woken, if nothing else happens before.
    pub(super) fn wake_at(&self, now: Instant) -> Instant {
        let lobby = self.lobby.wake_at().filter(|_| self.waits() && self.link.is_up());
        let queue = self.queue_ends.filter(|_| self.waits() && self.ledger.joined_at.is_some());
        let duel = self.duel.as_ref().filter(|_| !self.hands_off());
        let clicks = self.may_send().then(|| self.clicks.wake_at(now)).flatten();
        [
            self.link.wake_at(self.patience()),
            lobby,
            queue,
            duel.and_then(|duel| duel.wake_at(now)),
            clicks,
            self.whims.wake_at().filter(|_| self.may_roam()),
            self.takeover.as_ref().and_then(Takeover::wake_at),
        ]
        .into_iter()
        .flatten()
        .fold(self.brief.deadline, Instant::min)
    }

    fn look_at_the_clock(&mut self, now: Instant) {
        if now >= self.brief.deadline {
            self.fail(Class::Stuck, format!("not finished in time: {}", self.progress()));
        } else if self.waits()
            && self.ledger.joined_at.is_some()
            && self.queue_ends.is_some_and(|at| now >= at)
        {
            let text = "joined the queue and was never matched".to_owned();
            self.fail(Class::LostFromQueue, text);
        }
    }

    fn finish(&mut self, now: Instant) {
        let ended = if self.ledger.over.is_some() { GapEnd::Over } else { GapEnd::Never };
        let gap = self.gaps.finish(ended, now);
        self.write_gap(gap);
        self.ledger.fates.extend(self.takeover.take().map(|takeover| takeover.end()));
        self.link.end();
    }

    fn write_gap(&mut self, gap: Option<Gap>) {
        self.ledger.gaps.extend(gap);
    }

    /// How long the server may be silent now, and what it is when it is silent for longer.
    fn patience(&self) -> Option<(Duration, Cause)> {
        if self.game_on { Some((link::SILENCE, Cause::Silence)) } else { self.lobby.patience() }
    }

    /// No game yet.
    fn waits(&self) -> bool {
        self.ledger.place.is_none()
    }

    /// The player makes no clicks for reasons of its own.
    fn hands_off(&self) -> bool {
        self.takeover.is_some() || self.ledger.is_away()
    }

    fn may_send(&self) -> bool {
        let hosted = self.duel.as_ref().is_some_and(|duel| !duel.is_paused());
        hosted && self.synced && self.link.is_up()
    }

    /// Whether the player may go away, or open another tab.
    fn may_roam(&self) -> bool {
        self.may_send() && !self.hands_off()
    }

    fn fail(&mut self, class: Class, text: String) {
        self.ledger.fault(class, text);
        self.done = true;
    }

    fn progress(&self) -> String {
        match (self.ledger.place, self.ledger.joined_at) {
            (Some(_), _) => format!(
                "in a game, {} sent, {} acknowledged, link up: {}, paused: {}, away: {}",
                self.ledger.sent.len(),
                self.clicks.acked(),
                self.link.is_up(),
                self.duel.as_ref().is_some_and(Duel::is_paused),
                self.ledger.is_away(),
            ),
            (None, Some(_)) => "waiting for an opponent".to_owned(),
            (None, None) => "no connection".to_owned(),
        }
    }
}
