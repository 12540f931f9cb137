//! The commands beside pods in play: two servers with real sockets on one Valkey.

use std::path::Path;

use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::client::{PATIENCE, Player, Pod, Shared, session_key};
use crate::cluster::Valkey;
use crate::cluster::valkey::tests::sides::{settings, valkey};
use crate::ids::{Epoch, RoomId};
use crate::operator::{Order, Stores};

/// Asks for the status until it is as wanted.
async fn status_when(stores: &Stores, wanted: impl Fn(&Value) -> bool) -> Value {
    let began = Instant::now();
    loop {
        let status = stores.status().await;
        if wanted(&status) {
            return status;
        }
        assert!(began.elapsed() < PATIENCE, "it never comes about: {status:#}");
        sleep(std::time::Duration::from_millis(50)).await;
    }
}

async fn sum(pods: &[Pod], name: &str) -> u64 {
    let mut sum = 0;
    for pod in pods {
        sum += pod.counts(name).await;
    }
    sum
}

/// What pods are to share, and the commands beside them.
async fn begin(folder: &Path) -> (Shared<'_>, Stores) {
    let shared = Shared { valkey: settings(&valkey().url()), folder, keys: session_key() };
    let stores = Stores::new(Valkey::connect(shared.valkey.clone()).await.unwrap());
    (shared, stores)
}

/// Else its first rooms would look like those of a pod that has left, and be taken from it.
#[tokio::test]
#[ignore = "starts a server"]
async fn a_pod_that_is_ready_is_known_to_live() {
    let folder = tempfile::tempdir().unwrap();
    let (shared, stores) = begin(folder.path()).await;
    let pod = Pod::start(&shared);
    let status = stores.status().await;
    let addresses: Vec<&Value> = lines(&status).iter().map(|pod| &pod["address"]).collect();
    assert_eq!(addresses, [&json!(pod.address.to_string())], "{status:#}");
}

#[tokio::test]
#[ignore = "starts a server"]
async fn a_game_in_play_is_ended_as_void_for_both_and_its_host_is_fenced() {
    let folder = tempfile::tempdir().unwrap();
    let (shared, stores) = begin(folder.path()).await;
    let pods = [Pod::start(&shared), Pod::start(&shared)];
    let mut ada = Player::new(&pods[0], "Ada").await;
    let mut bob = Player::new(&pods[1], "Bob").await;
    let room = plays(&mut ada, &mut bob, None).await;
    for n in 1..=3 {
        let click = ("CLICK", json!({ "n": n, "roomId": room }));
        ada.says_until(click, "UPDATE", |update| update["ack"] == n).await;
    }

    let status = status_when(&stores, |status| {
        let hosted = lines(status).iter().filter_map(|pod| pod["rooms"].as_u64()).sum::<u64>();
        (lines(status).len(), hosted) == (2, 1)
    });
    let status = status.await;
    for pod in &pods {
        let address = json!(pod.address.to_string());
        assert!(lines(&status).iter().any(|pod| pod["address"] == address), "{status:#}");
    }
    let rooms = &status["rooms"];
    assert_eq!((&rooms["open"], &rooms["withoutLivingHost"]), (&json!(1), &json!(0)));
    assert_eq!(status["seats"]["taken"], 2);
    let shown = stores.does(Order::ShowRoom { room, json: false }).await;
    assert!(shown.contains("state      open\n") && shown.contains("3 clicks"), "{shown}");
    let refusal = stores.refuses(Order::FreePlayer { player: ada.id }).await;
    assert!(refusal.contains(&format!("`overcookied room end {room}`")), "{refusal}");

    let told = stores.does(Order::EndRoom { room }).await;
    assert!(told.contains("has ended as void") && told.contains("Its seats are free"), "{told}");
    for (player, ack) in [(&mut ada, 3), (&mut bob, 0)] {
        let over = player.hears("GAME_OVER").await;
        assert_eq!((&over["reason"], &over["winner"]), (&json!("void"), &json!("draw")));
        assert_eq!((&over["roomId"], &over["ack"]), (&json!(room), &json!(ack)));
        assert_eq!(over["p1Clicks"].as_u64().unwrap() + over["p2Clicks"].as_u64().unwrap(), 3);
    }
    assert!(sum(&pods, "overcookied_commits_total{outcome=\"fenced\"}").await >= 1);
    let stored = stores.stored_room(room).await;
    assert!(stored.ended && stored.epoch > Epoch(1));

    let empty = status_when(&stores, |status| status["outbox"]["waiting"] == 0).await;
    assert_eq!((&empty["rooms"]["open"], &empty["seats"]["taken"]), (&json!(0), &json!(0)));
    assert_eq!(
        (&empty["foundingRecords"]["total"], &empty["rooms"]["hosts"]),
        (&json!(0), &json!([]))
    );
    for player in [&ada, &bob] {
        let result = player.last_result().await;
        assert_eq!((&result["gameId"], &result["result"]), (&json!(room), &json!("void")));
    }
    let refusal = stores.refuses(Order::EndRoom { room }).await;
    assert!(refusal.contains("it has ended already"), "{refusal}");

    plays(&mut ada, &mut bob, Some(room)).await;
}

/// Both join, and are matched; in another room than before.
async fn plays(ada: &mut Player, bob: &mut Player, before: Option<RoomId>) -> RoomId {
    let join = || ("JOIN_QUEUE", json!({ "game": "cookie" }));
    let elsewhere = |start: &Value| start["roomId"] != json!(before);
    let (hers, his) = tokio::join!(
        ada.says_until(join(), "GAME_START", elsewhere),
        bob.says_until(join(), "GAME_START", elsewhere),
    );
    assert_eq!(hers["roomId"], his["roomId"]);
    hers["roomId"].as_str().unwrap().parse().unwrap()
}

/// The pods of a status.
fn lines(status: &Value) -> &[Value] {
    status["pods"].as_array().unwrap()
}
