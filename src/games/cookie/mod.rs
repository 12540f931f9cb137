//! The cookie duel: two players, one minute, whoever clicks more cookies wins.
//!
//! A countdown, then clicks count one point each. From time to time a golden cookie appears; who
//! claims it first has clicks worth double for a while. Everything is a function of the settings,
//! the seed and the inputs with their game times: how often [`Game::advance`] is called in between
//! changes nothing.

mod allowance;
mod bot;
mod golden;
mod settings;
#[cfg(test)]
mod tests;
mod wire;

pub use settings::Settings;
#[cfg(test)]
pub(crate) use wire::CookieClick;
pub use wire::{Event, GoldenCookie, Input, OpponentClick, Remark, TooFast, View};

use serde::{Deserialize, Serialize};

use self::allowance::Allowance;
use self::golden::Jar;
use super::{Audience, BadInput, Game, GameTime, Rhythm, Tally, Told, Verdict};
use crate::ids::{BySeat, PlayerId, Seat, Strength};

type Story = Told<Event, Remark>;

/// One duel: its whole state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Duel {
    settings: Settings,
    players: BySeat<PlayerId>,
    seed: u64,
    now: GameTime,
    jar: Jar,
    sides: BySeat<Side>,
}

/// What a duel knows of one seat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Side {
    points: u64,
    bonus_until: Option<GameTime>,
    allowance: Allowance,
    #[serde(default)]
    tally: Tally,
}

impl Game for Duel {
    const NAME: &'static str = "cookie";
    const INPUTS: &'static [&'static str] = &["CLICK", "COOKIE_CLICK"];
    type Settings = Settings;
    type Input = Input;
    type Event = Event;
    type Remark = Remark;
    type View = View;

    fn new(settings: &Settings, players: BySeat<PlayerId>, seed: u64) -> Self {
        let allowance = Allowance::full(settings);
        Self {
            settings: *settings,
            players,
            seed,
            now: GameTime(0),
            jar: Jar::new(settings, seed),
            sides: BySeat::from_fn(|_| Side {
                points: 0,
                bonus_until: None,
                allowance,
                tally: Tally::default(),
            }),
        }
    }

    fn parse_input(kind: &str, payload: &str) -> Result<Input, BadInput> {
        Input::parse(kind, payload)
    }

    fn advance(&mut self, now: GameTime, told: &mut Story) {
        self.now = self.now.max(now);
        while let Some(golden) = self.jar.appear(&self.settings, self.now) {
            told.events.push((Audience::All, Event::CookieSpawn((&golden).into())));
        }
        if self.is_over(self.now) {
            self.jar.close();
        }
    }

    fn input(&mut self, seat: Seat, input: Input, now: GameTime, told: &mut Story) {
        self.advance(now, told);
        match input {
            Input::Click => self.click(seat, told),
            Input::Claim { cookie } => self.claim(seat, cookie, told),
        }
    }

    fn next_wake(&self) -> Option<GameTime> {
        let bonuses = self.sides.iter().map(|(_, side)| side.bonus_until);
        [Some(self.settings.start()), self.jar.next(&self.settings), Some(self.settings.end())]
            .into_iter()
            .chain(bonuses)
            .flatten()
            .filter(|at| *at > self.now && *at <= self.settings.end())
            .min()
    }

    fn verdict(&self) -> Option<Verdict> {
        self.is_over(self.now).then(|| {
            let BySeat { p1, p2 } = self.points();
            let winner = match p1.cmp(&p2) {
                std::cmp::Ordering::Greater => Some(Seat::P1),
                std::cmp::Ordering::Less => Some(Seat::P2),
                std::cmp::Ordering::Equal => None,
            };
            Verdict { winner }
        })
    }

    fn points(&self) -> BySeat<u64> {
        self.sides.map(|side| side.points)
    }

    fn rhythm(&self, seat: Seat) -> Option<Rhythm> {
        Some(self.sides[seat].tally.rhythm())
    }

    fn view(&self, now: GameTime) -> View {
        let now = self.now.max(now);
        let points = self.points();
        let bonuses = self.sides.map(|side| self.bonus(side, now));
        View {
            time_remaining: (self.settings.end() - now.max(self.settings.start())).div_ceil(1_000),
            game_time: now,
            countdown: (self.settings.start() - now).div_ceil(1_000),
            p1_score: points.p1,
            p2_score: points.p2,
            cookie: self.jar.open().map(GoldenCookie::from),
            bonus_until: bonuses.find(Option::is_some).map(|_| bonuses),
        }
    }

    fn bot_move(&self, seat: Seat, strength: Strength, inputs: u32) -> Option<(GameTime, Input)> {
        bot::next_move(self, seat, strength, inputs)
    }

    fn merge(earlier: &mut Event, later: &Event) -> bool {
        match (earlier, later) {
            (Event::OpponentClick(sum), Event::OpponentClick(more)) => {
                sum.count = sum.count.saturating_add(more.count);
                true
            }
            (Event::TooFast(sum), Event::TooFast(more)) => {
                sum.count = sum.count.saturating_add(more.count);
                true
            }
            _ => false,
        }
    }
}

impl Duel {
    fn click(&mut self, seat: Seat, told: &mut Story) {
        if self.now < self.settings.start() || self.is_over(self.now) {
            return;
        }
        let points = if self.bonus(&self.sides[seat], self.now).is_some() { 2 } else { 1 };
        let side = &mut self.sides[seat];
        let counts = side.allowance.take(&self.settings, self.now);
        side.tally.add(self.now, counts);
        if counts {
            // A snapshot may hold any number.
            side.points = side.points.saturating_add(u64::from(points));
            let event = Event::OpponentClick(OpponentClick { count: points });
            told.events.push((Audience::One(seat.other()), event));
        } else {
            told.events.push((Audience::One(seat), Event::TooFast(TooFast { count: 1 })));
        }
    }

    /// No cookie is open outside playing time, so there is nothing to claim then.
    fn claim(&mut self, seat: Seat, cookie: u32, told: &mut Story) {
        if self.jar.claim(cookie) {
            self.sides[seat].bonus_until = Some(self.now + self.settings.bonus_ms);
            told.remarks.push(Remark { golden_cookie_claimed_by: self.players[seat] });
        }
    }

    fn is_over(&self, now: GameTime) -> bool {
        now >= self.settings.end()
    }

    /// Until when this side's clicks count double, if they do now.
    fn bonus(&self, side: &Side, now: GameTime) -> Option<GameTime> {
        side.bonus_until.filter(|until| *until > now && !self.is_over(now))
    }
}
