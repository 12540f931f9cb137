//! Notes of games that have begun, on their way to the results. Nobody waits for them.

use futures_util::future::join_all;
use tokio::sync::mpsc;

use super::Recorder;
use crate::results::{FinishedGame, ResultsError};

/// Notes that may wait. One more is lost: then, should everything else forget the game, so do we.
const MOST: usize = 1024;

/// Notes that are written at the same time, and how often so between two looks at the outbox.
const AT_ONCE: usize = 8;
const ROUNDS: usize = 8;

/// Takes notes. Cloning gives another handle to the same.
#[derive(Clone, Debug)]
pub(super) struct Notes(mpsc::Sender<FinishedGame>);

/// The notes that were taken.
pub(super) struct Noted {
    taken: mpsc::Receiver<FinishedGame>,
    /// Those on their way.
    waiting: Vec<FinishedGame>,
}

pub(super) fn notes() -> (Notes, Noted) {
    let (sender, taken) = mpsc::channel(MOST);
    (Notes(sender), Noted { taken, waiting: Vec::new() })
}

impl Notes {
    pub(super) fn take(&self, game: FinishedGame) {
        if let Err(error) = self.0.try_send(game) {
            tracing::warn!(%error, "the start of a game is not noted");
        }
    }
}

impl Recorder {
    /// Writes some of what was noted, until the results do not answer. Not all of it at once: games
    /// that have ended matter more.
    pub(super) async fn write_notes(&mut self) {
        for _ in 0..ROUNDS {
            while self.noted.waiting.len() < AT_ONCE
                && let Ok(game) = self.noted.taken.try_recv()
            {
                self.noted.waiting.push(game);
            }
            if self.noted.waiting.is_empty() {
                return;
            }
            let games = std::mem::take(&mut self.noted.waiting);
            let written =
                join_all(games.iter().map(|game| self.ports.results.note_begun(game.clone())))
                    .await;
            for (game, written) in games.into_iter().zip(written) {
                match written {
                    Ok(()) => {}
                    Err(ResultsError::Unavailable(why)) => {
                        tracing::debug!(why, "the start of a game is not noted yet");
                        self.noted.waiting.push(game);
                    }
                    Err(error) => tracing::warn!(%error, "the start of a game is not noted"),
                }
            }
            if !self.noted.waiting.is_empty() {
                return;
            }
        }
    }
}
