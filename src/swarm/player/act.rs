//! What a player does by itself: gives a bad connection up, joins, clicks, and follows its habits.

use std::time::{Duration, Instant};

use super::super::link::Cause;
use super::super::lobby::Wish;
use super::super::takeover::{Step, Takeover};
use super::super::wire::{self, Kind};
use super::{Action, Player};

impl Player {
    /// Silence is a fault, and so is an acknowledgement that does not come.
    pub(super) fn watch(&mut self, now: Instant, out: &mut Vec<Action>) {
        let fault = self.link.fault(self.patience(), now);
        let no_ack = self.may_send() && self.clicks.has_waited_too_long(now);
        if let Some(cause) = fault.or(no_ack.then_some(Cause::NoAck)) {
            self.lose(cause, now);
            out.push(Action::Drop);
        }
    }

    pub(super) fn lose(&mut self, cause: Cause, now: Instant) {
        self.synced = false;
        self.clicks.stop_waiting();
        self.gaps.lose();
        if let Some(takeover) = &mut self.takeover {
            takeover.lose();
        }
        self.ledger.write_loss(cause, now);
        self.link.lose(cause, now);
    }

    pub(super) fn act(&mut self, now: Instant, out: &mut Vec<Action>) {
        if self.waits() && self.link.is_up() {
            self.queue(now, out);
        }
        self.roam(now, out);
        self.take_over(now, out);
        // Clicks are made while disconnected too, as by a person; they wait for the connection.
        if !self.hands_off()
            && let Some(kind) = self.duel.as_mut().and_then(|d| d.act(self.clicks.has_room(), now))
        {
            self.clicks.make(kind);
        }
        let (true, Some(place)) = (self.may_send(), self.ledger.place) else { return };
        self.clicks.repeat_if_old(now);
        while let Some(due) = self.clicks.take_due(now) {
            self.ledger.write_sent(due, now);
            out.push(Action::Send(wire::input(due.kind, due.n, place.room)));
        }
    }

    fn queue(&mut self, now: Instant, out: &mut Vec<Action>) {
        while let Some(wish) = self.lobby.act(&mut self.whims, now) {
            match wish {
                Wish::Join => {
                    self.ledger.write_join(now);
                    self.link.hear(now);
                    out.push(Action::Send(wire::join_queue()));
                }
                Wish::Leave => {
                    self.link.hear(now);
                    out.push(Action::Send(wire::leave_queue()));
                }
                Wish::Ping => out.push(Action::Ping),
            }
        }
    }

    fn roam(&mut self, now: Instant, out: &mut Vec<Action>) {
        if !self.may_roam() {
            return;
        }
        if let Some(length) = self.whims.goes_away(now) {
            self.go_away(length, now);
            out.push(Action::Drop);
        } else if self.whims.opens_tab(now) {
            self.let_go();
            self.takeover = Some(Takeover::new(self.brief.habits.replaced_within, now));
            self.link.try_again(now);
            out.push(Action::SetAside);
        }
    }

    fn go_away(&mut self, length: Duration, now: Instant) {
        self.let_go();
        self.ledger.write_absence(now + length, now);
        self.link.try_again(now + length);
    }

    /// The connection serves the player no more, by the player's own will.
    fn let_go(&mut self) {
        self.synced = false;
        self.clicks.stop_waiting();
        self.gaps.suspend();
    }

    fn take_over(&mut self, now: Instant, out: &mut Vec<Action>) {
        let (Some(takeover), Some(place)) = (&mut self.takeover, self.ledger.place) else { return };
        let (steps, fault) = takeover.act(now);
        for step in steps {
            out.push(match step {
                Step::Ping => Action::PingOlder,
                Step::Drop => Action::DropOlder,
                Step::Ghost => {
                    self.ledger.ghosts += 1;
                    let n = self.clicks.next_number();
                    Action::SendOlder(wire::input(Kind::Click, n, place.room))
                }
            });
        }
        if let Some(fate) = takeover.outcome(now) {
            self.ledger.fates.push(fate);
            self.takeover = None;
            self.gaps.begin(now);
        }
        self.ledger.faults.extend(fault);
    }
}
