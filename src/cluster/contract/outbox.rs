//! What every outbox must do.

use std::collections::HashSet;

use super::{Lasting, Side, commit, finished, founded};
use crate::cluster::Commit;
use crate::ids::RoomId;
use crate::results::{FinishedGame, RECORD_FORMAT};

/// Ends so many rooms, one after the other.
pub(crate) async fn end_rooms(side: &impl Side, count: usize) -> Vec<RoomId> {
    let mut rooms = Vec::new();
    for _ in 0..count {
        let (room, host) = founded(side).await;
        let end = Commit { finished: Some(finished(room)), ..commit(room, host, 1, 2) };
        side.rooms().commit(end).await.unwrap();
        side.tick().await;
        rooms.push(room);
    }
    rooms
}

fn game_of(record: &str) -> RoomId {
    serde_json::from_str::<FinishedGame>(record).unwrap().game_id
}

pub(crate) async fn the_outbox_gives_the_oldest_first_until_done(side: &impl Side) {
    let outbox = side.outbox();
    assert!(outbox.take(10).await.unwrap().is_empty());
    let rooms = end_rooms(side, 3).await;
    let first = outbox.take(2).await.unwrap();
    let ids: Vec<_> = first.iter().map(|entry| game_of(&entry.record)).collect();
    assert_eq!(ids, rooms[..2]);
    assert_eq!(first.iter().map(|entry| entry.tries).collect::<Vec<_>>(), [0, 0]);

    let again = outbox.take(10).await.unwrap();
    let tries: Vec<_> = again.iter().map(|entry| entry.tries).collect();
    assert_eq!(tries, [1, 1, 0]);
    outbox.done(again[0].id).await.unwrap();
    outbox.done(again[0].id).await.unwrap();
    let rest = outbox.take(10).await.unwrap();
    let ids: Vec<_> = rest.iter().map(|entry| game_of(&entry.record)).collect();
    assert_eq!(ids, rooms[1..]);
    assert_eq!(rest.iter().map(|entry| entry.tries).collect::<Vec<_>>(), [2, 1]);
}

pub(crate) async fn an_entry_set_aside_is_not_taken_again(side: &impl Side) {
    let rooms = end_rooms(side, 3).await;
    let entries = side.outbox().take(10).await.unwrap();
    side.outbox().set_aside(entries[1].id, "torn".to_owned()).await.unwrap();
    side.outbox().set_aside(entries[1].id, "torn".to_owned()).await.unwrap();
    let rest = side.outbox().take(10).await.unwrap();
    let ids: Vec<_> = rest.iter().map(|entry| game_of(&entry.record)).collect();
    assert_eq!(ids, [rooms[0], rooms[2]]);
}

pub(crate) async fn what_is_taken_is_bounded_and_nothing_is_left_out(side: &impl Side) {
    let rooms = end_rooms(side, 40).await;
    let mut done = HashSet::new();
    for round in 0..6 {
        let entries = side.outbox().take(7).await.unwrap();
        assert_eq!(entries.len(), if round < 5 { 7 } else { 5 });
        for entry in entries {
            assert_eq!(entry.tries, 0);
            assert!(done.insert(game_of(&entry.record)));
            side.outbox().done(entry.id).await.unwrap();
        }
    }
    assert!(side.outbox().take(7).await.unwrap().is_empty());
    assert_eq!(done, rooms.into_iter().collect());
    assert!(side.outbox().take(0).await.unwrap().is_empty());
}

pub(crate) async fn what_was_set_aside_is_listed_in_parts(side: &impl Lasting) {
    let rooms = end_rooms(side, 7).await;
    for (entry, why) in
        side.outbox().take(10).await.unwrap().iter().zip(["torn", "too large"].iter().cycle())
    {
        side.outbox().set_aside(entry.id, (*why).to_owned()).await.unwrap();
    }
    let (mut listed, mut after) = (Vec::new(), None);
    loop {
        let some = side.dead_letters().list(after, 3).await.unwrap();
        assert!(some.len() <= 3 && some.is_sorted_by_key(|entry| entry.id));
        let Some(last) = some.last() else { break };
        after = Some(last.id);
        listed.extend(some);
    }
    assert!(listed.iter().all(|entry| entry.format == RECORD_FORMAT));
    assert_eq!(listed.iter().filter(|entry| entry.why == "torn").count(), 4);
    let games: HashSet<_> = listed.iter().map(|entry| game_of(&entry.record)).collect();
    assert_eq!((listed.len(), games), (7, rooms.into_iter().collect()));
}

pub(crate) async fn an_entry_put_back_is_taken_as_if_it_were_new(side: &impl Lasting) {
    let rooms = end_rooms(side, 2).await;
    side.outbox().take(10).await.unwrap();
    let entries = side.outbox().take(10).await.unwrap();
    side.outbox().set_aside(entries[0].id, "torn".to_owned()).await.unwrap();
    side.outbox().done(entries[1].id).await.unwrap();

    let aside = side.dead_letters().list(None, 10).await.unwrap();
    assert!(side.dead_letters().put_back(aside[0].id).await.unwrap());
    assert!(!side.dead_letters().put_back(aside[0].id).await.unwrap());
    assert!(side.dead_letters().list(None, 10).await.unwrap().is_empty());
    let back = side.outbox().take(10).await.unwrap();
    let found: Vec<_> = back.iter().map(|entry| (game_of(&entry.record), entry.tries)).collect();
    assert_eq!(found, [(rooms[0], 0)]);
}
