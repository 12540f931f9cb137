//! Games that began and of which nothing is heard any more: neither is their room open, nor does a
//! result wait in the outbox. A store that was wiped together with its hosts leaves such games. They
//! are recorded as void, so that nobody looks for them for ever.

use std::time::Duration;

use super::Recorder;
use crate::results::{FinishedGame, ResultsError};
use crate::telemetry::count;
use crate::wall_clock;

/// The age from which a game may be forgotten: longer than any game lasts, and longer than an ended
/// room is kept.
const FORGOTTEN: Duration = Duration::from_secs(15 * 60);

/// Games that are looked at in one go.
const AT_ONCE: usize = 32;

impl Recorder {
    /// Looks for forgotten games, and records them.
    pub(super) async fn look_for_forgotten(&self) {
        let age = u64::try_from(FORGOTTEN.as_millis()).unwrap_or(u64::MAX);
        let before = wall_clock::millis().saturating_sub(age);
        let unfinished = match self.ports.results.unfinished(before, AT_ONCE).await {
            Ok(games) => games,
            Err(error) => return tracing::debug!(%error, "nobody looks for forgotten games now"),
        };
        for game in unfinished {
            let id = game.game_id;
            match self.is_forgotten(&game).await {
                Ok(false) => {}
                Ok(true) => self.record_forgotten(game).await,
                Err(error) => tracing::debug!(game = %id, %error, "a game may be forgotten"),
            }
        }
    }

    async fn is_forgotten(&self, game: &FinishedGame) -> Result<bool, ResultsError> {
        let stored = self.ports.rooms.load(game.game_id).await?;
        if stored.is_some_and(|room| !room.ended) {
            return Ok(false);
        }
        Ok(!self.ports.outbox.holds(game.game_id).await?)
    }

    async fn record_forgotten(&self, game: FinishedGame) {
        let (id, people) = (game.game_id, game.people().collect());
        if let Err(error) = self.ports.results.record(game).await {
            return tracing::debug!(game = %id, %error, "a forgotten game is not recorded yet");
        }
        tracing::error!(game = %id, "a game was forgotten; it is recorded as void");
        count(&self.metrics.recorded, "forgotten");
        if let Err(error) = self.ports.matchmaking.free(id, people).await {
            tracing::debug!(game = %id, %error, "seats of a forgotten game stay taken");
        }
    }
}
