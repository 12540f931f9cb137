//! Rooms in memory, with the fencing rules of the port.

use std::collections::{BTreeMap, VecDeque};

use bytes::Bytes;
use tokio::time::Instant;

use crate::cluster::{
    ClaimError, Claimed, Commit, CommitError, Held, Judged, KEEP_ENDED, NewRoom, OpenRoom,
    StoredRoom, judge,
};
use crate::ids::{BySeat, Epoch, PlayerId, PodId, RoomId};

/// Rooms by id. Those that ended are forgotten ten minutes later, whenever the table is touched.
#[derive(Debug, Default)]
pub(super) struct RoomTable {
    rooms: BTreeMap<RoomId, Room>,
    /// Ended rooms, oldest first.
    ended: VecDeque<(Instant, RoomId)>,
}

#[derive(Debug)]
struct Room {
    held: Held,
    players: BySeat<Option<PlayerId>>,
    format: u32,
    snapshot: Bytes,
    /// When it was committed or claimed.
    touched: Instant,
}

impl RoomTable {
    pub(super) fn found(&mut self, new: NewRoom) -> bool {
        self.forget_ended();
        if self.rooms.contains_key(&new.id) {
            return false;
        }
        let held =
            Held { host: Some(new.host), epoch: new.epoch, version: new.version, ended: false };
        let room = Room {
            held,
            players: new.players,
            format: new.format,
            snapshot: new.snapshot,
            touched: Instant::now(),
        };
        self.rooms.insert(new.id, room);
        true
    }

    /// Whether this very commit ended the room.
    pub(super) fn commit(&mut self, commit: Commit) -> Result<bool, CommitError> {
        self.forget_ended();
        let Some(room) = self.rooms.get_mut(&commit.room) else {
            return Err(CommitError::Missing);
        };
        match judge(&room.held, commit.host, commit.epoch, commit.version) {
            Judged::Fenced => return Err(CommitError::Fenced),
            Judged::Overtaken => return Ok(false),
            Judged::Taken => {}
        }
        let ended = commit.finished.is_some();
        room.held =
            Held { host: Some(commit.host), epoch: commit.epoch, version: commit.version, ended };
        room.format = commit.format;
        room.snapshot = commit.snapshot;
        room.touched = Instant::now();
        if ended {
            self.ended.push_back((Instant::now(), commit.room));
        }
        Ok(ended)
    }

    pub(super) fn claim(
        &mut self,
        room: RoomId,
        host: PodId,
        seen: Epoch,
        formats: &[u32],
    ) -> Result<Claimed, ClaimError> {
        self.forget_ended();
        let room = self.rooms.get_mut(&room).ok_or(ClaimError::Missing)?;
        if room.held.ended {
            return Err(ClaimError::Ended);
        }
        if room.held.epoch != seen {
            return Err(ClaimError::Lost(room.held.epoch));
        }
        if !formats.contains(&room.format) {
            return Err(ClaimError::Unreadable(room.format));
        }
        room.held.epoch = seen.next();
        room.held.host = Some(host);
        room.touched = Instant::now();
        Ok(Claimed {
            epoch: room.held.epoch,
            version: room.held.version,
            format: room.format,
            snapshot: room.snapshot.clone(),
        })
    }

    pub(super) fn release(&mut self, room: RoomId, host: PodId, epoch: Epoch) {
        if let Some(room) = self.rooms.get_mut(&room)
            && room.held.host == Some(host)
            && room.held.epoch == epoch
            && !room.held.ended
        {
            room.held.host = None;
        }
    }

    pub(super) fn load(&mut self, room: RoomId) -> Option<StoredRoom> {
        self.forget_ended();
        self.rooms.get(&room).map(|room| StoredRoom {
            host: room.held.host,
            epoch: room.held.epoch,
            version: room.held.version,
            format: room.format,
            snapshot: room.snapshot.clone(),
            ended: room.held.ended,
            players: room.players,
            idle: Some(room.touched.elapsed()),
        })
    }

    pub(super) fn open(&self) -> Vec<OpenRoom> {
        let open = self.rooms.iter().filter(|(_, room)| !room.held.ended);
        open.map(|(id, room)| (*id, room.players)).collect()
    }

    fn forget_ended(&mut self) {
        while let Some((ended, room)) = self.ended.front()
            && ended.elapsed() >= KEEP_ENDED
        {
            self.rooms.remove(room);
            self.ended.pop_front();
        }
    }
}
