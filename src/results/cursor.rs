//! The cursor of a player's history: the last game of the page before, in a form that clients hand
//! back but cannot make.
//!
//! It names a game instead of a page number, so that new games do not shift the pages. The checksum
//! is no secret; it keeps garbage, cut-off text and other players' cursors from being taken for a
//! place in the history.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{HistoryEntry, HistoryPage, ResultsError};
use crate::ids::{PlayerId, RoomId};

/// The longest page of a history.
pub(super) const LONGEST_PAGE: usize = 100;

const PLACE_BYTES: usize = 8 + 16;
const CHECK_BYTES: usize = 6;

/// A place in a player's history, newest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cursor {
    /// When the last game of the page ended, in milliseconds since 1970.
    pub(super) ended_at: u64,
    /// That game.
    pub(super) game: RoomId,
}

impl Cursor {
    /// The place that a client names, if any.
    pub(super) fn given(
        player: PlayerId,
        text: Option<String>,
    ) -> Result<Option<Self>, ResultsError> {
        let decoded = text.map(|text| Self::decode(player, &text).ok_or(ResultsError::BadCursor));
        decoded.transpose()
    }

    /// The cursor as the player sees it.
    pub(super) fn encode(self, player: PlayerId) -> String {
        let mut bytes = self.place().to_vec();
        bytes.extend(check(player, &self.place()));
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads what [`encode`](Self::encode) wrote for this player, and nothing else.
    pub(super) fn decode(player: PlayerId, text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (place, given) = bytes.split_at_checked(PLACE_BYTES)?;
        if given != check(player, place) {
            return None;
        }
        let (ended_at, game) = place.split_first_chunk::<8>()?;
        let game = RoomId::from(Uuid::from_slice(game).ok()?);
        Some(Self { ended_at: u64::from_be_bytes(*ended_at), game })
    }

    fn place(self) -> [u8; PLACE_BYTES] {
        let mut place = [0; PLACE_BYTES];
        place[..8].copy_from_slice(&self.ended_at.to_be_bytes());
        place[8..].copy_from_slice(self.game.as_uuid().as_bytes());
        place
    }
}

/// A page of at most `limit` games, from one more where there are more.
pub(super) fn page(
    player: PlayerId,
    limit: usize,
    mut games: Vec<(Cursor, HistoryEntry)>,
) -> HistoryPage {
    let more = games.len() > limit;
    games.truncate(limit);
    let last = games.last().filter(|_| more);
    let next = last.map(|(place, _)| place.encode(player));
    HistoryPage { games: games.into_iter().map(|(_, entry)| entry).collect(), next }
}

fn check(player: PlayerId, place: &[u8]) -> [u8; CHECK_BYTES] {
    let digest = Sha256::new()
        .chain_update(b"overcookied history cursor 1")
        .chain_update(player.as_uuid().as_bytes())
        .chain_update(place)
        .finalize();
    let mut check = [0; CHECK_BYTES];
    check.copy_from_slice(&digest[..CHECK_BYTES]);
    check
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_back_by_its_player_alone() {
        let (anna, ben) = (PlayerId::random(), PlayerId::random());
        let cursor = Cursor { ended_at: 1_790_000_000_123, game: RoomId::random() };
        let text = cursor.encode(anna);
        assert_eq!(Cursor::decode(anna, &text), Some(cursor));
        assert_eq!(Cursor::decode(ben, &text), None);
    }

    #[test]
    fn garbage_is_no_cursor() {
        let anna = PlayerId::random();
        let good = Cursor { ended_at: 5, game: RoomId::random() }.encode(anna);
        assert_eq!(Cursor::decode(anna, ""), None);
        assert_eq!(Cursor::decode(anna, "not base64!"), None);
        assert_eq!(Cursor::decode(anna, &good[1..]), None);
        assert_eq!(Cursor::decode(anna, &format!("{good}AAAA")), None);
        for at in 0..good.len() - 1 {
            let mut bad = good.clone().into_bytes();
            bad[at] = if bad[at] == b'A' { b'B' } else { b'A' };
            assert_eq!(Cursor::decode(anna, &String::from_utf8(bad).unwrap()), None);
        }
    }
}
