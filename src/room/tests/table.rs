//! A table for tests: two players, a short duel, a room on an in-process store, and a connection
//! that keeps what it is told.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix::{Actor, Addr, Context, Handler, Recipient};
use serde_json::Value;

use super::super::{
    Attach, Delivery, GameRoom, Patience, Progress, RoomCommand, RoomDeps, RoomState, RoomStopped,
    SeatInput, Tenure, snapshot,
};
use super::deps::World;
use crate::cluster::{MemoryStore, NewRoom, Rooms};
use crate::games::{Catalogue, Settings, cookie};
use crate::ids::{
    BySeat, ConnectionId, Epoch, Generation, PlayerId, PodId, RoomId, Seat, Strength, Version,
};
use crate::matchmaking::{Founder, Founding, Matchmaking, Profile};

/// A duel of ten seconds after a countdown of one, with golden cookies every two.
pub(super) fn catalogue() -> Catalogue {
    catalogue_with_cookies_every(2_000)
}

pub(super) fn catalogue_with_cookies_every(millis: u64) -> Catalogue {
    let cookie = cookie::Settings {
        countdown_ms: 1_000,
        duration_ms: 10_000,
        cookie_min_ms: millis,
        cookie_max_ms: millis,
        ..cookie::Settings::default()
    };
    Catalogue::new(Settings { cookie })
}

pub(super) fn founder(name: &str) -> Founder {
    let player = Profile { id: PlayerId::random(), name: name.to_owned(), picture: None };
    Founder { player, bot: None }
}

pub(super) fn founding() -> Founding {
    Founding {
        room: RoomId::random(),
        game: "cookie".to_owned(),
        seats: BySeat { p1: founder("Ada"), p2: founder("Bob") },
        seed: 7,
    }
}

pub(super) fn practice(strength: Strength) -> Founding {
    let mut founding = founding();
    founding.seats.p2.bot = Some(strength);
    founding
}

pub(super) fn state(founding: Founding) -> RoomState {
    RoomState::found(founding, &catalogue()).expect("the game is known")
}

/// A client of a room: attaches, clicks, and keeps every frame.
pub(super) struct Client {
    pub(super) player: PlayerId,
    pub(super) connection: ConnectionId,
    pub(super) generation: Generation,
    to: Recipient<Delivery>,
    heard: Arc<Mutex<Vec<(Value, Progress)>>>,
}

struct Ear(Arc<Mutex<Vec<(Value, Progress)>>>);

impl Actor for Ear {
    type Context = Context<Self>;
}

impl Handler<Delivery> for Ear {
    type Result = ();

    fn handle(&mut self, delivery: Delivery, _: &mut Context<Self>) {
        let mut heard = self.0.lock().unwrap();
        for frame in &delivery.frames {
            heard.push((serde_json::from_str(frame).unwrap(), delivery.progress));
        }
        if delivery.frames.is_empty() {
            heard.push((Value::Null, delivery.progress));
        }
    }
}

impl Client {
    pub(super) fn new(player: PlayerId, generation: u64) -> Self {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let to = Ear(heard.clone()).start().recipient();
        let generation = Generation(generation);
        Self { player, connection: ConnectionId::random(), generation, to, heard }
    }

    pub(super) fn attach(&self) -> RoomCommand {
        RoomCommand::Attach(Attach {
            player: self.player,
            connection: self.connection,
            generation: self.generation,
            seen: self.seen(),
            to: self.to.clone(),
        })
    }

    fn seen(&self) -> Option<Version> {
        let heard = self.heard.lock().unwrap();
        let version = |(_, progress): &(Value, Progress)| match progress {
            Progress::Started { version } | Progress::Reached { version } => Some(*version),
            _ => None,
        };
        heard.iter().filter_map(version).max()
    }

    pub(super) fn click(&self, n: u32) -> RoomCommand {
        RoomCommand::Input(SeatInput {
            player: self.player,
            generation: self.generation,
            n: Some(n),
            kind: "CLICK",
            payload: "{}".to_owned(),
        })
    }

    /// The payloads of the frames of a type, in order.
    pub(super) fn heard(&self, kind: &str) -> Vec<Value> {
        let heard = self.heard.lock().unwrap();
        let of_kind = heard.iter().filter(|(frame, _)| frame["type"] == kind);
        of_kind.map(|(frame, _)| frame["payload"].clone()).collect()
    }

    pub(super) fn last(&self, kind: &str) -> Value {
        self.heard(kind).last().cloned().unwrap_or(Value::Null)
    }

    /// How things stood, delivery after delivery.
    pub(super) fn progress(&self) -> Vec<Progress> {
        self.heard.lock().unwrap().iter().map(|(_, progress)| *progress).collect()
    }

    pub(super) fn last_progress(&self) -> Option<Progress> {
        self.heard.lock().unwrap().last().map(|(_, progress)| *progress)
    }

    /// The highest acknowledgement so far.
    pub(super) fn ack(&self) -> u64 {
        let frames = [self.heard("GAME_START"), self.heard("UPDATE"), self.heard("GAME_OVER")];
        frames.iter().flatten().filter_map(|payload| payload["ack"].as_u64()).max().unwrap_or(0)
    }
}

/// The manager's ear: which rooms have stopped, and why.
#[derive(Clone, Default)]
pub(super) struct Stops(pub(super) Arc<Mutex<Vec<RoomStopped>>>);

impl Actor for Stops {
    type Context = Context<Self>;
}

impl Handler<RoomStopped> for Stops {
    type Result = ();

    fn handle(&mut self, stopped: RoomStopped, _: &mut Context<Self>) {
        self.0.lock().unwrap().push(stopped);
    }
}

/// A room with two players on an in-process store.
pub(super) struct Room {
    pub(super) room: Addr<GameRoom>,
    pub(super) id: RoomId,
    pub(super) store: Arc<MemoryStore>,
    pub(super) deps: Arc<RoomDeps>,
    pub(super) stops: Stops,
    pub(super) players: BySeat<PlayerId>,
}

impl Room {
    pub(super) async fn found(founding: Founding) -> Self {
        Self::found_in(founding, &catalogue()).await
    }

    /// A room whose game has other numbers.
    pub(super) async fn found_in(founding: Founding, catalogue: &Catalogue) -> Self {
        let store = Arc::new(MemoryStore::new());
        Self::host(founding, catalogue, store.clone(), store).await
    }

    /// A room that commits to `rooms`, which is `store` or something in front of it.
    pub(super) async fn found_on(
        founding: Founding,
        store: Arc<MemoryStore>,
        rooms: Arc<dyn Rooms>,
    ) -> Self {
        Self::host(founding, &catalogue(), store, rooms).await
    }

    async fn host(
        founding: Founding,
        catalogue: &Catalogue,
        store: Arc<MemoryStore>,
        rooms: Arc<dyn Rooms>,
    ) -> Self {
        let world = World { store: (*store).clone(), ..World::default() };
        world.matchmaking.seat(founding.clone()).await.unwrap();
        let deps = Arc::new(RoomDeps {
            rooms,
            patience: Patience { grace: Duration::from_secs(5), ..Patience::default() },
            ..world.room_deps(PodId::random())
        });
        let id = founding.room;
        let players = founding.seats.map(|founder| founder.player.id);
        let state = RoomState::found(founding, catalogue).unwrap();
        let new = NewRoom {
            id,
            host: deps.host,
            epoch: Epoch(1),
            version: Version(1),
            players: state.persons(),
            format: snapshot::READABLE[0],
            snapshot: state.snapshot(snapshot::READABLE[0]).unwrap(),
        };
        assert!(store.found(new).await.unwrap());
        let stops = Stops::default();
        let manager = stops.clone().start().recipient();
        let room = GameRoom::new(state, Tenure::FOUNDED, deps.clone(), manager).start();
        Self { room, id, store, deps, stops, players }
    }

    pub(super) fn client(&self, seat: Seat, generation: u64) -> Client {
        Client::new(self.players[seat], generation)
    }

    pub(super) async fn tell(&self, command: RoomCommand) {
        self.room.send(command).await.unwrap();
    }

    /// Both players attached, and the countdown over.
    pub(super) async fn playing(&self) -> (Client, Client) {
        let clients = (self.client(Seat::P1, 1), self.client(Seat::P2, 1));
        self.tell(clients.0.attach()).await;
        self.tell(clients.1.attach()).await;
        self.pass(&[&clients.0, &clients.1], 1_050).await;
        clients
    }

    /// Lets virtual time pass while these clients say that they are there, as Sessions do.
    pub(super) async fn pass(&self, clients: &[&Client], millis: u64) {
        for _ in 0..millis / 50 {
            for client in clients {
                let _ = self.room.send(client.attach()).await;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}
