//! The bus between the pods of a simulation, and what goes wrong on it.
//!
//! Messages about one room stay in order between two pods, as the port promises of all of them; the
//! others overtake them, so the simulation is the stricter one.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::mpsc;
use tokio::time::Instant;

use super::line::Line;
use crate::cluster::{Bus, BusMessage, Inbox, MatchMade};
use crate::ids::{PodId, RoomId};

/// Something on its way to a pod.
pub(super) enum Mail {
    Message(PodId, BusMessage),
    Made(MatchMade),
}

/// The inbox of a pod: it is emptied by a task of the pod, which is frozen and dies with it.
pub(super) struct Letterbox(mpsc::UnboundedSender<Mail>);

impl Letterbox {
    pub(super) fn new() -> (Self, mpsc::UnboundedReceiver<Mail>) {
        let (sender, receiver) = mpsc::unbounded_channel();
        (Self(sender), receiver)
    }
}

impl Inbox for Letterbox {
    fn receive(&self, from: PodId, message: BusMessage) {
        let _ = self.0.send(Mail::Message(from, message));
    }

    fn announced(&self, made: MatchMade) {
        let _ = self.0.send(Mail::Made(made));
    }
}

/// Gives what is in the letterbox to those it is for.
pub(super) async fn deliver(mut mail: mpsc::UnboundedReceiver<Mail>, to: Arc<dyn Inbox>) {
    while let Some(mail) = mail.recv().await {
        match mail {
            Mail::Message(from, message) => to.receive(from, message),
            Mail::Made(made) => to.announced(made),
        }
    }
}

/// The bus as one pod sees it.
pub(super) struct FaultyBus {
    line: Line,
    bus: Arc<dyn Bus>,
    /// When the last message about a room arrives at a pod.
    last: Mutex<BTreeMap<(PodId, Option<RoomId>), Instant>>,
}

impl FaultyBus {
    /// Over the pod's line, and then over this bus.
    pub(super) fn new(line: Line, bus: Arc<dyn Bus>) -> Self {
        Self { line, bus, last: Mutex::default() }
    }

    /// When a message that is sent now arrives.
    fn arrives(&self, to: PodId, room: Option<RoomId>) -> Instant {
        let (dice, weather) = (&self.line.dice, &self.line.weather);
        let late = dice.chance(weather.now(weather.bus.late));
        let takes = if late { dice.millis(20, 1_000) } else { dice.millis(1, 2) };
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let at = last.entry((to, room)).or_insert_with(Instant::now);
        *at = (*at).max(Instant::now() + takes);
        *at
    }

    fn is_lost(&self) -> bool {
        let (dice, weather) = (&self.line.dice, &self.line.weather);
        let lost = dice.chance(weather.now(weather.bus.lost));
        if lost {
            self.line.trace.sometimes("a message between pods was lost");
        }
        lost || self.line.is_dead() || self.line.is_off_bus()
    }
}

impl Bus for FaultyBus {
    fn send(&self, to: PodId, message: BusMessage) {
        if self.is_lost() {
            return;
        }
        let twice = self.line.dice.chance(self.line.weather.now(self.line.weather.bus.twice));
        for _ in 0..=usize::from(twice) {
            let at = self.arrives(to, room_of(&message));
            let (bus, message) = (self.bus.clone(), message.clone());
            self.line.agenda.at(at, move || bus.send(to, message));
        }
    }

    fn announce(&self, made: MatchMade) {
        if !self.is_lost() {
            let bus = self.bus.clone();
            self.line.agenda.after(self.line.dice.millis(1, 5), move || bus.announce(made));
        }
    }
}

/// What a pod hears: nothing while it is off the bus.
pub(super) struct Ear {
    pub(super) line: Line,
    pub(super) inbox: Letterbox,
}

impl Inbox for Ear {
    fn receive(&self, from: PodId, message: BusMessage) {
        if !self.line.is_off_bus() {
            self.inbox.receive(from, message);
        }
    }

    fn announced(&self, made: MatchMade) {
        if !self.line.is_off_bus() {
            self.inbox.announced(made);
        }
    }
}

fn room_of(message: &BusMessage) -> Option<RoomId> {
    match message {
        BusMessage::Attach { room, .. }
        | BusMessage::Input { room, .. }
        | BusMessage::Quit { room, .. }
        | BusMessage::Detach { room, .. }
        | BusMessage::Heard { room }
        | BusMessage::NotHere { room }
        | BusMessage::Delivery { room, .. } => Some(*room),
        BusMessage::Replaced { .. } => None,
    }
}
