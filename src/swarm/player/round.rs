//! How a game begins and ends for its player, and how the next one begins.

use std::time::Instant;

use rand::SeedableRng;
use rand_pcg::Pcg64Mcg;

use super::super::clicks::Clicks;
use super::super::duel::Duel;
use super::super::gaps::{GapEnd, Gaps};
use super::super::ledger::{Ledger, Place};
use super::super::verdict::Class;
use super::super::wire::{GameOver, GameStart};
use super::{Action, Player};
use crate::ids::RoomId;

impl Player {
    pub(super) fn game_start(&mut self, start: &GameStart, now: Instant) {
        let place = Place { room: start.room_id, seat: start.role, opponent: start.opponent };
        match self.ledger.place {
            None if self.told_end_of(place.room).is_some() => {
                let text = format!("was told the end of {place:?}, and now that it goes on");
                self.fail(Class::StillSeated, text);
                return;
            }
            None => self.sit_down(place, now),
            Some(known) if known == place => {}
            Some(known) => {
                let text = format!("was in {known:?}, is told of {place:?}");
                self.fail(Class::MatchedTwice, text);
                return;
            }
        }
        self.link.proves_useful();
        self.game_on = true;
        self.ledger.write_return(now);
        match &mut self.takeover {
            Some(takeover) => self.ledger.takeovers.extend(takeover.sync(now)),
            None => self.gaps.begin(now),
        }
        self.note(&start.state, now);
        // The state is the truth as of now: whatever it does not include goes again.
        self.clicks.start_over(start.state.ack);
        self.synced = true;
        if let Some(duel) = &mut self.duel {
            duel.see(&start.state, now);
        }
    }

    fn sit_down(&mut self, place: Place, now: Instant) {
        if !self.lobby.seated() {
            let text = "was put into a game without having asked for one".to_owned();
            self.ledger.fault(Class::Unasked, text);
        }
        self.ledger.write_place(place, now);
        self.ledger.golden = is_golden(place.room, self.brief.golden_share);
        self.whims.begin(now);
        let game = (self.past.len() as u64) << 32;
        let rng = Pcg64Mcg::seed_from_u64(self.brief.seed ^ 0x5eed ^ game);
        self.duel = Some(Duel::new(self.brief.style, self.ledger.golden, rng, now));
    }

    pub(super) fn game_over(&mut self, over: GameOver, now: Instant) {
        let place = Place { room: over.room_id, seat: over.role, opponent: over.opponent };
        match self.ledger.place {
            Some(known) if known != place => {
                let text = format!("was in {known:?}, is told of the end of {place:?}");
                self.fail(Class::MatchedTwice, text);
                return;
            }
            Some(_) => {}
            None if self.told_end_of(place.room).is_some() => return self.hear_again(&over, now),
            None => self.sit_down(place, now),
        }
        self.ledger.write_return(now);
        self.ledger.over = Some(over);
        self.ledger.over_at = Some(now);
    }

    /// Who comes back is told the last end again, until it has joined a queue.
    fn hear_again(&mut self, over: &GameOver, now: Instant) {
        if let Some(told) = self.told_end_of(over.room_id)
            && told != over
        {
            let text = format!("was told {told:?}, and later {over:?}");
            self.ledger.fault(Class::Mismatch, text);
        }
        self.link.proves_useful();
        self.game_on = false;
        self.lobby.hear_an_old_end(now);
    }

    fn told_end_of(&self, room: RoomId) -> Option<&GameOver> {
        self.past.iter().filter_map(|past| past.over.as_ref()).find(|over| over.room_id == room)
    }

    /// The game is over: opens the ledger of the next one, if there is to be one.
    pub(super) fn end_game(&mut self, now: Instant, out: &mut Vec<Action>) {
        if self.past.len() + 1 >= self.brief.games {
            self.done = true;
            return;
        }
        out.extend(self.takeover.is_some().then_some(Action::DropOlder));
        self.settle(now);
        let next = Ledger::new(self.ledger.player, self.ledger.name.clone());
        self.past.push(std::mem::replace(&mut self.ledger, next));
        self.clicks = Clicks::default();
        self.duel = None;
        self.gaps = Gaps::new(self.brief.gap_threshold, self.brief.style.rate);
        (self.synced, self.game_on) = (false, false);
        self.deadline = now + self.brief.timeout;
        self.lobby.enter(now + self.whims.plays_again());
    }

    /// Writes down what was still open.
    pub(super) fn settle(&mut self, now: Instant) {
        let ended = if self.ledger.over.is_some() { GapEnd::Over } else { GapEnd::Never };
        let gap = self.gaps.finish(ended, now);
        self.write_gap(gap);
        self.ledger.fates.extend(self.takeover.take().map(|takeover| takeover.end()));
    }
}

/// Whether golden cookies are claimed in a game. Both players must agree without talking.
fn is_golden(room: RoomId, share: f64) -> bool {
    let room = room.as_uuid().as_u64_pair();
    let mixed = (room.0 ^ room.1.rotate_left(32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    ((mixed >> 11) as f64 / (1u64 << 53) as f64) < share
}
