//! The directory of players in memory.

use std::collections::{BTreeSet, HashMap};

use tokio::time::Instant;

use crate::cluster::{Arrival, KEEP_PLAYER};
use crate::ids::{Generation, PlayerId, PodId, RoomId};

/// Players by id. Those not touched for half an hour are forgotten.
#[derive(Debug, Default)]
pub(super) struct Directory {
    players: HashMap<PlayerId, Entry>,
    /// The same players, longest untouched first.
    by_touch: BTreeSet<(Instant, PlayerId)>,
    /// The last generation given to anybody. One counter for all: a player who has been forgotten
    /// while a connection was open still gets a higher number than that connection's.
    generation: Generation,
}

#[derive(Debug)]
struct Entry {
    last_room: Option<RoomId>,
    /// The newest connection, and the pod that serves it.
    newest: Option<(Generation, PodId)>,
    touched: Instant,
}

impl Directory {
    pub(super) fn arrive(&mut self, player: PlayerId, pod: PodId) -> Arrival {
        self.generation = self.generation.next();
        let generation = self.generation;
        let entry = self.touch(player);
        let before = entry.newest.replace((generation, pod));
        let pod_before = before.map(|(_, pod)| pod);
        Arrival { generation, last_room: entry.last_room, pod_before }
    }

    pub(super) fn newest(&mut self, players: &[PlayerId]) -> Vec<(PlayerId, Generation)> {
        self.forget_untouched();
        let known = |player: &PlayerId| {
            let (generation, _) = self.players.get(player)?.newest?;
            self.touch(*player);
            Some((*player, generation))
        };
        players.iter().filter_map(known).collect()
    }

    pub(super) fn seated(&mut self, room: RoomId, players: &[PlayerId]) {
        for player in players {
            self.touch(*player).last_room = Some(room);
        }
    }

    pub(super) fn leave_behind(&mut self, player: PlayerId, room: RoomId) {
        self.forget_untouched();
        if self.players.contains_key(&player) {
            let entry = self.touch(player);
            if entry.last_room == Some(room) {
                entry.last_room = None;
            }
        }
    }

    fn touch(&mut self, player: PlayerId) -> &mut Entry {
        self.forget_untouched();
        let now = Instant::now();
        let entry = self.players.entry(player).or_insert(Entry {
            last_room: None,
            newest: None,
            touched: now,
        });
        self.by_touch.remove(&(entry.touched, player));
        self.by_touch.insert((now, player));
        entry.touched = now;
        entry
    }

    fn forget_untouched(&mut self) {
        while let Some((touched, player)) = self.by_touch.first()
            && touched.elapsed() >= KEEP_PLAYER
        {
            self.players.remove(player);
            self.by_touch.pop_first();
        }
    }
}
