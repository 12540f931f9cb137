//! A pod without sockets: a manager on in-process stores, and players who keep what they are told.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix::{Actor, ActorContext, Addr, Context, Handler, Message};
use serde_json::Value;

use super::super::{
    Connect, Disconnect, FindRoom, Found, GameManager, LobbyCommand, ManagerDeps, NotFound, Notice,
    Refusal, Welcome, Wish,
};
use crate::cluster::MemoryStore;
use crate::games::{Catalogue, Settings};
use crate::ids::{ConnectionId, PlayerId, PodId, RoomId};
use crate::matchmaking::Profile;
use crate::protocol::ServerMsg;
use crate::room::tests::deps::{World, heartbeat};
use crate::room::{Attach, Delivery, RoomCommand, RoomDeps, SeatInput};
use crate::telemetry::Metrics;

/// A pod. What survives its death is the store.
pub(crate) struct Pod {
    pub(crate) id: PodId,
    pub(crate) manager: Addr<GameManager>,
    pub(super) store: MemoryStore,
    pub(crate) metrics: Metrics,
}

impl Pod {
    /// A pod that is alone.
    pub(super) fn new() -> Self {
        Self::in_world(&World::default())
    }

    /// One more pod beside those that share these stores.
    pub(crate) fn in_world(world: &World) -> Self {
        Self::with(world, world.room_deps(PodId::random()))
    }

    /// One whose rooms work with these.
    pub(super) fn with(world: &World, room: RoomDeps) -> Self {
        let (id, room) = (room.host, Arc::new(room));
        let metrics = room.metrics.clone();
        let deps = ManagerDeps {
            pods: Arc::new(world.heartbeats()),
            heartbeat: heartbeat(id),
            catalogue: Arc::new(Catalogue::new(Settings::default())),
            room,
            threads: Arc::default(),
        };
        Self { manager: GameManager::new(deps).start(), id, store: world.store.clone(), metrics }
    }

    pub(super) async fn connect(&self, player: &Profile) -> (Player, Welcome) {
        let (player, welcome) = self.try_connect(player).await;
        (player, welcome.unwrap())
    }

    pub(super) async fn try_connect(
        &self,
        profile: &Profile,
    ) -> (Player, Result<Welcome, Refusal>) {
        let heard = Heard::default();
        let ear = Ear(heard.clone()).start();
        let connection = ConnectionId::random();
        let notices = ear.clone().recipient();
        let connect = Connect { connection, player: profile.clone(), notices };
        let welcome = self.manager.send(connect).await.unwrap();
        let manager = self.manager.clone();
        (Player { profile: profile.clone(), connection, welcome, ear, heard, manager }, welcome)
    }
}

pub(crate) fn profile(name: &str) -> Profile {
    Profile { id: PlayerId::random(), name: name.to_owned(), picture: None }
}

/// Two pods, of which the first has lost the store for a while, and reaches it again since a moment ago.
pub(crate) async fn just_back(world: &World) -> (Pod, Pod) {
    let (first, second) = (Pod::in_world(world), Pod::in_world(world));
    pass(2_000).await;
    world.silence(first.id);
    pass(1_500).await;
    world.silent.lock().unwrap().clear();
    pass(400).await;
    (first, second)
}

pub(crate) async fn pass(millis: u64) {
    tokio::time::sleep(Duration::from_millis(millis)).await;
}

/// A connected player, as a Session would stand for one.
pub(super) struct Player {
    pub(super) profile: Profile,
    connection: ConnectionId,
    welcome: Result<Welcome, Refusal>,
    ear: Addr<Ear>,
    heard: Heard,
    manager: Addr<GameManager>,
}

#[derive(Clone, Default)]
struct Heard {
    notices: Arc<Mutex<Vec<Notice>>>,
    frames: Arc<Mutex<Vec<Value>>>,
}

struct Ear(Heard);

impl Actor for Ear {
    type Context = Context<Self>;
}

/// A Session that panics.
#[derive(Message)]
#[rtype(result = "()")]
struct Die;

impl Handler<Die> for Ear {
    type Result = ();

    fn handle(&mut self, _: Die, ctx: &mut Context<Self>) {
        ctx.stop();
    }
}

impl Handler<Notice> for Ear {
    type Result = ();

    fn handle(&mut self, notice: Notice, _: &mut Context<Self>) {
        self.0.notices.lock().unwrap().push(notice);
    }
}

impl Handler<Delivery> for Ear {
    type Result = ();

    fn handle(&mut self, delivery: Delivery, _: &mut Context<Self>) {
        let frames = delivery.frames.iter().map(|frame| serde_json::from_str(frame).unwrap());
        self.0.frames.lock().unwrap().extend(frames);
    }
}

impl Player {
    pub(super) fn wishes(&self, wish: Wish) {
        let (connection, player) = (self.connection, self.profile.id);
        self.manager.do_send(LobbyCommand { connection, player, wish });
    }

    pub(super) fn joins(&self, game: &str) {
        self.wishes(Wish::Join { game: game.to_owned() });
    }

    /// The queue, that is.
    pub(super) fn leaves(&self) {
        self.wishes(Wish::Leave);
    }

    pub(super) async fn leaves_the_server(&self) {
        let (connection, player) = (self.connection, self.profile.id);
        self.manager.send(Disconnect { connection, player }).await.unwrap();
    }

    /// The Session ends without a word.
    pub(super) async fn dies(&self) {
        self.ear.send(Die).await.unwrap();
    }

    /// The rooms this player was told to sit down in.
    pub(super) fn seats(&self) -> Vec<RoomId> {
        let seat = |notice: &Notice| match notice {
            Notice::Seated(room) => Some(*room),
            _ => None,
        };
        self.heard.notices.lock().unwrap().iter().filter_map(seat).collect()
    }

    pub(super) fn was_told(&self, wanted: impl Fn(&Notice) -> bool) -> bool {
        self.heard.notices.lock().unwrap().iter().any(wanted)
    }

    pub(super) async fn finds(&self, room: RoomId) -> Result<Found, NotFound> {
        let player = self.profile.id;
        self.manager.send(FindRoom { room, player }).await.unwrap()
    }

    /// Attaches to a room, as a Session does.
    pub(super) async fn attaches(&self, room: RoomId) {
        let Ok(Found::Live(link)) = self.finds(room).await else { panic!("the room is not live") };
        link.do_send(RoomCommand::Attach(Attach {
            player: self.profile.id,
            connection: self.connection,
            generation: self.welcome.unwrap().generation,
            seen: None,
            to: self.ear.clone().recipient(),
        }));
    }

    /// The same, unless the room is on its way.
    pub(super) async fn attaches_if_found(&self, room: RoomId) {
        if matches!(self.finds(room).await, Ok(Found::Live(_))) {
            self.attaches(room).await;
        }
    }

    pub(super) async fn inputs(&self, room: RoomId, n: u32, kind: &'static str) {
        let Ok(Found::Live(link)) = self.finds(room).await else { panic!("the room is not live") };
        link.do_send(RoomCommand::Input(SeatInput {
            player: self.profile.id,
            generation: self.welcome.unwrap().generation,
            n: Some(n),
            kind,
            payload: "{}".to_owned(),
        }));
    }

    pub(super) async fn quits(&self, room: RoomId) {
        let Ok(Found::Live(link)) = self.finds(room).await else { panic!("the room is not live") };
        let (player, generation) = (self.profile.id, self.welcome.unwrap().generation);
        link.do_send(RoomCommand::Quit { player, generation });
    }

    /// The payload of the last frame of a type.
    pub(super) fn last(&self, kind: &str) -> Value {
        let frames = self.heard.frames.lock().unwrap();
        let last = frames.iter().rev().find(|frame| frame["type"] == kind);
        last.map_or(Value::Null, |frame| frame["payload"].clone())
    }
}

/// What a room that has ended says to a player who looks for it.
pub(super) fn end_of(found: Result<Found, NotFound>) -> Value {
    match found {
        Ok(Found::Ended(over)) => {
            assert!(matches!(*over.message, ServerMsg::GameOver(_)));
            let frame: Value = serde_json::from_str(&over.message.encode()).unwrap();
            frame["payload"].clone()
        }
        other => panic!("the room has not ended: {other:?}"),
    }
}
