//! `room end`: a game ends as void, whoever hosts it.
//!
//! The room is claimed, which fences its host, and ended with one commit, as the manager does with a
//! room whose game cannot be touched. The host's next commit is refused; it sends its players to ask
//! where the room is, and they are told how it ended. So nothing that was acknowledged is lost: the
//! record has it all.

use std::time::Duration;

use bytes::Bytes;
use tokio::time::sleep;

use crate::cluster::{ClaimError, CommitError};
use crate::ids::{PlayerId, PodId, RoomId};
use crate::operator::{Failure, Stores, text};
use crate::room::snapshot::SnapshotError;
use crate::room::{LastCommit, RoomState, WriteOffError, free_seats, write_off};
use crate::wall_clock;

/// How often a claim that another pod won, or a call without an answer, is tried again. The pods that
/// look for a host claim the room only once each.
const TRIES: u32 = 6;

/// The pause after a call without an answer.
const PAUSE: Duration = Duration::from_millis(200);

pub(in crate::operator) async fn end(stores: &Stores, room: RoomId) -> Result<String, Failure> {
    let refused = |why: &str| Failure::Refused(format!("room {room} cannot be ended: {why}"));
    // Under this name the room is claimed. Nobody ever hears a heartbeat of it.
    let me = PodId::random();
    let mut last_error = None;
    for _ in 0..TRIES {
        let stored = match stores.stored(room).await {
            Ok(stored) => stored,
            Err(Failure::Unavailable(error)) => {
                last_error = Some(error);
                sleep(PAUSE).await;
                continue;
            }
            Err(failure) => return Err(failure),
        };
        if stored.ended && stored.host == Some(me) {
            // It was done, and only the answer was lost.
            return Ok(told(room, freed(stores, room, stored.players.present().collect()).await));
        }
        if stored.ended {
            return Err(refused("it has ended already"));
        }
        stores.restore(room, &stored).map_err(|why| refused(&why))?;
        let last = |format, snapshot: &Bytes| void(stores, room, format, snapshot);
        match write_off(&stores.store, me, (room, &stored), last).await {
            Ok(record) => {
                let players = record.people().collect();
                return Ok(told(room, freed(stores, room, players).await));
            }
            Err(error @ WriteOffError::Snapshot(_)) => return Err(refused(&error.to_string())),
            Err(
                WriteOffError::Claim(ClaimError::Unavailable(error))
                | WriteOffError::Commit(CommitError::Unavailable(error)),
            ) => {
                last_error = Some(error);
                sleep(PAUSE).await;
            }
            // Somebody else was quicker: the next look tells what it is now.
            Err(_) => last_error = None,
        }
    }
    match last_error {
        Some(error) => Err(error.into()),
        None => Err(refused("it changes hands all the time; try again")),
    }
}

/// The last commit of a room whose game counts for nobody from now on.
fn void(
    stores: &Stores,
    room: RoomId,
    format: u32,
    snapshot: &Bytes,
) -> Result<LastCommit, SnapshotError> {
    let mut state = RoomState::restore(room, snapshot, &stores.catalogue)?;
    state.void();
    let record = state.finished(wall_clock::millis());
    Ok(LastCommit { snapshot: state.snapshot(format)?, record })
}

async fn freed(stores: &Stores, room: RoomId, players: Vec<PlayerId>) -> bool {
    free_seats(&stores.matchmaking, room, players).await.is_ok()
}

fn told(room: RoomId, freed: bool) -> String {
    let seats = match freed {
        true => "Its seats are free, and its host is fenced.",
        false => "Its host is fenced. Its seats are freed as soon as the result is recorded.",
    };
    let when = text::duration(NEXT_COMMIT);
    format!(
        "room {room} has ended as void.\n{seats} Players who are there are told within {when}.\n"
    )
}

/// A host commits at least that often while a player is there, and is told then.
const NEXT_COMMIT: Duration = Duration::from_secs(2);
