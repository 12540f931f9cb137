//! The recorder: empties the outbox into the results.
//!
//! It may die at any moment and be started again: a game that was recorded but not yet acknowledged
//! is refused by the results the second time, and that is fine. A record that fails is tried again
//! for ever, but neither it nor one that cannot be read holds up those behind it. Where several
//! recorders share an outbox, both are left to the others after a while.

mod backoff;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::time::Instant;

use self::backoff::Backoff;
use super::{FinishedGame, Outbox, OutboxEntry, OutboxId, RECORD_FORMAT, Recorded, Results};
use crate::matchmaking::Matchmaking;
use crate::telemetry::{Metrics, count};

/// Tries after which a record that cannot be read is set aside.
const TRIES: u32 = 5;

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
    /// A record that cannot be read is set aside when it is older, and no sooner: in the middle of
    /// an update, other pods can read what this one cannot. Default 10 min.
    pub aside_after: Duration,
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
    /// Where their players are freed once more, in case the room could not.
    pub matchmaking: Arc<dyn Matchmaking>,
}

/// Speaks to a running recorder. When the last one is dropped, the recorder stops.
#[derive(Clone, Debug)]
pub struct RecorderHandle {
    nudge: Arc<Notify>,
    stop: watch::Sender<bool>,
}

impl RecorderHandle {
    /// A game has just ended: look at the outbox now. A hint; without it the next poll finds it.
    pub fn nudge(&self) {
        self.nudge.notify_one();
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
        let handle = RecorderHandle { nudge: nudge.clone(), stop: stop_sender };
        let recorder = Self {
            ports,
            metrics,
            settings,
            nudge,
            stop,
            backoff,
            rounds_failed: 0,
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
            if is_last {
                return;
            }
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
        let full = entries.len() == limit;
        let taken: HashSet<OutboxId> = entries.iter().map(|entry| entry.id).collect();
        self.held_back.retain(|id, _| taken.contains(id));
        let mut games = self.read(entries).await;
        self.put_in_order(&mut games);

        let mut settled = 0;
        let mut failures_in_a_row = 0;
        for (id, game) in games {
            if self.held_back.get(&id).is_some_and(|held| held.until > Instant::now()) {
                continue;
            }
            if self.settle(id, &game).await {
                self.held_back.remove(&id);
                (settled, failures_in_a_row, self.rounds_failed) = (settled + 1, 0, 0);
            } else {
                count(&self.metrics.recorded, "failed");
                self.hold_back(id);
                failures_in_a_row += 1;
            }
            if failures_in_a_row == FAILURES_IN_A_ROW {
                return Round::GivenUp;
            }
        }
        if full && settled > 0 { Round::Full } else { Round::Done }
    }

    /// Those that never failed come first. After a round that was given up it is not known whether
    /// the results are away or only the oldest records are bad: then any of them may be first.
    fn put_in_order(&mut self, games: &mut [(OutboxId, FinishedGame)]) {
        if self.rounds_failed > 0 {
            self.backoff.shuffle(games);
        }
        games.sort_by_key(|(id, _)| self.held_back.get(id).map_or(0, |held| held.failures));
    }

    /// Reads the records. One that cannot be read is left to others, and in the end set aside.
    async fn read(&mut self, entries: Vec<OutboxEntry>) -> Vec<(OutboxId, FinishedGame)> {
        let mut games = Vec::with_capacity(entries.len());
        for entry in entries {
            match parse(&entry) {
                Ok(game) => games.push((entry.id, game)),
                Err(error) => self.pass_over(&entry, &error).await,
            }
        }
        games
    }

    async fn pass_over(&mut self, entry: &OutboxEntry, error: &Unreadable) {
        self.held_back.entry(entry.id).or_insert_with(HeldBack::now);
        if entry.tries + 1 < TRIES {
            count(&self.metrics.recorded, "failed");
            return;
        }
        let young = entry.age.is_some_and(|age| age <= self.settings.aside_after);
        if young || matches!(error, Unreadable::Format(_)) {
            return;
        }
        match self.ports.outbox.set_aside(entry.id, error.to_string()).await {
            Ok(()) => {
                count(&self.metrics.recorded, "set_aside");
                tracing::error!(entry = %entry.id, %error, "a finished game was set aside");
            }
            Err(error) => tracing::warn!(%error, "the outbox does not answer"),
        }
    }

    /// Records a game, frees its players and acknowledges the entry. `false`: something failed, and
    /// all of it may be done again.
    async fn settle(&self, id: OutboxId, game: &FinishedGame) -> bool {
        let failed = |error: &dyn std::fmt::Display| {
            let game = game.game_id;
            tracing::warn!(%game, %error, "a finished game could not be recorded yet");
            false
        };
        match self.ports.results.record(game.clone()).await {
            Ok(Recorded::New) => count(&self.metrics.recorded, "new"),
            Ok(Recorded::Already) => count(&self.metrics.recorded, "already"),
            Err(error) => return failed(&error),
        }
        let people = game.people().collect();
        if let Err(error) = self.ports.matchmaking.free(game.game_id, people).await {
            return failed(&error);
        }
        match self.ports.outbox.done(id).await {
            Ok(()) => true,
            Err(error) => failed(&error),
        }
    }

    fn hold_back(&mut self, id: OutboxId) {
        let held = self.held_back.entry(id).or_insert_with(HeldBack::now);
        held.failures = held.failures.saturating_add(1);
        held.until = Instant::now() + self.backoff.after(held.failures);
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
