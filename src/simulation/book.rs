//! The book of a simulation: what the store has confirmed about each room, and what follows from it.
//!
//! It sees every change of a room at the moment it is made, and every frame at the moment it leaves
//! a pod, so it knows what a pod may say, whatever the pod knows.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Deserialize;
use tokio::time::Instant;

use super::trace::{Trace, short};
use crate::cluster::StoredRoom;
use crate::ids::{BySeat, Epoch, PlayerId, PodId, RoomId, Seat, Version};
use crate::matchmaking::Founding;
use crate::results::FinishedGame;
use crate::swarm::GameOver;
use crate::swarm::simulated::Claim;

/// What the store has confirmed.
#[derive(Default)]
pub(super) struct Book(Mutex<Pages>);

#[derive(Default)]
struct Pages {
    rooms: BTreeMap<RoomId, Page>,
    /// The last match of each player, and when it was made, until the player was told.
    matches: BTreeMap<PlayerId, (RoomId, Instant)>,
    /// The last connection of each player that a pod has sent on, and when its client learns of it.
    sent_on: BTreeMap<PlayerId, (u64, Instant)>,
    /// Pods that live, and whether each is well: whoever claims a room of theirs was wrong.
    living: BTreeMap<PodId, bool>,
}

#[derive(Clone)]
struct Page {
    players: BySeat<Option<PlayerId>>,
    host: Option<PodId>,
    epoch: Epoch,
    version: Version,
    ended: bool,
    state: State,
    /// How it ended, as it went to the outbox.
    result: Option<FinishedGame>,
    /// When it last changed hands, and the game time then.
    since: (Instant, u64),
}

/// A snapshot, as far as the book reads it.
#[derive(Clone, Deserialize)]
struct State {
    #[serde(alias = "gameTime")]
    time: u64,
    seats: BySeat<SeatState>,
}

#[derive(Clone, Deserialize)]
struct SeatState {
    consumed: u32,
}

/// Which room the frames of a connection are about.
pub(super) type About = Option<(RoomId, Seat)>;

impl Book {
    fn lock(&self) -> MutexGuard<'_, Pages> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// These pods live at the moment, and are well or not.
    pub(super) fn live(&self, pods: BTreeMap<PodId, bool>) {
        self.lock().living = pods;
    }

    /// Whether a pod lives.
    pub(super) fn lives(&self, pod: PodId) -> bool {
        self.lock().living.contains_key(&pod)
    }

    /// Rooms that have not ended.
    pub(super) fn open(&self) -> Vec<RoomId> {
        self.lock().rooms.iter().filter(|(_, page)| !page.ended).map(|(id, _)| *id).collect()
    }

    /// Inputs of a seat that the store has.
    pub(super) fn consumed(&self, room: RoomId, seat: Seat) -> Option<u32> {
        self.lock().rooms.get(&room).map(|page| page.state.seats[seat].consumed)
    }

    /// Two players were matched: neither may sit in a room that has not ended.
    pub(super) fn paired(&self, founding: &Founding, trace: &Trace) {
        let mut pages = self.lock();
        let (p1, p2) = (founding.seats.p1.player.id, founding.seats.p2.player.id);
        if p1 == p2 {
            trace.breach("nobody is matched with himself", format!("{p1} in {}", founding.room));
        }
        for (room, page) in pages.rooms.iter().filter(|(_, page)| !page.ended) {
            if page.players.any(|player| *player == Some(p1) || *player == Some(p2)) {
                let text = format!("{room} is open, and {} was made", founding.room);
                trace.breach("nobody is matched twice", text);
            }
        }
        for player in [p1, p2] {
            pages.matches.insert(player, (founding.room, Instant::now()));
        }
    }

    /// A pod has closed a connection, so that its player goes to another one.
    pub(super) fn sent_on(&self, player: PlayerId, connection: u64, learns: Instant) {
        let sent_on = &mut self.lock().sent_on;
        if sent_on.get(&player).is_none_or(|(sent, _)| *sent <= connection) {
            sent_on.insert(player, (connection, learns));
        }
    }

    /// The room that a player was matched for and has not been told of, unless it has ended, and
    /// since when this connection could have told. One that is being closed tells nothing.
    pub(super) fn untold_match_of(
        &self,
        player: PlayerId,
        connection: u64,
    ) -> Option<(RoomId, Instant)> {
        let pages = self.lock();
        let (room, at) = pages.matches.get(&player).copied()?;
        let sent_on = pages.sent_on.get(&player).filter(|(sent, _)| *sent == connection);
        let at = sent_on.map_or(at, |(_, learns)| at.max(*learns));
        pages.rooms.get(&room).is_none_or(|page| !page.ended).then_some((room, at))
    }

    /// Whether a room is there that has not ended.
    pub(super) fn is_open(&self, room: RoomId) -> bool {
        self.lock().rooms.get(&room).is_some_and(|page| !page.ended)
    }

    /// Looks at a room after something was done to it.
    pub(super) fn look(&self, id: RoomId, stored: Option<StoredRoom>, trace: &Trace) {
        let mut pages = self.lock();
        let Some(stored) = stored else { return };
        let Ok(state) = serde_json::from_slice::<State>(&stored.snapshot) else {
            return trace.breach("a snapshot can be read", short(id));
        };
        let StoredRoom { players, host, epoch, version, ended, .. } = stored;
        let since = (Instant::now(), state.time);
        let mut page = Page { players, host, epoch, version, ended, state, result: None, since };
        if let Some(before) = pages.rooms.get(&id) {
            page.result = before.result.clone();
            if page.epoch == before.epoch {
                page.since = before.since;
            }
            page.follows(before, id, trace);
            page.changed_hands(before, &pages.living, trace);
        }
        pages.rooms.insert(id, page);
    }

    /// A commit with this result was taken, or was told that it is stored already.
    pub(super) fn ended(&self, game: &FinishedGame, version: Version) {
        if let Some(page) = self.lock().rooms.get_mut(&game.game_id)
            && page.ended
            && page.version == version
        {
            page.result.get_or_insert_with(|| game.clone());
        }
    }

    /// A game goes to the results: it is the one that the store has, as it has it.
    pub(super) fn recorded(&self, game: &FinishedGame, trace: &Trace) {
        let pages = self.lock();
        let Some(page) = pages.rooms.get(&game.game_id).filter(|page| page.ended) else {
            return trace.breach("only a game that has ended is recorded", short(game.game_id));
        };
        let clicks = game.seats.map(|seat| seat.clicks);
        let consumed = page.state.seats.map(|seat| seat.consumed);
        if clicks != consumed || page.result.as_ref() != Some(game) {
            let text = format!("{game:?} recorded, {:?} and {consumed:?} stored", page.result);
            trace.breach("what is recorded is what was played", text);
        }
    }

    /// A frame leaves a pod: it may claim nothing that the store has not confirmed.
    pub(super) fn told(
        &self,
        player: PlayerId,
        about: &mut About,
        claim: &Claim<'_>,
        trace: &Trace,
    ) {
        let (version, ack) = match claim {
            Claim::Start { room, seat, version, ack } => {
                *about = Some((*room, *seat));
                self.lock().matches.retain(|matched, at| *matched != player || at.0 != *room);
                (*version, *ack)
            }
            Claim::Update { version, ack } => (*version, *ack),
            Claim::Over(over) => return self.told_over(over, trace),
            Claim::Nothing => return,
        };
        let Some((room, seat)) = *about else { return };
        let pages = self.lock();
        let Some(page) = pages.rooms.get(&room) else {
            return trace.breach("nothing is told before it is safe", format!("{room} is unknown"));
        };
        let consumed = page.state.seats[seat].consumed;
        // A room whose ending commit was not answered tries again with a higher number, and is told
        // that the end is stored.
        let unstored = version > page.version.0 && !page.ended;
        if ack > consumed || unstored {
            let text = format!(
                "{room}: version {version} and ack {ack} of {seat:?} are told, version {} and \
                 {consumed} are stored",
                page.version
            );
            trace.breach("nothing is told before it is safe", text);
        }
    }

    fn told_over(&self, over: &GameOver, trace: &Trace) {
        let pages = self.lock();
        let room = over.room_id;
        let Some(page) = pages.rooms.get(&room).filter(|page| page.ended) else {
            return trace.breach("a result is told when it is safe", format!("{room} is open"));
        };
        if !page.result.as_ref().is_some_and(|result| is_told(over, result)) {
            let text = format!("{over:?}, but {:?} is stored", page.result);
            trace.breach("the result that is told is the one that is stored", text);
        }
    }
}

/// Whether a player was told this result.
pub(super) fn is_told(over: &GameOver, result: &FinishedGame) -> bool {
    let seats = &result.seats;
    let winner = result.winner.map(|seat| seats[seat].player.to_string());
    let reason = serde_json::to_value(result.reason).unwrap_or_default();
    over.winner == winner.unwrap_or_else(|| "draw".to_owned())
        && reason == over.reason.as_str()
        && (over.p1_score, over.p2_score) == (seats.p1.points, seats.p2.points)
        && (over.p1_clicks, over.p2_clicks) == (seats.p1.clicks, seats.p2.clicks)
}

impl Page {
    /// Nothing that the store has confirmed is ever undone.
    fn follows(&self, before: &Page, id: RoomId, trace: &Trace) {
        let less = |seat| self.state.seats[seat].consumed < before.state.seats[seat].consumed;
        let what = if before.ended && (!self.ended || self.version != before.version) {
            "a room that has ended is changed"
        } else if self.epoch < before.epoch {
            "the epoch falls"
        } else if self.version < before.version {
            "the version falls"
        } else if self.epoch == before.epoch && self.host != before.host && self.host.is_some() {
            "the host changes without a claim"
        } else if self.state.time < before.state.time {
            "the game time falls"
        } else if self.runs_ahead() {
            "the game time runs ahead of its host"
        } else if less(Seat::P1) || less(Seat::P2) {
            "confirmed inputs are lost"
        } else {
            return;
        };
        let of = |page: &Page| {
            let consumed = page.state.seats.map(|seat| seat.consumed);
            let Page { epoch, version, .. } = page;
            format!("epoch {epoch}, version {version}, {} ms, {consumed:?}", page.state.time)
        };
        let text = format!("{id}: {what}: {} after {}", of(self), of(before));
        trace.breach("what the store has confirmed stays", text);
    }

    /// The clock of a game stands while nobody hosts it: since its host has it, no more time has
    /// passed in the game than outside.
    fn runs_ahead(&self) -> bool {
        let (at, time) = self.since;
        let passed = u64::try_from(at.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.state.time > time + passed
    }

    fn changed_hands(&self, before: &Page, living: &BTreeMap<PodId, bool>, trace: &Trace) {
        if self.epoch == before.epoch || self.host == before.host {
            return;
        }
        match before.host {
            None => trace.sometimes("a room that was given up was claimed"),
            Some(host) => {
                trace.sometimes("a room was taken over");
                match living.get(&host) {
                    Some(true) => trace.sometimes("a room was taken from a pod that was well"),
                    Some(false) => trace.sometimes("a room was taken from a pod that lived"),
                    None => {}
                }
            }
        }
    }
}
