//! The rules of the duel, one sentence each.

mod properties;

use super::*;
use crate::games::{Catalogue, Outputs, Settings as AllSettings, Table};

/// Cookies every second, so that a test knows when: 1, 2, 3 … seconds after the countdown.
fn every_second() -> Settings {
    Settings { cookie_min_ms: 1_000, cookie_max_ms: 1_000, ..Settings::default() }
}

fn players() -> BySeat<PlayerId> {
    BySeat::from_fn(|_| PlayerId::random())
}

/// A duel and what it has told.
struct Played {
    duel: Duel,
    told: Story,
}

impl Played {
    fn new(settings: Settings) -> Self {
        Self { duel: Duel::new(&settings, players(), 7), told: Story::default() }
    }

    fn advance(&mut self, at: u64) -> &mut Self {
        self.duel.advance(GameTime(at), &mut self.told);
        self
    }

    fn click(&mut self, seat: Seat, at: u64) -> &mut Self {
        self.duel.input(seat, Input::Click, GameTime(at), &mut self.told);
        self
    }

    fn clicks(&mut self, seat: Seat, at: u64, times: u32) -> &mut Self {
        for _ in 0..times {
            self.click(seat, at);
        }
        self
    }

    fn claim(&mut self, seat: Seat, cookie: u32, at: u64) -> &mut Self {
        self.duel.input(seat, Input::Claim { cookie }, GameTime(at), &mut self.told);
        self
    }

    fn points(&self) -> (u64, u64) {
        let BySeat { p1, p2 } = self.duel.points();
        (p1, p2)
    }

    fn spawned(&self) -> Vec<u32> {
        let number = |(_, event): &(Audience, Event)| match event {
            Event::CookieSpawn(golden) => Some(golden.cookie),
            Event::OpponentClick(_) | Event::TooFast(_) => None,
        };
        self.told.events.iter().filter_map(number).collect()
    }
}

#[test]
fn a_click_is_worth_a_point_from_the_end_of_the_countdown_to_the_end_of_the_game() {
    let mut played = Played::new(Settings::default());
    played.click(Seat::P1, 0).click(Seat::P1, 4_999);
    assert_eq!(played.points(), (0, 0));
    played.click(Seat::P1, 5_000).click(Seat::P2, 64_999);
    assert_eq!(played.points(), (1, 1));
    played.click(Seat::P1, 65_000).click(Seat::P2, 70_000);
    assert_eq!(played.points(), (1, 1));
}

#[test]
fn clicks_in_the_countdown_use_up_nothing() {
    let mut played = Played::new(Settings::default());
    played.clicks(Seat::P1, 4_999, 500).clicks(Seat::P1, 5_000, 60);
    assert_eq!(played.points(), (60, 0));
}

#[test]
fn sixty_clicks_count_at_once_then_twenty_a_second() {
    let mut played = Played::new(Settings::default());
    played.clicks(Seat::P1, 5_000, 100);
    assert_eq!(played.points(), (60, 0));
    played.clicks(Seat::P1, 5_049, 1);
    assert_eq!(played.points(), (60, 0));
    played.clicks(Seat::P1, 5_050, 2);
    assert_eq!(played.points(), (61, 0));
    played.clicks(Seat::P1, 6_050, 100);
    assert_eq!(played.points(), (81, 0));
    played.clicks(Seat::P1, 60_000, 100);
    assert_eq!(played.points(), (141, 0));
}

#[test]
fn who_clicks_too_fast_is_told_and_it_is_measured() {
    let mut played = Played::new(Settings::default());
    played.clicks(Seat::P1, 5_000, 65).clicks(Seat::P2, 5_000, 5);
    let told = played.told.events.iter();
    let too_fast = told.filter(|(_, event)| matches!(event, Event::TooFast(TooFast { count: 1 })));
    let to: Vec<_> = too_fast.map(|(to, _)| *to).collect();
    assert_eq!(to, [Audience::One(Seat::P1); 5]);
    let mut sum = Event::TooFast(TooFast { count: 2 });
    assert!(Duel::merge(&mut sum, &Event::TooFast(TooFast { count: 3 })));
    assert_eq!(sum, Event::TooFast(TooFast { count: 5 }));

    for click in 1..=100 {
        played.click(Seat::P2, 5_000 + click * 100);
    }
    let rhythm = |seat| played.duel.rhythm(seat).unwrap();
    assert_eq!((rhythm(Seat::P1).too_fast, rhythm(Seat::P2).too_fast), (5, 0));
    assert_eq!((rhythm(Seat::P2).intervals, rhythm(Seat::P2).mean_ms), (104, 96));
}

#[test]
fn the_seats_do_not_share_their_allowance() {
    let mut played = Played::new(Settings::default());
    played.clicks(Seat::P1, 5_000, 100).clicks(Seat::P2, 5_000, 10);
    assert_eq!(played.points(), (60, 10));
}

#[test]
fn a_claim_scores_nothing_and_doubles_the_claimers_clicks_for_five_seconds() {
    let mut played = Played::new(every_second());
    played.advance(6_000).claim(Seat::P2, 1, 6_400);
    assert_eq!(played.points(), (0, 0));
    played.click(Seat::P2, 6_400).click(Seat::P1, 6_400);
    assert_eq!(played.points(), (1, 2));
    played.click(Seat::P2, 11_399);
    assert_eq!(played.points(), (1, 4));
    played.click(Seat::P2, 11_400);
    assert_eq!(played.points(), (1, 5));
}

#[test]
fn a_second_claim_makes_the_bonus_longer_and_not_stronger() {
    let mut played = Played::new(every_second());
    played.claim(Seat::P1, 1, 6_000).claim(Seat::P1, 2, 7_000).click(Seat::P1, 11_999);
    assert_eq!(played.points(), (2, 0));
    played.click(Seat::P1, 12_000);
    assert_eq!(played.points(), (3, 0));
}

#[test]
fn the_first_claim_wins() {
    let mut played = Played::new(every_second());
    played.claim(Seat::P2, 1, 6_000).claim(Seat::P1, 1, 6_000);
    played.click(Seat::P1, 6_001).click(Seat::P2, 6_001);
    assert_eq!(played.points(), (1, 2));
    let claimed_by = played.duel.players.p2;
    assert_eq!(played.told.remarks, [Remark { golden_cookie_claimed_by: claimed_by }]);
}

#[test]
fn a_cookie_that_is_not_open_cannot_be_claimed() {
    let mut played = Played::new(every_second());
    played.claim(Seat::P1, 1, 5_999).claim(Seat::P1, 0, 7_000).claim(Seat::P1, 1, 7_000);
    played.claim(Seat::P1, 3, 7_999).claim(Seat::P1, 59, 65_000);
    assert_eq!(played.told.remarks, []);
}

#[test]
fn a_golden_cookie_waits_until_the_next_one_takes_its_place() {
    let mut played = Played::new(every_second());
    let open = |played: &Played, at| played.duel.view(GameTime(at)).cookie.map(|c| c.cookie);
    assert_eq!(open(played.advance(5_999), 5_999), None);
    assert_eq!(open(played.advance(6_000), 6_000), Some(1));
    assert_eq!(open(played.advance(6_999), 6_999), Some(1));
    assert_eq!(open(played.advance(7_000), 7_000), Some(2));
    assert_eq!(open(played.claim(Seat::P1, 2, 7_500), 7_500), None);
}

#[test]
fn a_late_wake_up_lets_every_cookie_appear_that_was_due() {
    let mut played = Played::new(every_second());
    played.advance(8_500);
    assert_eq!(played.spawned(), [1, 2, 3]);
    assert_eq!(played.duel.jar.open().map(|golden| golden.at), Some(GameTime(8_000)));
    assert_eq!(played.duel.next_wake(), Some(GameTime(9_000)));
}

#[test]
fn no_cookie_appears_at_the_end_and_none_stays_after_it() {
    let mut played = Played::new(every_second());
    played.advance(100_000);
    assert_eq!(played.spawned().last(), Some(&59));
    assert_eq!(played.duel.view(GameTime(100_000)).cookie, None);
}

#[test]
fn the_opponent_alone_hears_of_a_click_that_counts_and_all_hear_of_a_cookie() {
    let mut played = Played::new(every_second());
    played.click(Seat::P1, 4_000).click(Seat::P1, 5_000).claim(Seat::P1, 1, 6_000);
    played.click(Seat::P1, 6_000);
    let one = |count| (Audience::One(Seat::P2), Event::OpponentClick(OpponentClick { count }));
    let [first, (Audience::All, Event::CookieSpawn(_)), second] = &played.told.events[..] else {
        panic!("{:?}", played.told.events)
    };
    assert_eq!((first, second), (&one(1), &one(2)));
}

#[test]
fn the_game_wakes_for_the_countdown_each_cookie_the_end_of_a_bonus_and_the_end() {
    let settings = Settings { cookie_min_ms: 20_000, cookie_max_ms: 20_000, ..Settings::default() };
    let mut played = Played::new(settings);
    let mut wakes = Vec::new();
    while let Some(GameTime(at)) = played.duel.next_wake() {
        wakes.push(at);
        played.advance(at);
        if at == 25_000 {
            played.claim(Seat::P1, 1, at);
        }
    }
    assert_eq!(wakes, [5_000, 25_000, 30_000, 45_000, 65_000]);
}

#[test]
fn most_points_win_and_equal_points_are_a_draw() {
    for (p1, p2, winner) in [(3, 2, Some(Seat::P1)), (2, 3, Some(Seat::P2)), (2, 2, None)] {
        let mut played = Played::new(Settings::default());
        played.clicks(Seat::P1, 6_000, p1).clicks(Seat::P2, 6_000, p2).advance(64_999);
        assert_eq!(played.duel.verdict(), None);
        assert_eq!(played.advance(65_000).duel.verdict(), Some(Verdict { winner }));
    }
}

#[test]
fn seconds_are_shown_rounded_up() {
    let duel = Duel::new(&Settings::default(), players(), 7);
    let shown = [0, 1, 1_000, 4_999, 5_000, 5_001, 64_000, 64_999, 65_000, 99_000].map(|at| {
        let view = duel.view(GameTime(at));
        (at, view.countdown, view.time_remaining)
    });
    let expected = [
        (0, 5, 60),
        (1, 5, 60),
        (1_000, 4, 60),
        (4_999, 1, 60),
        (5_000, 0, 60),
        (5_001, 0, 60),
        (64_000, 0, 1),
        (64_999, 0, 1),
        (65_000, 0, 0),
        (99_000, 0, 0),
    ];
    assert_eq!(shown, expected);
}

#[test]
fn the_view_shows_a_bonus_as_long_as_it_runs() {
    let mut played = Played::new(every_second());
    let bonus = |played: &Played, at| played.duel.view(GameTime(at)).bonus_until;
    assert_eq!(bonus(&played, 6_000), None);
    played.claim(Seat::P1, 1, 6_000);
    let p1 = BySeat { p1: Some(GameTime(11_000)), p2: None };
    assert_eq!(bonus(&played, 10_999), Some(p1));
    assert_eq!(bonus(&played, 11_000), None);
}

#[test]
fn by_default_cookies_appear_every_five_to_ten_seconds_between_5_and_95_percent() {
    let settings = Settings { duration_ms: 40_000_000, ..Settings::default() };
    let mut jar = Jar::new(&settings, 99);
    let mut before = settings.start();
    let mut gaps = Vec::new();
    while let Some(golden) = jar.appear(&settings, settings.end()) {
        gaps.push(golden.at - before);
        before = golden.at;
        assert!((5..=95).contains(&golden.x) && (5..=95).contains(&golden.y));
    }
    assert!(gaps.iter().all(|gap| (5_000..=10_000).contains(gap)));
    let mean = gaps.iter().sum::<u64>() / gaps.len() as u64;
    assert!((7_400..=7_600).contains(&mean), "not uniform: {mean} ms over {}", gaps.len());
}

#[test]
fn other_seeds_give_other_cookies() {
    let first = |seed| Jar::new(&Settings::default(), seed).next(&Settings::default());
    let mut times: Vec<_> = (0..100).map(first).collect();
    times.sort_unstable();
    times.dedup();
    assert!(times.len() > 90, "{} of 100", times.len());
}

#[test]
fn settings_without_sense_do_no_harm() {
    let settings = Settings {
        countdown_ms: u64::MAX,
        duration_ms: u64::MAX,
        cookie_min_ms: u64::MAX,
        cookie_max_ms: 0,
        bonus_ms: u64::MAX,
        click_rate: u32::MAX,
        click_burst: u32::MAX,
    };
    Played::new(settings).advance(u64::MAX).click(Seat::P1, u64::MAX);
    let settings = Settings {
        countdown_ms: 0,
        duration_ms: 10,
        cookie_min_ms: 0,
        cookie_max_ms: 0,
        bonus_ms: 0,
        click_rate: 0,
        click_burst: 0,
    };
    let mut played = Played::new(settings);
    played.claim(Seat::P1, 1, 1).click(Seat::P1, 1).advance(1_000);
    assert_eq!(played.points(), (0, 0));
    assert_eq!(played.spawned().len(), 9);
}

fn table() -> Box<dyn Table> {
    let catalogue = Catalogue::new(AllSettings { cookie: every_second() });
    catalogue.create("cookie", players(), 7).unwrap()
}

#[test]
fn the_catalogue_plays_the_duel() {
    let mut table = table();
    assert_eq!(table.name(), "cookie");
    table.advance(GameTime(5_000));
    for seat in [Seat::P1, Seat::P1, Seat::P2] {
        table.input(seat, "CLICK", r#"{"n":1}"#, GameTime(5_000)).unwrap();
    }
    table.input(Seat::P1, "COOKIE_CLICK", r#"{"n":3,"cookie":1}"#, GameTime(6_000)).unwrap();
    assert_eq!(table.points(), BySeat { p1: 2, p2: 1 });
    let Outputs { frames, remarks } = table.take_outputs();
    let texts: Vec<&str> = frames.iter().map(|frame| frame.text.as_str()).collect();
    assert_eq!(texts[0], r#"{"type":"OPPONENT_CLICK","payload":{"count":2}}"#);
    assert_eq!(texts[1], r#"{"type":"OPPONENT_CLICK","payload":{"count":1}}"#);
    assert!(texts[2].starts_with(r#"{"type":"COOKIE_SPAWN","payload":{"cookie":1,"x":"#));
    assert!(remarks.starts_with(r#""goldenCookieClaimedBy":""#), "{remarks}");
}

#[test]
fn an_input_that_cannot_be_read_changes_nothing() {
    let mut table = table();
    table.advance(GameTime(6_000));
    let before = table.snapshot().unwrap().to_string();
    for (kind, payload) in [
        ("COOKIE_CLICK", "{}"),
        ("COOKIE_CLICK", r#"{"cookie":null}"#),
        ("COOKIE_CLICK", r#"{"cookie":-1}"#),
        ("COOKIE_CLICK", r#"{"cookie":1.5}"#),
        ("COOKIE_CLICK", r#"{"cookie":"1"}"#),
        ("COOKIE_CLICK", r#"{"cookie":4294967296}"#),
        ("COOKIE_CLICK", r#"{"cookie":1,"cookie":1}"#),
        ("COOKIE_CLICK", "1"),
        ("COOKIE_CLICK", "nonsense"),
        ("DANCE", "{}"),
    ] {
        assert!(table.input(Seat::P1, kind, payload, GameTime(6_000)).is_err(), "{kind} {payload}");
    }
    assert_eq!(table.snapshot().unwrap().get(), before);
}
