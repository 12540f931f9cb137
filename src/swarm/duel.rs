//! One duel as its player knows it: the clock, the golden cookie, and when to click.
//!
//! Pure. It clicks from the first state to the end of the clock, the countdown included: the clicks
//! of the countdown are worth nothing, but they are numbered and acknowledged as all others are, and
//! a disturbance of the countdown shows.

use std::time::{Duration, Instant};

use rand::RngExt;
use rand_pcg::Pcg64Mcg;

use super::wire::{Kind, Update};

/// How a player plays.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Style {
    /// Clicks a second.
    pub(super) rate: f64,
    /// Game time at which the game ends, in milliseconds.
    pub(super) ends_at: u64,
}

/// The duel in play.
#[derive(Debug)]
pub(super) struct Duel {
    style: Style,
    golden: bool,
    rng: Pcg64Mcg,
    /// Game time and when it was told.
    clock: (u64, Instant),
    paused: bool,
    next_click: Option<Instant>,
    /// The golden cookie to claim and when.
    claim: Option<(u64, Instant)>,
    last_claimed: Option<u64>,
}

impl Duel {
    pub(super) fn new(style: Style, golden: bool, rng: Pcg64Mcg, now: Instant) -> Self {
        Self {
            style,
            golden,
            rng,
            clock: (0, now),
            paused: false,
            next_click: None,
            claim: None,
            last_claimed: None,
        }
    }

    /// A new state of the game.
    pub(super) fn see(&mut self, state: &Update, now: Instant) {
        self.clock = (state.game_time, now);
        self.paused = false;
        match state.cookie {
            Some(open) => self.see_cookie(open.cookie, now),
            None => self.claim = None,
        }
        if self.next_click.is_none() {
            self.next_click = Some(now + self.interval().mul_f64(self.rng.random_range(0.0..1.0)));
        }
    }

    /// A golden cookie is open.
    pub(super) fn see_cookie(&mut self, cookie: u64, now: Instant) {
        let known = self.last_claimed == Some(cookie) || self.claim.is_some_and(|c| c.0 == cookie);
        if self.golden && !known {
            let reaction = Duration::from_millis(self.rng.random_range(80..600));
            self.claim = Some((cookie, now + reaction));
        }
    }

    /// Nobody hosts the game.
    pub(super) fn pause(&mut self) {
        self.paused = true;
    }

    /// Whether nobody hosts the game, as far as the player has been told.
    pub(super) fn is_paused(&self) -> bool {
        self.paused
    }

    /// What the player does now. `room`: whether another click is taken.
    pub(super) fn act(&mut self, room: bool, now: Instant) -> Option<Kind> {
        if !self.plays(now) {
            return None;
        }
        if let Some((cookie, at)) = self.claim
            && now >= at
        {
            if room {
                self.claim = None;
                self.last_claimed = Some(cookie);
                return Some(Kind::Golden(cookie));
            }
            self.claim = Some((cookie, now + self.interval()));
        }
        let due = self.next_click.filter(|at| now >= *at)?;
        let pause = self.interval().mul_f64(self.rng.random_range(0.6..1.4));
        // After a delay of the machine's own, go on from now: no burst to catch up.
        let late = now.duration_since(due) > self.interval();
        self.next_click = Some(if late { now + pause } else { due + pause });
        room.then_some(Kind::Click)
    }

    /// When to look again.
    pub(super) fn wake_at(&self, now: Instant) -> Option<Instant> {
        if !self.plays(now) {
            return None;
        }
        [self.next_click, self.claim.map(|(_, at)| at)].into_iter().flatten().min()
    }

    fn plays(&self, now: Instant) -> bool {
        let (told, at) = self.clock;
        let game_time = told + now.duration_since(at).as_millis() as u64;
        !self.paused && game_time < self.style.ends_at
    }

    fn interval(&self) -> Duration {
        Duration::from_secs_f64(1.0 / self.style.rate)
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::super::wire::Spawn;
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    fn duel(golden: bool, now: Instant) -> Duel {
        let style = Style { rate: 10.0, ends_at: 11_000 };
        Duel::new(style, golden, Pcg64Mcg::seed_from_u64(3), now)
    }

    fn state(game_time: u64, countdown: u32, cookie: Option<u64>) -> Update {
        Update {
            game_time,
            countdown,
            p1_score: 0,
            p2_score: 0,
            cookie: cookie.map(|cookie| Spawn { cookie }),
            version: 1,
            ack: 0,
        }
    }

    fn clicks(duel: &mut Duel, from: Instant, ms: u32) -> usize {
        (0..ms).filter(|t| duel.act(true, from + *t * MS) == Some(Kind::Click)).count()
    }

    #[test]
    fn it_clicks_from_the_first_state_on_the_countdown_included() {
        let now = Instant::now();
        let mut duel = duel(false, now);
        assert_eq!(clicks(&mut duel, now, 3000), 0);
        duel.see(&state(0, 1, None), now + 3000 * MS);
        let made = clicks(&mut duel, now + 3000 * MS, 5000);
        assert!((45..=55).contains(&made), "{made} clicks in 5 s at 10 a second");
    }

    #[test]
    fn it_clicks_to_the_end_of_the_clock_and_not_beyond() {
        let now = Instant::now();
        let mut duel = duel(false, now);
        duel.see(&state(10_000, 0, None), now);
        assert!(clicks(&mut duel, now + 850 * MS, 150) > 0);
        assert_eq!(clicks(&mut duel, now + 1000 * MS, 3000), 0);
        assert_eq!(duel.wake_at(now + 1000 * MS), None);
    }

    #[test]
    fn it_stands_still_while_paused() {
        let now = Instant::now();
        let mut duel = duel(false, now);
        duel.see(&state(2000, 0, None), now);
        duel.pause();
        assert_eq!(clicks(&mut duel, now, 1000), 0);
        duel.see(&state(2000, 0, None), now + 1000 * MS);
        assert!(clicks(&mut duel, now + 1000 * MS, 500) > 2);
    }

    #[test]
    fn a_golden_cookie_is_claimed_once_and_only_where_golden_cookies_are_claimed() {
        let now = Instant::now();
        for (golden, expected) in [(true, 1), (false, 0)] {
            let mut duel = duel(golden, now);
            duel.see(&state(2000, 0, Some(4)), now);
            let claims = (0..2000u32).filter(|t| {
                if *t == 1000 {
                    duel.see(&state(3000, 0, Some(4)), now + *t * MS);
                }
                duel.act(true, now + *t * MS) == Some(Kind::Golden(4))
            });
            assert_eq!(claims.count(), expected);
        }
    }
}
