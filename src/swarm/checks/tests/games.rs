//! Several games of one player.

use super::super::super::ledger::Wanted;
use super::*;

fn at(start: Instant, second: u64) -> Instant {
    start + Duration::from_secs(second)
}

/// Another honest game of the first player of a game, against somebody else.
fn another(first: &Ledger) -> [Ledger; 2] {
    let [mut own, mut other] = honest();
    let (before, player) = (own.player, first.player);
    own.player = player;
    other.place.as_mut().unwrap().opponent = player;
    for ledger in [&mut own, &mut other] {
        let over = over(ledger);
        over.winner = over.winner.replace(&before.to_string(), &player.to_string());
    }
    over(&mut other).opponent = player;
    [own, other]
}

/// Two honest games of one player, and its record.
fn two() -> ([Ledger; 4], Recorded) {
    let [a, b] = honest();
    let [c, d] = another(&a);
    let (mut recorded, more) = (record(&a), record(&c));
    recorded.history.games.extend(more.history.games);
    recorded.totals = Totals { points: 10, games: 2, wins: 2, draws: 0 };
    for (_, board) in &mut recorded.boards {
        let mine = board.entries.iter_mut().chain(&mut board.me);
        mine.filter(|line| line.player.id == a.player).for_each(|line| {
            (line.points, line.games, line.wins) = (10, 2, 2);
        });
        board.entries[0].points = 11;
    }
    ([a, b, c, d], recorded)
}

#[test]
fn several_honest_games_have_no_violation_and_add_up() {
    let (ledgers, recorded) = two();
    let (found, endings) = classes(&ledgers, &TERMS);
    assert_eq!((found, endings.time), (vec![], 2));
    assert_eq!(in_record(&ledgers, &recorded), []);
    let accounts = accounts(ledgers.iter());
    assert!(has_arrived(&accounts[&ledgers[0].player], &recorded));
    assert!(!has_arrived(&accounts[&ledgers[0].player], &record(&ledgers[0])));
}

#[test]
fn every_game_must_be_in_the_history_and_nothing_else() {
    let (ledgers, mut recorded) = two();
    let last = recorded.history.games.pop().unwrap();
    assert_eq!(in_record(&ledgers, &recorded), [Class::NotRecorded]);
    let strange = Entry { game_id: RoomId::random(), ..last.clone() };
    recorded.history.games.extend([last, strange]);
    assert_eq!(in_record(&ledgers, &recorded), [Class::Mismatch]);
}

#[test]
fn totals_must_be_those_of_all_games() {
    let (ledgers, mut recorded) = two();
    recorded.totals = Totals { points: 5, games: 1, wins: 1, draws: 0 };
    assert_eq!(in_record(&ledgers, &recorded), [Class::NotRecorded]);
}

#[test]
fn a_game_of_which_nobody_was_told_the_end_may_have_been_recorded() {
    let (mut ledgers, mut recorded) = two();
    ledgers[2].over = None;
    ledgers[3].over = None;
    assert_eq!(in_record(&ledgers, &recorded), []);
    recorded.history.games.pop();
    assert_eq!(in_record(&ledgers, &recorded), []);
}

/// Two ledgers of the same player, and one of an opponent in a game that the player was never told
/// of, from second 20 to second 30. The player played from second 0 to `until`, and wanted another
/// game from second 15 on, if it did.
fn never_told(until: u64, wants: bool) -> Vec<Class> {
    let [mut a, mut b] = honest();
    let [_, mut d] = another(&a);
    let start = a.sent[0];
    for ledger in [&mut a, &mut b] {
        ledger.started_at = Some(start);
        ledger.over_at = Some(at(start, until));
    }
    (d.started_at, d.over_at) = (Some(at(start, 20)), Some(at(start, 30)));
    let mut last = Ledger::new(a.player, "Ada".to_owned());
    last.odd_one_out = true;
    last.wanted.extend(wants.then_some(Wanted { from: at(start, 15), to: None }));
    classes(&[a, b, last, d], &TERMS).0
}

#[test]
fn a_game_that_the_opponent_was_never_told_of_is_judged_by_what_the_opponent_did_meanwhile() {
    assert_eq!(never_told(10, true), [Class::Mismatch]);
    assert_eq!(never_told(10, false), [Class::Unasked]);
    assert_eq!(never_told(25, false), [Class::MatchedTwice]);
}

#[test]
fn only_the_odd_one_out_may_go_without_a_game() {
    let mut ledger = Ledger::new(PlayerId::random(), "Ada".to_owned());
    assert_eq!(classes(std::slice::from_ref(&ledger), &TERMS).0, [Class::Stuck]);
    ledger.odd_one_out = true;
    assert_eq!(classes(&[ledger], &TERMS).0, []);
}
