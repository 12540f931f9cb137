//! The results of a simulation: each game once, whoever records it and however often.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::trace::{Trace, short};
use crate::ids::RoomId;
use crate::results::{FinishedGame, Recorded};

/// Every game that was recorded. Cloning gives another handle to the same games.
#[derive(Clone, Default)]
pub(super) struct RecordedGames(Arc<Mutex<BTreeMap<RoomId, FinishedGame>>>);

impl RecordedGames {
    pub(super) fn record(&self, game: &FinishedGame, trace: &Trace) -> Recorded {
        let mut games = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match games.get(&game.game_id) {
            None => {
                trace.line(format_args!("recorded {}", short(game.game_id)));
                games.insert(game.game_id, game.clone());
                Recorded::New
            }
            Some(known) => {
                trace.sometimes("a game had been recorded already");
                if known != game {
                    let text = format!("{known:?}, and then {game:?}");
                    trace.breach("a game has one result", text);
                }
                Recorded::Already
            }
        }
    }

    pub(super) fn get(&self, room: RoomId) -> Option<FinishedGame> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&room).cloned()
    }
}
