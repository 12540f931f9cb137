//! One game as its client knows it: the state it was told, and the clicks it makes.

use std::time::{Duration, Instant};

use rand::RngExt;
use rand_pcg::Pcg64Mcg;

use super::super::clicks::Clicks;
use super::super::wire::{self, GameStart, Kind, Update};
use super::Habits;
use crate::ids::{RoomId, Seat};

/// One game in play.
pub(super) struct Game {
    pub(super) room: RoomId,
    pub(super) seat: Seat,
    clicks: Clicks,
    /// The highest number that was acknowledged.
    pub(super) acked: u32,
    /// The highest number ever made.
    pub(super) made: u32,
    /// Claims of golden cookies among them.
    pub(super) claims: u32,
    pub(super) golden: bool,
    pub(super) version: u64,
    time: (u64, Instant),
    scores: (u64, u64),
    /// The state has been told on this very connection.
    pub(super) synced: bool,
    pub(super) paused: bool,
    countdown_over: bool,
    ends_at: u64,
    interval: Duration,
    next_click: Instant,
    cookie: Option<(u64, Instant)>,
    claimed: u64,
    /// The page was reloaded: it goes on at the next acknowledgement.
    forgetful: bool,
}

impl Game {
    pub(super) fn new(
        start: &GameStart,
        habits: &Habits,
        rng: &mut Pcg64Mcg,
        now: Instant,
    ) -> Self {
        Self {
            room: start.room_id,
            seat: start.role,
            clicks: Clicks::default(),
            acked: 0,
            made: 0,
            claims: 0,
            golden: rng.random_bool(habits.golden_share),
            version: 0,
            time: (0, now),
            scores: (0, 0),
            synced: false,
            paused: false,
            countdown_over: false,
            ends_at: habits.ends_at,
            interval: Duration::from_secs_f64(1.0 / habits.rate),
            next_click: now,
            cookie: None,
            claimed: 0,
            forgetful: false,
        }
    }

    pub(super) fn state(&self) -> String {
        let Self { room, seat, acked, made, version, synced, paused, .. } = self;
        format!(
            "{room} as {seat:?}: {acked} of {made} acknowledged, version {version}, \
             synced {synced}, paused {paused}"
        )
    }

    /// The whole state, on a new connection or by a new host. What cannot be, in words.
    pub(super) fn start(&mut self, start: &GameStart, now: Instant) -> Option<String> {
        let wrong = self.see(&start.state, now);
        if std::mem::take(&mut self.forgetful) {
            self.clicks = Clicks::default();
            for _ in 0..start.state.ack {
                self.clicks.make(Kind::Click);
                self.clicks.acknowledge(u32::MAX, now);
            }
        }
        self.clicks.start_over(start.state.ack);
        self.synced = true;
        wrong
    }

    /// A newer state. What cannot be, in words.
    pub(super) fn update(&mut self, update: &Update, now: Instant) -> Option<String> {
        if !self.synced || update.version <= self.version {
            return None;
        }
        let wrong = self.see(update, now);
        self.clicks.acknowledge(update.ack, now);
        wrong
    }

    fn see(&mut self, state: &Update, now: Instant) -> Option<String> {
        let scores = (state.p1_score, state.p2_score);
        let wrong = if state.version < self.version {
            Some(format!("version {} after {}", state.version, self.version))
        } else if state.game_time < self.time.0 {
            Some(format!("game time {} after {}", state.game_time, self.time.0))
        } else if scores.0 < self.scores.0 || scores.1 < self.scores.1 {
            Some(format!("points {scores:?} after {:?}", self.scores))
        } else if state.ack < self.acked {
            Some(format!("acknowledged {} after {}", state.ack, self.acked))
        } else if state.ack > self.made {
            Some(format!("acknowledged {}, but only {} were made", state.ack, self.made))
        } else {
            None
        };
        self.version = state.version;
        self.time = (state.game_time, now);
        self.scores = scores;
        self.acked = self.acked.max(state.ack);
        self.paused = false;
        self.countdown_over = state.countdown == 0;
        if let Some(open) = state.cookie {
            self.see_cookie(open.cookie, now);
        }
        wrong
    }

    pub(super) fn see_cookie(&mut self, cookie: u64, now: Instant) {
        if self.golden && cookie > self.claimed && self.cookie.is_none_or(|c| c.0 < cookie) {
            self.cookie = Some((cookie, now + Duration::from_millis(150)));
        }
    }

    pub(super) fn pause(&mut self) {
        self.paused = true;
        self.clicks.stop_waiting();
    }

    pub(super) fn unsync(&mut self) {
        self.synced = false;
        self.clicks.stop_waiting();
    }

    pub(super) fn resend_from(&mut self, n: u32, now: Instant) {
        self.clicks.resend_from(n, now);
    }

    pub(super) fn forget_clicks(&mut self) {
        self.forgetful = true;
    }

    pub(super) fn no_ack(&self, now: Instant) -> bool {
        self.synced && !self.paused && self.clicks.has_waited_too_long(now)
    }

    fn plays(&self, now: Instant) -> bool {
        let (told, at) = self.time;
        let time = told + now.saturating_duration_since(at).as_millis() as u64;
        self.countdown_over && !self.paused && !self.forgetful && time < self.ends_at
    }

    /// Makes the inputs that are due. People click while disconnected too.
    pub(super) fn play(&mut self, up: bool, rng: &mut Pcg64Mcg, now: Instant) {
        if !self.plays(now) {
            return;
        }
        if let Some((cookie, at)) = self.cookie
            && now >= at
        {
            self.cookie = None;
            self.claimed = cookie;
            if self.make(Kind::Golden(cookie)) {
                self.claims += 1;
            }
        }
        if now >= self.next_click {
            self.next_click = now + self.interval.mul_f64(rng.random_range(0.5..1.5));
            self.make(Kind::Click);
        }
        if up && self.synced {
            self.clicks.repeat_if_old(now);
        }
    }

    fn make(&mut self, kind: Kind) -> bool {
        let made = self.clicks.make(kind);
        if made {
            self.made = self.made.max(self.clicks.made());
        }
        made
    }

    /// The next input to send, as a frame.
    pub(super) fn take_due(&mut self, up: bool, now: Instant) -> Option<String> {
        if !up || !self.synced || self.paused || self.forgetful {
            return None;
        }
        self.clicks.take_due(now).map(|due| wire::input(due.kind, due.n, self.room))
    }

    /// Inputs that were made before: repeated, and one with something missing before it.
    /// The next input, as nobody made it: a claim of a golden cookie that there is not.
    pub(super) fn forged(&self) -> String {
        wire::input(Kind::Golden(9_999), self.made + 1, self.room)
    }

    pub(super) fn stammer(&self) -> Vec<String> {
        let last = self.clicks.made();
        let from = self.acked.saturating_sub(1).max(1);
        (from..=last).take(4).map(|n| wire::input(Kind::Click, n, self.room)).collect()
    }

    pub(super) fn wake_at(&self, up: bool, now: Instant) -> Option<Instant> {
        let click = self.plays(now).then_some(self.next_click);
        let send = up && self.synced && !self.paused && !self.forgetful;
        let send = send.then(|| self.clicks.wake_at(now)).flatten();
        [click, send].into_iter().flatten().min()
    }
}
