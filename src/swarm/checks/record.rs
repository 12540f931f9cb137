//! A player's games against what was recorded: history, totals and leaderboards.

use std::collections::{HashMap, HashSet};

use super::super::ledger::{Ledger, Place};
use super::super::rest::{Board, Entry, History, Line, Totals};
use super::super::verdict::{Class, Fault};
use super::super::wire::GameOver;
use crate::ids::{PlayerId, RoomId};

/// What the server has recorded of a player.
#[derive(Debug)]
pub(in super::super) struct Recorded {
    pub(in super::super) history: History,
    pub(in super::super) totals: Totals,
    /// The leaderboards with their names.
    pub(in super::super) boards: Vec<(&'static str, Board)>,
}

/// A game that has ended, as one of its players knows it; or as the opponent does, if only that one
/// was told.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Played<'a> {
    place: Place,
    over: &'a GameOver,
}

/// All games of one player, by its own account and its opponents'.
#[derive(Debug, Default)]
pub(in super::super) struct Account<'a> {
    /// Those that have ended: a game whose end was told to one of its players has ended for both.
    played: Vec<Played<'a>>,
    /// Those of which nobody was told the end: they may have one.
    open: HashSet<RoomId>,
}

impl Account<'_> {
    /// Whether none of the player's games has ended.
    pub(in super::super) fn is_empty(&self) -> bool {
        self.played.is_empty()
    }

    /// Whether this game has ended.
    pub(in super::super) fn has_ended(&self, room: RoomId) -> bool {
        self.played.iter().any(|game| game.place.room == room)
    }

    /// The games that have ended, and who else played them.
    pub(in super::super) fn opponents(&self) -> impl Iterator<Item = (RoomId, PlayerId)> {
        self.played.iter().map(|game| (game.place.room, game.place.opponent))
    }
}

/// The account of every player.
pub(in super::super) fn accounts<'a>(
    ledgers: impl Iterator<Item = &'a Ledger>,
) -> HashMap<PlayerId, Account<'a>> {
    let mut games: HashMap<(PlayerId, RoomId), Option<Played<'_>>> = HashMap::new();
    for (player, place, over) in ledgers.filter_map(|l| Some((l.player, l.place?, l.over.as_ref())))
    {
        let Place { room, seat, opponent } = place;
        let theirs = Place { room, seat: seat.other(), opponent: player };
        // What a player was told itself comes first.
        let own = games.entry((player, room)).or_default();
        *own = over.map(|over| Played { place, over }).or(*own);
        let other = games.entry((opponent, room)).or_default();
        *other = other.or(over.map(|over| Played { place: theirs, over }));
    }
    let mut accounts: HashMap<PlayerId, Account<'_>> = HashMap::new();
    for ((player, room), game) in games {
        let account = accounts.entry(player).or_default();
        match game {
            Some(game) => account.played.push(game),
            None => drop(account.open.insert(room)),
        }
    }
    accounts
}

/// Whether all results are there, in every place where they are to appear.
pub(in super::super) fn has_arrived(account: &Account<'_>, recorded: &Recorded) -> bool {
    let played = &account.played;
    let ranked = played.iter().filter(|game| game.over.reason != "void").count() as u64;
    let listed = |(_, board): &(_, Board)| board.me.as_ref().is_some_and(|me| me.games >= ranked);
    recorded.history.games.len() >= played.len()
        && recorded.totals.games >= ranked
        && (ranked == 0 || recorded.boards.iter().all(listed))
}

/// What is wrong with the record of a player, and in which game.
pub(in super::super) fn check_record(
    player: PlayerId,
    account: &Account<'_>,
    recorded: &Recorded,
) -> Vec<(Option<RoomId>, Fault)> {
    let mut faults = Vec::new();
    for game in &account.played {
        let room = game.place.room;
        faults.extend(in_history(player, game, recorded).map(|fault| (Some(room), fault)));
    }
    let is_known = |room: RoomId| account.has_ended(room) || account.open.contains(&room);
    let strange = recorded.history.games.iter().filter(|entry| !is_known(entry.game_id));
    faults.extend(strange.map(|entry| {
        let text = format!("the history has a game that was not played: {entry:?}");
        (Some(entry.game_id), Fault::new(Class::Mismatch, text))
    }));
    // Whether a game counts of which nobody was told the end, nobody can say.
    if account.open.is_empty() {
        let sums = sums(player, totals(player, &account.played), recorded);
        faults.extend(sums.into_iter().map(|fault| (None, fault)));
    }
    faults
}

fn sums(player: PlayerId, expected: Totals, recorded: &Recorded) -> Vec<Fault> {
    let totals = same_totals("the totals", expected, recorded.totals).into_iter();
    let boards = recorded.boards.iter();
    totals.chain(boards.flat_map(|(name, board)| on_board(name, board, player, expected))).collect()
}

fn in_history(player: PlayerId, game: &Played<'_>, recorded: &Recorded) -> Option<Fault> {
    let entries = recorded.history.games.iter();
    let mine: Vec<&Entry> = entries.filter(|entry| entry.game_id == game.place.room).collect();
    match mine.as_slice() {
        [] => Some(Fault::new(Class::NotRecorded, "the game is not in the history")),
        [entry] => same_result(player, game, entry),
        several => {
            let text = format!("the game is {} times in the history", several.len());
            Some(Fault::new(Class::RecordedTwice, text))
        }
    }
}

/// Whether the records of both players of a game tell the same.
pub(in super::super) fn check_pair(room: RoomId, a: &Recorded, b: &Recorded) -> Option<Fault> {
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

fn totals(player: PlayerId, played: &[Played<'_>]) -> Totals {
    let mut totals = Totals { points: 0, games: 0, wins: 0, draws: 0 };
    for Played { place, over } in played.iter().filter(|game| game.over.reason != "void") {
        totals.points += over.points(place.seat);
        totals.games += 1;
        totals.wins += u64::from(over.winner == player.to_string());
        totals.draws += u64::from(over.winner == "draw");
    }
    totals
}

fn same_result(player: PlayerId, game: &Played<'_>, entry: &Entry) -> Option<Fault> {
    let Played { place, over } = game;
    let result = match over.winner.as_str() {
        _ if over.reason == "void" => "void",
        "draw" => "draw",
        winner if winner == player.to_string() => "win",
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

fn on_board(name: &str, board: &Board, player: PlayerId, expected: Totals) -> Vec<Fault> {
    let mut faults = Vec::new();
    let lines = board.entries.iter().filter(|line| line.player.id == player);
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
