//! One ledger against what was recorded: history, totals and leaderboards.

use super::super::ledger::{Ledger, Place};
use super::super::rest::{Board, Entry, History, Line, Me, Totals};
use super::super::verdict::{Class, Fault};
use super::super::wire::GameOver;

/// What the server has recorded of a player.
#[derive(Debug)]
pub(in super::super) struct Recorded {
    pub(in super::super) history: History,
    pub(in super::super) me: Me,
    /// The leaderboards with their names.
    pub(in super::super) boards: Vec<(&'static str, Board)>,
}

/// Whether the result is there, in every place where it is to appear.
pub(in super::super) fn has_arrived(recorded: &Recorded) -> bool {
    let listed = |(_, board): &(_, Board)| board.me.is_some();
    let ranked = recorded.history.games.first().is_some_and(|game| game.reason != "void");
    !recorded.history.games.is_empty()
        && (!ranked || recorded.me.totals.games > 0 && recorded.boards.iter().all(listed))
}

/// What is wrong with the record of a player who has played this one game. A player who was never
/// told its end is judged by the number of records alone.
pub(in super::super) fn check_record(ledger: &Ledger, recorded: &Recorded) -> Vec<Fault> {
    let Some(place) = ledger.place else { return Vec::new() };
    let mine: Vec<&Entry> =
        recorded.history.games.iter().filter(|game| game.game_id == place.room).collect();
    let mut faults = Vec::new();
    match mine.as_slice() {
        [] => {
            let text = "the game is not in the history".to_owned();
            return vec![Fault::new(Class::NotRecorded, text)];
        }
        [entry] => {
            let over = ledger.over.as_ref();
            faults.extend(over.and_then(|over| same_result(ledger, over, place, entry)));
        }
        several => {
            let text = format!("the game is {} times in the history", several.len());
            faults.push(Fault::new(Class::RecordedTwice, text));
        }
    }
    if recorded.history.games.len() > mine.len() {
        let text = "the history of a fresh player has other games".to_owned();
        faults.push(Fault::new(Class::Mismatch, text));
    }
    if let Some(over) = &ledger.over {
        let expected = totals(ledger, over, place);
        faults.extend(same_totals("the totals", expected, recorded.me.totals));
        for (name, board) in &recorded.boards {
            faults.extend(on_board(name, board, ledger, expected));
        }
    }
    faults
}

/// Whether the records of both players of a game tell the same.
pub(in super::super) fn check_pair(own: &Ledger, a: &Recorded, b: &Recorded) -> Option<Fault> {
    let room = own.place?.room;
    let of = |recorded: &Recorded| {
        recorded.history.games.iter().find(|game| game.game_id == room).cloned()
    };
    let (a, b) = (of(a)?, of(b)?);
    let opposite = match a.result.as_str() {
        "win" => "loss",
        "loss" => "win",
        same => same,
    };
    let same = b.result == opposite
        && a.reason == b.reason
        && (a.points, a.opponent_points) == (b.opponent_points, b.points)
        && (a.clicks, a.opponent_clicks) == (b.opponent_clicks, b.clicks);
    let text = || format!("the history says {a:?}, the opponent's {b:?}");
    (!same).then(|| Fault::new(Class::Mismatch, text()))
}

fn totals(ledger: &Ledger, over: &GameOver, place: Place) -> Totals {
    if over.reason == "void" {
        return Totals { points: 0, games: 0, wins: 0, draws: 0 };
    }
    Totals {
        points: over.points(place.seat),
        games: 1,
        wins: u64::from(over.winner == ledger.player.to_string()),
        draws: u64::from(over.winner == "draw"),
    }
}

fn same_result(ledger: &Ledger, over: &GameOver, place: Place, entry: &Entry) -> Option<Fault> {
    let result = match over.winner.as_str() {
        _ if over.reason == "void" => "void",
        "draw" => "draw",
        winner if winner == ledger.player.to_string() => "win",
        _ => "loss",
    };
    let (seat, other) = (place.seat, place.seat.other());
    let same = entry.result == result
        && entry.reason == over.reason
        && (entry.points, entry.opponent_points) == (over.points(seat), over.points(other))
        && (entry.clicks, entry.opponent_clicks) == (over.clicks(seat), over.clicks(other))
        && entry.opponent.id == place.opponent;
    let text = || format!("the history says {entry:?}, the player was told {over:?}");
    (!same).then(|| Fault::new(Class::Mismatch, text()))
}

fn same_totals(what: &str, expected: Totals, found: Totals) -> Option<Fault> {
    if found == expected {
        return None;
    }
    let text = format!("{what}: {found:?} instead of {expected:?}");
    let class = match found.games.cmp(&expected.games) {
        std::cmp::Ordering::Less => Class::NotRecorded,
        std::cmp::Ordering::Greater => Class::RecordedTwice,
        std::cmp::Ordering::Equal => Class::Mismatch,
    };
    Some(Fault::new(class, text))
}

fn on_board(name: &str, board: &Board, ledger: &Ledger, expected: Totals) -> Vec<Fault> {
    let mut faults = Vec::new();
    let lines = board.entries.iter().filter(|line| line.player.id == ledger.player);
    let own: Vec<&Line> = lines.chain(&board.me).collect();
    if own.is_empty() && expected.games > 0 {
        let text = format!("missing on the leaderboard {name}");
        faults.push(Fault::new(Class::NotRecorded, text));
    }
    for line in own {
        // The board does not show draws.
        let Line { points, games, wins, .. } = *line;
        let found = Totals { points, games, wins, draws: expected.draws };
        faults.extend(same_totals(&format!("leaderboard {name}"), expected, found));
    }
    if let Some(pair) = board.entries.windows(2).find(|p| !in_order(&p[0], &p[1])) {
        let text = format!("leaderboard {name} is out of order: {pair:?}");
        faults.push(Fault::new(Class::Mismatch, text));
    }
    faults
}

fn in_order(upper: &Line, lower: &Line) -> bool {
    upper.points >= lower.points && upper.rank < lower.rank
}
