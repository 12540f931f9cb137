//! The contract of the results: what every side of [`Results`] must do.
//!
//! Each promise is a function of the port, so that a new side runs all of them with one line.

use futures_util::future::join_all;

use super::{
    FinishedGame, FinishedSeat, HistoryEntry, Outcome, Recorded, Results, ResultsError, Totals,
};
use crate::games::Rhythm;
use crate::ids::{BySeat, PlayerId, RoomId, Seat, Strength};
use crate::protocol::Reason;

macro_rules! promise {
    ([$($attribute:tt)+] $side:expr, $promise:ident) => {
        $($attribute)+
        async fn $promise() {
            crate::results::contract::$promise(&$side).await;
        }
    };
}
pub(crate) use promise;

/// Makes a test of every promise for one side.
macro_rules! contract {
    ($attributes:tt $side:expr, $($promise:ident),+ $(,)?) => {
        $(crate::results::contract::promise!($attributes $side, $promise);)+
    };
    ($attributes:tt $side:expr) => {
        crate::results::contract::contract!(
            $attributes $side,
            a_game_is_recorded_once,
            a_game_recorded_by_many_at_once_is_new_once,
            totals_add_up,
            a_draw_is_nobodys_win,
            void_games_are_history_and_count_nothing,
            practice_games_are_history_and_count_nothing,
            a_bot_has_no_history,
            history_shows_the_game_from_both_sides,
            history_is_newest_first_in_pages,
            pages_do_not_shift_when_games_are_added,
            games_that_ended_at_once_are_all_in_the_history,
            a_cursor_that_nobody_gave_out_is_refused,
            a_game_that_has_begun_is_known_until_it_is_recorded,
            how_regular_ones_own_inputs_were_is_kept,
        );
    };
}
pub(crate) use contract;

/// A Wednesday: 2026-11-18T12:00:00Z.
pub(crate) const WEDNESDAY: u64 = 1_795_003_200_000;
pub(crate) const DAY: u64 = 24 * 60 * 60 * 1000;

fn at_seat(player: PlayerId, points: u64) -> FinishedSeat {
    let name = format!("name of {player}");
    FinishedSeat { player, name, picture: None, bot: None, points, clicks: 3, rhythm: None }
}

/// A game between two, won by who has more points.
pub(crate) fn game(ended_at: u64, p1: (PlayerId, u64), p2: (PlayerId, u64)) -> FinishedGame {
    FinishedGame {
        game_id: RoomId::random(),
        game: "cookie".to_owned(),
        ended_at,
        reason: Reason::Time,
        winner: match p1.1.cmp(&p2.1) {
            std::cmp::Ordering::Greater => Some(Seat::P1),
            std::cmp::Ordering::Equal => None,
            std::cmp::Ordering::Less => Some(Seat::P2),
        },
        seats: BySeat { p1: at_seat(p1.0, p1.1), p2: at_seat(p2.0, p2.1) },
    }
}

fn practice(ended_at: u64, player: PlayerId, points: u64) -> FinishedGame {
    let mut game = game(ended_at, (player, points), (PlayerId::random(), 1));
    game.seats.p2.bot = Some(Strength::Hard);
    game
}

async fn record(results: &dyn Results, game: &FinishedGame) {
    assert_eq!(results.record(game.clone()).await.unwrap(), Recorded::New);
}

async fn totals(results: &dyn Results, player: PlayerId) -> Totals {
    results.totals(player).await.unwrap()
}

async fn all_history(results: &dyn Results, player: PlayerId) -> Vec<HistoryEntry> {
    let page = results.history(player, None, 100).await.unwrap();
    assert_eq!(page.next, None);
    page.games
}

pub(crate) async fn a_game_is_recorded_once(results: &dyn Results) {
    let (anna, ben) = (PlayerId::random(), PlayerId::random());
    let game = game(WEDNESDAY, (anna, 10), (ben, 5));
    record(results, &game).await;
    assert_eq!(results.record(game.clone()).await.unwrap(), Recorded::Already);
    let changed = FinishedGame { ended_at: WEDNESDAY + DAY, ..game };
    assert_eq!(results.record(changed).await.unwrap(), Recorded::Already);
    assert_eq!(totals(results, anna).await.points, 10);
    assert_eq!(all_history(results, anna).await.len(), 1);
}

pub(crate) async fn a_game_recorded_by_many_at_once_is_new_once(results: &dyn Results) {
    let anna = PlayerId::random();
    let game = game(WEDNESDAY, (anna, 10), (PlayerId::random(), 5));
    let answers = join_all((0..8).map(|_| results.record(game.clone()))).await;
    let new = answers.iter().filter(|answer| matches!(answer, Ok(Recorded::New)));
    assert_eq!(new.count(), 1);
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(totals(results, anna).await.games, 1);
}

pub(crate) async fn totals_add_up(results: &dyn Results) {
    let (anna, ben) = (PlayerId::random(), PlayerId::random());
    assert_eq!(totals(results, anna).await, Totals::default());
    record(results, &game(WEDNESDAY, (anna, 10), (ben, 5))).await;
    record(results, &game(WEDNESDAY + DAY, (ben, 8), (anna, 7))).await;
    record(results, &game(WEDNESDAY + 2 * DAY, (anna, 4), (ben, 4))).await;
    let expected = |points| Totals { points, games: 3, wins: 1, draws: 1 };
    assert_eq!(totals(results, anna).await, expected(21));
    assert_eq!(totals(results, ben).await, expected(17));
}

pub(crate) async fn a_draw_is_nobodys_win(results: &dyn Results) {
    let (anna, ben) = (PlayerId::random(), PlayerId::random());
    record(results, &game(WEDNESDAY, (anna, 4), (ben, 4))).await;
    for player in [anna, ben] {
        let expected = Totals { points: 4, games: 1, wins: 0, draws: 1 };
        assert_eq!(totals(results, player).await, expected);
        assert_eq!(all_history(results, player).await[0].result, Outcome::Draw);
    }
}

pub(crate) async fn void_games_are_history_and_count_nothing(results: &dyn Results) {
    let (anna, ben) = (PlayerId::random(), PlayerId::random());
    let mut void = game(WEDNESDAY, (anna, 9), (ben, 5));
    (void.reason, void.winner) = (Reason::Void, None);
    record(results, &void).await;
    let entry = &all_history(results, anna).await[0];
    assert_eq!((entry.result, entry.reason, entry.points), (Outcome::Void, Reason::Void, 9));
    assert_eq!(totals(results, anna).await, Totals::default());
    assert_eq!(results.standings(vec![anna, ben], WEDNESDAY).await.unwrap(), []);
}

pub(crate) async fn practice_games_are_history_and_count_nothing(results: &dyn Results) {
    let anna = PlayerId::random();
    record(results, &practice(WEDNESDAY, anna, 9)).await;
    let entry = &all_history(results, anna).await[0];
    assert_eq!((entry.result, entry.practice), (Outcome::Win, Some(Strength::Hard)));
    assert_eq!(totals(results, anna).await, Totals::default());
    assert_eq!(results.standings(vec![anna], WEDNESDAY).await.unwrap(), []);
}

pub(crate) async fn a_bot_has_no_history(results: &dyn Results) {
    let game = practice(WEDNESDAY, PlayerId::random(), 9);
    record(results, &game).await;
    assert_eq!(all_history(results, game.seats.p2.player).await, []);
}

pub(crate) async fn history_shows_the_game_from_both_sides(results: &dyn Results) {
    let (anna, ben) = (PlayerId::random(), PlayerId::random());
    let mut game = game(WEDNESDAY + 123, (anna, 3), (ben, 5));
    game.reason = Reason::OpponentDisconnected;
    game.seats.p1.name = "Anna".to_owned();
    game.seats.p1.picture = Some("https://pictures.example/anna".to_owned());
    game.seats.p2.clicks = 4;
    record(results, &game).await;

    let of_anna = &all_history(results, anna).await[0];
    assert_eq!((of_anna.game_id, of_anna.game.as_str()), (game.game_id, "cookie"));
    assert_eq!(of_anna.ended_at, "2026-11-18T12:00:00.123Z");
    assert_eq!((of_anna.result, of_anna.reason), (Outcome::Loss, Reason::OpponentDisconnected));
    assert_eq!((of_anna.points, of_anna.opponent_points), (3, 5));
    assert_eq!((of_anna.clicks, of_anna.opponent_clicks), (3, 4));
    assert_eq!((of_anna.opponent.id, of_anna.practice), (ben, None));

    let of_ben = &all_history(results, ben).await[0];
    assert_eq!((of_ben.result, of_ben.points, of_ben.opponent_points), (Outcome::Win, 5, 3));
    assert_eq!((of_ben.clicks, of_ben.opponent_clicks), (4, 3));
    assert_eq!(of_ben.opponent.name, "Anna");
    assert_eq!(of_ben.opponent.picture, game.seats.p1.picture);
}

/// Reads a whole history in pages of so many games.
async fn in_pages(results: &dyn Results, player: PlayerId, limit: usize) -> Vec<Vec<RoomId>> {
    let (mut pages, mut cursor) = (Vec::new(), None);
    loop {
        let page = results.history(player, cursor, limit).await.unwrap();
        pages.push(page.games.iter().map(|entry| entry.game_id).collect());
        cursor = page.next;
        if cursor.is_none() || pages.len() > 20 {
            return pages;
        }
    }
}

pub(crate) async fn history_is_newest_first_in_pages(results: &dyn Results) {
    let (anna, ben) = (PlayerId::random(), PlayerId::random());
    let mut games = Vec::new();
    for day in [2, 0, 4, 1, 3] {
        let game = game(WEDNESDAY + day * DAY, (anna, day), (ben, 1));
        record(results, &game).await;
        games.push((game.ended_at, game.game_id));
    }
    record(results, &game(WEDNESDAY, (ben, 1), (PlayerId::random(), 2))).await;
    games.sort_by_key(|(ended_at, _)| std::cmp::Reverse(*ended_at));
    let ids: Vec<RoomId> = games.into_iter().map(|(_, id)| id).collect();
    assert_eq!(in_pages(results, anna, 2).await, [&ids[..2], &ids[2..4], &ids[4..]]);
    assert_eq!(in_pages(results, anna, 5).await, [&ids[..]]);
    let stranger = results.history(PlayerId::random(), None, 5).await.unwrap();
    assert_eq!((stranger.games, stranger.next), (vec![], None));
}

pub(crate) async fn pages_do_not_shift_when_games_are_added(results: &dyn Results) {
    let anna = PlayerId::random();
    let mut games = Vec::new();
    for day in 0..4 {
        let game = game(WEDNESDAY + day * DAY, (anna, 1), (PlayerId::random(), 2));
        record(results, &game).await;
        games.insert(0, game.game_id);
    }
    let first = results.history(anna, None, 2).await.unwrap();
    record(results, &game(WEDNESDAY + 9 * DAY, (anna, 1), (PlayerId::random(), 2))).await;
    let second = results.history(anna, first.next, 2).await.unwrap();
    let ids: Vec<_> = second.games.iter().map(|entry| entry.game_id).collect();
    assert_eq!(ids, games[2..]);
    assert_eq!(second.next, None);
}

pub(crate) async fn games_that_ended_at_once_are_all_in_the_history(results: &dyn Results) {
    let anna = PlayerId::random();
    let mut games = Vec::new();
    for _ in 0..5 {
        let game = game(WEDNESDAY, (anna, 1), (PlayerId::random(), 2));
        record(results, &game).await;
        games.push(game.game_id);
    }
    let mut seen = in_pages(results, anna, 2).await.concat();
    seen.sort();
    games.sort();
    assert_eq!(seen, games);
}

pub(crate) async fn a_cursor_that_nobody_gave_out_is_refused(results: &dyn Results) {
    let (anna, ben) = (PlayerId::random(), PlayerId::random());
    for _ in 0..2 {
        record(results, &game(WEDNESDAY, (anna, 1), (ben, 2))).await;
    }
    let good = results.history(anna, None, 1).await.unwrap().next.expect("a second page");
    let cut_off = good[..good.len() - 2].to_owned();
    for bad in [String::new(), "%".to_owned(), "AAAA".to_owned(), cut_off, format!("x{good}")] {
        let answer = results.history(anna, Some(bad), 1).await;
        assert!(matches!(answer, Err(ResultsError::BadCursor)));
    }
    let of_another = results.history(ben, Some(good.clone()), 1).await;
    assert!(matches!(of_another, Err(ResultsError::BadCursor)));
    assert_eq!(results.history(anna, Some(good), 1).await.unwrap().games.len(), 1);
}

pub(crate) async fn a_game_that_has_begun_is_known_until_it_is_recorded(results: &dyn Results) {
    let (anna, ben) = (PlayerId::random(), PlayerId::random());
    let mut games: Vec<_> = (0..3).map(|n| game(WEDNESDAY + n, (anna, 0), (ben, 0))).collect();
    for begun in &mut games {
        (begun.reason, begun.winner) = (Reason::Void, None);
        results.note_begun(begun.clone()).await.unwrap();
        results.note_begun(begun.clone()).await.unwrap();
    }
    let unfinished = async |before| results.unfinished(0..before, 10).await.unwrap();
    assert_eq!(unfinished(WEDNESDAY + 2).await, games[..2]);
    assert_eq!(results.unfinished(0..WEDNESDAY + 9, 1).await.unwrap(), games[..1]);
    let later = games[0].ended_at + 1..WEDNESDAY + 9;
    assert_eq!(results.unfinished(later, 1).await.unwrap(), games[1..2]);
    assert_eq!(results.unfinished(5..5, 1).await.unwrap(), []);
    assert_eq!(all_history(results, anna).await, [], "nobody sees them yet");

    let mut won = games[0].clone();
    (won.reason, won.winner) = (Reason::Time, Some(Seat::P1));
    record(results, &won).await;
    record(results, &games[1]).await;
    assert_eq!(unfinished(WEDNESDAY + 9).await, games[2..]);
    // A note that comes late is gone when it is tried to act on it.
    results.note_begun(games[0].clone()).await.unwrap();
    assert_eq!(results.record(games[0].clone()).await.unwrap(), Recorded::Already);
    assert_eq!(unfinished(WEDNESDAY + 9).await, games[2..]);
}

pub(crate) async fn how_regular_ones_own_inputs_were_is_kept(results: &dyn Results) {
    let (anna, ben) = (PlayerId::random(), PlayerId::random());
    let mut game = game(WEDNESDAY, (anna, 3), (ben, 5));
    let rhythm = Rhythm { intervals: 480_480_480, mean_ms: 100, spread_percent: 1, too_fast: 7 };
    game.seats.p1.rhythm = Some(rhythm);
    record(results, &game).await;
    let own = &all_history(results, anna).await[0];
    assert_eq!(own.rhythm, Some(rhythm));
    assert!(!serde_json::to_string(own).unwrap().contains("480480480"), "players are not told");
    assert_eq!(all_history(results, ben).await[0].rhythm, None);
}
