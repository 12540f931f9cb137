//! The contract of the leaderboards: what every side of [`Leaderboard`] must do, together with every
//! side of the results.

use std::sync::Arc;

use super::{Board, LeaderboardPage, Query, Ranked, Rebuildable, rebuild};
use crate::ids::{PlayerId, Strength};
use crate::protocol::Reason;
use crate::results::contract::{DAY, WEDNESDAY, game};
use crate::results::{FinishedGame, Recorded, Results};
use crate::wall_clock;

macro_rules! promise {
    ([$($attribute:tt)+] $sides:expr, $promise:ident) => {
        $($attribute)+
        async fn $promise() {
            crate::leaderboard::contract::$promise(&$sides).await;
        }
    };
}
pub(crate) use promise;

/// Makes a test of every promise for two sides.
macro_rules! contract {
    ($attributes:tt $sides:expr, $($promise:ident),+ $(,)?) => {
        $(crate::leaderboard::contract::promise!($attributes $sides, $promise);)+
    };
    ($attributes:tt $sides:expr) => {
        crate::leaderboard::contract::contract!(
            $attributes $sides,
            boards_rank_by_points,
            ties_go_to_who_got_there_first,
            a_game_recorded_late_counts_when_it_ended,
            the_week_is_the_iso_week_in_utc,
            who_has_no_ranked_game_has_no_place,
            ones_own_place_is_found_below_the_top,
            boards_show_players_as_in_their_newest_game,
            games_that_do_not_count_are_on_no_board,
            what_is_set_late_or_twice_changes_nothing,
            neighbours_are_shown_around_ones_own_place,
            a_board_that_came_back_empty_is_built_again,
            who_is_taken_off_is_on_no_board,
        );
    };
}
pub(crate) use contract;

/// Results, and the leaderboards that are fed from them.
pub(crate) struct Sides {
    pub(crate) results: Arc<dyn Results>,
    pub(crate) boards: Arc<dyn Rebuildable>,
}

impl Sides {
    /// As the recorder does it.
    async fn record(&self, game: &FinishedGame) {
        assert_eq!(self.results.record(game.clone()).await.unwrap(), Recorded::New);
        let players = game.people().collect();
        let standings = self.results.standings(players, game.ended_at).await.unwrap();
        self.boards.set(standings).await.unwrap();
    }

    async fn page(
        &self,
        board: Board,
        now: u64,
        limit: usize,
        me: Option<PlayerId>,
    ) -> LeaderboardPage {
        self.boards.page(Query { board, now, limit, me }).await.unwrap()
    }

    async fn board(&self, board: Board, now: u64) -> Vec<(u64, PlayerId, u64)> {
        let entries = self.page(board, now, 100, None).await.entries;
        entries.iter().map(|ranked| (ranked.rank, ranked.player.id, ranked.points)).collect()
    }
}

pub(crate) async fn boards_rank_by_points(sides: &Sides) {
    let players: Vec<_> = (0..4).map(|_| PlayerId::random()).collect();
    sides.record(&game(WEDNESDAY, (players[0], 10), (players[1], 30))).await;
    sides.record(&game(WEDNESDAY, (players[2], 20), (players[3], 5))).await;
    sides.record(&game(WEDNESDAY, (players[0], 15), (players[3], 0))).await;
    let expected =
        [(1, players[1], 30), (2, players[0], 25), (3, players[2], 20), (4, players[3], 5)];
    assert_eq!(sides.board(Board::All, WEDNESDAY).await, expected);
    assert_eq!(sides.board(Board::Week, WEDNESDAY).await, expected);
    let top = sides.page(Board::All, WEDNESDAY, 2, None).await;
    assert_eq!((top.board, top.entries.len(), top.me), (Board::All, 2, None));
    assert_eq!((top.entries[1].games, top.entries[1].wins), (2, 1));
}

pub(crate) async fn ties_go_to_who_got_there_first(sides: &Sides) {
    let (anna, ben, carl) = (PlayerId::random(), PlayerId::random(), PlayerId::random());
    let other = || (PlayerId::random(), 0);
    sides.record(&game(WEDNESDAY, (anna, 10), other())).await;
    sides.record(&game(WEDNESDAY + 1, (ben, 20), other())).await;
    sides.record(&game(WEDNESDAY + 2, (carl, 15), other())).await;
    sides.record(&game(WEDNESDAY + 3, (anna, 10), other())).await;
    sides.record(&game(WEDNESDAY + 4, (carl, 5), other())).await;
    // A game without points reaches nothing.
    sides.record(&game(WEDNESDAY + 5, (ben, 0), (PlayerId::random(), 1))).await;
    for kind in [Board::All, Board::Week] {
        let top = sides.board(kind, WEDNESDAY).await;
        assert_eq!(top[..3], [(1, ben, 20), (2, anna, 20), (3, carl, 20)]);
    }
    let me = sides.page(Board::All, WEDNESDAY, 1, Some(carl)).await.me;
    assert_eq!(me.map(|ranked| ranked.rank), Some(3));
}

pub(crate) async fn a_game_recorded_late_counts_when_it_ended(sides: &Sides) {
    let (anna, ben) = (PlayerId::random(), PlayerId::random());
    let other = || (PlayerId::random(), 0);
    sides.record(&game(WEDNESDAY + 10, (anna, 10), other())).await;
    sides.record(&game(WEDNESDAY + 15, (ben, 20), other())).await;
    sides.record(&game(WEDNESDAY, (anna, 10), other())).await;
    let top = sides.board(Board::All, WEDNESDAY).await;
    assert_eq!(top[..2], [(1, anna, 20), (2, ben, 20)]);
}

pub(crate) async fn the_week_is_the_iso_week_in_utc(sides: &Sides) {
    let (anna, ben) = (PlayerId::random(), PlayerId::random());
    let sunday_night = WEDNESDAY + 4 * DAY + DAY / 2 - 1;
    let monday = sunday_night + 1;
    sides.record(&game(sunday_night, (anna, 10), (ben, 5))).await;
    sides.record(&game(monday, (anna, 1), (ben, 7))).await;
    let this_week = [(1, anna, 10), (2, ben, 5)];
    assert_eq!(sides.board(Board::Week, WEDNESDAY).await, this_week);
    assert_eq!(sides.board(Board::Week, sunday_night).await, this_week);
    assert_eq!(sides.board(Board::Week, monday).await, [(1, ben, 7), (2, anna, 1)]);
    assert_eq!(sides.board(Board::Week, monday + 7 * DAY).await, []);
    assert_eq!(sides.board(Board::All, monday).await, [(1, ben, 12), (2, anna, 11)]);
}

pub(crate) async fn who_has_no_ranked_game_has_no_place(sides: &Sides) {
    let (anna, ben) = (PlayerId::random(), PlayerId::random());
    sides.record(&game(WEDNESDAY, (anna, 3), (ben, 0))).await;
    let place = async |kind, now, player| {
        let page = sides.page(kind, now, 10, Some(player)).await;
        page.me.map(|ranked| (ranked.rank, ranked.points))
    };
    assert_eq!(place(Board::All, WEDNESDAY, PlayerId::random()).await, None);
    assert_eq!(place(Board::All, WEDNESDAY, ben).await, Some((2, 0)));
    assert_eq!(place(Board::Week, WEDNESDAY, anna).await, Some((1, 3)));
    assert_eq!(place(Board::Week, WEDNESDAY + 7 * DAY, anna).await, None);
}

pub(crate) async fn ones_own_place_is_found_below_the_top(sides: &Sides) {
    let mut players = Vec::new();
    for n in 0..6 {
        let pair = [PlayerId::random(), PlayerId::random()];
        sides.record(&game(WEDNESDAY + n, (pair[0], 10), (pair[1], n))).await;
        players.extend(pair);
    }
    let all = sides.page(Board::All, WEDNESDAY, 100, None).await.entries;
    assert_eq!(all.len(), 12);
    for (expected, limit) in all.iter().zip([1, 2, 3].into_iter().cycle()) {
        let me = Some(expected.player.id);
        let page: LeaderboardPage = sides.page(Board::All, WEDNESDAY, limit, me).await;
        assert_eq!(page.me.as_ref(), Some(expected));
        assert_eq!(page.entries[..], all[..limit]);
    }
}

pub(crate) async fn boards_show_players_as_in_their_newest_game(sides: &Sides) {
    let anna = PlayerId::random();
    let named = |ended_at, name: &str| {
        let mut game = game(ended_at, (anna, 10), (PlayerId::random(), 1));
        game.seats.p1.name = name.to_owned();
        game.seats.p1.picture = Some(format!("https://pictures.example/{name}"));
        game
    };
    sides.record(&named(WEDNESDAY + 2, "new")).await;
    sides.record(&named(WEDNESDAY + 1, "old")).await;
    let top = sides.page(Board::All, WEDNESDAY, 1, None).await.entries;
    let Ranked { player, points, .. } = &top[0];
    assert_eq!((player.name.as_str(), *points), ("new", 20));
    assert_eq!(player.picture.as_deref(), Some("https://pictures.example/new"));
}

pub(crate) async fn games_that_do_not_count_are_on_no_board(sides: &Sides) {
    let (anna, ben) = (PlayerId::random(), PlayerId::random());
    let mut void = game(WEDNESDAY, (anna, 9), (ben, 5));
    (void.reason, void.winner) = (Reason::Void, None);
    sides.record(&void).await;
    let mut practice = game(WEDNESDAY, (anna, 9), (PlayerId::random(), 1));
    practice.seats.p2.bot = Some(Strength::Hard);
    sides.record(&practice).await;
    for kind in [Board::All, Board::Week] {
        assert_eq!(sides.page(kind, WEDNESDAY, 10, Some(anna)).await.entries, []);
        assert_eq!(sides.page(kind, WEDNESDAY, 10, Some(anna)).await.me, None);
    }
}

pub(crate) async fn what_is_set_late_or_twice_changes_nothing(sides: &Sides) {
    let (anna, ben) = (PlayerId::random(), PlayerId::random());
    sides.record(&game(WEDNESDAY, (anna, 10), (ben, 5))).await;
    let early = sides.results.standings(vec![anna, ben], WEDNESDAY).await.unwrap();
    assert_eq!(early.len(), 4);
    sides.record(&game(WEDNESDAY + 1, (anna, 10), (ben, 5))).await;
    let late = sides.results.standings(vec![anna, ben], WEDNESDAY).await.unwrap();
    for standings in [early.clone(), late.clone(), late, early] {
        sides.boards.set(standings).await.unwrap();
        for kind in [Board::All, Board::Week] {
            assert_eq!(sides.board(kind, WEDNESDAY).await, [(1, anna, 20), (2, ben, 10)]);
        }
    }
}

pub(crate) async fn neighbours_are_shown_around_ones_own_place(sides: &Sides) {
    let mut players = Vec::new();
    for n in 0..4 {
        let pair = [PlayerId::random(), PlayerId::random()];
        // Two pairs tie with each other, and so do all who come second.
        sides.record(&game(WEDNESDAY + n, (pair[0], 10 + n / 2), (pair[1], 3))).await;
        players.extend(pair);
    }
    let all = sides.page(Board::All, WEDNESDAY, 100, None).await;
    assert_eq!((all.entries.len(), all.around.len()), (8, 0));
    for (at, own) in all.entries.iter().enumerate() {
        let page = sides.page(Board::All, WEDNESDAY, 1, Some(own.player.id)).await;
        let expected = &all.entries[at.saturating_sub(2)..(at + 3).min(8)];
        assert_eq!((page.around.as_slice(), page.me.as_ref()), (expected, Some(own)));
    }
}

pub(crate) async fn a_board_that_came_back_empty_is_built_again(sides: &Sides) {
    let (anna, ben) = (PlayerId::random(), PlayerId::random());
    assert!(!sides.boards.is_whole().await.unwrap());
    sides.results.record(game(WEDNESDAY, (anna, 10), (ben, 5))).await.unwrap();
    rebuild(&*sides.results, &*sides.boards, false).await.unwrap();
    assert!(sides.boards.is_whole().await.unwrap());
    assert_eq!(sides.board(Board::All, WEDNESDAY).await, [(1, anna, 10), (2, ben, 5)]);
}

pub(crate) async fn who_is_taken_off_is_on_no_board(sides: &Sides) {
    let (anna, ben, now) = (PlayerId::random(), PlayerId::random(), wall_clock::millis());
    sides.record(&game(now, (anna, 10), (ben, 5))).await;
    sides.boards.remove(anna).await.unwrap();
    sides.boards.remove(anna).await.unwrap();
    for kind in [Board::All, Board::Week] {
        assert_eq!(sides.board(kind, now).await, [(1, ben, 5)]);
        assert_eq!(sides.page(kind, now, 10, Some(anna)).await.me, None);
    }
}
