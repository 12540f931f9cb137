//! What a player makes of what it hears: frames, and the end of connections.

use std::time::Instant;

use super::super::company::Verdict;
use super::super::ledger::{Ack, Seen};
use super::super::link::Cause;
use super::super::verdict::Class;
use super::super::wire::{Frame, Hello, ServerError, Update};
use super::{Ending, Event, Player};

impl Player {
    pub(super) fn hear(&mut self, event: Event<'_>, now: Instant) {
        match event {
            Event::Frame { text, arrived } => {
                self.arrived = arrived;
                self.read(text, now);
            }
            Event::Pong => self.link.hear(now),
            Event::Gone(ending) => self.gone(ending, now),
            Event::OlderPong => {
                if let Some(takeover) = &mut self.takeover {
                    takeover.answer(now);
                }
            }
            Event::OlderGone(ending) => {
                let takeover = self.takeover.as_mut();
                let fault = takeover.and_then(|takeover| takeover.gone(ending, now));
                self.ledger.faults.extend(fault);
            }
            Event::Queue(Verdict::Lost) => {
                let text = "joined the queue and was never matched".to_owned();
                self.fail(Class::LostFromQueue, text);
            }
            Event::Queue(Verdict::OddOneOut) => {
                self.ledger.odd_one_out = true;
                self.done = true;
            }
            Event::Wake => {}
        }
    }

    fn read(&mut self, text: &str, now: Instant) {
        self.link.hear(now);
        match Frame::read(text) {
            Ok(Frame::Hello(hello)) => self.hello(&hello, now),
            Ok(Frame::Queued) => {
                self.link.proves_useful();
                self.lobby.queued();
            }
            Ok(Frame::QueueLeft) => {
                if self.lobby.left(now + self.whims.joins_again()) {
                    self.ledger.write_leave(now);
                }
            }
            Ok(Frame::GameStart(start)) => self.game_start(&start, now),
            Ok(Frame::Update(update)) => self.update(&update, now),
            Ok(Frame::CookieSpawn(spawn)) => {
                if let Some(duel) = &mut self.duel {
                    duel.see_cookie(spawn.cookie, now);
                }
            }
            Ok(Frame::Paused) => self.paused(now),
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
        if let Some(takeover) = &mut self.takeover {
            takeover.greet(now);
        }
        if hello.protocol != crate::protocol::PROTOCOL_VERSION {
            self.fail(Class::Stuck, format!("the server speaks protocol {}", hello.protocol));
        }
        if hello.player_id != self.ledger.player {
            let text = format!("taken for player {}", hello.player_id);
            self.ledger.fault(Class::Mismatch, text);
        }
        match (hello.room_id, self.ledger.place) {
            (None, None) => {
                self.game_on = false;
                self.lobby.enter(now.max(self.brief.joins_from));
            }
            (None, Some(place)) => {
                let text = format!("the server knows nothing of game {} any more", place.room);
                self.fail(Class::Stuck, text);
            }
            (Some(room), Some(place)) if room != place.room => {
                let text = format!("sits in game {room} instead of {}", place.room);
                self.fail(Class::MatchedTwice, text);
            }
            (Some(_), _) => {
                self.game_on = true;
                self.lobby.stand_back();
            }
        }
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

    pub(super) fn note(&mut self, state: &Update, now: Instant) {
        self.gaps.resume(now);
        let scores = (state.p1_score, state.p2_score);
        self.ledger.write_state(Seen { version: state.version, at: self.arrived, scores });
        let before = self.ledger.acked();
        self.ledger.write_ack(Ack { n: state.ack, version: state.version, at: self.arrived });
        if self.ledger.acked() > before {
            let gap = self.gaps.acknowledge(now);
            self.write_gap(gap);
        }
        if state.countdown > 0 {
            self.ledger.worthless = self.ledger.worthless.max(self.ledger.acked());
        } else {
            self.ledger.playing_at.get_or_insert(now);
        }
    }

    fn paused(&mut self, now: Instant) {
        if self.link.is_up() {
            self.link.proves_useful();
        }
        self.link.hear_paused(now);
        self.gaps.pause(now);
        self.clicks.stop_waiting();
        if let Some(duel) = &mut self.duel {
            duel.pause();
        }
    }

    fn refused(&mut self, error: &ServerError, now: Instant) {
        match (error.code.as_str(), error.from) {
            ("resend", Some(from)) => self.clicks.resend_from(from, now),
            ("queue_unavailable", _) => self.lobby.unavailable(now),
            // A click may cross the end of its game, and a join the match. Or the game that HELLO
            // named has gone for good.
            ("not_in_game", _) if self.waits() => self.lobby.is_in_no_game(now),
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
            Ending::Closed(4002) => {
                // The newest connection wins, and this is the newest: attempts that were given up
                // have never shown that they are there.
                let text = "closed with 4002, though there is no newer connection".to_owned();
                return self.fail(Class::Stuck, text);
            }
            Ending::Closed(code) => {
                return self.fail(Class::Stuck, format!("closed with {code}"));
            }
            Ending::Refused(Some(status @ 400..=404)) => {
                let text = format!("the upgrade was answered with {status}");
                return self.fail(Class::Stuck, text);
            }
            Ending::Refused(Some(500..)) => Cause::Unavailable,
            Ending::Refused(_) => Cause::Refused,
        };
        self.lose(cause, now);
    }
}
