//! Several recorders at one outbox.

use std::collections::HashSet;
use std::time::Duration;

use super::servers::Server;
use super::sides::{settings, valkey};
use crate::cluster::contract::outbox::end_rooms;
use crate::cluster::valkey::keys::Partition;
use crate::cluster::{Unavailable, Valkey, ValkeyStore};
use crate::ids::PodId;
use crate::results::{Outbox, OutboxEntry, RECORD_FORMAT};

/// Two pods' stores with the same keys.
async fn two_pods() -> (ValkeyStore, ValkeyStore) {
    let valkey = Valkey::connect(settings(&valkey().url()).patient()).await.unwrap();
    let pod = || ValkeyStore::new(valkey.clone(), PodId::random());
    (pod(), pod())
}

/// Makes all that a recorder holds look as if it had not been touched for that long.
fn leave_alone(server: &Server, store: &ValkeyStore, entries: &[OutboxEntry], for_long: Duration) {
    for OutboxEntry { id, .. } in entries {
        let outbox = store.valkey.keys().outbox(Partition::numbered(id.partition()).unwrap());
        let (place, idle) = (format!("{}-{}", id.at(), id.number()), for_long.as_millis());
        let claim = format!("XCLAIM {outbox} recorder {} 0 {place} IDLE {idle} JUSTID", store.pod);
        server.ask::<Vec<String>>(&claim);
    }
}

const LONG: Duration = Duration::from_millis(5500);

#[tokio::test]
#[ignore = "starts a server"]
async fn what_one_recorder_holds_is_not_given_to_another() {
    let (one, other) = two_pods().await;
    end_rooms(&one, 30).await;
    let first = one.take(20).await.unwrap();
    let rest = other.take(20).await.unwrap();
    assert_eq!((first.len(), rest.len()), (20, 10));
    let all: HashSet<_> = first.iter().chain(&rest).map(|entry| entry.id).collect();
    assert_eq!(all.len(), 30);
    assert!(first.iter().chain(&rest).all(|entry| entry.tries == 0));
}

#[tokio::test]
#[ignore = "starts a server"]
async fn what_a_dead_recorder_held_is_taken_over_with_its_tries() {
    let (dead, alive) = two_pods().await;
    end_rooms(&dead, 5).await;
    dead.take(10).await.unwrap();
    let held = dead.take(10).await.unwrap();
    assert!(alive.take(10).await.unwrap().is_empty());
    leave_alone(valkey(), &dead, &held, LONG);
    let taken = alive.take(10).await.unwrap();
    assert_eq!(taken.len(), 5);
    assert!(taken.iter().all(|entry| entry.tries == 2));
    for entry in &taken {
        alive.done(entry.id).await.unwrap();
    }
    assert_eq!(alive.outbox_status().await.unwrap().waiting, 0);
    assert!(dead.take(10).await.unwrap().is_empty());
}

#[tokio::test]
#[ignore = "starts a server"]
async fn a_live_recorder_keeps_what_it_holds_back_by_looking() {
    let (holder, other) = two_pods().await;
    end_rooms(&holder, 8).await;
    let held = holder.take(8).await.unwrap();
    leave_alone(valkey(), &holder, &held, LONG);
    // It takes only some of them again, and still keeps all.
    assert_eq!(holder.take(3).await.unwrap().len(), 3);
    assert!(other.take(10).await.unwrap().is_empty());
}

#[tokio::test]
#[ignore = "starts a server"]
async fn what_a_live_recorder_leaves_is_taken_by_another_at_once() {
    let (fails, other) = two_pods().await;
    end_rooms(&fails, 8).await;
    let held = fails.take(8).await.unwrap();
    let (left, kept) = held.split_at(5);
    let ids = |entries: &[OutboxEntry]| entries.iter().map(|entry| entry.id).collect::<Vec<_>>();
    fails.leave_to_others(ids(left)).await.unwrap();
    let taken = other.take(10).await.unwrap();
    assert_eq!(ids(&taken), ids(left));
    assert!(taken.iter().all(|entry| entry.tries == 1), "leaving is no try");
    // What is somebody else's by now cannot be left.
    fails.leave_to_others(ids(left)).await.unwrap();
    assert_eq!(ids(&fails.take(10).await.unwrap()), ids(kept));
    fails.leave_to_others(ids(kept)).await.unwrap();
    assert_eq!(fails.take(10).await.unwrap().len(), 3, "nobody else wanted them");
    // Looking keeps what is its own, and no longer what was left.
    fails.leave_to_others(ids(kept)).await.unwrap();
    assert_eq!(fails.take(1).await.unwrap().len(), 1);
    assert_eq!(other.take(10).await.unwrap().len(), 7);
}

#[tokio::test]
#[ignore = "starts a server"]
async fn records_tell_their_format_and_how_old_they_are() {
    let (one, _) = two_pods().await;
    end_rooms(&one, 1).await;
    let outbox = one.valkey.keys().outbox(Partition::numbered(0).unwrap());
    for (place, rest) in [("1-1", ""), ("1-2", " format 2"), ("1-3", " format x")] {
        valkey().ask::<String>(&format!("XADD {outbox}-other {place} record r{rest}"));
    }
    let entries = one.take(10).await.unwrap();
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0].format, RECORD_FORMAT);
    assert!(entries[0].age.unwrap() < Duration::from_secs(60));
    let old = Partition::numbered(0).unwrap();
    valkey().ask::<u8>(&format!("DEL {outbox}"));
    valkey().ask::<()>(&format!("RENAME {outbox}-other {outbox}"));
    let entries = one.take(10).await.unwrap();
    let seen: Vec<_> = entries
        .iter()
        .filter(|entry| entry.id.partition() == old.number())
        .map(|entry| (entry.format, entry.age.unwrap() > Duration::from_secs(1_000_000)))
        .collect();
    assert_eq!(seen, [(1, true), (2, true), (u32::MAX, true)]);
}

#[tokio::test]
#[ignore = "starts a server"]
async fn many_recorders_at_once_get_every_entry_once() {
    let valkey = Valkey::connect(settings(&valkey().url()).patient()).await.unwrap();
    let pods: Vec<_> = (0..4).map(|_| ValkeyStore::new(valkey.clone(), PodId::random())).collect();
    end_rooms(&pods[0], 100).await;
    let drain = pods.iter().map(async |pod| {
        let mut got = Vec::new();
        loop {
            let entries = pod.take(7).await?;
            if entries.is_empty() {
                return Ok::<_, Unavailable>(got);
            }
            for entry in entries {
                pod.done(entry.id).await?;
                got.push(entry.id);
            }
        }
    });
    let got: Vec<_> = futures_util::future::try_join_all(drain).await.unwrap().concat();
    assert_eq!(got.len(), 100);
    assert_eq!(got.into_iter().collect::<HashSet<_>>().len(), 100);
}

#[tokio::test]
#[ignore = "starts a server"]
async fn recorders_that_are_gone_and_hold_nothing_are_removed() {
    let (busy, gone) = two_pods().await;
    let asking = ValkeyStore::new(busy.valkey.clone(), PodId::random());
    end_rooms(&busy, 40).await;
    for entry in gone.take(20).await.unwrap() {
        gone.done(entry.id).await.unwrap();
    }
    let held = busy.take(40).await.unwrap();
    asking.remove_gone(Duration::ZERO).await.unwrap();
    for partition in Partition::all() {
        let outbox = busy.valkey.keys().outbox(partition);
        if valkey().ask::<u8>(&format!("EXISTS {outbox}")) == 0 {
            continue;
        }
        let consumers = format!("XINFO CONSUMERS {outbox} recorder");
        let names: Vec<std::collections::HashMap<String, redis::Value>> = valkey().ask(&consumers);
        let holds = held.iter().any(|entry| entry.id.partition() == partition.number());
        assert_eq!(names.len(), usize::from(holds), "{names:?}");
    }
    assert_eq!(busy.take(40).await.unwrap().len(), 20, "what is held is kept");
}

#[tokio::test]
#[ignore = "starts a server"]
async fn the_outbox_tells_how_it_stands() {
    let (one, other) = two_pods().await;
    let empty = other.outbox_status().await.unwrap();
    assert_eq!((empty.waiting, empty.oldest, empty.aside), (0, None, 0));
    let began = tokio::time::Instant::now();
    end_rooms(&one, 3).await;
    let entries = one.take(1).await.unwrap();
    let status = other.outbox_status().await.unwrap();
    assert_eq!((status.waiting, status.aside), (3, 0));
    assert!(status.oldest.unwrap() <= began.elapsed() + Duration::from_millis(2));
    one.set_aside(entries[0].id, "torn".to_owned()).await.unwrap();
    let status = other.outbox_status().await.unwrap();
    assert_eq!((status.waiting, status.aside), (2, 1));
    let aside = one.valkey.keys().aside(Partition::numbered(entries[0].id.partition()).unwrap());
    let kept: Vec<(String, Vec<String>)> = valkey().ask(&format!("XRANGE {aside} - +"));
    assert!(kept[0].1.contains(&"torn".to_owned()) && kept[0].1.contains(&entries[0].record));
}
