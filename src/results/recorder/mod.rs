//! The recorder: empties the outbox into the results.
//!
//! It may die at any moment and be started again: a game that was recorded but not yet acknowledged
//! is refused by the results the second time, and that is fine. A record that fails is tried again
//! for ever, but neither it nor one that cannot be read holds up those behind it. Where several
//! recorders share an outbox, both are left to the others after a while. What nobody can read, and
//! what the results will never take, is set aside in the end.

mod backoff;
mod begun;
mod forgotten;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::sync::{Notify, watch};
use tokio::time::Instant;

use self::backoff::Backoff;
use self::begun::{Noted, Notes, notes};
use self::forgotten::Search;
use super::{
    FinishedGame, Outbox, OutboxEntry, OutboxId, RECORD_FORMAT, Recorded, Results, ResultsError,
};
use crate::cluster::Rooms;
use crate::leaderboard::Leaderboard;
use crate::matchmaking::Matchmaking;
use crate::planted::Fault;
use crate::telemetry::{Metrics, count};

/// Tries after which a record that cannot be read, or that the results refuse, is set aside.
const TRIES: u32 = 5;

/// Records that are settled at the same time, at most.
const AT_ONCE: usize = 8;

/// Records that fail one after the other before the round is given up: then it is not the records.
const FAILURES_IN_A_ROW: u32 = 3;

/// Records held back of which the recorder keeps track. Those beyond wait until one is through.
const HELD_BACK: usize = 1024;

/// How the recorder works.
#[derive(Clone, Debug)]
pub struct RecorderSettings {
    /// How often the outbox is looked at. Default 250 ms.
    pub poll: Duration,
    /// Records taken at once. Default 64.
    pub batch: usize,
    /// The longest wait after a first failure; it doubles with each more. Default 250 ms.
    pub first_wait: Duration,
    /// The longest wait after any number of failures. Default 30 s.
    pub longest_wait: Duration,
    /// After so long a record that failed or cannot be read is left to other recorders. Default
    /// 5 s.
    pub leave_after: Duration,
    /// A record that cannot be read, or that the results refuse, is set aside when it is older, and
    /// no sooner: in the middle of an update, other pods can do what this one cannot. Default 10 min.
    pub aside_after: Duration,
    /// How often forgotten games are looked for. Default 1 min.
    pub look_for_forgotten: Duration,
    /// How long the work in hand may take after [`RecorderHandle::stop`]. Default 5 s.
    pub stop_within: Duration,
}

impl Default for RecorderSettings {
    fn default() -> Self {
        Self {
            poll: Duration::from_millis(250),
            batch: 64,
            first_wait: Duration::from_millis(250),
            longest_wait: Duration::from_secs(30),
            leave_after: Duration::from_secs(5),
            aside_after: Duration::from_secs(600),
            look_for_forgotten: Duration::from_secs(60),
            stop_within: Duration::from_secs(5),
        }
    }
}

/// What the recorder works with.
#[derive(Clone)]
pub struct RecorderPorts {
    /// Where finished games wait.
    pub outbox: Arc<dyn Outbox>,
    /// Where they are recorded.
    pub results: Arc<dyn Results>,
    /// Where the totals are shown, if not by the results themselves.
    pub boards: Option<Arc<dyn Leaderboard>>,
    /// Where rooms are that may still be played in.
    pub rooms: Arc<dyn Rooms>,
    /// Where their players are freed once more, in case the room could not.
    pub matchmaking: Arc<dyn Matchmaking>,
}

/// Speaks to a running recorder. When the last one is dropped, the recorder stops.
#[derive(Clone, Debug)]
pub struct RecorderHandle {
    nudge: Arc<Notify>,
    notes: Notes,
    stop: watch::Sender<bool>,
}

impl RecorderHandle {
    /// A game has just ended: look at the outbox now. A hint; without it the next poll finds it.
    pub fn nudge(&self) {
        self.nudge.notify_one();
    }

    /// A game begins here, or goes on: notes it as it is recorded if nothing is ever heard of it
    /// again.
    pub fn begun(&self, game: FinishedGame) {
        self.notes.take(game);
    }

    /// Finish the work in hand and stop. [`Recorder::run`] then returns.
    pub fn stop(&self) {
        self.stop.send_replace(true);
    }
}

/// Empties the outbox into the results.
pub struct Recorder {
    ports: RecorderPorts,
    metrics: Metrics,
    settings: RecorderSettings,
    nudge: Arc<Notify>,
    stop: watch::Receiver<bool>,
    backoff: Backoff,
    /// Rounds given up since the last record went through.
    rounds_failed: u32,
    /// How many records are settled at the same time.
    at_once: usize,
    noted: Noted,
    search: Search,
    held_back: HashMap<OutboxId, HeldBack>,
}

/// A record that failed and waits for its next try, or that cannot be read.
#[derive(Debug)]
struct HeldBack {
    failures: u32,
    until: Instant,
    /// Since when this recorder has kept it from the others.
    since: Instant,
}

impl HeldBack {
    fn now() -> Self {
        let now = Instant::now();
        Self { failures: 0, until: now, since: now }
    }
}

/// Why a record cannot be read.
#[derive(Debug, thiserror::Error)]
enum Unreadable {
    /// A version that is not this one has written it.
    #[error("the record is in format {0}, which this pod cannot read")]
    Format(u32),
    /// It is damaged, or a version that kept the number has written it.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

/// A record that was taken and read.
#[derive(Debug)]
struct Taken {
    id: OutboxId,
    age: Option<Duration>,
    game: FinishedGame,
}

/// What became of a record.
enum Settled {
    Done,
    Failed,
    /// The results will never take it.
    Refused(String),
}

/// How a round goes.
#[derive(Default)]
struct Tally {
    settled: usize,
    failures_in_a_row: u32,
    given_up: bool,
}

/// What a round came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Round {
    /// There may be more waiting.
    Full,
    /// Nothing more to do for now.
    Done,
    /// The outbox or the results do not answer.
    GivenUp,
}

impl Recorder {
    /// A recorder that has not started, and the handle to it.
    pub fn new(
        ports: RecorderPorts,
        metrics: Metrics,
        settings: RecorderSettings,
    ) -> (Self, RecorderHandle) {
        let nudge = Arc::new(Notify::new());
        let (stop_sender, stop) = watch::channel(false);
        let backoff = Backoff::new(settings.first_wait, settings.longest_wait);
        let (notes, noted) = notes();
        let handle = RecorderHandle { nudge: nudge.clone(), notes, stop: stop_sender };
        let recorder = Self {
            ports,
            metrics,
            settings,
            nudge,
            stop,
            backoff,
            rounds_failed: 0,
            at_once: 1,
            noted,
            search: Search::new(),
            held_back: HashMap::new(),
        };
        (recorder, handle)
    }

    /// Works until it is told to stop; then looks at the outbox once more, finishes what it finds
    /// and returns, all within [`RecorderSettings::stop_within`].
    pub async fn run(mut self) {
        let mut stop = self.stop.clone();
        let stop_within = self.settings.stop_within;
        let too_late = async {
            stopped(&mut stop).await;
            tokio::time::sleep(stop_within).await;
        };
        tokio::select! {
            biased;
            () = self.work() => {}
            () = too_late => tracing::warn!("the recorder was stopped in the middle of its work"),
        }
    }

    async fn work(&mut self) {
        let mut stop = self.stop.clone();
        let nudge = self.nudge.clone();
        loop {
            let is_last = *stop.borrow();
            let round = self.round().await;
            self.leave_some().await;
            self.write_notes().await;
            if is_last {
                return;
            }
            self.look_for_forgotten().await;
            match round {
                Round::Full => {}
                Round::Done => tokio::select! {
                    biased;
                    () = tokio::time::sleep(self.settings.poll) => {}
                    () = nudge.notified() => {}
                    () = stopped(&mut stop) => {}
                },
                // A nudge does not cut this short: it tells of a new game, not of a recovery.
                Round::GivenUp => {
                    self.rounds_failed = self.rounds_failed.saturating_add(1);
                    let wait = self.backoff.after(self.rounds_failed);
                    tokio::select! {
                        biased;
                        () = tokio::time::sleep(wait) => {}
                        () = stopped(&mut stop) => {}
                    }
                }
            }
        }
    }

    /// Takes a batch and settles what can be settled.
    async fn round(&mut self) -> Round {
        // Those held back are among the oldest: the batch is what comes on top of them.
        let limit = self.settings.batch + self.held_back.len().min(HELD_BACK);
        let entries = match self.ports.outbox.take(limit).await {
            Ok(entries) => entries,
            Err(error) => {
                tracing::warn!(%error, "the outbox does not answer");
                return Round::GivenUp;
            }
        };
        let oldest = entries.iter().filter_map(|entry| entry.age).max().unwrap_or_default();
        self.metrics.outbox_age_seconds.set(oldest.as_secs_f64());
        let full = entries.len() == limit;
        let taken: HashSet<OutboxId> = entries.iter().map(|entry| entry.id).collect();
        self.held_back.retain(|id, _| taken.contains(id));
        let mut taken = self.read(entries).await;
        self.put_in_order(&mut taken);
        let tally = self.settle_all(taken).await;
        match tally {
            Tally { given_up: true, .. } => Round::GivenUp,
            Tally { settled: 1.., .. } if full => Round::Full,
            Tally { .. } => Round::Done,
        }
    }

    /// Settles what is not held back, some at a time: one more after each time that went well, and one
    /// alone after a failure. So results that are slow are not asked ever more, and one record is
    /// enough to find out whether results that were away are back.
    async fn settle_all(&mut self, taken: Vec<Taken>) -> Tally {
        let mut tally = Tally::default();
        let now = Instant::now();
        let waits = |taken: &Taken| self.held_back.get(&taken.id).is_some_and(|h| h.until > now);
        let mut due: VecDeque<Taken> = taken.into_iter().filter(|taken| !waits(taken)).collect();
        while !due.is_empty() {
            let some: Vec<Taken> = due.drain(..self.at_once.min(due.len())).collect();
            let settled = join_all(some.iter().map(|taken| self.settle(taken))).await;
            let went_well = !settled.iter().any(|settled| matches!(settled, Settled::Failed));
            self.at_once = if went_well { (self.at_once + 1).min(AT_ONCE) } else { 1 };
            for (taken, settled) in some.iter().zip(settled) {
                self.note(taken, settled, &mut tally).await;
            }
            if tally.given_up {
                return tally;
            }
        }
        tally
    }

    async fn note(&mut self, taken: &Taken, settled: Settled, tally: &mut Tally) {
        match settled {
            Settled::Done => {
                self.held_back.remove(&taken.id);
                tally.settled += 1;
                (tally.failures_in_a_row, self.rounds_failed) = (0, 0);
            }
            Settled::Failed => {
                count(&self.metrics.recorded, "failed");
                self.hold_back(taken.id);
                tally.failures_in_a_row += 1;
                tally.given_up |= tally.failures_in_a_row == FAILURES_IN_A_ROW;
            }
            // The results answer: it is this record alone.
            Settled::Refused(why) => {
                let failures = self.hold_back(taken.id);
                if failures < TRIES || self.is_young(taken.age) {
                    count(&self.metrics.recorded, "failed");
                } else {
                    self.set_aside(taken.id, &why).await;
                }
            }
        }
    }

    /// Those that never failed come first. After a round that was given up it is not known whether
    /// the results are away or only the oldest records are bad: then any of them may be first.
    fn put_in_order(&mut self, taken: &mut [Taken]) {
        if self.rounds_failed > 0 {
            self.backoff.shuffle(taken);
        }
        taken
            .sort_by_key(|Taken { id, .. }| self.held_back.get(id).map_or(0, |held| held.failures));
    }

    /// Reads the records. One that cannot be read is left to others, and in the end set aside.
    async fn read(&mut self, entries: Vec<OutboxEntry>) -> Vec<Taken> {
        let mut taken = Vec::with_capacity(entries.len());
        for entry in entries {
            match parse(&entry) {
                Ok(game) => taken.push(Taken { id: entry.id, age: entry.age, game }),
                Err(error) => self.pass_over(&entry, &error).await,
            }
        }
        taken
    }

    async fn pass_over(&mut self, entry: &OutboxEntry, error: &Unreadable) {
        self.held_back.entry(entry.id).or_insert_with(HeldBack::now);
        if entry.tries + 1 < TRIES {
            count(&self.metrics.recorded, "failed");
            return;
        }
        if !self.is_young(entry.age) && !matches!(error, Unreadable::Format(_)) {
            self.set_aside(entry.id, &error.to_string()).await;
        }
    }

    /// Whether other pods may still be able to do what this one cannot.
    fn is_young(&self, age: Option<Duration>) -> bool {
        age.is_some_and(|age| age <= self.settings.aside_after)
    }

    async fn set_aside(&self, id: OutboxId, why: &str) {
        match self.ports.outbox.set_aside(id, why.to_owned()).await {
            Ok(()) => {
                count(&self.metrics.recorded, "set_aside");
                tracing::error!(entry = %id, why, "a finished game was set aside");
            }
            Err(error) => tracing::warn!(%error, "the outbox does not answer"),
        }
    }

    /// Records a game, frees its players and acknowledges the entry. Where something failed, all of
    /// it may be done again.
    async fn settle(&self, taken: &Taken) -> Settled {
        match self.try_to_settle(taken).await {
            Ok(()) => Settled::Done,
            Err(ResultsError::Refused(why)) => Settled::Refused(why),
            Err(error) => {
                let game = taken.game.game_id;
                tracing::warn!(%game, %error, "a finished game could not be settled yet");
                Settled::Failed
            }
        }
    }

    async fn try_to_settle(&self, Taken { id, game, .. }: &Taken) -> Result<(), ResultsError> {
        if Fault::AcknowledgeBeforeRecording.is_planted() {
            self.ports.outbox.done(*id).await?;
        }
        match self.ports.results.record(game.clone()).await? {
            Recorded::New => count(&self.metrics.recorded, "new"),
            Recorded::Already => count(&self.metrics.recorded, "already"),
        }
        self.ports.matchmaking.free(game.game_id, game.people().collect()).await?;
        self.show(game).await?;
        Ok(self.ports.outbox.done(*id).await?)
    }

    /// Shows the players' totals on the leaderboards: again, too, since a recorder that died may not
    /// have come to it.
    async fn show(&self, game: &FinishedGame) -> Result<(), ResultsError> {
        let Some(boards) = self.ports.boards.as_ref().filter(|_| game.is_ranked()) else {
            return Ok(());
        };
        let people = game.people().collect();
        let standings = self.ports.results.standings(people, game.ended_at).await?;
        Ok(boards.set(standings).await?)
    }

    /// Holds a record back for a while, and answers how often it has failed here.
    fn hold_back(&mut self, id: OutboxId) -> u32 {
        let held = self.held_back.entry(id).or_insert_with(HeldBack::now);
        held.failures = held.failures.saturating_add(1);
        held.until = Instant::now() + self.backoff.after(held.failures);
        held.failures
    }

    /// Leaves to others what this recorder has held back for too long: it may be the only one that
    /// cannot record it. At the end of a round, so that the others look before this one does again.
    async fn leave_some(&mut self) {
        let mut ids = Vec::new();
        for (id, held) in &mut self.held_back {
            if held.since.elapsed() >= self.settings.leave_after {
                held.since = Instant::now();
                ids.push(*id);
            }
        }
        if ids.is_empty() {
            return;
        }
        if let Err(error) = self.ports.outbox.leave_to_others(ids).await {
            tracing::debug!(%error, "records that failed are not left to others yet");
        }
    }
}

fn parse(entry: &OutboxEntry) -> Result<FinishedGame, Unreadable> {
    if entry.format != RECORD_FORMAT {
        return Err(Unreadable::Format(entry.format));
    }
    Ok(serde_json::from_str(&entry.record)?)
}

/// Waits for the word to stop; nobody left to give it counts as one.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    drop(stop.wait_for(|stop| *stop).await);
}
