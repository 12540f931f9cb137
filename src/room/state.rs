//! A room as a pure state machine: the game, its seats, and how it ends.
//!
//! No actor, no clock, no store: game time comes in as a value, so every rule of a room (numbers,
//! generations, absence, quitting, bots) is tested without a runtime. The snapshot is this state.

use crate::games::{Catalogue, GameTime, Table};
use crate::ids::{BySeat, Generation, PlayerId, RoomId, Seat};
use crate::matchmaking::{Founder, Founding};
use crate::protocol::Reason;

use super::seat::{InputOutcome, SeatState};

/// How a game ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Ending {
    /// Why.
    pub reason: Reason,
    /// Who won; `None` is a draw, or void.
    pub winner: Option<Seat>,
}

/// Everything a room is.
pub struct RoomState {
    /// Its id.
    pub id: RoomId,
    /// The game in play.
    pub table: Box<dyn Table>,
    /// Who sits where.
    pub seats: BySeat<SeatState>,
    /// How far the game has been played.
    pub time: GameTime,
    /// How it ended, once it has.
    pub ending: Option<Ending>,
}

impl RoomState {
    /// A room at its founding; `None` when this server does not know the game.
    pub fn found(founding: Founding, catalogue: &Catalogue) -> Option<Self> {
        let players = founding.seats.map(|founder| founder.player.id);
        let table = catalogue.create(&founding.game, players, founding.seed)?;
        let seats =
            BySeat { p1: SeatState::new(founding.seats.p1), p2: SeatState::new(founding.seats.p2) };
        Some(Self { id: founding.room, table, seats, time: GameTime(0), ending: None })
    }

    /// The founding record of this room, as far as it still matters: who sits where.
    pub fn founding(&self) -> Founding {
        Founding {
            room: self.id,
            game: self.table.name().to_owned(),
            seats: self.seats.map(|s| Founder { player: s.player.clone(), bot: s.bot }),
            // The game has its randomness in its own state by now.
            seed: 0,
        }
    }

    /// The seat of a person.
    pub fn seat_of(&self, player: PlayerId) -> Option<Seat> {
        self.seats.find(|seat| seat.player.id == player && seat.bot.is_none())
    }

    /// The persons who sit here.
    pub fn persons(&self) -> BySeat<Option<PlayerId>> {
        self.seats.map(|seat| seat.bot.is_none().then_some(seat.player.id))
    }

    /// Lets the game run up to `now`: the rules, the bots, and the patience with who is away.
    /// `grace` is how many milliseconds a seat may be empty.
    pub fn advance(&mut self, now: GameTime, grace: u64) {
        while self.ending.is_none() {
            let next = self.bot_wake().filter(|(at, _)| *at <= now);
            let Some((at, seat)) = next else { break };
            self.play_up_to(at, grace);
            self.bot_plays(seat);
        }
        self.play_up_to(now, grace);
    }

    /// Applies an input of a connection of a seat.
    pub fn input(
        &mut self,
        seat: Seat,
        generation: Generation,
        n: u32,
        (kind, payload): (&str, &str),
    ) -> InputOutcome {
        if !self.seats[seat].accepts(generation) {
            return InputOutcome::Outdated;
        }
        if let Some(outcome) = self.seats[seat].check(n) {
            return outcome;
        }
        if self.ending.is_some() {
            return InputOutcome::Over;
        }
        match self.table.input(seat, kind, payload, self.time) {
            Ok(()) => {
                self.seats[seat].consumed = n;
                self.judge();
                InputOutcome::Consumed
            }
            Err(bad) => InputOutcome::Bad(bad.0),
        }
    }

    /// A connection sits down. Older connections of the seat are shut out from now on.
    pub fn attach(&mut self, seat: Seat, generation: Generation) {
        self.seats[seat].generation = self.seats[seat].generation.max(generation);
        self.seats[seat].absent_since = None;
    }

    /// Nobody is attached to a seat any more.
    pub fn leave(&mut self, seat: Seat) {
        if self.seats[seat].bot.is_none() {
            self.seats[seat].absent_since.get_or_insert(self.time);
        }
    }

    /// A player gives up, and the other one wins.
    pub fn quit(&mut self, seat: Seat) {
        self.end(Ending { reason: Reason::Quit, winner: Some(seat.other()) });
    }

    /// The game counts for nobody.
    pub fn void(&mut self) {
        self.end(Ending { reason: Reason::Void, winner: None });
    }

    /// When [`advance`](Self::advance) must be called next: something happens in the game, a bot
    /// acts, somebody's grace is over, or a second is full and the players see the clock.
    pub fn next_wake(&self, grace: u64) -> GameTime {
        let second = GameTime((self.time.0 / 1000 + 1) * 1000);
        let grace =
            self.seats.iter().filter_map(|(_, s)| s.absent_since.map(|since| since + grace));
        [self.table.next_wake(), self.bot_wake().map(|(at, _)| at), grace.min()]
            .into_iter()
            .flatten()
            .fold(second, GameTime::min)
    }

    fn bot_wake(&self) -> Option<(GameTime, Seat)> {
        let wake = |(seat, state): (Seat, &SeatState)| {
            let at = self.table.bot_wake(seat, state.bot?, state.consumed)?;
            Some((at, seat))
        };
        self.seats.iter().filter_map(wake).min_by_key(|(at, _)| *at)
    }

    fn bot_plays(&mut self, seat: Seat) {
        let Some(strength) = self.seats[seat].bot else { return };
        if self.ending.is_none() {
            let inputs = self.seats[seat].consumed;
            self.table.bot_play(seat, strength, inputs, self.time);
            // Counted even if the bot did nothing after all: else the loop would not end.
            self.seats[seat].consumed += 1;
            self.judge();
        }
    }

    /// The rules and the grace up to a time, whichever comes first ends the game.
    fn play_up_to(&mut self, now: GameTime, grace: u64) {
        if self.ending.is_some() {
            return;
        }
        let forfeit = self.forfeit(now, grace);
        let until = forfeit.map_or(now, |(at, _)| at).max(self.time);
        self.table.advance(until);
        self.time = until;
        self.judge();
        if let Some((_, ending)) = forfeit {
            self.end(ending);
        }
    }

    /// Who has been away too long by `now`, and since when that is so.
    fn forfeit(&self, now: GameTime, grace: u64) -> Option<(GameTime, Ending)> {
        let over = self.seats.map(|seat| seat.absent_since.map(|since| since + grace));
        let over = over.map(|at| at.filter(|at| *at <= now));
        let lost_by = |seat: Seat, at| {
            let winner = Some(seat.other());
            Some((at, Ending { reason: Reason::OpponentDisconnected, winner }))
        };
        match (over.p1, over.p2) {
            (Some(a), Some(b)) if a == b => {
                Some((a, Ending { reason: Reason::Void, winner: None }))
            }
            (Some(a), Some(b)) if b < a => lost_by(Seat::P2, b),
            (Some(a), _) => lost_by(Seat::P1, a),
            (None, Some(b)) => lost_by(Seat::P2, b),
            (None, None) => None,
        }
    }

    fn judge(&mut self) {
        if let Some(verdict) = self.table.verdict() {
            self.end(Ending { reason: Reason::Time, winner: verdict.winner });
        }
    }

    fn end(&mut self, ending: Ending) {
        self.ending.get_or_insert(ending);
    }
}
