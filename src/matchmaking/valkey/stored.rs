//! What tickets and founding records look like in Valkey: JSON that an operator can read.
//!
//! A founding record carries a format number, and one of another version is left alone. The scripts
//! write both; see `lua/matchmaking/queue.lua`.

use serde::{Deserialize, Serialize};

use crate::ids::{PodId, TicketId};
use crate::matchmaking::{Founding, Profile, Ticket};

/// The formats of founding records that this program reads. The scripts write the last.
const READABLE: &[u32] = &[1];

/// A ticket, without when it was renewed: the script adds that.
#[derive(Serialize)]
struct StoredTicket<'a> {
    ticket: TicketId,
    game: &'a str,
    pod: PodId,
    player: &'a Profile,
}

/// What the script is given of a ticket.
pub(super) fn ticket_text(ticket: &Ticket) -> Vec<u8> {
    let Ticket { id, player, game, pod } = ticket;
    let stored = StoredTicket { ticket: *id, game, pod: *pod, player };
    // Ids and texts: this cannot fail.
    serde_json::to_vec(&stored).unwrap_or_default()
}

#[derive(Deserialize)]
struct StoredRecord {
    /// When it was written, in milliseconds of the server's clock.
    at: u64,
    founding: Founding,
}

#[derive(Deserialize)]
struct AnyRecord {
    format: u32,
}

/// Why a record cannot be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoRecord {
    /// Another version of this program wrote it.
    #[error("a founding record of format {0}")]
    Format(u32),
    /// It is none.
    #[error("{0}")]
    Broken(String),
}

/// Reads the founding record of a room, and when it was written.
pub(super) fn read_record(room: &[u8], text: &[u8]) -> Result<(Founding, u64), NoRecord> {
    let broken = |error: serde_json::Error| NoRecord::Broken(error.to_string());
    let AnyRecord { format } = serde_json::from_slice(text).map_err(broken)?;
    if !READABLE.contains(&format) {
        return Err(NoRecord::Format(format));
    }
    let StoredRecord { at, founding } = serde_json::from_slice(text).map_err(broken)?;
    if founding.room.to_string().as_bytes() != room {
        return Err(NoRecord::Broken("it names another room".to_owned()));
    }
    Ok((founding, at))
}
