//! How fast commits are. Prints; asserts nothing that depends on the machine.

use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::{self, StreamExt};
use hdrhistogram::Histogram;
use tokio::time::Instant;

use super::Host;
use super::sides::{store, valkey};
use crate::cluster::contract::commit;
use crate::cluster::{Commit, Rooms};

const COMMITS: u64 = 20_000;

/// Commits of 1 KiB over one connection, by so many rooms at once.
async fn commits(rooms: usize) -> (Duration, Histogram<u64>) {
    let store = store(&valkey().url()).await;
    let snapshot = Bytes::from(vec![b'x'; 1024]);
    let mut hosts = Vec::new();
    for _ in 0..rooms {
        hosts.push(Host::of(&store).await);
    }
    let each = COMMITS / u64::try_from(rooms).unwrap();
    let began = Instant::now();
    let run = stream::iter(hosts).map(|host| {
        let (store, snapshot) = (store.clone(), snapshot.clone());
        async move {
            let mut took = Histogram::<u64>::new(3).unwrap();
            for version in 2..2 + each {
                let next = commit(host.room, host.pod, 1, version);
                let began = Instant::now();
                store.commit(Commit { snapshot: snapshot.clone(), ..next }).await.unwrap();
                took.record(u64::try_from(began.elapsed().as_micros()).unwrap()).unwrap();
            }
            assert_eq!(host.stored_version().await, 1 + each);
            took
        }
    });
    let all = run.buffer_unordered(rooms).fold(
        Histogram::<u64>::new(3).unwrap(),
        async |mut all, one| {
            all.add(one).unwrap();
            all
        },
    );
    let took = all.await;
    (began.elapsed(), took)
}

#[tokio::test]
#[ignore = "starts a server, and measures"]
async fn how_many_commits_a_second() {
    for rooms in [1, 16, 256] {
        let (whole, took) = commits(rooms).await;
        let rate = took.len() as f64 / whole.as_secs_f64();
        let (p50, p99) = (took.value_at_quantile(0.5), took.value_at_quantile(0.99));
        println!("{rooms:>4} rooms: {rate:>7.0} commits/s, p50 {p50} us, p99 {p99} us");
    }
}
