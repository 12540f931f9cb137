//! What every store of heartbeats must do.

use std::time::Duration;

use tokio::time::Instant;

use super::ManyPods;
use crate::cluster::{Heartbeat, LivingPod};
use crate::ids::PodId;

fn heartbeat(pod: PodId) -> Heartbeat {
    let address = format!("127.0.0.1:80 of {pod}");
    Heartbeat { pod, address, snapshots: vec![1, 2], bus: vec![1] }
}

async fn living(side: &impl ManyPods) -> Vec<Heartbeat> {
    let living = side.pods().living().await.unwrap();
    let mut said: Vec<_> = living.into_iter().map(|LivingPod { said, .. }| said).collect();
    said.sort_by_key(|said| said.pod);
    said
}

pub(crate) async fn a_pod_lives_from_its_first_heartbeat_until_it_leaves(side: &impl ManyPods) {
    let mut pods = [PodId::random(), PodId::random()];
    pods.sort();
    assert_eq!(living(side).await, []);
    assert_eq!(side.pods().age(pods[0]).await.unwrap(), None);
    let before = Instant::now();
    for pod in pods {
        side.pods().beat(heartbeat(pod)).await.unwrap();
    }
    assert_eq!(living(side).await, pods.map(heartbeat));
    let age = side.pods().age(pods[0]).await.unwrap().unwrap();
    assert!(age <= before.elapsed() + Duration::from_millis(2));
    side.pods().leave(pods[0]).await.unwrap();
    side.pods().leave(pods[0]).await.unwrap();
    assert_eq!(living(side).await, [heartbeat(pods[1])]);
    assert_eq!(side.pods().age(pods[0]).await.unwrap(), None);
}

pub(crate) async fn the_last_heartbeat_counts(side: &impl ManyPods) {
    let pod = PodId::random();
    side.pods().beat(heartbeat(pod)).await.unwrap();
    while side.pods().age(pod).await.unwrap().unwrap() < Duration::from_millis(20) {
        side.tick().await;
    }
    let changed = Heartbeat { snapshots: vec![], bus: vec![7], ..heartbeat(pod) };
    let before = Instant::now();
    side.pods().beat(changed.clone()).await.unwrap();
    let age = side.pods().age(pod).await.unwrap().unwrap();
    assert!(age <= before.elapsed() + Duration::from_millis(2));
    assert_eq!(living(side).await, [changed]);
}
