//! A results port that answers with fixed numbers and remembers what it was asked.

use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use crate::accounts::{Account, Accounts, SignIn};
use crate::auth::{Identity, Provider};
use crate::cluster::{Answer, AtDoor, Doors, Unavailable};
use crate::ids::{PlayerId, PodId, RoomId, Strength};
use crate::leaderboard::{Leaderboard, LeaderboardPage, Query, Ranked, Standing};
use crate::matchmaking::Profile;
use crate::protocol::Reason;
use crate::results::{
    FinishedGame, HistoryEntry, HistoryPage, Outcome, PlayerProfile, Recorded, Results,
    ResultsError, Totals,
};

#[derive(Default)]
pub(super) struct FakeResults {
    pub(super) is_away: AtomicBool,
    /// Every identity has an account already.
    pub(super) is_taken: AtomicBool,
    pub(super) asked: Mutex<Vec<String>>,
    /// What the account of every player says.
    pub(super) account: Mutex<Option<(String, Provider)>>,
    /// Connections of every address at other pods.
    pub(super) elsewhere: AtomicU32,
}

impl FakeResults {
    fn answer<T: Send + 'static>(&self, question: String, value: T) -> Answer<T, ResultsError> {
        self.asked.lock().unwrap().push(question);
        let away = self.is_away.load(Ordering::Relaxed);
        let why = || ResultsError::Unavailable("the disk, of all things, at /var/secret".into());
        Box::pin(std::future::ready(if away { Err(why()) } else { Ok(value) }))
    }
}

fn nobody(number: u128) -> PlayerProfile {
    let id = PlayerId::from(uuid::Uuid::from_u128(number));
    PlayerProfile { id, name: format!("Player {number}"), picture: None }
}

fn game(number: u128, practice: Option<Strength>) -> HistoryEntry {
    HistoryEntry {
        game_id: RoomId::from(uuid::Uuid::from_u128(number)),
        game: "cookie".into(),
        ended_at: "2026-11-22T10:00:00Z".into(),
        result: Outcome::Win,
        reason: Reason::OpponentDisconnected,
        points: 12,
        opponent_points: 7,
        clicks: 10,
        opponent_clicks: 7,
        opponent: nobody(2),
        practice,
        rhythm: None,
    }
}

impl Results for FakeResults {
    fn record(&self, _: FinishedGame) -> Answer<Recorded, ResultsError> {
        self.answer("record".into(), Recorded::Already)
    }

    fn note_begun(&self, _: FinishedGame) -> Answer<(), ResultsError> {
        self.answer("note begun".into(), ())
    }

    fn unfinished(&self, _: Range<u64>, _: usize) -> Answer<Vec<FinishedGame>, ResultsError> {
        self.answer("unfinished".into(), Vec::new())
    }

    fn totals(&self, player: PlayerId) -> Answer<Totals, ResultsError> {
        let totals = Totals { points: 100, games: 9, wins: 5, draws: 1 };
        self.answer(format!("totals {player}"), totals)
    }

    fn history(
        &self,
        player: PlayerId,
        cursor: Option<String>,
        limit: usize,
    ) -> Answer<HistoryPage, ResultsError> {
        if cursor.as_deref() == Some("bad") {
            return Box::pin(std::future::ready(Err(ResultsError::BadCursor)));
        }
        let games = vec![game(1, None), game(2, Some(Strength::Hard))];
        let page = HistoryPage { games, next: Some("c2".into()) };
        self.answer(format!("history {player} {cursor:?} {limit}"), page)
    }

    fn standings(&self, _: Vec<PlayerId>, _: u64) -> Answer<Vec<Standing>, ResultsError> {
        self.answer("standings".into(), Vec::new())
    }

    fn all_standings(
        &self,
        _: Option<String>,
        _: u64,
    ) -> Answer<(Vec<Standing>, Option<String>), ResultsError> {
        self.answer("all standings".into(), (Vec::new(), None))
    }
}

impl Accounts for FakeResults {
    fn sign_in(&self, identity: Identity, newcomer: Profile) -> Answer<SignIn, ResultsError> {
        let id = if self.is_taken.load(Ordering::Relaxed) { nobody(7).id } else { newcomer.id };
        let player = Profile { id, ..newcomer };
        let account = Account { player, provider: identity.provider };
        self.answer(format!("sign in {}", identity.key()), SignIn::Account(account))
    }

    fn account(&self, player: PlayerId) -> Answer<Option<Account>, ResultsError> {
        let account = self.account.lock().unwrap().clone();
        let account = account.map(|(name, provider)| Account {
            player: Profile { id: player, name, picture: None },
            provider,
        });
        self.answer(format!("account {player}"), account)
    }

    fn rename(&self, player: Profile, _: u64) -> Answer<bool, ResultsError> {
        self.answer(format!("rename {} {}", player.id, player.name), true)
    }

    fn delete(&self, player: PlayerId) -> Answer<(), ResultsError> {
        self.answer(format!("delete {player}"), ())
    }
}

impl Doors for FakeResults {
    fn enter(&self, _: PodId, held: AtDoor) -> Answer<u32, Unavailable> {
        let elsewhere = self.elsewhere.load(Ordering::Relaxed);
        let answer = self.answer(format!("enter {}", held.connections), elsewhere);
        Box::pin(async { answer.await.map_err(|error| Unavailable(error.to_string())) })
    }

    fn hold(&self, _: PodId, _: Vec<AtDoor>) -> Answer<(), Unavailable> {
        Box::pin(std::future::ready(Ok(())))
    }
}

impl Leaderboard for FakeResults {
    fn remove(&self, player: PlayerId) -> Answer<(), Unavailable> {
        let answer = self.answer(format!("remove {player}"), ());
        Box::pin(async { answer.await.map_err(|error| Unavailable(error.to_string())) })
    }

    fn set(&self, _: Vec<Standing>) -> Answer<(), Unavailable> {
        Box::pin(std::future::ready(Ok(())))
    }

    fn page(&self, query: Query) -> Answer<LeaderboardPage, Unavailable> {
        let Query { board, now, limit, me } = query;
        let is_now = now > 1_700_000_000_000;
        let first = Ranked { rank: 1, player: nobody(1), points: 100, games: 9, wins: 5 };
        let mine = me.map(|id| Ranked {
            rank: 41,
            player: PlayerProfile { id, ..nobody(0) },
            points: 3,
            games: 1,
            wins: 0,
        });
        let around = mine.iter().cloned().collect();
        let page = LeaderboardPage { board, entries: vec![first], me: mine, around };
        let answer = self.answer(format!("leaderboard {board:?} {limit} {is_now}"), page);
        Box::pin(async { answer.await.map_err(|error| Unavailable(error.to_string())) })
    }
}
