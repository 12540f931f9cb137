//! The contract of the results: what every side of [`Results`] must do.
//!
//! Each promise is a function of the port, so that a new side runs all of them with one line.

use futures_util::future::join_all;

use super::{
    Board, FinishedGame, FinishedSeat, HistoryEntry, LeaderboardPage, Outcome, Ranked, Recorded,
    Results, ResultsError, Totals,
};
use crate::ids::{BySeat, PlayerId, RoomId, Seat, Strength};
use crate::protocol::Reason;

/// Makes a test of every promise for one side.
macro_rules! contract {
    ($side:expr, $($promise:ident),+ $(,)?) => {
        $(
            #[tokio::test]
            async fn $promise() {
                crate::results::contract::$promise(&$side).await;
            }
        )+
    };
    ($side:expr) => {
        crate::results::contract::contract!(
            $side,
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
            boards_rank_by_points,
            ties_go_to_who_got_there_first,
            a_game_recorded_late_counts_when_it_ended,
            the_week_is_the_iso_week_in_utc,
            who_has_no_ranked_game_has_no_place,
            ones_own_place_is_found_below_the_top,
            boards_show_players_as_in_their_newest_game,
        );
    };
}
pub(crate) use contract;

/// A Wednesday: 2026-11-18T12:00:00Z.
const WEDNESDAY: u64 = 1_795_003_200_000;
const DAY: u64 = 24 * 60 * 60 * 1000;

fn at_seat(player: PlayerId, points: u64) -> FinishedSeat {
    let name = format!("name of {player}");
    FinishedSeat { player, name, picture: None, bot: None, points, clicks: 3 }
}

/// A game between two, won by who has more points.
fn game(ended_at: u64, p1: (PlayerId, u64), p2: (PlayerId, u64)) -> FinishedGame {
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

async fn board(results: &dyn Results, board: Board, now: u64) -> Vec<(u64, PlayerId, u64)> {
    let page = results.leaderboard(board, now, 100, None).await.unwrap();
    page.entries.iter().map(|ranked| (ranked.rank, ranked.player.id, ranked.points)).collect()
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
    assert_eq!(board(results, Board::All, WEDNESDAY).await, [(1, anna, 10), (2, ben, 5)]);
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
    assert_eq!(board(results, Board::All, WEDNESDAY).await, []);
    assert_eq!(board(results, Board::Week, WEDNESDAY).await, []);
}

pub(crate) async fn practice_games_are_history_and_count_nothing(results: &dyn Results) {
    let anna = PlayerId::random();
    record(results, &practice(WEDNESDAY, anna, 9)).await;
    let entry = &all_history(results, anna).await[0];
    assert_eq!((entry.result, entry.practice), (Outcome::Win, Some(Strength::Hard)));
    assert_eq!(totals(results, anna).await, Totals::default());
    assert_eq!(board(results, Board::All, WEDNESDAY).await, []);
    let page = results.leaderboard(Board::Week, WEDNESDAY, 10, Some(anna)).await.unwrap();
    assert_eq!(page.me, None);
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

pub(crate) async fn boards_rank_by_points(results: &dyn Results) {
    let players: Vec<_> = (0..4).map(|_| PlayerId::random()).collect();
    record(results, &game(WEDNESDAY, (players[0], 10), (players[1], 30))).await;
    record(results, &game(WEDNESDAY, (players[2], 20), (players[3], 5))).await;
    record(results, &game(WEDNESDAY, (players[0], 15), (players[3], 0))).await;
    let expected =
        [(1, players[1], 30), (2, players[0], 25), (3, players[2], 20), (4, players[3], 5)];
    assert_eq!(board(results, Board::All, WEDNESDAY).await, expected);
    assert_eq!(board(results, Board::Week, WEDNESDAY).await, expected);
    let top = results.leaderboard(Board::All, WEDNESDAY, 2, None).await.unwrap();
    assert_eq!((top.board, top.entries.len(), top.me), (Board::All, 2, None));
    assert_eq!((top.entries[1].games, top.entries[1].wins), (2, 1));
}

pub(crate) async fn ties_go_to_who_got_there_first(results: &dyn Results) {
    let (anna, ben, carl) = (PlayerId::random(), PlayerId::random(), PlayerId::random());
    let other = || (PlayerId::random(), 0);
    record(results, &game(WEDNESDAY, (anna, 10), other())).await;
    record(results, &game(WEDNESDAY + 1, (ben, 20), other())).await;
    record(results, &game(WEDNESDAY + 2, (carl, 15), other())).await;
    record(results, &game(WEDNESDAY + 3, (anna, 10), other())).await;
    record(results, &game(WEDNESDAY + 4, (carl, 5), other())).await;
    // A game without points reaches nothing.
    record(results, &game(WEDNESDAY + 5, (ben, 0), (PlayerId::random(), 1))).await;
    for kind in [Board::All, Board::Week] {
        let top = board(results, kind, WEDNESDAY).await;
        assert_eq!(top[..3], [(1, ben, 20), (2, anna, 20), (3, carl, 20)]);
    }
    let me = results.leaderboard(Board::All, WEDNESDAY, 1, Some(carl)).await.unwrap().me;
    assert_eq!(me.map(|ranked| ranked.rank), Some(3));
}

pub(crate) async fn a_game_recorded_late_counts_when_it_ended(results: &dyn Results) {
    let (anna, ben) = (PlayerId::random(), PlayerId::random());
    let other = || (PlayerId::random(), 0);
    record(results, &game(WEDNESDAY + 10, (anna, 10), other())).await;
    record(results, &game(WEDNESDAY + 15, (ben, 20), other())).await;
    record(results, &game(WEDNESDAY, (anna, 10), other())).await;
    let top = board(results, Board::All, WEDNESDAY).await;
    assert_eq!(top[..2], [(1, anna, 20), (2, ben, 20)]);
    let history = all_history(results, anna).await;
    assert!(history[0].ended_at > history[1].ended_at);
}

pub(crate) async fn the_week_is_the_iso_week_in_utc(results: &dyn Results) {
    let (anna, ben) = (PlayerId::random(), PlayerId::random());
    let sunday_night = WEDNESDAY + 4 * DAY + DAY / 2 - 1;
    let monday = sunday_night + 1;
    record(results, &game(sunday_night, (anna, 10), (ben, 5))).await;
    record(results, &game(monday, (anna, 1), (ben, 7))).await;
    let this_week = [(1, anna, 10), (2, ben, 5)];
    assert_eq!(board(results, Board::Week, WEDNESDAY).await, this_week);
    assert_eq!(board(results, Board::Week, sunday_night).await, this_week);
    assert_eq!(board(results, Board::Week, monday).await, [(1, ben, 7), (2, anna, 1)]);
    assert_eq!(board(results, Board::Week, monday + 7 * DAY).await, []);
    assert_eq!(board(results, Board::All, monday).await, [(1, ben, 12), (2, anna, 11)]);
}

pub(crate) async fn who_has_no_ranked_game_has_no_place(results: &dyn Results) {
    let (anna, ben) = (PlayerId::random(), PlayerId::random());
    record(results, &game(WEDNESDAY, (anna, 3), (ben, 0))).await;
    let place = async |kind, now, player| {
        let page = results.leaderboard(kind, now, 10, Some(player)).await.unwrap();
        page.me.map(|ranked| (ranked.rank, ranked.points))
    };
    assert_eq!(place(Board::All, WEDNESDAY, PlayerId::random()).await, None);
    assert_eq!(place(Board::All, WEDNESDAY, ben).await, Some((2, 0)));
    assert_eq!(place(Board::Week, WEDNESDAY, anna).await, Some((1, 3)));
    assert_eq!(place(Board::Week, WEDNESDAY + 7 * DAY, anna).await, None);
}

pub(crate) async fn ones_own_place_is_found_below_the_top(results: &dyn Results) {
    let mut players = Vec::new();
    for n in 0..6 {
        let pair = [PlayerId::random(), PlayerId::random()];
        record(results, &game(WEDNESDAY + n, (pair[0], 10), (pair[1], n))).await;
        players.extend(pair);
    }
    let all = results.leaderboard(Board::All, WEDNESDAY, 100, None).await.unwrap().entries;
    assert_eq!(all.len(), 12);
    for (expected, limit) in all.iter().zip([1, 2, 3].into_iter().cycle()) {
        let me = Some(expected.player.id);
        let page: LeaderboardPage =
            results.leaderboard(Board::All, WEDNESDAY, limit, me).await.unwrap();
        assert_eq!(page.me.as_ref(), Some(expected));
        assert_eq!(page.entries[..], all[..limit]);
    }
}

pub(crate) async fn boards_show_players_as_in_their_newest_game(results: &dyn Results) {
    let anna = PlayerId::random();
    let named = |ended_at, name: &str| {
        let mut game = game(ended_at, (anna, 10), (PlayerId::random(), 1));
        game.seats.p1.name = name.to_owned();
        game.seats.p1.picture = Some(format!("https://pictures.example/{name}"));
        game
    };
    record(results, &named(WEDNESDAY + 2, "new")).await;
    record(results, &named(WEDNESDAY + 1, "old")).await;
    let top = results.leaderboard(Board::All, WEDNESDAY, 1, None).await.unwrap().entries;
    let Ranked { player, points, .. } = &top[0];
    assert_eq!((player.name.as_str(), *points), ("new", 20));
    assert_eq!(player.picture.as_deref(), Some("https://pictures.example/new"));
}
