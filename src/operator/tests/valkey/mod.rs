//! The commands against real servers. Ignored where none shall be started: `scripts/test` runs them
//! with `cargo test --lib -- --ignored valkey::`.

mod client;
mod ending;
mod freeing;
mod looking;
mod outbox;
mod pods;
mod signing_out;

use bytes::Bytes;
use serde_json::Value;

use crate::cluster::valkey::tests::servers::Server;
use crate::cluster::valkey::tests::sides::settings;
use crate::cluster::{Commit, NewRoom, Rooms, StoredRoom, Valkey};
use crate::games::GameTime;
use crate::ids::{BySeat, Epoch, Generation, PlayerId, PodId, RoomId, Seat, Strength, Version};
use crate::matchmaking::{Founder, Founding, Matchmaking, Profile};
use crate::operator::{Failure, Order, Stores};
use crate::room::RoomState;

impl Stores {
    /// Keys of the test's own in this Valkey.
    async fn at(urls: &str) -> Self {
        Self::new(Valkey::connect(settings(urls)).await.unwrap())
    }

    async fn does(&self, order: Order) -> String {
        self.carry_out(order).await.unwrap()
    }

    /// Why an order is refused: with exit code 1.
    async fn refuses(&self, order: Order) -> String {
        let failure = self.carry_out(order).await.expect_err("it was done");
        assert!(matches!(failure, Failure::Refused(_)), "{failure}");
        assert_eq!(failure.code(), 1);
        failure.to_string()
    }

    async fn status(&self) -> Value {
        serde_json::from_str(&self.does(Order::Status { json: true }).await).unwrap()
    }

    async fn stored_room(&self, room: RoomId) -> StoredRoom {
        self.store.load(room).await.unwrap().unwrap()
    }

    async fn room_of(&self, player: PlayerId) -> Option<RoomId> {
        let seats = self.matchmaking.seats_of(vec![player]).await.unwrap();
        seats.first().map(|(_, room)| *room)
    }

    /// What stands in the founding record of a room.
    fn record(&self, server: &Server, room: RoomId) -> String {
        server.ask(&format!("HGET {} {room}", self.matches()))
    }

    fn matches(&self) -> String {
        self.store.valkey().keys().matches()
    }

    fn seated(&self) -> String {
        self.store.valkey().keys().seated()
    }

    fn key(&self, room: RoomId) -> String {
        self.store.valkey().keys().room(room)
    }
}

fn founder(name: &str) -> Founder {
    let player = Profile { id: PlayerId::random(), name: name.to_owned(), picture: None };
    Founder { player, bot: None }
}

fn founding() -> Founding {
    let seats = BySeat { p1: founder("Ada"), p2: founder("Bob") };
    Founding { room: RoomId::random(), game: "cookie".to_owned(), seats, seed: 7 }
}

fn practice() -> Founding {
    let mut founding = founding();
    founding.seats.p2.bot = Some(Strength::Hard);
    founding
}

/// Players who have been matched, and no room yet.
async fn matched(stores: &Stores, founding: &Founding) {
    assert_eq!(stores.matchmaking.seat(founding.clone()).await.unwrap(), None);
}

/// A room in the store in which Ada has clicked, hosted by a pod that does not live.
async fn founded(stores: &Stores, founding: Founding) -> (RoomId, PodId) {
    matched(stores, &founding).await;
    let mut state = RoomState::found(founding, &stores.catalogue).unwrap();
    for seat in Seat::BOTH {
        state.attach(seat, Generation(1));
    }
    state.advance(GameTime(6_000), 15_000);
    for n in 1..=3 {
        state.input(Seat::P1, Generation(1), n, ("CLICK", "{}"));
    }
    let host = PodId::random();
    let room = NewRoom {
        id: state.id,
        host,
        epoch: Epoch(1),
        version: Version(1),
        players: state.persons(),
        format: 1,
        snapshot: state.snapshot(1).unwrap(),
    };
    assert!(stores.store.found(room).await.unwrap());
    (state.id, host)
}

/// What the host of a room writes next.
fn commit(room: RoomId, host: PodId, version: u64, format: u32, snapshot: Bytes) -> Commit {
    let (epoch, version) = (Epoch(1), Version(version));
    Commit { room, host, epoch, version, format, snapshot, finished: None }
}
