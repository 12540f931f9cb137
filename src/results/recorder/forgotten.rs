//! Games that began and of which nothing is heard any more: neither is their room open, nor does a
//! result wait in the outbox. A store that was wiped together with its hosts leaves such games. They
//! are recorded as void, so that nobody looks for them for ever.

use std::collections::HashSet;
use std::time::Duration;

use tokio::time::Instant;

use super::Recorder;
use crate::ids::RoomId;
use crate::results::{FinishedGame, Recorded, ResultsError};
use crate::telemetry::count;
use crate::wall_clock;

/// The age from which a game may be forgotten: longer than most games last, and longer than an ended
/// room is kept.
const FORGOTTEN: Duration = Duration::from_secs(15 * 60);

/// Games that are looked at in one go.
const AT_ONCE: usize = 128;

/// How far looking for forgotten games has come. It walks over all notes again and again, some at a
/// time, so that those which are no longer notes only for a while hold up nobody behind them.
pub(super) struct Search {
    looked_at: Instant,
    /// When the next game to be looked at began, at the earliest.
    from: u64,
    /// What seemed forgotten in the walk before. A store that has just come back empty has lost rooms
    /// whose hosts are about to put them back: so it takes two.
    suspects: HashSet<RoomId>,
    /// What seems forgotten in this walk.
    seen: HashSet<RoomId>,
}

impl Search {
    pub(super) fn new() -> Self {
        let (suspects, seen) = (HashSet::new(), HashSet::new());
        Self { looked_at: Instant::now(), from: 0, suspects, seen }
    }

    /// Whether it is time for the next look; says so once.
    fn is_due(&mut self, every: Duration) -> bool {
        let is_due = self.looked_at.elapsed() >= every;
        if is_due {
            self.looked_at = Instant::now();
        }
        is_due
    }

    /// After a look at these: on with those behind them, or from the beginning.
    fn go_on(&mut self, games: &[FinishedGame]) {
        match games.last() {
            Some(last) if games.len() == AT_ONCE => self.from = last.ended_at + 1,
            _ => {
                self.from = 0;
                self.suspects = std::mem::take(&mut self.seen);
            }
        }
    }
}

impl Recorder {
    /// Looks for forgotten games now and then, and records them.
    pub(super) async fn look_for_forgotten(&mut self) {
        if !self.search.is_due(self.settings.look_for_forgotten) {
            return;
        }
        let age = u64::try_from(FORGOTTEN.as_millis()).unwrap_or(u64::MAX);
        let before = wall_clock::millis().saturating_sub(age);
        if let Err(error) = self.look_at_some(before).await {
            tracing::debug!(%error, "nobody looks for forgotten games now");
        }
    }

    async fn look_at_some(&mut self, before: u64) -> Result<(), ResultsError> {
        let games = self.ports.results.unfinished(self.search.from..before, AT_ONCE).await?;
        for game in &games {
            // What has just ended matters more.
            if *self.stop.borrow() {
                return Ok(());
            }
            if !self.is_forgotten(game).await? {
                continue;
            }
            if self.search.suspects.contains(&game.game_id) {
                self.record_forgotten(game).await?;
            } else {
                self.search.seen.insert(game.game_id);
            }
        }
        self.search.go_on(&games);
        Ok(())
    }

    async fn is_forgotten(&self, game: &FinishedGame) -> Result<bool, ResultsError> {
        let stored = self.ports.rooms.load(game.game_id).await?;
        if stored.is_some_and(|room| !room.ended) {
            return Ok(false);
        }
        Ok(!self.ports.outbox.holds(game.game_id).await?)
    }

    async fn record_forgotten(&self, game: &FinishedGame) -> Result<(), ResultsError> {
        let id = game.game_id;
        match self.ports.results.record(game.clone()).await? {
            // The note was written late; it is gone now.
            Recorded::Already => tracing::debug!(game = %id, "a game was noted after its end"),
            Recorded::New => {
                tracing::error!(game = %id, "a game was forgotten; it is recorded as void");
                count(&self.metrics.recorded, "forgotten");
            }
        }
        Ok(self.ports.matchmaking.free(id, game.people().collect()).await?)
    }
}
