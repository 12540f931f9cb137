//! The way back to the players: what they are told, once it is safe.
//!
//! Mailboxes of Sessions are bounded and written with `try_send`. When one is full the delivery is
//! dropped and counted: every update carries the whole state, so the next one replaces it, and a
//! Session that missed its `GAME_START` says so when it attaches again.

use actix::Recipient;
use bytestring::ByteString;
use tokio::time::Instant;

use super::commit::Staged;
use super::messages::Delivery;
use super::state::{Ending, RoomState};
use super::{GameRoom, Patience};
use crate::cluster::Progress;
use crate::games::Audience;
use crate::ids::{BySeat, ConnectionId, Seat, Version};
use crate::protocol::{ErrorCode, GameOver, GameStart, ServerMsg, State as WireState, TableInfo};

/// What a room knows of the connection on a seat.
pub(super) struct Link {
    pub(super) attached: Option<Attached>,
    /// It waits for a `GAME_START`.
    pub(super) start_owed: bool,
    /// The highest `n` that the store has confirmed.
    pub(super) ack: u32,
    /// A `GAME_START` has been sent in this game before.
    started: bool,
}

/// A connection that is there.
pub(super) struct Attached {
    connection: ConnectionId,
    to: Recipient<Delivery>,
    heard: Instant,
}

impl Link {
    pub(super) fn new(ack: u32, started: bool) -> Self {
        Self { attached: None, start_owed: false, ack, started }
    }

    /// The connection that waits for a `GAME_START`, if one does.
    pub(super) fn start_owed_to(&self) -> Option<ConnectionId> {
        self.attached.as_ref().filter(|_| self.start_owed).map(|attached| attached.connection)
    }

    /// When the connection counts as gone, unless it is heard of before.
    pub(super) fn silent_from(&self, patience: Patience) -> Option<Instant> {
        self.attached.as_ref().map(|attached| attached.heard + patience.silence)
    }

    pub(super) fn is_connection(&self, connection: ConnectionId) -> bool {
        self.attached.as_ref().is_some_and(|attached| attached.connection == connection)
    }
}

impl Attached {
    pub(super) fn new(connection: ConnectionId, to: Recipient<Delivery>) -> Self {
        Self { connection, to, heard: Instant::now() }
    }
}

impl GameRoom {
    /// Tells both seats what a commit has made safe.
    pub(super) fn deliver(&mut self, staged: &Staged) {
        for seat in Seat::BOTH {
            self.links[seat].ack = staged.acks[seat];
            let waiting = self.links[seat].start_owed_to();
            if waiting.is_some() && waiting == staged.starts[seat] {
                self.links[seat].start_owed = false;
                self.send_start(seat, staged.version, &staged.view);
            } else if waiting.is_none() {
                let frames = self.frames_for(seat, staged);
                self.send(seat, frames, Progress::Reached { version: staged.version });
            }
        }
    }

    fn frames_for(&self, seat: Seat, staged: &Staged) -> Vec<ByteString> {
        let outputs = &staged.outputs;
        let for_seat = |to| matches!(to, Audience::All) || to == Audience::One(seat);
        let events = outputs.frames.iter().filter(|frame| for_seat(frame.to));
        let update = WireState {
            view: &staged.view,
            remarks: &outputs.remarks,
            version: staged.version,
            ack: self.links[seat].ack,
        };
        events.map(|f| f.text.as_str().into()).chain([update.update()]).collect()
    }

    fn send_start(&mut self, seat: Seat, version: Version, view: &str) {
        let ack = self.links[seat].ack;
        let state = WireState { view, remarks: "", version, ack };
        let resumed = std::mem::replace(&mut self.links[seat].started, true);
        let start = GameStart { table: table_info(&self.state, seat), resumed };
        self.send(seat, vec![state.game_start(&start)], Progress::Started { version });
    }

    /// Brings a connection up to the last confirmed state, if it has not seen it.
    pub(super) fn catch_up(&mut self, seat: Seat, seen: Option<Version>) {
        let told = self.commits.told.clone();
        if self.links[seat].start_owed || told.view.is_empty() {
            return;
        }
        match seen {
            None => self.send_start(seat, told.version, &told.view),
            Some(seen) if seen < told.version => {
                let ack = self.links[seat].ack;
                let (view, version) = (told.view.as_str(), told.version);
                let update = WireState { view, remarks: "", version, ack }.update();
                self.send(seat, vec![update], Progress::Reached { version });
            }
            Some(_) => {}
        }
    }

    pub(super) fn tell_gap(&mut self, seat: Seat, from: u32) {
        let message = format!("number {from} is missing: send again from there");
        self.tell_error(seat, ErrorCode::Resend, message, Some(from));
    }

    pub(super) fn tell_bad(&mut self, seat: Seat, message: String) {
        self.tell_error(seat, ErrorCode::BadPayload, message, None);
    }

    fn tell_error(&mut self, seat: Seat, code: ErrorCode, message: String, from: Option<u32>) {
        let error = ServerMsg::Error { code, message, from };
        self.send(seat, vec![error.encode()], Progress::Same);
    }

    /// Tells everybody that the game is paused. What they are told next is a `GAME_START`.
    pub(super) fn pause(&mut self) {
        for seat in Seat::BOTH {
            self.links[seat].start_owed = true;
        }
        self.tell_paused();
    }

    pub(super) fn tell_paused(&mut self) {
        let reason = "the store does not answer".to_owned();
        let paused = ServerMsg::Paused { reason }.encode();
        for seat in Seat::BOTH {
            self.send(seat, vec![paused.clone()], Progress::Same);
        }
    }

    /// Tells both Sessions, but not their players, how things stand.
    pub(super) fn tell_all(&mut self, progress: Progress) {
        for seat in Seat::BOTH {
            self.send(seat, Vec::new(), progress);
        }
    }

    pub(super) fn tell_over(&mut self, ending: Ending) {
        for seat in Seat::BOTH {
            let over = over_message(&self.state, seat, ending).encode();
            self.send(seat, vec![over], Progress::Over);
        }
    }

    /// Finds the seats whose connections have gone without a word.
    pub(super) fn empty_silent_seats(&mut self) {
        for seat in Seat::BOTH {
            let silence = self.deps.patience.silence;
            let attached = self.links[seat].attached.as_ref();
            if attached.is_some_and(|attached| attached.heard.elapsed() >= silence) {
                self.empty(seat);
            }
        }
    }

    /// Nobody is attached to this seat any more.
    pub(super) fn empty(&mut self, seat: Seat) {
        self.links[seat].attached = None;
        self.links[seat].start_owed = false;
        self.state.leave(seat);
        self.commits.wanted = true;
    }

    fn send(&mut self, seat: Seat, frames: Vec<ByteString>, progress: Progress) {
        let Some(attached) = &self.links[seat].attached else { return };
        let delivery =
            Delivery { room: self.id, connection: attached.connection, frames, progress };
        match attached.to.try_send(delivery) {
            Ok(()) => {}
            Err(actix::dev::SendError::Full(_)) => {
                self.deps.metrics.dropped.inc();
            }
            Err(actix::dev::SendError::Closed(_)) => self.empty(seat),
        }
    }
}

/// The `GAME_OVER` of a room that has ended, for a player who comes back to it.
pub fn game_over(state: &RoomState, seat: Seat) -> Option<ServerMsg> {
    state.ending.map(|ending| over_message(state, seat, ending))
}

fn over_message(state: &RoomState, seat: Seat, ending: Ending) -> ServerMsg {
    let points = state.table.points();
    let clicks = state.seats.map(|seat| seat.consumed);
    let winner = ending.winner.map(|seat| state.seats[seat].player.id.to_string());
    ServerMsg::GameOver(Box::new(GameOver {
        table: table_info(state, seat),
        winner: winner.unwrap_or_else(|| "draw".to_owned()),
        reason: ending.reason,
        p1_score: points.p1,
        p2_score: points.p2,
        p1_clicks: clicks.p1,
        p2_clicks: clicks.p2,
        ack: clicks[seat],
    }))
}

fn table_info(state: &RoomState, seat: Seat) -> TableInfo {
    let BySeat { p1, p2 } = &state.seats;

    TableInfo {
        room_id: state.id,
        game: state.table.name().to_owned(),
        role: seat,
        opponent: state.seats[seat.other()].player.id,
        p1_name: p1.player.name.clone(),
        p2_name: p2.player.name.clone(),
        p1_picture: p1.player.picture.clone(),
        p2_picture: p2.player.picture.clone(),
        practice: p1.bot.or(p2.bot),
    }
}
