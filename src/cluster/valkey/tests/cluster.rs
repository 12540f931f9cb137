//! A real cluster for tests: three primaries, each with a replica.

use super::servers::{Program, Server, free_port, until};

/// The time without an answer after which a node counts as failed, in milliseconds.
const NODE_TIMEOUT: &str = "1000";

const SLOTS: [&str; 3] = ["0 5460", "5461 10922", "10923 16383"];

/// Six nodes: the first three began as primaries, and node `i + 3` as the replica of node `i`.
pub(crate) struct Cluster {
    pub(crate) nodes: Vec<Server>,
}

impl Cluster {
    pub(crate) fn start() -> Self {
        let buses: Vec<u16> = (0..6).map(|_| free_port()).collect();
        let nodes: Vec<Server> = buses.iter().map(|bus| node(*bus)).collect();
        for (i, slots) in SLOTS.iter().enumerate() {
            nodes[i].ask::<()>(&format!("CLUSTER ADDSLOTSRANGE {slots}"));
        }
        for (i, node) in nodes.iter().enumerate() {
            node.ask::<()>(&format!("CLUSTER SET-CONFIG-EPOCH {}", i + 1));
            let (port, bus) = (nodes[0].port, buses[0]);
            if i > 0 {
                node.ask::<()>(&format!("CLUSTER MEET 127.0.0.1 {port} {bus}"));
            }
        }
        let knows_all = |node: &Server| node.ask::<String>("CLUSTER NODES").lines().count() == 6;
        until(|| nodes.iter().all(knows_all));
        for i in 0..3 {
            let id: String = nodes[i].ask("CLUSTER MYID");
            nodes[i + 3].ask::<()>(&format!("CLUSTER REPLICATE {id}"));
        }
        let cluster = Self { nodes };
        cluster.settled();
        cluster
    }

    /// Returns when every node that answers sees a whole cluster, and every replica is linked.
    fn settled(&self) {
        let info = |node: &Server, what: &str| node.ask::<String>(what);
        until(|| {
            self.nodes.iter().all(|node| {
                info(node, "CLUSTER INFO").contains("cluster_state:ok")
                    && !info(node, "INFO replication").contains("master_link_status:down")
            }) && self.nodes[..3]
                .iter()
                .all(|node| info(node, "INFO replication").contains("state=online"))
        });
    }

    /// Some of its addresses.
    pub(crate) fn urls(&self) -> String {
        format!("{},{}", self.nodes[0].url(), self.nodes[1].url())
    }

    /// The node that serves a key, by number among those given.
    pub(crate) fn primary_of(&self, key: &str) -> usize {
        let slot: u16 = self.nodes[0].ask(&format!("CLUSTER KEYSLOT {key}"));
        [5461, 10923, 16384].iter().position(|end| slot < *end).unwrap()
    }
}

fn node(bus: u16) -> Server {
    let bus = bus.to_string();
    let mut options = vec!["--cluster-enabled", "yes", "--cluster-port", &bus];
    options.extend(["--cluster-node-timeout", NODE_TIMEOUT, "--repl-diskless-sync-delay", "0"]);
    Server::start_with(Program::Valkey, &options)
}
