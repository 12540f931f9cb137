//! `status` on what pods leave behind, and `room show`.

use serde_json::{Value, json};

use super::{commit, founded, founding, matched};
use crate::cluster::valkey::tests::sides::{six_nodes, valkey};
use crate::cluster::{Commit, Heartbeat, Pods, Rooms};
use crate::ids::{PlayerId, PodId, RoomId, TicketId};
use crate::matchmaking::{Matchmaking, Profile, Ticket};
use crate::operator::status::gather_some;
use crate::operator::{Order, Stores};
use crate::room::RoomState;

async fn waits(stores: &Stores) {
    let player = Profile { id: PlayerId::random(), name: "Cy".to_owned(), picture: None };
    let (id, pod) = (TicketId::random(), PodId::random());
    let ticket = Ticket { id, player, game: "cookie".to_owned(), pod };
    stores.matchmaking.join(ticket).await.unwrap();
}

/// The status while a pod lives, however slow this machine is.
async fn status_beside(stores: &Stores, beat: &Heartbeat) -> Value {
    for _ in 0..100 {
        stores.store.beat(beat.clone()).await.unwrap();
        let status = stores.status().await;
        if status["pods"] != json!([]) {
            return status;
        }
    }
    panic!("the pod is never seen")
}

async fn says_everything(urls: &str) {
    let stores = Stores::at(urls).await;
    let empty = stores.status().await;
    assert_eq!((&empty["pods"], &empty["complete"]), (&json!([]), &json!(true)));
    assert_eq!(empty["outbox"], json!({ "waiting": 0, "oldestMs": null, "setAside": 0 }));

    let (of_dead, dead) = founded(&stores, founding()).await;
    let (of_living, living) = founded(&stores, founding()).await;
    let (released, host) = founded(&stores, founding()).await;
    stores.store.release(released, host, crate::ids::Epoch(1)).await.unwrap();
    let address = "10.1.2.3:8080".to_owned();
    let beat = Heartbeat { pod: living, address, snapshots: vec![1, 2], bus: vec![1] };
    let (ended, host) = founded(&stores, founding()).await;
    let snapshot = stores.stored_room(ended).await.snapshot;
    let state = RoomState::restore(ended, &snapshot, &stores.catalogue).unwrap();
    let end = Commit { finished: Some(state.finished(1)), ..commit(ended, host, 2, 1, snapshot) };
    stores.store.commit(end).await.unwrap();
    let unfounded = founding();
    matched(&stores, &unfounded).await;
    waits(&stores).await;

    let status = status_beside(&stores, &beat).await;
    let pod = &status["pods"][0];
    assert_eq!(
        (&pod["id"], &pod["address"], &pod["snapshotFormats"], &pod["busFormats"], &pod["rooms"]),
        (&json!(living), &json!("10.1.2.3:8080"), &json!([1, 2]), &json!([1]), &json!(1))
    );
    let rooms = &status["rooms"];
    assert_eq!((&rooms["open"], &rooms["withoutLivingHost"]), (&json!(3), &json!(2)));
    let mut hosts = [(None, false), (Some(dead), false), (Some(living), true)];
    hosts.sort();
    let hosts = hosts.map(|(pod, living)| json!({ "pod": pod, "living": living, "rooms": 1 }));
    assert_eq!(rooms["hosts"], json!(hosts));
    let oldest: RoomId = serde_json::from_value(rooms["oldestCommit"]["room"].clone()).unwrap();
    assert!([of_dead, of_living, released].contains(&oldest));
    assert_eq!(
        status["queues"].as_array().unwrap().iter().find(|q| q["game"] == "cookie"),
        Some(&json!({ "game": "cookie", "waiting": 1 }))
    );
    assert_eq!(
        (&status["outbox"]["waiting"], &status["outbox"]["setAside"]),
        (&json!(1), &json!(0))
    );
    assert!(status["outbox"]["oldestMs"].is_u64());
    assert_eq!(status["seats"]["taken"], 10);
    assert_eq!(status["seats"]["withoutRoom"], json!([]));
    let still = status["seats"]["inEndedRoom"].as_array().unwrap();
    assert!(still.len() == 2 && still.iter().all(|seat| seat["room"] == json!(ended)));
    let records = &status["foundingRecords"];
    assert_eq!((&records["total"], &records["unreadable"]), (&json!(5), &json!([])));
    assert_eq!(records["withoutRoom"][0]["room"], json!(unfounded.room));
    assert!(records["withoutRoom"][0]["ageMs"].is_u64());

    let table = stores.does(Order::Status { json: false }).await;
    for line in [
        "rooms     3 open, 2 without a living host, oldest commit ",
        &format!("  1 of pod {dead}, which is gone\n"),
        "  1 released\n",
        "1 waiting for cookie",
        "outbox    1 waiting, the oldest since ",
        "seats     10 taken, 0 without a room, 2 in a room that has ended\n",
        "founding  5 records, 1 without a room\n",
    ] {
        assert!(table.contains(line), "{line:?} is missing in\n{table}");
    }
}

#[tokio::test]
#[ignore = "starts a server"]
async fn the_status_says_how_everything_stands() {
    says_everything(&valkey().url()).await;
}

#[tokio::test]
#[ignore = "starts servers"]
async fn the_status_of_a_cluster_is_found_in_all_its_slots() {
    says_everything(&six_nodes().urls()).await;
}

#[tokio::test]
#[ignore = "starts a server"]
async fn what_is_stuck_is_named_and_nothing_is_changed_by_looking() {
    let stores = Stores::at(&valkey().url()).await;
    let stuck = founding();
    matched(&stores, &stuck).await;
    valkey().ask::<u8>(&format!("HDEL {} {}", stores.matches(), stuck.room));
    let (damaged, _) = founded(&stores, founding()).await;
    valkey().ask::<u8>(&format!("HSET {} epoch none", stores.key(damaged)));
    let (foreign, _) = founded(&stores, founding()).await;
    valkey().ask::<()>(&format!("SET {} foreign", stores.key(foreign)));
    let newer = RoomId::random();
    for (room, text) in [(newer.to_string(), r#"{"format":9}"#), ("no-room".to_owned(), "nothing")]
    {
        valkey().ask::<u8>(&format!("HSET {} {room} {text}", stores.matches()));
    }
    let all = |key: &str| {
        let mut all: Vec<String> = valkey().ask(&format!("HGETALL {key}"));
        all.sort();
        all
    };
    let before = (all(&stores.matches()), all(&stores.seated()));

    let status = stores.status().await;
    let mut roomless = [stuck.seats.p1.player.id, stuck.seats.p2.player.id];
    roomless.sort();
    let roomless = roomless.map(|player| json!({ "player": player, "room": stuck.room }));
    assert_eq!(status["seats"]["withoutRoom"], json!(roomless));
    let unreadable = status["rooms"]["unreadable"].as_array().unwrap();
    let why = |room: RoomId| {
        let one = unreadable.iter().find(|one| one["room"] == json!(room));
        one.unwrap()["why"].as_str().unwrap().to_owned()
    };
    assert_eq!(unreadable.len(), 2);
    assert!(why(damaged).contains("no epoch") && why(foreign).contains("WRONGTYPE"));
    let records = &status["foundingRecords"];
    assert_eq!(records["total"], 4);
    assert_eq!(records["withoutRoom"], json!([{ "room": newer, "ageMs": null }]));
    let those = records["unreadable"].as_array().unwrap();
    assert_eq!((those[0]["room"].clone(), those[1]["room"].clone()), (json!(null), json!(newer)));
    assert_eq!((all(&stores.matches()), all(&stores.seated())), before);
}

#[tokio::test]
#[ignore = "starts a server"]
async fn walks_over_many_slices_count_each_room_once_and_end_at_their_bound() {
    const ROOMS: usize = 700;
    let stores = Stores::at(&valkey().url()).await;
    for _ in 0..ROOMS {
        founded(&stores, founding()).await;
    }
    let status = stores.status().await;
    assert_eq!(status["rooms"]["open"], ROOMS);
    assert_eq!(status["seats"]["taken"], 2 * ROOMS);
    assert_eq!(status["foundingRecords"]["total"], ROOMS);
    assert_eq!(status["complete"], true);
    assert_eq!(status["rooms"]["hosts"].as_array().unwrap().len(), ROOMS);

    let some = serde_json::to_value(gather_some(&stores, 200).await).unwrap();
    assert_eq!(some["complete"], false);
    let taken = some["seats"]["taken"].as_u64().unwrap();
    assert!((200..1_000).contains(&taken), "{taken}");
    assert_eq!(some["seats"]["withoutRoom"], json!([]), "what was not seen is not missing");
}

#[tokio::test]
#[ignore = "starts a server"]
async fn a_room_is_shown_with_its_host_its_players_and_its_snapshot() {
    let stores = Stores::at(&valkey().url()).await;
    let founding = founding();
    let (ada, bob) = (founding.seats.p1.player.id, founding.seats.p2.player.id);
    let (room, host) = founded(&stores, founding).await;
    let text = stores.does(Order::ShowRoom { room, json: false }).await;
    for line in [
        format!("room       {room}\n"),
        "state      open\n".to_owned(),
        format!("host       {host}, which is gone\n"),
        "epoch      1\nversion    1\nformat     1\n".to_owned(),
        "game       cookie\ngame time  6.000 s\n".to_owned(),
        format!("p1         Ada ({ada}), 3 points, 3 clicks, attached\n"),
        format!("p2         Bob ({bob}), 0 points, 0 clicks, attached\n"),
        "\n  \"game\": \"cookie\",\n".to_owned(),
    ] {
        assert!(text.contains(&line), "{line:?} is missing in\n{text}");
    }

    let beat = Heartbeat {
        pod: host,
        address: "10.1.2.3:8080".to_owned(),
        snapshots: vec![1],
        bus: vec![1],
    };
    let living = format!("{host} at 10.1.2.3:8080, heartbeat ");
    let mut text = String::new();
    for _ in 0..100 {
        stores.store.beat(beat.clone()).await.unwrap();
        text = stores.does(Order::ShowRoom { room, json: false }).await;
        if text.contains(&living) {
            break;
        }
    }
    assert!(text.contains(&living), "{text}");

    let shown = stores.does(Order::ShowRoom { room, json: true }).await;
    let shown: Value = serde_json::from_str(&shown).unwrap();
    let held = stores.stored_room(room).await;
    assert_eq!(
        (held.host, held.epoch.0, held.version.0),
        (Some(host), 1, 1),
        "it is only looked at"
    );
    let snapshot = stores.stored_room(room).await.snapshot;
    assert_eq!(shown["snapshot"], serde_json::from_slice::<Value>(&snapshot).unwrap());
    assert_eq!(shown["snapshotBytes"], snapshot.len());
    assert_eq!((&shown["host"]["pod"], &shown["ended"]), (&json!(host), &json!(false)));
    assert_eq!(
        (&shown["epoch"], &shown["version"], &shown["format"]),
        (&json!(1), &json!(1), &json!(1))
    );
    assert_eq!(shown["players"], json!({ "p1": ada, "p2": bob }));
    let state = &shown["state"];
    assert_eq!((&state["gameTimeMs"], &state["ending"]), (&json!(6_000), &json!(null)));
    assert_eq!(
        (&state["seats"]["p1"]["name"], &state["seats"]["p1"]["clicks"]),
        (&json!("Ada"), &json!(3))
    );
}

#[tokio::test]
#[ignore = "starts a server"]
async fn the_time_since_the_last_commit_is_told() {
    let stores = Stores::at(&valkey().url()).await;
    let (old, _) = founded(&stores, founding()).await;
    // As if five seconds had passed.
    valkey().ask::<u64>(&format!("HINCRBY {} touched -5000", stores.key(old)));
    founded(&stores, founding()).await;
    let status = stores.status().await;
    let oldest = &status["rooms"]["oldestCommit"];
    assert_eq!(oldest["room"], json!(old));
    assert!(oldest["agoMs"].as_u64().unwrap() >= 5_000, "{oldest}");
}

#[tokio::test]
#[ignore = "starts a server"]
async fn a_room_whose_match_was_lost_is_among_the_open_ones() {
    let stores = Stores::at(&valkey().url()).await;
    let founding = founding();
    let players = founding.seats.iter().map(|(_, seat)| seat.player.id).collect();
    let (room, _) = founded(&stores, founding.clone()).await;
    stores.matchmaking.free(room, players).await.unwrap();
    let status = stores.status().await;
    assert_eq!((&status["seats"]["taken"], &status["rooms"]["open"]), (&json!(0), &json!(1)));
}
