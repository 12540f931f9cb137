//! An outbox and results that fail when told to, and a recorder at work on them.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::{Arc, Mutex};

use futures_util::FutureExt;
use futures_util::future::{pending, ready};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::super::{Recorder, RecorderHandle, RecorderPorts, RecorderSettings};
use crate::cluster::{Answer, MemoryStore, Unavailable};
use crate::ids::{BySeat, PlayerId, RoomId, Seat};
use crate::leaderboard::Standing;
use crate::matchmaking::MemoryMatchmaking;
use crate::protocol::Reason;
use crate::results::{
    FinishedGame, FinishedSeat, HistoryPage, Outbox, OutboxEntry, OutboxId, RECORD_FORMAT,
    Recorded, Results, ResultsError, Totals,
};
use crate::telemetry::{Metrics, Outcome};

/// How a fake behaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Mood {
    #[default]
    Well,
    /// Answers with an error.
    Failing,
    /// Never answers.
    Silent,
}

/// Outbox and results in one.
#[derive(Clone, Debug, Default)]
pub(super) struct Fake {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) waiting: Vec<OutboxEntry>,
    pub(super) aside: Vec<OutboxId>,
    /// Left to other recorders, and when.
    pub(super) left_at: Vec<(OutboxId, Instant)>,
    pub(super) recorded: HashMap<RoomId, Instant>,
    pub(super) record_calls: u32,
    pub(super) outbox: Mood,
    pub(super) done: Mood,
    pub(super) results: Mood,
    pub(super) begun: Vec<FinishedGame>,
    /// As if notes were written after their games were recorded.
    pub(super) lists_recorded: bool,
    /// Games that the results fail at.
    pub(super) poison: HashSet<RoomId>,
    /// Games that the results refuse.
    pub(super) refused: HashSet<RoomId>,
}

impl Fake {
    pub(super) fn set(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state.lock().unwrap());
    }

    pub(super) fn get<T>(&self, read: impl FnOnce(&State) -> T) -> T {
        read(&self.state.lock().unwrap())
    }

    pub(super) fn put(&self, record: String) {
        self.set(|state| {
            let id =
                OutboxId::numbered(state.waiting.last().map_or(1, |last| last.id.number() + 1));
            let format = RECORD_FORMAT;
            state.waiting.push(OutboxEntry { id, record, format, tries: 0, age: None });
        });
    }

    pub(super) fn end_game(&self) -> FinishedGame {
        let game = game();
        self.put(serde_json::to_string(&game).unwrap());
        game
    }

    fn answer<T: Send + 'static>(
        &self,
        mood: impl Fn(&State) -> Mood,
        work: impl FnOnce(&mut State) -> T,
    ) -> Answer<T, Unavailable> {
        let mut state = self.state.lock().unwrap();
        match mood(&state) {
            Mood::Well => ready(Ok(work(&mut state))).boxed(),
            Mood::Failing => ready(Err(Unavailable("told to fail".to_owned()))).boxed(),
            Mood::Silent => pending().boxed(),
        }
    }

    pub(super) fn left(&self) -> usize {
        self.get(|state| state.waiting.len())
    }

    pub(super) fn has_recorded(&self, game: &FinishedGame) -> bool {
        self.get(|state| state.recorded.contains_key(&game.game_id))
    }
}

impl Outbox for Fake {
    fn take(&self, limit: usize) -> Answer<Vec<OutboxEntry>, Unavailable> {
        self.answer(
            |state| state.outbox,
            |state| {
                let oldest = state.waiting.iter_mut().take(limit);
                oldest
                    .map(|entry| {
                        let taken = entry.clone();
                        entry.tries += 1;
                        taken
                    })
                    .collect()
            },
        )
    }

    fn done(&self, id: OutboxId) -> Answer<(), Unavailable> {
        self.answer(|state| state.done, |state| state.waiting.retain(|entry| entry.id != id))
    }

    fn leave_to_others(&self, ids: Vec<OutboxId>) -> Answer<(), Unavailable> {
        self.answer(
            |state| state.outbox,
            |state| state.left_at.extend(ids.into_iter().map(|id| (id, Instant::now()))),
        )
    }

    fn set_aside(&self, id: OutboxId, _why: String) -> Answer<(), Unavailable> {
        self.answer(
            |state| state.outbox,
            |state| {
                state.waiting.retain(|entry| entry.id != id);
                state.aside.push(id);
            },
        )
    }

    fn holds(&self, room: RoomId) -> Answer<bool, Unavailable> {
        let room = room.to_string();
        self.answer(
            |state| state.outbox,
            move |state| state.waiting.iter().any(|entry| entry.record.contains(&room)),
        )
    }
}

impl Results for Fake {
    fn record(&self, game: FinishedGame) -> Answer<Recorded, ResultsError> {
        self.set(|state| state.record_calls += 1);
        if self.get(|state| state.refused.contains(&game.game_id)) {
            return ready(Err(ResultsError::Refused("too large".to_owned()))).boxed();
        }
        let is_poison = self.get(|state| state.poison.contains(&game.game_id));
        let mood = |state: &State| if is_poison { Mood::Failing } else { state.results };
        let answer =
            self.answer(mood, |state| match state.recorded.insert(game.game_id, Instant::now()) {
                None => Recorded::New,
                Some(_) => Recorded::Already,
            });
        answer.map(|answer| answer.map_err(|no| ResultsError::Unavailable(no.0))).boxed()
    }

    fn note_begun(&self, game: FinishedGame) -> Answer<(), ResultsError> {
        if self.get(|state| state.refused.contains(&game.game_id)) {
            return ready(Err(ResultsError::Refused("too large".to_owned()))).boxed();
        }
        let answer = self.answer(|state| state.results, |state| state.begun.push(game));
        answer.map(|answer| answer.map_err(ResultsError::from)).boxed()
    }

    fn unfinished(
        &self,
        began: Range<u64>,
        limit: usize,
    ) -> Answer<Vec<FinishedGame>, ResultsError> {
        let answer = self.answer(
            |state| state.results,
            |state| {
                let is_open = |game: &&FinishedGame| {
                    let is_known = state.recorded.contains_key(&game.game_id);
                    began.contains(&game.ended_at) && (state.lists_recorded || !is_known)
                };
                let mut open: Vec<_> = state.begun.iter().filter(is_open).cloned().collect();
                open.sort_by_key(|game| game.ended_at);
                open.truncate(limit);
                open
            },
        );
        answer.map(|answer| answer.map_err(ResultsError::from)).boxed()
    }

    fn totals(&self, _: PlayerId) -> Answer<Totals, ResultsError> {
        pending().boxed()
    }

    fn history(
        &self,
        _: PlayerId,
        _: Option<String>,
        _: usize,
    ) -> Answer<HistoryPage, ResultsError> {
        pending().boxed()
    }

    fn standings(&self, _: Vec<PlayerId>, _: u64) -> Answer<Vec<Standing>, ResultsError> {
        pending().boxed()
    }

    fn all_standings(
        &self,
        _: Option<String>,
        _: u64,
    ) -> Answer<(Vec<Standing>, Option<String>), ResultsError> {
        pending().boxed()
    }
}

pub(super) fn game() -> FinishedGame {
    let seat = |_| FinishedSeat {
        player: PlayerId::random(),
        name: "name".to_owned(),
        picture: None,
        bot: None,
        points: 1,
        clicks: 1,
        rhythm: None,
    };
    FinishedGame {
        game_id: RoomId::random(),
        game: "cookie".to_owned(),
        ended_at: 1_795_003_200_000,
        reason: Reason::Time,
        winner: Some(Seat::P1),
        seats: BySeat::from_fn(seat),
    }
}

/// A recorder at work on a fake.
pub(super) struct Running {
    pub(super) fake: Fake,
    pub(super) rooms: MemoryStore,
    pub(super) matchmaking: MemoryMatchmaking,
    pub(super) metrics: Metrics,
    pub(super) handle: RecorderHandle,
    pub(super) task: JoinHandle<()>,
}

impl Running {
    pub(super) fn on(fake: &Fake) -> Self {
        let (fake, matchmaking) = (fake.clone(), MemoryMatchmaking::new());
        let rooms = MemoryStore::new();
        let metrics = Metrics::default();
        let ports = RecorderPorts {
            outbox: Arc::new(fake.clone()),
            results: Arc::new(fake.clone()),
            boards: None,
            rooms: Arc::new(rooms.clone()),
            matchmaking: Arc::new(matchmaking.clone()),
        };
        let (recorder, handle) = Recorder::new(ports, metrics.clone(), RecorderSettings::default());
        let task = tokio::spawn(recorder.run());
        Self { fake, rooms, matchmaking, metrics, handle, task }
    }

    pub(super) fn counted(&self, outcome: &'static str) -> u64 {
        self.metrics.recorded.get_or_create(&Outcome { outcome }).get()
    }
}
