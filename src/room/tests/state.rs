//! The pure state: numbers, generations, absence, quitting, bots, snapshots.

use super::super::seat::InputOutcome;
use super::super::state::RoomState;
use super::table::{catalogue, founding, practice, state};
use crate::games::GameTime;
use crate::ids::{Generation, Seat, Strength};
use crate::protocol::Reason;

const GRACE: u64 = 5_000;
const CLICK: (&str, &str) = ("CLICK", "{}");
const FIRST: Generation = Generation(1);

fn both_attached() -> RoomState {
    let mut state = state(founding());
    state.attach(Seat::P1, FIRST);
    state.attach(Seat::P2, FIRST);
    state
}

fn in_play() -> RoomState {
    let mut state = both_attached();
    state.advance(GameTime(1_000), GRACE);
    state
}

#[test]
fn each_number_counts_once_and_in_order() {
    let mut state = in_play();
    let outcomes: Vec<_> =
        [1, 1, 2, 4, 3, 4, 2].map(|n| state.input(Seat::P1, FIRST, n, CLICK)).into();
    use InputOutcome::{Consumed, Duplicate, Gap};
    let expected =
        vec![Consumed, Duplicate, Consumed, Gap { from: 3 }, Consumed, Consumed, Duplicate];
    assert_eq!(outcomes, expected);
    assert_eq!(state.table.points().p1, 4);
    assert_eq!(state.seats.p1.consumed, 4);
}

#[test]
fn a_click_in_the_countdown_is_consumed_and_worth_nothing() {
    let mut state = both_attached();
    assert_eq!(state.input(Seat::P2, FIRST, 1, CLICK), InputOutcome::Consumed);
    assert_eq!(state.table.points().p2, 0);
    assert_eq!(state.seats.p2.consumed, 1);
}

#[test]
fn an_input_that_the_rules_cannot_read_is_not_consumed() {
    let mut state = in_play();
    let claim = ("COOKIE_CLICK", r#"{"cookie":"none"}"#);
    assert!(matches!(state.input(Seat::P1, FIRST, 1, claim), InputOutcome::Bad(_)));
    assert_eq!(state.input(Seat::P1, FIRST, 1, CLICK), InputOutcome::Consumed);
}

#[test]
fn an_older_connection_is_shut_out_once_a_newer_one_sits_down() {
    let mut state = in_play();
    state.attach(Seat::P1, Generation(2));
    assert_eq!(state.input(Seat::P1, FIRST, 1, CLICK), InputOutcome::Outdated);
    assert_eq!(state.input(Seat::P1, Generation(2), 1, CLICK), InputOutcome::Consumed);
}

#[test]
fn a_seat_that_stays_empty_for_the_grace_loses_at_that_very_moment() {
    let mut state = in_play();
    state.leave(Seat::P1);
    state.advance(GameTime(5_999), GRACE);
    assert_eq!(state.ending, None);
    state.advance(GameTime(9_000), GRACE);
    let ending = state.ending.unwrap();
    assert_eq!((ending.reason, ending.winner), (Reason::OpponentDisconnected, Some(Seat::P2)));
    assert_eq!(state.time, GameTime(6_000));
}

#[test]
fn who_comes_back_within_the_grace_plays_on() {
    let mut state = in_play();
    state.leave(Seat::P1);
    state.advance(GameTime(5_900), GRACE);
    state.attach(Seat::P1, Generation(2));
    state.advance(GameTime(10_999), GRACE);
    assert_eq!(state.ending, None);
}

#[test]
fn two_seats_that_are_empty_alike_end_the_game_as_void() {
    let mut state = state(founding());
    state.advance(GameTime(6_000), GRACE);
    let ending = state.ending.unwrap();
    assert_eq!((ending.reason, ending.winner), (Reason::Void, None));
}

#[test]
fn of_two_empty_seats_the_one_that_was_left_first_loses() {
    let mut state = in_play();
    state.leave(Seat::P2);
    state.advance(GameTime(1_500), GRACE);
    state.leave(Seat::P1);
    state.advance(GameTime(9_000), GRACE);
    assert_eq!(state.ending.unwrap().winner, Some(Seat::P1));
}

#[test]
fn quitting_lets_the_other_player_win_and_nothing_counts_after_it() {
    let mut state = in_play();
    state.input(Seat::P1, FIRST, 1, CLICK);
    state.quit(Seat::P1);
    let ending = state.ending.unwrap();
    assert_eq!((ending.reason, ending.winner), (Reason::Quit, Some(Seat::P2)));
    assert_eq!(state.input(Seat::P1, FIRST, 2, CLICK), InputOutcome::Over);
    assert_eq!(state.seats.p1.consumed, 1);
}

#[test]
fn the_clock_ends_the_game_and_most_points_win() {
    let mut state = in_play();
    state.input(Seat::P2, FIRST, 1, CLICK);
    state.advance(GameTime(11_000), GRACE);
    let ending = state.ending.unwrap();
    assert_eq!((ending.reason, ending.winner), (Reason::Time, Some(Seat::P2)));
}

#[test]
fn equal_points_are_nobodys_win() {
    let mut state = in_play();
    state.advance(GameTime(11_000), GRACE);
    let ending = state.ending.unwrap();
    assert_eq!((ending.reason, ending.winner), (Reason::Time, None));
}

#[test]
fn a_bot_plays_by_itself_and_is_never_missed() {
    let mut state = state(practice(Strength::Hard));
    state.attach(Seat::P1, FIRST);
    state.advance(GameTime(11_000), GRACE);
    let ending = state.ending.unwrap();
    assert_eq!((ending.reason, ending.winner), (Reason::Time, Some(Seat::P2)));
    assert!(state.table.points().p2 > 20, "{:?}", state.table.points());
    assert!(u64::from(state.seats.p2.consumed) * 2 >= state.table.points().p2);
}

#[test]
fn nobody_can_speak_for_a_bot() {
    let mut state = state(practice(Strength::Easy));
    state.attach(Seat::P1, FIRST);
    assert_eq!(state.seat_of(state.seats.p2.player.id), None);
    let outcome = state.input(Seat::P2, Generation(9), 1, CLICK);
    assert_eq!(outcome, InputOutcome::Outdated);
}

#[test]
fn how_often_the_state_is_advanced_changes_nothing() {
    let mut coarse = state(practice(Strength::Medium));
    let mut fine = state(practice(Strength::Medium));
    for room in [&mut coarse, &mut fine] {
        room.attach(Seat::P1, FIRST);
    }
    coarse.seats.p2.player = fine.seats.p2.player.clone();
    for millis in 1..=7_000 {
        fine.advance(GameTime(millis), GRACE);
    }
    coarse.advance(GameTime(7_000), GRACE);
    assert_eq!(coarse.seats.p2.consumed, fine.seats.p2.consumed);
    assert_eq!(coarse.table.points(), fine.table.points());
}

#[test]
fn a_room_restored_from_its_snapshot_goes_on_as_if_nothing_had_happened() {
    let mut before = in_play();
    before.input(Seat::P1, FIRST, 1, CLICK);
    before.advance(GameTime(4_321), GRACE);
    let snapshot = before.snapshot(1).unwrap();
    let mut after = RoomState::restore(before.id, &snapshot, &catalogue()).unwrap();
    for room in [&mut before, &mut after] {
        room.input(Seat::P1, FIRST, 2, CLICK);
        room.input(Seat::P2, FIRST, 1, CLICK);
        room.advance(GameTime(9_876), GRACE);
    }
    assert_eq!(before.snapshot(1).unwrap(), after.snapshot(1).unwrap());
    assert_eq!(before.table.view(GameTime(9_876)), after.table.view(GameTime(9_876)));
}

#[test]
fn a_damaged_snapshot_and_an_unknown_game_are_errors() {
    let state = in_play();
    let snapshot = String::from_utf8(state.snapshot(1).unwrap().to_vec()).unwrap();
    let unknown = snapshot.replacen("cookie", "chess!", 1);
    let cut = &snapshot[..snapshot.len() / 2];
    for bad in [unknown.as_str(), cut, "", "[]", "null"] {
        assert!(RoomState::restore(state.id, bad.as_bytes(), &catalogue()).is_err(), "{bad}");
    }
}
