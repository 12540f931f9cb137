//! One player as a state machine: what came in, what time it is, what to do.
//!
//! Pure: no socket, no clock, no task. It does the client's whole duty of the wire, so that what
//! it reports lost was lost by the server.

use std::time::Instant;

use rand::SeedableRng;
use rand_pcg::Pcg64Mcg;

use super::clicks::Clicks;
use super::duel::{Duel, Style};
use super::ledger::{Ack, Ledger, Place, Seen};
use super::link::{Cause, Link};
use super::verdict::Class;
use super::wire::{self, Frame, GameOver, GameStart, Hello, ServerError, Update};
use crate::ids::RoomId;

/// What a player is told.
#[derive(Debug)]
pub(super) enum Event<'a> {
    /// A text frame.
    Frame(&'a str),
    /// The connection, or the attempt at one, ended by itself.
    Gone(Ending),
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
    /// Throw the connection, or the attempt at one, away.
    Drop,
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
    /// Still playing at this moment: stuck.
    pub(super) deadline: Instant,
}

/// A player.
#[derive(Debug)]
pub(super) struct Player {
    brief: Brief,
    link: Link,
    clicks: Clicks,
    duel: Option<Duel>,
    /// The server has told the state on this very connection.
    synced: bool,
    /// The server says there is a game, or has said so.
    game_on: bool,
    join_at: Option<Instant>,
    done: bool,
    ledger: Ledger,
}

impl Player {
    /// A player who wants to connect at once.
    pub(super) fn new(brief: Brief, ledger: Ledger, now: Instant) -> Self {
        Self {
            brief,
            link: Link::new(now, Pcg64Mcg::seed_from_u64(brief.seed)),
            clicks: Clicks::default(),
            duel: None,
            synced: false,
            game_on: false,
            join_at: None,
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
        match event {
            Event::Frame(text) => self.read(text, now),
            Event::Gone(ending) => self.gone(ending, now),
            Event::Wake => {}
        }
        if now >= self.brief.deadline && !self.done {
            self.fail(format!("not finished in time: {}", self.progress()));
        }
        if self.done {
            self.link.end();
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
        let mut at = self.link.wake_at(self.game_on).unwrap_or(self.brief.deadline);
        at = at.min(self.brief.deadline);
        at = at.min(self.join_at.filter(|_| self.link.is_up()).unwrap_or(at));
        if let Some(duel) = &self.duel {
            at = at.min(duel.wake_at(now).unwrap_or(at));
            if self.may_send() {
                at = at.min(self.clicks.wake_at(now).unwrap_or(at));
            }
        }
        at
    }

    fn read(&mut self, text: &str, now: Instant) {
        self.link.hear(now);
        match Frame::read(text) {
            Ok(Frame::Hello(hello)) => self.hello(&hello, now),
            Ok(Frame::Queued) => self.link.proves_useful(),
            Ok(Frame::GameStart(start)) => self.game_start(&start, now),
            Ok(Frame::Update(update)) => self.update(&update, now),
            Ok(Frame::CookieSpawn(spawn)) => {
                if let Some(duel) = &mut self.duel {
                    duel.see_cookie(spawn.cookie, now);
                }
            }
            Ok(Frame::Paused) => self.paused(),
            Ok(Frame::GameOver(over)) => self.game_over(*over, now),
            Ok(Frame::Error(error)) => self.refused(&error, now),
            Ok(Frame::Other) => {}
            Err(error) => {
                let shown: String = text.chars().take(200).collect();
                self.ledger.fault(Class::Mismatch, format!("unreadable frame ({error}): {shown}"));
            }
        }
    }

    fn hello(&mut self, hello: &Hello, now: Instant) {
        self.link.hello();
        if hello.protocol != crate::protocol::PROTOCOL_VERSION {
            self.fail(format!("the server speaks protocol {}", hello.protocol));
        }
        if hello.player_id != self.ledger.player {
            let text = format!("taken for player {}", hello.player_id);
            self.ledger.fault(Class::Mismatch, text);
        }
        match (hello.room_id, self.ledger.place) {
            (None, None) => {
                self.game_on = false;
                self.join_at = Some(now);
            }
            (None, Some(place)) => {
                self.fail(format!("the server knows nothing of game {} any more", place.room));
            }
            (Some(room), Some(place)) if room != place.room => {
                self.fail(format!("sits in game {room} instead of {}", place.room));
            }
            (Some(_), _) => self.game_on = true,
        }
    }

    fn game_start(&mut self, start: &GameStart, now: Instant) {
        let place = Place { room: start.room_id, seat: start.role, opponent: start.opponent };
        match self.ledger.place {
            None => self.sit_down(place, now),
            Some(known) if known == place => {}
            Some(known) => {
                self.fail(format!("was in {known:?}, is told of {place:?}"));
                return;
            }
        }
        self.link.proves_useful();
        self.game_on = true;
        self.join_at = None;
        self.ledger.write_return(now);
        self.note(&start.state, now);
        // The state is the truth as of now: whatever it does not include goes again.
        self.clicks.acknowledge(start.state.ack, now);
        self.clicks.start_over();
        self.synced = true;
        if let Some(duel) = &mut self.duel {
            duel.see(&start.state, now);
        }
    }

    fn sit_down(&mut self, place: Place, now: Instant) {
        self.ledger.place = Some(place);
        self.ledger.started_at = Some(now);
        self.ledger.golden = is_golden(place.room, self.brief.golden_share);
        let rng = Pcg64Mcg::seed_from_u64(self.brief.seed ^ 0x5eed);
        self.duel = Some(Duel::new(self.brief.style, self.ledger.golden, rng, now));
    }

    fn update(&mut self, update: &Update, now: Instant) {
        let Some(duel) = &mut self.duel else { return };
        if !self.synced || self.ledger.seen.last().is_some_and(|s| update.version <= s.version) {
            return;
        }
        duel.see(update, now);
        self.note(update, now);
        self.clicks.acknowledge(update.ack, now);
    }

    fn note(&mut self, state: &Update, now: Instant) {
        let scores = (state.p1_score, state.p2_score);
        self.ledger.write_state(Seen { version: state.version, at: now, scores });
        self.ledger.write_ack(Ack { n: state.ack, version: state.version, at: now });
    }

    fn paused(&mut self) {
        self.link.proves_useful();
        self.clicks.stop_waiting();
        if let Some(duel) = &mut self.duel {
            duel.pause();
        }
    }

    fn game_over(&mut self, over: GameOver, now: Instant) {
        let place = Place { room: over.room_id, seat: over.role, opponent: over.opponent };
        match self.ledger.place {
            Some(known) if known != place => {
                self.fail(format!("was in {known:?}, is told of the end of {place:?}"));
                return;
            }
            Some(_) => {}
            None => self.sit_down(place, now),
        }
        self.ledger.write_return(now);
        self.ledger.over = Some(over);
        self.ledger.over_at = Some(now);
        self.done = true;
    }

    fn refused(&mut self, error: &ServerError, now: Instant) {
        match (error.code.as_str(), error.from) {
            ("resend", Some(from)) => self.clicks.resend_from(from, now),
            ("queue_unavailable", _) => {
                self.join_at = Some(now + std::time::Duration::from_millis(500));
            }
            // A click may cross the end of its game, and a join the match.
            ("not_in_game", _) => {}
            (code, _) => {
                let text = format!("refused with {code}: {}", error.message);
                self.ledger.fault(Class::Mismatch, text);
            }
        }
    }

    fn gone(&mut self, ending: Ending, now: Instant) {
        let cause = match ending {
            Ending::Dropped => Cause::Dropped,
            Ending::Closed(1012) => Cause::GoingAway,
            Ending::Closed(4029) => {
                self.ledger.fault(Class::Stuck, "closed with 4029, too many messages".to_owned());
                Cause::TooMany
            }
            Ending::Closed(code) => return self.fail(format!("closed with {code}")),
            Ending::Refused(Some(status @ 400..=404)) => {
                return self.fail(format!("the upgrade was answered with {status}"));
            }
            Ending::Refused(_) => Cause::Refused,
        };
        self.lose(cause, now);
    }

    fn lose(&mut self, cause: Cause, now: Instant) {
        self.synced = false;
        self.clicks.stop_waiting();
        self.ledger.write_loss(cause, now);
        self.link.lose(cause, now);
    }

    /// Silence is a fault, and so is an acknowledgement that does not come.
    fn watch(&mut self, now: Instant, out: &mut Vec<Action>) {
        let fault = self.link.fault(self.game_on, now);
        let no_ack = self.may_send() && self.clicks.has_waited_too_long(now);
        if let Some(cause) = fault.or(no_ack.then_some(Cause::NoAck)) {
            self.lose(cause, now);
            out.push(Action::Drop);
        }
    }

    fn act(&mut self, now: Instant, out: &mut Vec<Action>) {
        if self.link.is_up() && self.join_at.is_some_and(|at| now >= at) {
            self.join_at = None;
            self.ledger.joined_at = Some(now);
            out.push(Action::Send(wire::join_queue()));
        }
        // Clicks are made while disconnected too, as by a person; they wait for the connection.
        if let Some(kind) = self.duel.as_mut().and_then(|d| d.act(self.clicks.has_room(), now)) {
            self.clicks.make(kind);
        }
        let (true, Some(place)) = (self.may_send(), self.ledger.place) else { return };
        self.clicks.repeat_if_old(now);
        while let Some(due) = self.clicks.take_due(now) {
            self.ledger.write_sent(due.kind, due.repeat, now);
            out.push(Action::Send(wire::input(due.kind, due.n, place.room)));
        }
    }

    fn may_send(&self) -> bool {
        let takes = self.duel.as_ref().is_some_and(|d| d.takes_inputs() && !d.is_paused());
        takes && self.synced && self.link.is_up()
    }

    fn fail(&mut self, text: String) {
        self.ledger.fault(Class::Stuck, text);
        self.done = true;
    }

    fn progress(&self) -> String {
        match (self.ledger.place, self.ledger.joined_at) {
            (Some(_), _) => format!(
                "in a game, {} sent, {} acknowledged, link up: {}, paused: {}",
                self.ledger.sent.len(),
                self.clicks.acked(),
                self.link.is_up(),
                self.duel.as_ref().is_some_and(Duel::is_paused),
            ),
            (None, Some(_)) => "waiting for an opponent".to_owned(),
            (None, None) => "no connection".to_owned(),
        }
    }
}

/// Whether golden cookies are claimed in a game. Both players must agree without talking.
fn is_golden(room: RoomId, share: f64) -> bool {
    let room = room.as_uuid().as_u64_pair();
    let mixed = (room.0 ^ room.1.rotate_left(32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    ((mixed >> 11) as f64 / (1u64 << 53) as f64) < share
}

#[cfg(test)]
#[path = "player_tests.rs"]
mod tests;
