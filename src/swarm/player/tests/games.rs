//! Several games in a row: what a player asks for, and what it must not be given.

use super::*;

const QUEUE_LEFT: &str = r#"{"type":"QUEUE_LEFT","payload":{"game":"cookie","waiting":0}}"#;

/// A player of two games whose first one has just ended.
fn between() -> Bench {
    let mut bench = Bench::of(2, Habits::default()).plays();
    bench.pass(300 * MS);
    bench.update(6300, 2);
    assert_eq!(bench.over(2), []);
    bench
}

/// The same, after it has joined the queue again.
fn waiting() -> Bench {
    let mut bench = between();
    assert_eq!(bench.pass(50 * MS), [Action::Send(wire::join_queue())]);
    bench.frame(QUEUED);
    bench
}

fn next_game(bench: &mut Bench) -> Vec<Action> {
    (bench.room, bench.opponent, bench.version) = (RoomId::random(), PlayerId::random(), 0);
    bench.start(6000, 0)
}

#[test]
fn it_joins_again_at_once_and_numbers_its_clicks_from_one() {
    let mut bench = waiting();
    let again = bench.player.ledger().joined_at.unwrap();
    assert!(bench.now.duration_since(again) <= 50 * MS);
    next_game(&mut bench);
    assert_eq!(numbers(&bench.pass(300 * MS))[0], 1);
    bench.update(6300, 1);
    assert_eq!(bench.over(1), [Action::Finish]);
    let ledgers = bench.player.into_ledgers();
    let rooms: Vec<RoomId> = ledgers.iter().map(|l| l.over.as_ref().unwrap().room_id).collect();
    assert_eq!((rooms.len(), rooms[1]), (2, bench.room));
    assert!(ledgers.iter().all(|ledger| ledger.faults.is_empty() && ledger.acked() > 0));
}

#[test]
fn a_game_that_comes_before_the_join_is_unasked() {
    let mut bench = between();
    next_game(&mut bench);
    assert_eq!(bench.faults(), [Class::Unasked]);
    let mut early = Bench::new();
    early.step(Event::Wake);
    early.start(6000, 0);
    assert_eq!(early.faults(), [Class::Unasked], "it has not even been greeted");
}

#[test]
fn a_game_that_comes_after_the_queue_was_left_is_unasked_on_another_connection_too() {
    for reconnects in [false, true] {
        let mut bench = Bench::with(Habits { leaves: 1.0, ..Habits::default() });
        bench.step(Event::Wake);
        bench.hello(false);
        bench.frame(QUEUED);
        assert_eq!(bench.pass(30 * MS), [Action::Send(wire::leave_queue())]);
        bench.frame(QUEUE_LEFT);
        if reconnects {
            bench.step(Event::Gone(Ending::Dropped));
            bench.step(Event::Wake);
        }
        bench.hello(true);
        bench.start(6000, 0);
        assert_eq!(bench.faults(), [Class::Unasked]);
        assert_eq!(bench.player.ledger().leaves, 1);
    }
}

#[test]
fn a_game_that_was_made_while_the_connection_was_away_was_asked_for() {
    let mut bench = waiting();
    bench.step(Event::Gone(Ending::Dropped));
    bench.room = RoomId::random();
    assert_eq!(bench.hello(true), []);
    next_game(&mut bench);
    assert_eq!(bench.faults(), []);
}

#[test]
fn who_comes_back_between_two_games_hears_the_old_end_first_and_then_joins() {
    let mut bench = between();
    bench.step(Event::Gone(Ending::Closed(1012)));
    bench.pass(100 * MS);
    assert_eq!(bench.hello(true), []);
    assert_eq!(bench.over(2), [Action::Send(wire::join_queue())]);
    assert_eq!(bench.faults(), []);
    assert!(bench.player.ledger().over.is_none(), "it is the end of the game before");
}

#[test]
fn an_old_end_that_is_told_otherwise_is_a_mismatch() {
    let mut bench = waiting();
    bench.over(3);
    assert_eq!(bench.faults(), [Class::Mismatch]);
}

#[test]
fn a_game_that_goes_on_after_its_end_is_found_out() {
    let mut bench = waiting();
    assert_eq!(bench.start(6400, 2), [Action::Finish]);
    assert_eq!(bench.faults(), [Class::StillSeated]);
}

#[test]
fn the_end_of_an_old_game_within_the_next_one_is_found_out() {
    let mut bench = waiting();
    let old = bench.room;
    next_game(&mut bench);
    bench.room = old;
    assert_eq!(bench.over(2), [Action::Finish]);
    assert_eq!(bench.faults(), [Class::MatchedTwice]);
}

#[test]
fn a_second_game_that_the_server_has_forgotten_is_stuck() {
    let mut bench = waiting();
    next_game(&mut bench);
    bench.step(Event::Gone(Ending::Dropped));
    assert_eq!(bench.hello(false), [Action::Finish]);
    assert_eq!(bench.faults(), [Class::Stuck]);
}

#[test]
fn the_odd_one_out_finishes_without_a_fault() {
    let mut bench = waiting();
    assert_eq!(bench.step(Event::Queue(Verdict::OddOneOut)), [Action::Finish]);
    assert!(bench.faults().is_empty() && bench.player.ledger().odd_one_out);
}

#[test]
fn a_tab_that_is_still_open_at_the_end_of_a_game_is_closed_before_the_next() {
    let mut bench = Bench::of(2, Habits { two_tabs: 60.0, ..Habits::default() }).plays();
    let mut actions = Vec::new();
    while !actions.contains(&Action::SetAside) {
        let sent = bench.player.ledger().sent.len() as u32;
        bench.update(6500, sent);
        actions = bench.pass(50 * MS);
    }
    bench.hello(true);
    assert_eq!(bench.over(2), [Action::DropOlder]);
    bench.pass(50 * MS);
    next_game(&mut bench);
    assert!(!numbers(&bench.pass(300 * MS)).is_empty(), "it clicks again");
    assert_eq!(bench.faults(), []);
}
