//! The switchboard: gives what arrives on the bus to the actor it is for.
//!
//! It is called by the bus, on any thread, and never waits: two tables behind a lock, filled by the
//! manager. Clicks from other pods go straight to their room.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use actix::{Actor, Addr, ArbiterHandle, Recipient};

use super::super::{Attach, Delivery, RoomCommand, SeatInput};
use super::{Courier, FromHost, Hint, RemoteRoom};
use crate::cluster::{Bus, BusMessage, Inbox, MatchMade};
use crate::games::Catalogue;
use crate::ids::{PodId, RoomId};

/// Gives what arrives on the bus to the actor it is for. See the [module](self).
pub struct Switchboard {
    catalogue: Arc<Catalogue>,
    /// Where couriers live.
    thread: ArbiterHandle,
    bus: OnceLock<Arc<dyn Bus>>,
    manager: OnceLock<Recipient<Hint>>,
    tables: Mutex<Tables>,
}

#[derive(Default)]
struct Tables {
    /// Rooms hosted on this pod.
    here: HashMap<RoomId, Recipient<RoomCommand>>,
    /// Rooms hosted elsewhere that players of this pod sit in.
    elsewhere: HashMap<RoomId, Addr<RemoteRoom>>,
    couriers: HashMap<PodId, Addr<Courier>>,
}

impl Switchboard {
    /// A switchboard that knows no room yet. Couriers will live on the thread it is made on, which
    /// must be one of actix.
    pub fn new(catalogue: Arc<Catalogue>) -> Self {
        Self {
            catalogue,
            thread: actix::Arbiter::current(),
            bus: OnceLock::new(),
            manager: OnceLock::new(),
            tables: Mutex::default(),
        }
    }

    /// Sets the bus that answers go out on; the first one counts.
    pub fn connect(&self, bus: Arc<dyn Bus>) {
        let _ = self.bus.set(bus);
    }

    /// Sets who hears of matches and of players who are elsewhere now; the first one counts.
    pub fn report_to(&self, manager: Recipient<Hint>) {
        let _ = self.manager.set(manager);
    }

    /// Sends to another pod, if there is a bus yet.
    pub fn send(&self, to: PodId, message: BusMessage) {
        if let Some(bus) = self.bus.get() {
            bus.send(to, message);
        }
    }

    /// Tells every pod of a match, if there is a bus yet.
    pub fn announce(&self, made: MatchMade) {
        if let Some(bus) = self.bus.get() {
            bus.announce(made);
        }
    }

    /// This pod hosts a room from now on.
    pub fn host(&self, room: RoomId, commands: Recipient<RoomCommand>) {
        self.lock().here.insert(room, commands);
    }

    /// Players of this pod sit in a room hosted elsewhere.
    pub fn follow(&self, room: RoomId, remote: Addr<RemoteRoom>) {
        self.lock().elsewhere.insert(room, remote);
    }

    /// Forgets a room, wherever it was hosted.
    pub fn forget(&self, room: RoomId) {
        let mut tables = self.lock();
        tables.here.remove(&room);
        tables.elsewhere.remove(&room);
    }

    fn lock(&self) -> MutexGuard<'_, Tables> {
        // Nothing that can panic happens under the lock.
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn courier(&self, pod: PodId) -> Option<Recipient<Delivery>> {
        let bus = self.bus.get()?;
        let mut tables = self.lock();
        tables.couriers.retain(|_, courier| courier.connected());
        if !tables.couriers.contains_key(&pod) && tables.couriers.len() >= PODS {
            tracing::warn!(%pod, "too many pods have players in rooms of this one");
            return None;
        }
        let start = || {
            let courier = Courier::to(pod, bus.clone());
            Courier::start_in_arbiter(&self.thread, move |_| courier)
        };
        Some(tables.couriers.entry(pod).or_insert_with(start).clone().recipient())
    }

    /// Gives a command to a room. `false`: it is not here.
    fn command(&self, room: RoomId, command: RoomCommand) -> bool {
        let Some(to) = self.lock().here.get(&room).cloned() else { return false };
        match to.try_send(command) {
            // A room that has no place for it lives all the same; the client sends it again.
            Ok(()) | Err(actix::dev::SendError::Full(_)) => true,
            Err(actix::dev::SendError::Closed(_)) => false,
        }
    }

    fn to_remote(&self, room: RoomId, message: FromHost) {
        let remote = self.lock().elsewhere.get(&room).cloned();
        if let Some(remote) = remote {
            // Full: as if it had been lost on the bus.
            let _ = remote.try_send(message);
        }
    }

    fn hint(&self, hint: Hint) {
        if let Some(manager) = self.manager.get() {
            let _ = manager.try_send(hint);
        }
    }

    /// `None`: the message is not for a room that is hosted here.
    fn to_room(&self, from: PodId, message: BusMessage) -> Option<(RoomId, RoomCommand)> {
        match message {
            BusMessage::Attach { room, player, connection, generation, seen } => {
                let to = self.courier(from)?;
                let attach = Attach { player, connection, generation, seen, to };
                Some((room, RoomCommand::Attach(attach)))
            }
            BusMessage::Input { room, player, generation, n, kind, payload } => {
                let kind = self.catalogue.input_kind(&kind)?;
                let input = SeatInput { player, generation, n, kind, payload };
                Some((room, RoomCommand::Input(input)))
            }
            BusMessage::Quit { room, player, generation } => {
                Some((room, RoomCommand::Quit { player, generation }))
            }
            BusMessage::Detach { room, player, connection } => {
                Some((room, RoomCommand::Detach { player, connection }))
            }
            _ => None,
        }
    }
}

/// Pods that may have players in rooms of this one. Beyond any deployment: a bound on what strange
/// messages can make this process keep.
const PODS: usize = 1024;

impl Inbox for Switchboard {
    fn receive(&self, from: PodId, message: BusMessage) {
        match message {
            BusMessage::Heard { room } => self.to_remote(room, FromHost::heard(from)),
            BusMessage::NotHere { room } => self.to_remote(room, FromHost::not_here(from)),
            BusMessage::Delivery { room, connection, frames, progress } => {
                let delivery = Delivery { room, connection, frames, progress };
                self.to_remote(room, FromHost::delivery(from, delivery));
            }
            BusMessage::Replaced { player, generation } => {
                self.hint(Hint::Replaced { player, generation });
            }
            command => {
                let attaches = matches!(command, BusMessage::Attach { .. });
                let Some((room, command)) = self.to_room(from, command) else { return };
                if !self.command(room, command) {
                    self.send(from, BusMessage::NotHere { room });
                } else if attaches {
                    self.send(from, BusMessage::Heard { room });
                }
            }
        }
    }

    fn announced(&self, made: MatchMade) {
        self.hint(Hint::MatchMade(made));
    }
}
