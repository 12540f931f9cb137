//! One player as a state machine: what came in, what time it is, what to do.
//!
//! Pure: no socket, no clock, no task. It does the client's whole duty of the wire, so that what
//! it reports lost was lost by the server. It plays its games one after the other and keeps a ledger
//! of each. `hear` is what the server says, `act` what the player does by itself, `round` how a game
//! begins and ends.

mod act;
mod hear;
mod round;
#[cfg(test)]
mod tests;

use std::time::{Duration, Instant};

use rand::SeedableRng;
use rand_pcg::Pcg64Mcg;

use super::clicks::Clicks;
use super::company::{Standing, Verdict};
use super::duel::{Duel, Style};
use super::gaps::{Gap, Gaps};
use super::habits::{Habits, Whims};
use super::ledger::Ledger;
use super::link::{self, Cause, Link};
use super::lobby::Lobby;
use super::takeover::Takeover;
use super::verdict::Class;

/// What a player is told.
#[derive(Debug)]
pub(super) enum Event<'a> {
    /// A text frame. It is measured by when the kernel had it; what the player does about it begins now.
    Frame { text: &'a str, arrived: Instant },
    /// The answer to a ping.
    Pong,
    /// The connection, or the attempt at one, ended by itself.
    Gone(Ending),
    /// The older connection has answered a ping.
    OlderPong,
    /// The older connection ended by itself.
    OlderGone(Ending),
    /// What has become of the player in the queue.
    Queue(Verdict),
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
    /// How many games to play, one after the other; at least one.
    pub(super) games: usize,
    /// The share of games in which golden cookies are claimed, 0 to 1.
    pub(super) golden_share: f64,
    pub(super) seed: u64,
    pub(super) habits: Habits,
    /// Gaps longer than this are written down.
    pub(super) gap_threshold: Duration,
    /// Does not join the queue before this moment.
    pub(super) joins_from: Instant,
    /// So long after it came, or after its last game, a player whose game is not over is stuck.
    pub(super) timeout: Duration,
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
    /// When the kernel had the frame that was read last.
    arrived: Instant,
    /// The server says there is a game, or has said so.
    game_on: bool,
    /// Its game not over at this moment: stuck.
    deadline: Instant,
    done: bool,
    /// The ledgers of the games before.
    past: Vec<Ledger>,
    /// The ledger of this game, or of the next.
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
            arrived: now,
            game_on: false,
            deadline: now + brief.timeout,
            done: false,
            past: Vec::new(),
            ledger,
        }
    }

    /// What has been written down of this game, or of the time since the last.
    pub(super) fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// What was written down of the games before.
    pub(super) fn past(&self) -> &[Ledger] {
        &self.past
    }

    /// Everything that was written down, game by game.
    pub(super) fn into_ledgers(mut self) -> Vec<Ledger> {
        self.past.push(self.ledger);
        self.past
    }

    /// Where the player stands beside the others.
    pub(super) fn standing(&self) -> Standing {
        let since = self.lobby.waits_since().filter(|_| self.link.is_up());
        match (self.done, self.waits(), since) {
            (false, true, Some(since)) => Standing::Waits { since },
            (false, false, _) => Standing::Plays { asked: self.ledger.first_joined_at },
            _ => Standing::Between,
        }
    }

    /// Takes one step.
    pub(super) fn step(&mut self, event: Event<'_>, now: Instant, out: &mut Vec<Action>) {
        self.hear(event, now);
        if !self.done && self.ledger.over.is_some() {
            self.end_game(now, out);
        }
        if !self.done && now >= self.deadline {
            self.fail(Class::Stuck, format!("not finished in time: {}", self.progress()));
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
        let duel = self.duel.as_ref().filter(|_| !self.hands_off());
        let clicks = self.may_send().then(|| self.clicks.wake_at(now)).flatten();
        [
            self.link.wake_at(self.patience()),
            lobby,
            duel.and_then(|duel| duel.wake_at(now)),
            clicks,
            self.whims.wake_at().filter(|_| self.may_roam()),
            self.takeover.as_ref().and_then(Takeover::wake_at),
        ]
        .into_iter()
        .flatten()
        .fold(self.deadline, Instant::min)
    }

    fn finish(&mut self, now: Instant) {
        self.settle(now);
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
        let state = self.state();
        format!("game {} of {}, {state}", self.past.len() + 1, self.brief.games)
    }

    fn state(&self) -> String {
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
