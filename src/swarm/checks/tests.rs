//! Every kind of broken promise is found, and an honest game is not blamed.

mod games;

use std::time::{Duration, Instant};

use super::super::clicks::Due;
use super::super::ledger::{Ack, Offline, Place, Seen};
use super::super::rest::{Board, Entry, History, Line, Named, Totals};
use super::super::wire::{GameOver, Kind};
use super::*;
use crate::ids::Seat;

/// Two ledgers of an honest game: 5 clicks to 3.
fn honest() -> [Ledger; 2] {
    let at = Instant::now();
    let room = RoomId::random();
    let ids = [PlayerId::random(), PlayerId::random()];
    let ledger = |own: usize, seat: Seat, clicks: u32| {
        let mut ledger = Ledger::new(ids[own], "Ada".to_owned());
        let opponent = ids[1 - own];
        ledger.place = Some(Place { room, seat, opponent });
        ledger.playing_at = Some(at);
        for n in 1..=clicks + 1 {
            ledger.write_sent(Due { n, kind: Kind::Click, repeat: false }, at);
        }
        ledger.write_ack(Ack { n: clicks - 1, version: 4, at });
        ledger.write_state(Seen { version: 4, at, scores: (4, 2) });
        ledger.over = Some(GameOver {
            room_id: room,
            role: seat,
            opponent,
            winner: ids[0].to_string(),
            reason: "time".to_owned(),
            p1_score: 5,
            p2_score: 3,
            p1_clicks: 5,
            p2_clicks: 3,
            ack: clicks,
        });
        ledger
    };
    [ledger(0, Seat::P1, 5), ledger(1, Seat::P2, 3)]
}

const TERMS: Terms = Terms { grace: Duration::from_secs(15), allow_void: 0 };

fn found(change: impl FnOnce(&mut Ledger)) -> Vec<Class> {
    let mut ledgers = honest();
    change(&mut ledgers[0]);
    classes(&ledgers, &TERMS).0
}

fn classes(ledgers: &[Ledger], terms: &Terms) -> (Vec<Class>, Endings) {
    let (found, endings) = check_play(ledgers, terms);
    let mut classes: Vec<Class> = found.iter().map(|v| v.class).collect();
    classes.dedup();
    (classes, endings)
}

/// The same game, ended otherwise; the first player won.
fn ended_by(reason: &str) -> [Ledger; 2] {
    let mut ledgers = honest();
    for ledger in &mut ledgers {
        ledger.over_at = Some(Instant::now() + Duration::from_secs(60));
        over(ledger).reason = reason.to_owned();
    }
    ledgers
}

fn was_away(ledger: &mut Ledger, from: u64, to: u64, wished: bool) {
    let at = |seconds| ledger.sent[0] + Duration::from_secs(seconds);
    let wished_until = wished.then(|| at(to));
    ledger.offline.push(Offline { from: at(from), wished_until, to: Some(at(to)) });
}

fn over(ledger: &mut Ledger) -> &mut GameOver {
    ledger.over.as_mut().unwrap()
}

#[test]
fn an_honest_game_has_no_violation() {
    assert_eq!(found(|_| {}), []);
}

#[test]
fn a_click_acknowledged_but_not_counted_is_lost() {
    let found = found(|ledger| ledger.acks.push(Ack { n: 6, version: 5, at: Instant::now() }));
    assert_eq!(found, [Class::Lost]);
}

#[test]
fn a_click_counted_but_never_sent_is_doubled() {
    assert!(found(|ledger| ledger.sent.truncate(4)).contains(&Class::Doubled));
}

#[test]
fn more_points_than_clicks_are_doubled_unless_a_golden_cookie_explains_them() {
    let more = |ledger: &mut Ledger| over(ledger).p1_score = 9;
    assert!(found(more).contains(&Class::Doubled));
    let golden = |ledger: &mut Ledger| {
        more(ledger);
        ledger.golden = true;
    };
    assert!(!found(golden).contains(&Class::Doubled));
    let beyond = |ledger: &mut Ledger| {
        over(ledger).p1_score = 11;
        ledger.golden = true;
    };
    assert!(found(beyond).contains(&Class::Doubled));
}

#[test]
fn fewer_points_than_clicks_are_lost() {
    assert!(found(|ledger| over(ledger).p1_score = 4).contains(&Class::Lost));
}

#[test]
fn two_accounts_of_one_result_do_not_match() {
    assert_eq!(found(|ledger| over(ledger).p2_score = 4), [Class::Mismatch]);
    assert_eq!(found(|ledger| over(ledger).winner = "draw".to_owned()), [Class::Mismatch]);
    assert_eq!(found(|ledger| ledger.seen[0].scores = (4, 1)), [Class::Mismatch]);
    let seat = |ledger: &mut Ledger| ledger.place.as_mut().unwrap().seat = Seat::P2;
    assert!(found(seat).contains(&Class::Mismatch));
}

#[test]
fn a_game_without_a_proper_end_is_stuck() {
    assert_eq!(found(|ledger| ledger.over = None), [Class::Stuck]);
    assert_eq!(classes(&ended_by("quit"), &TERMS).0, [Class::Stuck]);
}

#[test]
fn a_game_may_be_lost_by_staying_away_on_purpose_and_not_otherwise() {
    let lost = |from, to, wished| {
        let mut ledgers = ended_by("opponent_disconnected");
        was_away(&mut ledgers[1], from, to, wished);
        classes(&ledgers, &TERMS)
    };
    assert_eq!(lost(10, 30, true), (vec![], Endings { forfeits: 1, ..Endings::default() }));
    assert_eq!(lost(10, 30, false).0, [Class::Stuck], "it could not come back");
    assert_eq!(lost(10, 15, true).0, [Class::Stuck], "it was there again");
    let mut winner_was_away = ended_by("opponent_disconnected");
    was_away(&mut winner_was_away[0], 10, 30, true);
    assert_eq!(classes(&winner_was_away, &TERMS).0, [Class::Stuck]);
}

#[test]
fn void_games_are_counted_and_only_so_many_are_allowed() {
    let ledgers = ended_by("void");
    let (found, endings) = classes(&ledgers, &TERMS);
    assert_eq!((found, endings.void), (vec![Class::Void], 1));
    assert_eq!(classes(&ledgers, &Terms { allow_void: 1, ..TERMS }).0, []);
    let both_away = |to| {
        let mut ledgers = ended_by("void");
        was_away(&mut ledgers[0], 10, 30, true);
        was_away(&mut ledgers[1], 12, to, true);
        classes(&ledgers, &TERMS).1
    };
    assert_eq!((both_away(30).void, both_away(30).void_explained), (0, 1));
    assert_eq!((both_away(20).void, both_away(20).void_explained), (1, 0));
}

#[test]
fn a_written_off_game_counts_nothing_and_loses_nothing() {
    let mut ledgers = ended_by("void");
    for ledger in &mut ledgers {
        let over = over(ledger);
        (over.p1_score, over.p2_score, over.p1_clicks, over.p2_clicks, over.ack) = (0, 0, 0, 0, 0);
    }
    assert_eq!(classes(&ledgers, &Terms { allow_void: 1, ..TERMS }).0, []);
    over(&mut ledgers[0]).p2_clicks = 3;
    let found = classes(&ledgers, &Terms { allow_void: 1, ..TERMS }).0;
    assert!(found.contains(&Class::Lost), "it counts the other one's clicks: {found:?}");
}

#[test]
fn clicks_of_the_countdown_are_worth_nothing_and_those_around_its_end_may_be() {
    let with = |early: u32, worthless: u32, points: u64| {
        let mut ledgers = honest();
        ledgers.iter_mut().for_each(|ledger| over(ledger).p1_score = points);
        (ledgers[0].early, ledgers[0].worthless) = (early, worthless);
        ledgers.iter_mut().for_each(|ledger| ledger.seen.clear());
        classes(&ledgers, &TERMS).0
    };
    // Five clicks were counted in all; with 3 points and less the game would be the other one's.
    assert_eq!(with(0, 0, 5), []);
    assert_eq!(with(0, 0, 4), [Class::Lost]);
    assert_eq!(with(1, 1, 4), []);
    assert_eq!(with(1, 1, 5), [Class::Doubled]);
    assert_eq!(with(1, 0, 5), []);
    assert_eq!(with(1, 0, 4), []);
}

#[test]
fn the_records_of_both_players_must_tell_the_same() {
    let [ledger, _] = honest();
    let own = record(&ledger);
    let other = |change: fn(&mut Entry)| {
        let mut other = record(&ledger);
        let entry = &mut other.history.games[0];
        entry.result = "loss".to_owned();
        std::mem::swap(&mut entry.points, &mut entry.opponent_points);
        std::mem::swap(&mut entry.clicks, &mut entry.opponent_clicks);
        change(entry);
        check_pair(ledger.place.unwrap().room, &own, &other).map(|fault| fault.class)
    };
    assert_eq!(other(|_| {}), None);
    assert_eq!(other(|entry| entry.result = "win".to_owned()), Some(Class::Mismatch));
    assert_eq!(other(|entry| entry.points += 1), Some(Class::Mismatch));
}

#[test]
fn a_player_who_was_not_told_the_end_has_a_record_of_it_all_the_same() {
    let mut ledgers = honest();
    let mut recorded = record(&ledgers[0]);
    ledgers[0].over = None;
    assert_eq!(in_record(&ledgers, &recorded), []);
    recorded.history.games.clear();
    assert_eq!(in_record(&ledgers, &recorded), [Class::NotRecorded]);
}

/// The honest record of the first player.
fn record(ledger: &Ledger) -> Recorded {
    let place = ledger.place.unwrap();
    let named = |id| Named { id };
    let entry = Entry {
        game_id: place.room,
        result: "win".to_owned(),
        reason: "time".to_owned(),
        points: 5,
        opponent_points: 3,
        clicks: 5,
        opponent_clicks: 3,
        opponent: named(place.opponent),
    };
    let line = |id, rank, points| Line { rank, player: named(id), points, games: 1, wins: 1 };
    let board = |name| {
        let entries = vec![line(PlayerId::random(), 1, 9), line(ledger.player, 2, 5)];
        (name, Board { entries, me: Some(line(ledger.player, 2, 5)) })
    };
    Recorded {
        history: History { games: vec![entry], next: None },
        totals: Totals { points: 5, games: 1, wins: 1, draws: 0 },
        boards: vec![board("all"), board("week")],
    }
}

fn found_in_record(change: impl FnOnce(&mut Recorded)) -> Vec<Class> {
    let ledgers = honest();
    let mut recorded = record(&ledgers[0]);
    change(&mut recorded);
    in_record(&ledgers, &recorded)
}

/// What is wrong with the record of the player of the first ledger.
fn in_record(ledgers: &[Ledger], recorded: &Recorded) -> Vec<Class> {
    let (player, accounts) = (ledgers[0].player, accounts(ledgers.iter()));
    let found = check_record(player, &accounts[&player], recorded);
    found.into_iter().map(|(_, fault)| fault.class).collect()
}

#[test]
fn an_honest_record_has_no_fault() {
    assert_eq!(found_in_record(|_| {}), []);
    let ledgers = honest();
    let accounts = accounts(ledgers.iter());
    assert!(has_arrived(&accounts[&ledgers[0].player], &record(&ledgers[0])));
}

#[test]
fn a_game_that_is_not_in_the_history_is_not_recorded() {
    assert_eq!(found_in_record(|r| r.history.games.clear()), [Class::NotRecorded]);
}

#[test]
fn a_game_that_is_twice_in_the_history_is_recorded_twice() {
    let twice = |r: &mut Recorded| r.history.games.push(r.history.games[0].clone());
    assert_eq!(found_in_record(twice), [Class::RecordedTwice]);
}

#[test]
fn totals_must_be_those_of_the_one_game() {
    let twice = |r: &mut Recorded| r.totals = Totals { points: 10, games: 2, wins: 2, draws: 0 };
    assert_eq!(found_in_record(twice), [Class::RecordedTwice]);
    assert_eq!(found_in_record(|r| r.totals.games = 0), [Class::NotRecorded]);
    assert_eq!(found_in_record(|r| r.totals.points = 6), [Class::Mismatch]);
}

#[test]
fn a_leaderboard_must_show_the_player_once_the_game_is_recorded() {
    let missing = |r: &mut Recorded| r.boards[1].1 = Board { entries: vec![], me: None };
    assert_eq!(found_in_record(missing), [Class::NotRecorded]);
    let wrong = |r: &mut Recorded| r.boards[0].1.me.as_mut().unwrap().points = 10;
    assert_eq!(found_in_record(wrong), [Class::Mismatch]);
    let order = |r: &mut Recorded| r.boards[0].1.entries.swap(0, 1);
    assert_eq!(found_in_record(order), [Class::Mismatch]);
}

#[test]
fn the_history_must_tell_what_the_player_was_told() {
    let changes: [fn(&mut Entry); 4] = [
        |e| e.result = "loss".to_owned(),
        |e| e.clicks = 4,
        |e| e.opponent_points = 4,
        |e| e.reason = "quit".to_owned(),
    ];
    for change in changes {
        let found = found_in_record(|r| change(&mut r.history.games[0]));
        assert_eq!(found, [Class::Mismatch]);
    }
}
