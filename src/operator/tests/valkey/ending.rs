//! `room end` on rooms that nobody hosts, and what it refuses.

use std::time::Duration;

use bytes::Bytes;

use super::{commit, founded, founding, matched, practice};
use crate::cluster::valkey::tests::proxy::Proxy;
use crate::cluster::valkey::tests::servers::{Program, Server};
use crate::cluster::valkey::tests::sides::{settings, six_nodes, valkey};
use crate::cluster::{CommitError, Rooms, Valkey, ValkeySettings};
use crate::ids::{Epoch, PlayerId, RoomId};
use crate::operator::{Failure, Order, Stores, on_pods, run};
use crate::protocol::Reason;
use crate::results::{FinishedGame, Outbox};
use crate::room::RoomState;

async fn ends_a_room(urls: &str) {
    let stores = Stores::at(urls).await;
    let founding = founding();
    let players = founding.seats.map(|founder| founder.player.id);
    let (room, host) = founded(&stores, founding).await;
    let told = stores.does(Order::EndRoom { room }).await;
    assert!(told.starts_with(&format!("room {room} has ended as void.\n")), "{told}");

    let stored = stores.stored_room(room).await;
    assert!(stored.ended && stored.epoch == Epoch(2));
    let state = RoomState::restore(room, &stored.snapshot, &stores.catalogue).unwrap();
    let ending = state.ending.unwrap();
    assert_eq!((ending.reason, ending.winner), (Reason::Void, None));
    for player in [players.p1, players.p2] {
        assert_eq!(stores.room_of(player).await, None);
    }
    let entries = stores.store.take(9).await.unwrap();
    let [entry] = &entries[..] else { panic!("{entries:?}") };
    let record: FinishedGame = serde_json::from_str(&entry.record).unwrap();
    assert_eq!((record.game_id, record.reason, record.winner), (room, Reason::Void, None));
    assert_eq!((record.seats.p1.player, record.seats.p1.clicks), (players.p1, 3));
    assert_eq!(record.seats.p1.points, 3, "what was acknowledged is in the record");
    let late = commit(room, host, 9, 1, stored.snapshot);
    assert!(matches!(stores.store.commit(late).await, Err(CommitError::Fenced)));

    let again = stores.refuses(Order::EndRoom { room }).await;
    assert_eq!(again, format!("room {room} cannot be ended: it has ended already"));
    assert_eq!(stores.store.take(9).await.unwrap().len(), 1, "there is one record");
}

#[tokio::test]
#[ignore = "starts a server"]
async fn a_room_that_nobody_hosts_ends_as_void_and_its_players_are_free() {
    ends_a_room(&valkey().url()).await;
}

#[tokio::test]
#[ignore = "starts servers"]
async fn a_room_in_a_cluster_ends_as_void_too() {
    ends_a_room(&six_nodes().urls()).await;
}

#[tokio::test]
#[ignore = "starts a server"]
async fn a_practice_game_ends_as_void_and_frees_its_one_person() {
    let stores = Stores::at(&valkey().url()).await;
    let practice = practice();
    let person = practice.seats.p1.player.id;
    let (room, _) = founded(&stores, practice).await;
    stores.does(Order::EndRoom { room }).await;
    assert_eq!(stores.room_of(person).await, None);
    let show = stores.does(Order::ShowRoom { room, json: false }).await;
    assert!(show.contains("(a bot, hard)") && show.contains("void, won by nobody"), "{show}");
    assert!(show.contains("state      ended\n") && show.contains(", until it ended\n"), "{show}");
}

#[tokio::test]
#[ignore = "starts a server"]
async fn a_room_whose_format_cannot_be_read_is_left_as_it_is() {
    let stores = Stores::at(&valkey().url()).await;
    let founding = founding();
    let ada = founding.seats.p1.player.id;
    let (room, host) = founded(&stores, founding).await;
    let future = Bytes::from_static(br#"{"all":"different"}"#);
    stores.store.commit(commit(room, host, 2, 999, future)).await.unwrap();
    let refusal = stores.refuses(Order::EndRoom { room }).await;
    assert!(
        refusal.contains("its snapshot is in format 999, and this program reads 1"),
        "{refusal}"
    );
    let stored = stores.stored_room(room).await;
    assert_eq!((stored.host, stored.epoch, stored.ended), (Some(host), Epoch(1), false));
    assert_eq!(stores.room_of(ada).await, Some(room));

    let show = stores.does(Order::ShowRoom { room, json: false }).await;
    assert!(show.contains(&format!("p1          {ada}")), "{show}");
    assert!(show.contains("unreadable  its snapshot is in format 999"), "{show}");
    assert!(show.contains("  \"all\": \"different\""), "{show}");
}

#[tokio::test]
#[ignore = "starts a server"]
async fn what_is_no_room_or_a_broken_one_is_refused_and_left_as_it_is() {
    let stores = Stores::at(&valkey().url()).await;
    let nowhere = RoomId::random();
    for order in [Order::EndRoom { room: nowhere }, Order::ShowRoom { room: nowhere, json: true }] {
        let refusal = stores.refuses(order).await;
        assert!(refusal.starts_with(&format!("there is no room {nowhere}")), "{refusal}");
    }

    let unfounded = founding();
    matched(&stores, &unfounded).await;
    let refusal = stores.refuses(Order::EndRoom { room: unfounded.room }).await;
    assert!(refusal.contains("its founding record was written"), "{refusal}");

    let (damaged, host) = founded(&stores, founding()).await;
    let garbage = Bytes::from_static(b"\xff no snapshot");
    stores.store.commit(commit(damaged, host, 2, 1, garbage)).await.unwrap();
    let refusal = stores.refuses(Order::EndRoom { room: damaged }).await;
    assert!(refusal.contains("the snapshot is damaged"), "{refusal}");
    assert_eq!(stores.stored_room(damaged).await.epoch, Epoch(1));
    let show = stores.does(Order::ShowRoom { room: damaged, json: false }).await;
    assert!(show.ends_with("13 bytes that are no JSON\n"), "{show}");

    valkey().ask::<u8>(&format!("HSET {} epoch none", stores.key(damaged)));
    let refusal = stores.refuses(Order::EndRoom { room: damaged }).await;
    assert!(refusal.contains("is damaged in the store: load: "), "{refusal}");
    assert_eq!(valkey().ask::<String>(&format!("HGET {} epoch", stores.key(damaged))), "none");
}

#[tokio::test]
#[ignore = "starts a server"]
async fn answers_that_get_lost_end_a_room_once_and_are_no_refusal() {
    const ROOMS: usize = 12;
    let proxy = Proxy::to(valkey().port).await;
    let prefix = format!("test-{}", uuid::Uuid::new_v4());
    let at = async |url: &str| {
        Stores::new(Valkey::connect(settings(url).with_prefix(&prefix)).await.unwrap())
    };
    let (stores, lossy) = (at(&valkey().url()).await, at(&proxy.url()).await);
    let mut ended = 0;
    for _ in 0..ROOMS {
        let (room, _) = founded(&stores, founding()).await;
        proxy.lose(2);
        match lossy.carry_out(Order::EndRoom { room }).await {
            Ok(_) => ended += 1,
            // Whether it was done is not known, and that is what is said.
            Err(failure) => assert!(matches!(failure, Failure::Unavailable(_)), "{failure}"),
        }
        proxy.lose(0);
        // Once more where nothing is lost, in case it was not done.
        drop(stores.carry_out(Order::EndRoom { room }).await);
        assert!(stores.stored_room(room).await.ended);
    }
    assert!(ended > 0, "some are ended all the same");
    let entries = stores.store.take(10 * ROOMS).await.unwrap();
    assert_eq!(entries.len(), ROOMS, "each room has one record");
}

#[test]
#[ignore = "starts a server"]
fn a_valkey_that_is_away_or_refuses_the_login_is_told_within_seconds_and_no_secret_is() {
    let mut server = Server::start_with(Program::Valkey, &["--requirepass", "s3cret"]);
    let order = Order::FreePlayer { player: PlayerId::random() };
    let failure = |settings: ValkeySettings| {
        let began = std::time::Instant::now();
        let failure = run(on_pods(settings, order)).expect_err("it was done");
        assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
        let told = failure.to_string();
        assert!(!told.contains("s3cret") && !told.contains("wrong-pass"), "{told}");
        assert_eq!(failure.code(), 2);
        failure
    };
    let url = |password: &str| settings(&format!("redis://:{password}@127.0.0.1:{}", server.port));
    let (right, wrong) = (url("s3cret"), url("wrong-pass"));
    assert!(
        matches!(run(on_pods(right.clone(), order)), Err(Failure::Refused(_))),
        "nobody sits there"
    );
    assert!(matches!(failure(wrong), Failure::Unusable(_)));
    server.kill();
    assert!(matches!(failure(right), Failure::Unusable(_)));
}

#[tokio::test]
#[ignore = "starts a server"]
async fn a_valkey_that_goes_away_on_the_way_is_no_refusal() {
    let mut server = Server::start(Program::Valkey);
    let stores = Stores::at(&server.url()).await;
    let (room, _) = founded(&stores, founding()).await;
    server.kill();
    let orders = [Order::Status { json: true }, Order::EndRoom { room }];
    for order in orders {
        let failure = stores.carry_out(order).await.unwrap_err();
        assert!(matches!(failure, Failure::Unavailable(_)), "{failure}");
        assert_eq!(failure.code(), 2);
    }
}
