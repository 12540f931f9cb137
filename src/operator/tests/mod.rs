//! The operator's commands on the stores of a server that runs alone, and on a real Valkey.

mod valkey;

use crate::cluster::contract::{commit, finished, new_room};
use crate::cluster::{Commit, Rooms, SqliteStore};
use crate::ids::PodId;
use crate::operator::{Boards, Failure, OutboxOrder, Place, outbox, rebuild_leaderboards};
use crate::results::Outbox;

#[tokio::test]
async fn in_a_folder_that_no_server_has_used_nothing_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::Here(folder.path().to_owned());
    let refused = outbox(place, OutboxOrder::RetryAll).await.unwrap_err();
    assert!(matches!(refused, Failure::Refused(_)) && refused.code() == 1, "{refused}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn what_a_server_on_its_own_has_set_aside_is_put_back_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let server = SqliteStore::open(folder.path().join("rooms.sqlite3")).unwrap();
    let place = || Place::Here(folder.path().to_owned());
    let list = OutboxOrder::List { limit: 10, json: false };
    assert_eq!(outbox(place(), list.clone()).await.unwrap(), "Nothing was set aside.\n");
    assert_eq!(outbox(place(), OutboxOrder::RetryAll).await.unwrap(), "Nothing was set aside.\n");

    for _ in 0..2 {
        let room = new_room(PodId::random());
        let (id, host) = (room.id, room.host);
        server.found(room).await.unwrap();
        let end = Commit { finished: Some(finished(id)), ..commit(id, host, 1, 2) };
        server.commit(end).await.unwrap();
    }
    for entry in server.take(10).await.unwrap() {
        server.set_aside(entry.id, "torn".to_owned()).await.unwrap();
    }
    let text = outbox(place(), list).await.unwrap();
    assert!(text.contains("0:0-1 ") && text.contains("0:0-2 "), "{text}");
    let text = outbox(place(), OutboxOrder::RetryAll).await.unwrap();
    assert_eq!(text, "2 finished games are back in the outbox.\n");
    assert_eq!(server.take(10).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_results_file_keeps_its_leaderboards_itself() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("results.sqlite3");
    let (shown, place) = (file.clone(), Place::Here(folder.path().to_owned()));
    let boards = Boards { tables: None, file, shown, place };
    let text = rebuild_leaderboards(boards).await.unwrap();
    assert!(text.contains("they are whole"), "{text}");
}
