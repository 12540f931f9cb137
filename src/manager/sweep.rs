//! The sweep: rooms that nobody asks for any more still come to an end.
//!
//! Every pod walks through the founding records, slice by slice. A room whose host has left is
//! hosted here; one that was never founded, because its pod died first, ends as void. A room without a
//! founding record is not found: the record goes only when the seats are freed.

use std::time::Duration;

use actix::Context;

use super::GameManager;
use super::hosting::Wanted;
use crate::cluster::Unavailable;
use crate::ids::{Epoch, RoomId};
use crate::matchmaking::{Cursor, Founding, Record};
use crate::room::RoomDeps;

/// How often.
pub(super) const SWEEP: Duration = Duration::from_secs(5);
/// A founding record that has no room after so long ends as void.
const UNFOUNDED: Duration = Duration::from_secs(30);
/// Slices that are looked at in one sweep.
const SLICES: u32 = 8;

/// A room that needs somebody.
enum Left {
    /// Its host has gone.
    Behind(RoomId, Epoch),
    /// It was never founded.
    Unfounded(Founding),
}

impl GameManager {
    pub(super) fn sweep(&mut self, ctx: &mut Context<Self>) {
        let fit = self.draining.is_none() && self.deps.room.vitals.may_suspect();
        if !fit || std::mem::replace(&mut self.sweeping, true) {
            return;
        }
        let (deps, from) = (self.deps.room.clone(), self.swept_to);
        let known: Vec<RoomId> = self.rooms.keys().copied().collect();
        let walk = async move { walk(&deps, from, &known).await };
        self.ask(ctx, walk, |manager, walked, ctx| {
            manager.sweeping = false;
            let Ok((left, to)) = walked else { return };
            manager.swept_to = to;
            for left in left {
                manager.take_care_of(left, ctx);
            }
        });
    }

    fn take_care_of(&mut self, left: Left, ctx: &mut Context<Self>) {
        if self.draining.is_some() {
            return;
        }
        match left {
            Left::Behind(room, epoch) => {
                self.open(room, Some(Wanted { epoch, why: "swept", since: None }), ctx);
            }
            Left::Unfounded(founding) => {
                tracing::warn!(room = %founding.room, "a room that was never founded ends as void");
                self.found_void(founding, ctx);
            }
        }
    }
}

async fn walk(
    deps: &RoomDeps,
    from: Cursor,
    known: &[RoomId],
) -> Result<(Vec<Left>, Cursor), Unavailable> {
    let (mut left, mut at) = (Vec::new(), from);
    for _ in 0..SLICES {
        let (records, next) = deps.matchmaking.records(at).await?;
        for record in records.into_iter().filter(|record| !known.contains(&record.founding.room)) {
            left.extend(judge(deps, record).await?);
        }
        at = next;
        if at == Cursor::default() {
            break;
        }
    }
    Ok((left, at))
}

async fn judge(deps: &RoomDeps, record: Record) -> Result<Option<Left>, Unavailable> {
    let room = record.founding.room;
    let Some(stored) = deps.rooms.load(room).await? else {
        let unfounded = record.age > UNFOUNDED;
        return Ok(unfounded.then_some(Left::Unfounded(record.founding)));
    };
    if stored.ended {
        // Whoever ended it died before it could free the seats; the recorder does the same.
        let players = [stored.players.p1, stored.players.p2].into_iter().flatten().collect();
        deps.matchmaking.free(room, players).await?;
        return Ok(None);
    }
    let has_host = match stored.host {
        // Not known here although this pod hosts it: a claim or a write-off that was not answered.
        Some(host) if host == deps.host => false,
        Some(host) => deps.vitals.age(host).await?.is_some(),
        None => false,
    };
    Ok((!has_host).then_some(Left::Behind(room, stored.epoch)))
}
