//! What operators ask the queues and seats. Unlike what pods ask, nothing here changes anything, and
//! what cannot be read is told instead of skipped or removed.

use std::time::Duration;

use super::stored::read_record;
use super::{ValkeyMatchmaking, read, scripts};
use crate::cluster::Unavailable;
use crate::cluster::valkey::Call;
use crate::ids::{PlayerId, RoomId};
use crate::matchmaking::{Cursor, Record};

/// Seats asked for at once, about.
const SEATS_AT_ONCE: u64 = 256;

/// Where to go on, and some players with their rooms.
type Seats = (u64, Vec<(Vec<u8>, Vec<u8>)>);

/// A founding record as far as it can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Noted {
    /// The record.
    Record(Record),
    /// Something that this version cannot read.
    Unreadable {
        /// Its room, if it is one's.
        room: Option<RoomId>,
        /// Why not.
        why: String,
    },
}

impl ValkeyMatchmaking {
    /// How many players wait for a game. Tickets that nobody renews are among them until somebody
    /// pairs.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn waiting(&self, game: &str) -> Result<u64, Unavailable> {
        let call = Call::command("ZCARD").key(self.valkey.keys().queue(game));
        read(self.valkey.run(call).await?)
    }

    /// Some of the seats that are taken, and where to go on; a walk as that of
    /// [`records`](super::Matchmaking::records). What is no seat is passed over, as everywhere.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn seats(
        &self,
        from: Cursor,
    ) -> Result<(Vec<(PlayerId, RoomId)>, Cursor), Unavailable> {
        let call = Call::command("HSCAN")
            .key(self.valkey.keys().seated())
            .number(from.0)
            .arg("COUNT")
            .number(SEATS_AT_ONCE);
        let (next, found): Seats = read(self.valkey.run(call).await?)?;
        let seat = |(player, room): (Vec<u8>, Vec<u8>)| Some((id(&player)?, id(&room)?));
        Ok((found.into_iter().filter_map(seat).collect(), Cursor(next)))
    }

    /// Some of the founding records, readable or not, and where to go on.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn all_noted(&self, from: Cursor) -> Result<(Vec<Noted>, Cursor), Unavailable> {
        let (next, now, found) = self.scan(from).await?;
        let noted = found.iter().map(|(room, text)| noted(room, text, now)).collect();
        Ok((noted, Cursor(next)))
    }

    /// The founding record of a room, readable or not.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn noted(&self, room: RoomId) -> Result<Option<Noted>, Unavailable> {
        let keys = self.valkey.keys();
        let name = room.to_string();
        let record = Call::command("HGET").key(keys.matches()).arg(&name);
        let text: Option<Vec<u8>> = read(self.valkey.run(record).await?)?;
        let Some(text) = text else { return Ok(None) };
        let now = read(self.valkey.run(Call::script(&scripts::TIME).key(keys.matches())).await?)?;
        Ok(Some(noted(name.as_bytes(), &text, now)))
    }
}

fn noted(room: &[u8], text: &[u8], now: u64) -> Noted {
    match read_record(room, text) {
        Ok((founding, written)) => {
            let age = Duration::from_millis(now.saturating_sub(written));
            Noted::Record(Record { founding, age })
        }
        Err(error) => Noted::Unreadable { room: id(room), why: error.to_string() },
    }
}

fn id<T: std::str::FromStr>(text: &[u8]) -> Option<T> {
    std::str::from_utf8(text).ok()?.parse().ok()
}
