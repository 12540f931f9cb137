//! The snapshot: everything a room is, as JSON, and back.

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::seat::SeatState;
use super::state::{Ending, RoomState};
use crate::games::{Catalogue, GameTime};
use crate::ids::{BySeat, RoomId};
use crate::protocol::Reason;
use crate::results::{FinishedGame, FinishedSeat};
use crate::wall_clock;

/// The format this server writes. It is raised whenever a room's or a game's state changes so
/// that an older server could not read it.
pub const FORMAT: u32 = 1;

/// The formats this server reads.
pub const READABLE: &[u32] = &[FORMAT];

/// Why a snapshot cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// It is not what this server writes.
    #[error("the snapshot is damaged: {0}")]
    Damaged(#[from] serde_json::Error),
    /// It is of a game that this server does not know.
    #[error("this server does not know the game {0:?}")]
    UnknownGame(String),
}

#[derive(Serialize)]
struct Written<'a> {
    game: &'a str,
    time: GameTime,
    seats: &'a BySeat<SeatState>,
    ending: Option<Ending>,
    state: &'a RawValue,
}

#[derive(Deserialize)]
struct Read {
    game: String,
    time: GameTime,
    seats: BySeat<SeatState>,
    ending: Option<Ending>,
    state: Box<RawValue>,
}

/// The record of a room whose game cannot be touched any more: void, and without points.
///
/// # Errors
/// When the snapshot is damaged.
pub fn write_off(id: RoomId, snapshot: &[u8]) -> Result<FinishedGame, SnapshotError> {
    let read: Read = serde_json::from_slice(snapshot)?;
    let seat = |seat: &SeatState| FinishedSeat {
        player: seat.player.id,
        name: seat.player.name.clone(),
        picture: seat.player.picture.clone(),
        bot: seat.bot,
        points: 0,
        clicks: seat.consumed,
    };
    Ok(FinishedGame {
        game_id: id,
        game: read.game,
        ended_at: wall_clock::millis(),
        reason: Reason::Void,
        winner: None,
        seats: read.seats.map(seat),
    })
}

impl RoomState {
    /// The snapshot of this state.
    ///
    /// # Errors
    /// When the game's state cannot be written, which is a fault of the game.
    pub fn snapshot(&self) -> Result<Bytes, SnapshotError> {
        let state = self.table.snapshot()?;
        let written = Written {
            game: self.table.name(),
            time: self.time,
            seats: &self.seats,
            ending: self.ending,
            state: &state,
        };
        Ok(serde_json::to_vec(&written)?.into())
    }

    /// The room that a snapshot describes.
    ///
    /// # Errors
    /// When it is damaged, or of an unknown game.
    pub fn restore(
        id: RoomId,
        snapshot: &[u8],
        catalogue: &Catalogue,
    ) -> Result<Self, SnapshotError> {
        let read: Read = serde_json::from_slice(snapshot)?;
        let table = catalogue
            .restore(&read.game, read.state.get())
            .ok_or(SnapshotError::UnknownGame(read.game))??;
        Ok(Self { id, table, seats: read.seats, time: read.time, ending: read.ending })
    }
}
