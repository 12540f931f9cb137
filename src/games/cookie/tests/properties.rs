//! What holds for every duel, whatever is played in it.

use std::collections::HashMap;

use proptest::prelude::*;

use super::*;

/// One thing that happens, some time after the one before.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// Time passes and the room looks at the game.
    Look,
    Click(Seat),
    /// Claims the golden cookie this far before the last that appeared.
    Claim(Seat, u32),
}

type Script = Vec<(u64, Step)>;

/// The times, seats and steps of a game, and when it is only looked at.
struct Run {
    duel: Duel,
    told: Story,
    now: u64,
}

impl Run {
    fn new(settings: &Settings, seed: u64) -> Self {
        let players = BySeat {
            p1: PlayerId::from(uuid::Uuid::from_u128(1)),
            p2: PlayerId::from(uuid::Uuid::from_u128(2)),
        };
        Self { duel: Duel::new(settings, players, seed), told: Story::default(), now: 0 }
    }

    /// The number of the last cookie that has appeared by now.
    fn last_cookie(&self) -> u32 {
        let number = |(_, event): &(Audience, Event)| match event {
            Event::CookieSpawn(golden) => Some(golden.cookie),
            Event::OpponentClick(_) | Event::TooFast(_) => None,
        };
        self.told.events.iter().rev().find_map(number).unwrap_or(0)
    }

    fn step(&mut self, after: u64, step: Step) {
        self.now += after;
        let now = GameTime(self.now);
        match step {
            Step::Look => self.duel.advance(now, &mut self.told),
            Step::Click(seat) => self.duel.input(seat, Input::Click, now, &mut self.told),
            Step::Claim(seat, back) => {
                self.duel.advance(now, &mut self.told);
                let cookie = self.last_cookie().saturating_sub(back);
                self.duel.input(seat, Input::Claim { cookie }, now, &mut self.told);
            }
        }
    }

    fn play(mut self, script: &Script) -> Self {
        for (after, step) in script {
            self.step(*after, *step);
        }
        self
    }
}

/// Every effect on the players, and the whole state.
fn outcome(run: &Run) -> (&Duel, &[(Audience, Event)], &[Remark]) {
    (&run.duel, &run.told.events, &run.told.remarks)
}

fn seat() -> impl Strategy<Value = Seat> {
    prop_oneof![Just(Seat::P1), Just(Seat::P2)]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        1 => Just(Step::Look),
        6 => seat().prop_map(Step::Click),
        2 => (seat(), prop_oneof![4 => Just(0_u32), 1 => 1_u32..3])
            .prop_map(|(seat, back)| Step::Claim(seat, back)),
    ]
}

fn script() -> impl Strategy<Value = Script> {
    let after = prop_oneof![3 => Just(0_u64), 5 => 0_u64..60, 2 => 0_u64..900];
    prop::collection::vec((after, step()), 0..120)
}

prop_compose! {
    fn settings()(
        countdown_ms in 0_u64..1_500,
        duration_ms in 0_u64..9_000,
        cookie_min_ms in 0_u64..900,
        longer in 0_u64..900,
        bonus_ms in 0_u64..1_500,
        click_rate in 0_u32..40,
        click_burst in 0_u32..30,
    ) -> Settings {
        Settings {
            countdown_ms,
            duration_ms,
            cookie_min_ms,
            cookie_max_ms: cookie_min_ms + longer,
            bonus_ms,
            click_rate,
            click_burst,
        }
    }
}

/// The points by a model that shares nothing with the rules but the times at which cookies
/// appear: it goes through the game millisecond by millisecond.
fn naive_points(settings: &Settings, seed: u64, script: &Script) -> BySeat<u64> {
    let start = settings.countdown_ms;
    let end = start + settings.duration_ms;
    let appears = appearances(settings, seed);
    let full = f64::from(settings.click_burst);
    let mut allowance = BySeat { p1: full, p2: full };
    let mut claims: HashMap<usize, (Seat, u64)> = HashMap::new();
    let mut points = BySeat { p1: 0, p2: 0 };
    let mut now = 0;
    for (after, step) in script {
        for _ in 0..*after {
            let refill = f64::from(settings.click_rate) / 1_000.0;
            allowance = allowance.map(|saved| (saved + refill).min(full));
        }
        now += after;
        let number = appears.iter().filter(|at| **at <= now).count();
        match *step {
            Step::Look => {}
            Step::Claim(seat, back) => {
                if back == 0 && number > 0 && now < end {
                    claims.entry(number).or_insert((seat, now));
                }
            }
            Step::Click(seat) => {
                // The sum of many fractions is a hair off.
                let may = allowance[seat] >= 1.0 - 1e-6;
                if now >= start && now < end && may {
                    allowance[seat] -= 1.0;
                    let runs = |(by, at): &(Seat, u64)| *by == seat && now < at + settings.bonus_ms;
                    points[seat] += if claims.values().any(runs) { 2 } else { 1 };
                }
            }
        }
    }
    points
}

/// When the cookies of a game appear if nobody touches it.
fn appearances(settings: &Settings, seed: u64) -> Vec<u64> {
    let mut jar = Jar::new(settings, seed);
    std::iter::from_fn(|| jar.appear(settings, settings.end())).map(|golden| golden.at.0).collect()
}

proptest! {
    #[test]
    fn how_often_the_game_is_looked_at_changes_nothing(
        settings in settings(), seed: u64, script in script(), looks in prop::collection::vec(1_u64..300, 1..50),
    ) {
        let coarse = Run::new(&settings, seed).play(&script);
        let mut woken = Run::new(&settings, seed);
        let mut watched = Run::new(&settings, seed);
        let mut looks = looks.iter().cycle();
        for (after, step) in &script {
            let due = woken.now + after;
            while let Some(GameTime(wake)) = woken.duel.next_wake().filter(|wake| wake.0 <= due) {
                woken.step(wake - woken.now, Step::Look);
            }
            woken.step(due - woken.now, *step);
            while let Some(look) = looks.next().filter(|look| watched.now + **look < due) {
                watched.step(*look, Step::Look);
            }
            watched.step(due - watched.now, *step);
        }
        prop_assert_eq!(outcome(&coarse), outcome(&woken));
        prop_assert_eq!(outcome(&coarse), outcome(&watched));
    }

    #[test]
    fn a_restored_snapshot_goes_on_as_the_game_would_have(
        settings in settings(), seed: u64, script in script(), at in any::<prop::sample::Index>(),
    ) {
        let whole = Run::new(&settings, seed).play(&script);
        let (before, after) = script.split_at(at.index(script.len() + 1));
        let mut moved = Run::new(&settings, seed).play(&before.to_vec());
        let snapshot = serde_json::to_string(&moved.duel).unwrap();
        moved.duel = serde_json::from_str(&snapshot).unwrap();
        let moved = moved.play(&after.to_vec());
        prop_assert_eq!(outcome(&whole), outcome(&moved));
    }

    #[test]
    fn the_points_are_those_of_the_naive_model(
        settings in settings(), seed: u64, script in script(),
    ) {
        let run = Run::new(&settings, seed).play(&script);
        prop_assert_eq!(run.duel.points(), naive_points(&settings, seed, &script));
    }

    #[test]
    fn what_the_opponents_are_told_adds_up_to_the_points(
        settings in settings(), seed: u64, script in script(),
    ) {
        let run = Run::new(&settings, seed).play(&script);
        let mut told = BySeat { p1: 0, p2: 0 };
        for (to, event) in &run.told.events {
            if let (Audience::One(seat), Event::OpponentClick(click)) = (to, event) {
                told[seat.other()] += u64::from(click.count);
            }
        }
        prop_assert_eq!(told, run.duel.points());
    }

    #[test]
    fn the_points_are_bounded(settings in settings(), seed: u64, script in script()) {
        let run = Run::new(&settings, seed).play(&script);
        let back = u64::from(settings.click_rate) * settings.duration_ms / 1_000;
        let bound = 2 * (u64::from(settings.click_burst) + back);
        let points = run.duel.points();
        prop_assert!(points.p1 <= bound && points.p2 <= bound, "{points:?} of {bound}");
    }

    #[test]
    fn a_golden_cookie_goes_to_exactly_one_of_those_who_claim_it(
        settings in settings(), seed: u64, first in seat(), waits in prop::collection::vec(0_u64..50, 1..20),
    ) {
        let mut run = Run::new(&settings, seed);
        let mut claimed = 0;
        for wait in waits {
            let Some(GameTime(wake)) = run.duel.next_wake() else { break };
            run.step(wake - run.now, Step::Look);
            let open = |run: &Run| run.duel.view(GameTime(run.now)).cookie.is_some();
            claimed += usize::from(open(&run));
            run.step(0, Step::Claim(first, 0));
            prop_assert!(!open(&run));
            let (before, remarks) = (run.duel.clone(), run.told.remarks.len());
            run.step(0, Step::Claim(first.other(), 0));
            run.step(0, Step::Claim(first, 0));
            prop_assert_eq!(&run.duel, &before);
            prop_assert_eq!(run.told.remarks.len(), remarks);
            let until = run.duel.next_wake().map_or(0, |wake| wake.0 - run.now);
            run.step(wait.min(until.saturating_sub(1)), Step::Look);
        }
        prop_assert_eq!(run.told.remarks.len(), claimed);
        let by_first = Remark { golden_cookie_claimed_by: run.duel.players[first] };
        prop_assert!(run.told.remarks.iter().all(|remark| *remark == by_first));
    }

    #[test]
    fn the_winner_has_strictly_more_points_and_a_draw_is_nobodys_win(
        settings in settings(), seed: u64, script in script(),
    ) {
        let mut run = Run::new(&settings, seed).play(&script);
        let end = settings.end().0;
prop_assert_eq!(run.duel.verdict().is_some(), run.now >= end);
        run.step(end.saturating_sub(run.now), Step::Look);
        let points = run.duel.points();
        match run.duel.verdict() {
            Some(Verdict { winner: Some(seat) }) => prop_assert!(points[seat] > points[seat.other()]),
            Some(Verdict { winner: None }) => prop_assert_eq!(points.p1, points.p2),
            None => prop_assert!(false, "no verdict at the end"),
        }
        prop_assert_eq!(run.duel.next_wake(), None);
    }

    #[test]
    fn the_view_tells_nothing_of_what_is_to_come(
        settings in settings(), seed in 1_u64 << 40.., script in script(),
    ) {
        let run = Run::new(&settings, seed).play(&script);
        let view = serde_json::to_value(run.duel.view(GameTime(run.now))).unwrap();
        let mut fields: Vec<&str> = view.as_object().unwrap().keys().map(String::as_str).collect();
        fields.sort_unstable();
        prop_assert_eq!(fields, [
            "bonusUntil", "cookie", "countdown", "gameTime", "p1Score", "p2Score", "timeRemaining",
        ]);
        let snapshot = serde_json::to_value(&run.duel).unwrap();
        let text = view.to_string();
        for secret in ["/seed", "/jar/rng/state", "/jar/rng/increment"] {
            let secret = snapshot.pointer(secret).unwrap().to_string();
            prop_assert!(!text.contains(&secret), "{secret} in {text}");
        }
    }

    #[test]
    fn a_bot_stays_within_the_click_rate(
        seed: u64, seat in seat(), strength in strength(), click_rate in 1_u32..30,
    ) {
        let settings = Settings { click_rate, ..Settings::default() };
        let times = bot_game(&settings, seed, seat, strength).1;
        prop_assert!(times.is_sorted());
        for (i, from) in times.iter().enumerate() {
            let within = times[i..].iter().take_while(|at| **at < from + 5_000).count();
            prop_assert!(within <= 5 * click_rate as usize + 1, "{within} in 5 s");
        }
    }

    #[test]
    fn every_click_of_a_bot_counts(seed: u64, seat in seat(), strength in strength()) {
        let (run, times) = bot_game(&Settings::default(), seed, seat, strength);
        let points = run.duel.points()[seat];
        let claims = run.told.remarks.len();
        let clicks = (times.len() - claims) as u64;
        prop_assert!(clicks <= points && points <= 2 * clicks, "{points} for {clicks}");
        let told = run.told.events.iter().filter(|(to, _)| *to == Audience::One(seat.other()));
        prop_assert_eq!(told.count() as u64, clicks);
    }
}

fn strength() -> impl Strategy<Value = Strength> {
    prop_oneof![Just(Strength::Easy), Just(Strength::Medium), Just(Strength::Hard)]
}

/// A game in which a bot plays alone, woken when it must be; and the times of its inputs.
fn bot_game(settings: &Settings, seed: u64, seat: Seat, strength: Strength) -> (Run, Vec<u64>) {
    let mut run = Run::new(settings, seed);
    let mut times = Vec::new();
    loop {
        let inputs = times.len() as u32;
        let acts = run.duel.bot_move(seat, strength, inputs);
        let wakes = run.duel.next_wake();
        let Some(at) = acts.map(|(at, _)| at).into_iter().chain(wakes).min() else { break };
        run.now = run.now.max(at.0);
        let now = GameTime(run.now);
        run.duel.advance(now, &mut run.told);
        if let Some((at, input)) = run.duel.bot_move(seat, strength, inputs)
            && at <= now
        {
            run.duel.input(seat, input, now, &mut run.told);
            times.push(at.0);
        }
    }
    (run, times)
}

#[test]
fn a_stronger_bot_clicks_more_often_and_gets_more_golden_cookies() {
    let seeds = 200;
    let played = [Strength::Easy, Strength::Medium, Strength::Hard].map(|strength| {
        let games = (0..seeds).map(|seed| bot_game(&Settings::default(), seed, Seat::P2, strength));
        games.fold((0, 0), |(inputs, claims), (run, times)| {
            (inputs + times.len(), claims + run.told.remarks.len())
        })
    });
    let [easy, medium, hard] = played;
    for ((inputs, _), a_second) in [(easy, 4.0), (medium, 6.5), (hard, 9.0)] {
        let mean = inputs as f64 / (60.0 * seeds as f64);
        assert!((mean - a_second).abs() < 0.1 * a_second, "{mean} instead of {a_second}");
    }
    assert!(easy.1 < medium.1 && medium.1 < hard.1 && easy.1 > 0, "{played:?}");
}
