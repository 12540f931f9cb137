//! `player sign-out`: every session of a player. `player free`: a seat in a room that is no more. A seat in
//! a living room is left alone: taking it away would let its player be matched again while the game goes on.

use std::time::Duration;

use super::{Failure, Stores, text};
use crate::auth::{CLOCKS_DIFFER, sign_out_until};
use crate::cluster::{Look, SignOuts, StoredRoom};
use crate::ids::{PlayerId, RoomId};
use crate::matchmaking::{Matchmaking, Noted, Record};

/// A room that is not in the store after so long will not be founded any more: pods end it as void
/// after half of that.
const ABANDONED: Duration = Duration::from_secs(60);

pub(super) async fn free(stores: &Stores, player: PlayerId) -> Result<String, Failure> {
    let seats = stores.matchmaking.seats_of(vec![player]).await?;
    let Some((_, room)) = seats.first().copied() else {
        return Err(Failure::Refused(format!("player {player} sits in no room")));
    };
    let sits = format!("player {player} sits in room {room}");
    let refused = |why: String| Failure::Refused(format!("{sits}, {why}"));
    let (what, mut players) = match stores.store.look_at(room).await? {
        Look::Stored(stored) if !stored.ended => return Err(refused(lives(room, &stored))),
        Look::Stored(stored) => ("which has ended", stored.players.present().collect()),
        Look::Damaged(why) => {
            return Err(refused(format!("which is damaged in the store: {why}")));
        }
        Look::Absent => match stores.matchmaking.noted(room).await? {
            None => ("which is gone", Vec::new()),
            Some(Noted::Record(record)) => {
                ("which was never founded", abandoned(&record).map_err(refused)?)
            }
            Some(Noted::Unreadable { why, .. }) => {
                let why = format!("whose founding record cannot be read here: {why}");
                return Err(refused(why));
            }
        },
    };
    if !players.contains(&player) {
        players.push(player);
    }
    // Each is freed only if the seat still names this room.
    stores.matchmaking.free(room, players).await?;
    Ok(format!("{sits}, {what}.\nThe seat is free.\n"))
}

/// All that began until now by any pod's clock, which this machine's may be far from; whoever has an account
/// signs in again.
pub(super) async fn sign_out(stores: &Stores, player: PlayerId) -> Result<String, Failure> {
    let at = stores.store.clock().await? / 1000 + CLOCKS_DIFFER;
    stores.store.sign_out(vec![sign_out_until(player, at)]).await?;
    Ok(format!("All sessions of player {player} are over on every pod within two seconds.\n"))
}

fn lives(room: RoomId, stored: &StoredRoom) -> String {
    let idle = stored.idle.map(|idle| format!(", committed {} ago", text::duration(idle)));
    let idle = idle.unwrap_or_default();
    let host = stored.host.map_or_else(|| "nobody".to_owned(), |pod| pod.to_string());
    format!(
        "which lives (hosted by {host}{idle}); `overcookied room end {room}` ends its game as void"
    )
}

/// Who sits in a room that nobody has founded; or why it is too early to say so.
fn abandoned(record: &Record) -> Result<Vec<PlayerId>, String> {
    if record.age < ABANDONED {
        return Err(format!(
            "which is still to be founded: its founding record was written {} ago. A pod founds it, \
             or ends it as void after 30 s; after {} it counts as gone",
            text::duration(record.age),
            text::duration(ABANDONED)
        ));
    }
    Ok(record.founding.people().collect())
}
