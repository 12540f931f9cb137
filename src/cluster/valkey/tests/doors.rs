//! Connections by client address, over several pods.

use super::sides::{settings, valkey};
use crate::cluster::{AtDoor, DOORS_BELIEVED, Doors, Valkey, ValkeyStore};
use crate::ids::PodId;

fn at_door(connections: u32) -> AtDoor {
    AtDoor { address: "192.0.2.1".to_owned(), connections }
}

#[tokio::test]
#[ignore = "starts a server"]
async fn pods_add_up_the_connections_of_an_address_and_forget_who_says_nothing() {
    let valkey = Valkey::connect(settings(&valkey().url()).patient()).await.unwrap();
    let store = ValkeyStore::new(valkey, PodId::random());
    let pods = [(); 3].map(|()| PodId::random());
    assert_eq!(store.enter(pods[0], at_door(7)).await.unwrap(), 0);
    assert_eq!(store.enter(pods[1], at_door(5)).await.unwrap(), 7);
    assert_eq!(store.enter(pods[2], at_door(1)).await.unwrap(), 12);
    assert_eq!(
        store.enter(pods[0], at_door(8)).await.unwrap(),
        6,
        "a pod says how many, not how many more"
    );
    store.hold(pods[1], vec![at_door(0)]).await.unwrap();
    assert_eq!(
        store.enter(pods[0], at_door(8)).await.unwrap(),
        1,
        "those that are closed are gone"
    );
    let other = AtDoor { address: "192.0.2.2".to_owned(), connections: 1 };
    assert_eq!(store.enter(pods[0], other).await.unwrap(), 0);

    // A pod that died an hour ago, and something that no version of this program writes.
    let key = store.valkey.keys().door("192.0.2.1");
    let server = super::sides::valkey();
    server.ask::<i64>(&format!("HSET {key} dead 40:1 broken nonsense"));
    assert_eq!(store.enter(pods[0], at_door(8)).await.unwrap(), 1);
    let life: i64 = server.ask(&format!("PTTL {key}"));
    assert!(life > 0 && life <= DOORS_BELIEVED.as_millis() as i64, "{life}");
}
