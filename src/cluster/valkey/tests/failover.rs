//! A cluster that loses a primary.

use std::time::Duration;

use super::cluster::Cluster;
use super::sides::settings;
use super::{Host, PATIENCE};
use crate::cluster::{Heartbeat, Players, Pods, ValkeyStore};
use crate::ids::{PlayerId, PodId};
use crate::results::Outbox;

/// How long a cluster may take to replace a primary, with `cluster-node-timeout` 1000.
const FAILOVER: Duration = Duration::from_secs(5);

async fn waiting_store(cluster: &Cluster) -> ValkeyStore {
    let settings = settings(&cluster.urls()).waiting_for(1);
    ValkeyStore::connect(settings, PodId::random()).await.unwrap()
}

/// A host of a room that this node serves.
async fn host_on(cluster: &Cluster, store: &ValkeyStore, node: usize) -> Host {
    let keys = store.valkey.keys();
    Host::of_room(store, |room| cluster.primary_of(&keys.room(room)) == node).await
}

#[tokio::test]
#[ignore = "starts servers"]
async fn commits_go_on_after_a_primary_was_killed_and_nothing_confirmed_is_lost() {
    let mut cluster = Cluster::start();
    let store = waiting_store(&cluster).await;
    let mut host = host_on(&cluster, &store, 0).await;
    host.commit_until_taken().await;
    let mut confirmed = 0;
    for _ in 0..50 {
        confirmed = host.commit().await.unwrap();
    }
    cluster.nodes[0].kill();
    // A primary without its replica cannot confirm: only what the other two shards hold goes on.
    let mut elsewhere = None;
    let pause = {
        let began = tokio::time::Instant::now();
        loop {
            if host.commit_alone().await {
                break began.elapsed();
            }
            assert!(began.elapsed() < PATIENCE);
            elsewhere = elsewhere.or(store.arrive(PlayerId::random(), PodId::random()).await.ok());
        }
    };
    assert!(pause < FAILOVER, "{pause:?}");
    assert!(elsewhere.is_some(), "the other shards are served meanwhile");
    assert!(host.stored_version().await >= confirmed);
    println!("a killed primary: commits again after {} ms", pause.as_millis());

    cluster.nodes[0].start_again();
    assert!(host.commit_until_taken().await < PATIENCE, "confirmed again once it is a replica");
    let pod = PodId::random();
    let beat = Heartbeat { pod, address: String::new(), snapshots: vec![1], bus: vec![1] };
    store.beat(beat).await.unwrap();
    assert_eq!(store.living().await.unwrap().len(), 1);
    assert!(store.take(10).await.unwrap().is_empty());
}

#[tokio::test]
#[ignore = "starts servers"]
async fn commits_go_on_after_a_primary_stands_still_with_its_connections_open() {
    let cluster = Cluster::start();
    let store = ValkeyStore::connect(settings(&cluster.urls()), PodId::random()).await.unwrap();
    let mut host = host_on(&cluster, &store, 1).await;
    host.commit().await.unwrap();
    cluster.nodes[1].stop();
    let pause = host.commit_until_taken().await;
    assert!(pause < FAILOVER, "{pause:?}");
    println!("a stopped primary: commits again after {} ms", pause.as_millis());
    let kept = host.version;
    cluster.nodes[1].go_on();
    host.commit_until_taken().await;
    assert!(host.stored_version().await > kept);
}

impl Host {
    /// Whether the next version is on a primary, even if no replica confirms it.
    async fn commit_alone(&mut self) -> bool {
        match self.commit().await {
            Ok(_) => true,
            Err(error) => error.to_string().contains("done, but"),
        }
    }
}
