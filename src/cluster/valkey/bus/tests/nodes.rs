//! The bus in a cluster: any node will do, until it will not.

use super::*;
use crate::cluster::valkey::tests::cluster::Cluster;
use crate::cluster::valkey::tests::servers::free_port;

/// The node that holds the pod's subscription.
fn holder(cluster: &Cluster, pod: &Pod) -> Option<usize> {
    let ask = format!("PUBSUB CHANNELS *:game:events:{}", pod.id);
    cluster.nodes.iter().position(|node| node.ask::<Vec<String>>(&ask).len() == 1)
}

#[tokio::test]
#[ignore = "starts servers"]
async fn pods_on_different_nodes_hear_each_other() {
    let cluster = Cluster::start();
    let mut pods = vec![Pod::on(&cluster.urls()).await];
    // Each pod begins with any node, so two nodes are met soon.
    while pods.iter().all(|pod| holder(&cluster, pod) == holder(&cluster, &pods[0])) {
        assert!(pods.len() < 60, "all pods crowd on one node");
        pods.push(Pod::on(&cluster.urls()).await);
    }
    let (one, other) = (&pods[0], &pods[pods.len() - 1]);
    for n in 0..1000 {
        one.say(other, n);
    }
    until("all is heard", || other.heard_from(one).len() == 1000).await;
    assert!(other.heard_from(one).is_sorted());
    one.bus.announce(made());
    for pod in &pods {
        until("the announcement is heard", || pod.heard.announced.lock().unwrap().len() == 1).await;
    }
}

#[tokio::test]
#[ignore = "starts servers"]
async fn a_node_that_dies_is_left_for_another() {
    let mut cluster = Cluster::start();
    let (one, other) = (Pod::on(&cluster.urls()).await, Pod::on(&cluster.urls()).await);
    until_they_hear(&one, &other).await;
    for _ in 0..2 {
        let node = holder(&cluster, &one).unwrap();
        let before = one.resubscriptions();
        cluster.nodes[node].kill();
        let start = Instant::now();
        until("it is noticed", || one.resubscriptions() > before).await;
        until_they_hear(&one, &other).await;
        let back = start.elapsed();
        println!("back {back:?} after the death of node {node}");
        assert!(back < BACK, "back after {back:?}");
        cluster.nodes[node].start_again();
        assert_ne!(holder(&cluster, &one), Some(node));
    }
}

#[tokio::test]
#[ignore = "starts servers"]
async fn a_node_that_has_lost_its_cluster_is_left_although_it_works() {
    let cluster = Cluster::start();
    let bus = free_port().to_string();
    let options = ["--cluster-enabled", "yes", "--cluster-port", &bus];
    let lonely = Server::start_with(Program::Valkey, &options);
    let urls = format!("{},{}", cluster.urls(), lonely.url());
    // Each pod begins with any node.
    let mut others = Vec::new();
    let pod = loop {
        assert!(others.len() < 100, "no pod begins with that node");
        let pod = Pod::on(&urls).await;
        match holder(&cluster, &pod) {
            None => break pod,
            Some(_) => others.push(pod),
        }
    };
    others.push(Pod::on(&cluster.urls()).await);
    let start = Instant::now();
    until("it is left", || holder(&cluster, &pod).is_some()).await;
    until_they_hear(&pod, &others[0]).await;
    println!("a lonely node was left after {:?}", start.elapsed());
    assert!(pod.resubscriptions() > 0);
}
