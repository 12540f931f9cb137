//! Finished games that were set aside, and the leaderboards built again.

use serde_json::Value;

use crate::cluster::contract::outbox::end_rooms;
use crate::cluster::valkey::tests::sides::{settings, valkey};
use crate::cluster::{Valkey, ValkeySettings, ValkeyStore};
use crate::ids::{PlayerId, PodId};
use crate::leaderboard::{Board, Leaderboard, Query, Rebuildable, ValkeyLeaderboard};
use crate::operator::{Boards, Failure, OutboxOrder, Place, outbox, rebuild_leaderboards};
use crate::results::contract::{WEDNESDAY, game};
use crate::results::{Outbox, Results, SqliteResults};

async fn store(settings: &ValkeySettings) -> ValkeyStore {
    ValkeyStore::connect(settings.clone().patient(), PodId::random()).await.unwrap()
}

async fn listed(settings: &ValkeySettings, limit: usize) -> Vec<Value> {
    let order = OutboxOrder::List { limit, json: true };
    let text = outbox(Place::Shared(settings.clone()), order).await.unwrap();
    serde_json::from_str(&text).unwrap()
}

#[tokio::test]
#[ignore = "starts a server"]
async fn what_was_set_aside_is_listed_and_put_back() {
    let settings = settings(&valkey().url());
    let store = store(&settings).await;
    let place = || Place::Shared(settings.clone());
    let rooms = end_rooms(&store, 5).await;
    for entry in store.take(10).await.unwrap() {
        store.set_aside(entry.id, "it is\ntorn".to_owned()).await.unwrap();
    }
    let table = OutboxOrder::List { limit: 2, json: false };
    let text = outbox(place(), table).await.unwrap();
    assert_eq!(text.lines().count(), 3, "{text}");
    assert!(text.contains(&rooms[0].to_string()) && text.contains("it is\\ntorn"), "{text}");

    let ids: Vec<_> =
        listed(&settings, 100).await.iter().map(|entry| entry["id"].clone()).collect();
    let first: crate::results::OutboxId = ids[0].as_str().unwrap().parse().unwrap();
    outbox(place(), OutboxOrder::Retry(vec![first])).await.unwrap();
    let again = outbox(place(), OutboxOrder::Retry(vec![first])).await.unwrap_err();
    assert!(matches!(&again, Failure::Refused(why) if why.contains(&first.to_string())), "{again}");
    assert_eq!(listed(&settings, 100).await.len(), 4);

    let text = outbox(place(), OutboxOrder::RetryAll).await.unwrap();
    assert_eq!(text, "4 finished games are back in the outbox.\n");
    assert!(listed(&settings, 100).await.is_empty());
    assert_eq!(store.take(10).await.unwrap().len(), 5);
}

#[tokio::test]
#[ignore = "starts a server"]
async fn leaderboards_are_built_from_the_results_file() {
    let settings = settings(&valkey().url());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("results.sqlite3");
    let order = || Boards {
        tables: None,
        file: file.clone(),
        shown: file.clone(),
        place: Place::Shared(settings.clone()),
    };
    let nothing = rebuild_leaderboards(order()).await.unwrap_err();
    assert!(matches!(&nothing, Failure::Refused(why) if why.contains("RESULTS_DB")), "{nothing}");

    let results = SqliteResults::open(&file).unwrap();
    let (anna, ben) = (PlayerId::random(), PlayerId::random());
    results.record(game(WEDNESDAY, (anna, 7), (ben, 9))).await.unwrap();
    let done = rebuild_leaderboards(order()).await.unwrap();
    assert!(done.contains(": 2 standings were set"), "{done}");

    let boards = ValkeyLeaderboard::new(Valkey::connect(settings.clone()).await.unwrap());
    assert!(boards.is_whole().await.unwrap());
    let query = Query { board: Board::All, now: WEDNESDAY, limit: 10, me: Some(anna) };
    let page = boards.page(query).await.unwrap();
    assert_eq!(page.entries.iter().map(|one| one.points).collect::<Vec<_>>(), [9, 7]);
    assert_eq!(page.me.unwrap().rank, 2);
}
