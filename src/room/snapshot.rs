//! The snapshot: everything a room is, as JSON, and back.

use std::sync::atomic::{AtomicU32, Ordering};

use bytes::Bytes;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use super::seat::SeatState;
use super::state::{Ending, RoomState};
use crate::games::{Catalogue, GameTime};
use crate::ids::{BySeat, RoomId};
use crate::planted::Fault;
use crate::protocol::Reason;
use crate::results::FinishedGame;
use crate::wall_clock;

/// The formats this server reads, the newest last: its own and the one before. A new one comes
/// whenever a room's or a game's state changes so that an older server could not read it.
pub const READABLE: &[u32] = if cfg!(feature = "next-format") { &[1, 2] } else { &[1] };

/// The format that this pod writes: the highest that every living pod reads.
#[derive(Debug)]
pub struct Format(AtomicU32);

impl Default for Format {
    /// The lowest that this server knows, until it has seen who else lives.
    fn default() -> Self {
        Self(AtomicU32::new(READABLE[0]))
    }
}

impl Format {
    /// The format to write.
    pub fn get(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }

    /// Takes the highest format that all of these pods read, this one among them.
    pub fn agree<'a>(&self, pods: impl IntoIterator<Item = &'a [u32]>) {
        let pods: Vec<_> = pods.into_iter().collect();
        let all_read = |format: &&u32| pods.iter().all(|reads| reads.contains(format));
        if let Some(format) = READABLE.iter().rev().find(all_read)
            && self.0.swap(*format, Ordering::Relaxed) != *format
        {
            tracing::info!(format, "snapshots are written in another format");
        }
    }
}

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

/// Format 2 differs from format 1 only in the name of the time: it exists for the test that a
/// deployment to a newer format loses nothing, and is replaced by the first real one.
#[derive(Serialize)]
struct Written<'a> {
    game: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<GameTime>,
    #[serde(rename = "gameTime", skip_serializing_if = "Option::is_none")]
    game_time: Option<GameTime>,
    seats: &'a BySeat<SeatState>,
    ending: Option<Ending>,
    state: &'a RawValue,
}

#[derive(Deserialize)]
struct Read {
    game: String,
    #[cfg_attr(feature = "next-format", serde(alias = "gameTime"))]
    #[serde(deserialize_with = "likely")]
    time: GameTime,
    seats: BySeat<SeatState>,
    ending: Option<Ending>,
    state: Box<RawValue>,
}

/// A hundred years: far from where times end, so that every room has time to go on.
const LONGEST: GameTime = GameTime(100 * 365 * 24 * 3_600_000);

fn likely<'de, D: Deserializer<'de>>(from: D) -> Result<GameTime, D::Error> {
    let time = GameTime::deserialize(from)?;
    if time <= LONGEST { Ok(time) } else { Err(D::Error::custom("no game lasts so long")) }
}

/// The record of a room whose game cannot be touched any more: void, and without points.
///
/// # Errors
/// When the snapshot is damaged.
pub fn write_off(id: RoomId, snapshot: &[u8]) -> Result<FinishedGame, SnapshotError> {
    let read: Read = serde_json::from_slice(snapshot)?;
    Ok(FinishedGame {
        game_id: id,
        game: read.game,
        ended_at: wall_clock::millis(),
        reason: Reason::Void,
        winner: None,
        seats: read.seats.map(|seat| seat.finished(0)),
    })
}

impl RoomState {
    /// The snapshot of this state, in one of the formats that this server reads.
    ///
    /// # Errors
    /// When the game's state cannot be written, which is a fault of the game.
    pub fn snapshot(&self, format: u32) -> Result<Bytes, SnapshotError> {
        let state = self.table.snapshot()?;
        let written = Written {
            game: self.table.name(),
            time: (format < 2).then_some(self.time),
            game_time: (format >= 2).then_some(self.time),
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
        let mut read: Read = serde_json::from_slice(snapshot)?;
        if Fault::NumbersResetOnResume.is_planted() {
            read.seats.p1.consumed = 0;
            read.seats.p2.consumed = 0;
        }
        let table = catalogue
            .restore(&read.game, read.state.get())
            .ok_or(SnapshotError::UnknownGame(read.game))??;
        Ok(Self { id, table, seats: read.seats, time: read.time, ending: read.ending })
    }
}
