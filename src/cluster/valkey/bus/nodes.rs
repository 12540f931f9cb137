//! Which server the bus talks to next.
//!
//! The servers that were configured always stay in the round, whatever a cluster says about itself:
//! it may have been built anew elsewhere.

use redis::{ConnectionAddr, ConnectionInfo, FromRedisValue, Value};

/// Nodes of one cluster that are kept; more than that only make the round longer.
const MOST: usize = 64;

/// The nodes that are known.
#[derive(Debug)]
pub(super) struct Nodes {
    configured: Vec<ConnectionInfo>,
    known: Vec<ConnectionInfo>,
    next: usize,
}

impl Nodes {
    /// Starts with any of them, so that the pods spread over the nodes.
    pub(super) fn new(configured: Vec<ConnectionInfo>, start: u32) -> Self {
        let next = start as usize % configured.len().max(1);
        Self { known: configured.clone(), configured, next }
    }

    /// The one to try now; the next time it is another one.
    pub(super) fn next(&mut self) -> Option<ConnectionInfo> {
        let place = self.next % self.known.len().max(1);
        self.next = place + 1;
        self.known.get(place).cloned()
    }

    /// Takes over what a node answered to `CLUSTER SLOTS`.
    pub(super) fn learn(&mut self, asked: &ConnectionInfo, slots: &Value) {
        let told = addresses(slots).into_iter().filter_map(|(host, port)| at(asked, host, port));
        let mut known: Vec<ConnectionInfo> = Vec::new();
        for node in told.chain(self.configured.iter().cloned()).take(MOST) {
            if !known.iter().any(|known| known.addr() == node.addr()) {
                known.push(node);
            }
        }
        let asked = known.iter().position(|node| node.addr() == asked.addr());
        self.next = asked.map_or(self.next, |place| place + 1);
        self.known = known;
    }
}

/// The same connection settings for another address. An empty host is the one that was asked.
fn at(asked: &ConnectionInfo, host: String, port: u16) -> Option<ConnectionInfo> {
    let same = |own: &String| if host.is_empty() { own.clone() } else { host.clone() };
    let address = match asked.addr() {
        ConnectionAddr::Tcp(own, _) => ConnectionAddr::Tcp(same(own), port),
        ConnectionAddr::TcpTls { host: own, insecure, tls_params, .. } => ConnectionAddr::TcpTls {
            host: same(own),
            port,
            insecure: *insecure,
            tls_params: tls_params.clone(),
        },
        _ => return None,
    };
    Some(asked.clone().set_addr(address))
}

/// The hosts and ports in `[[first, last, [host, port, ...], ...], ...]`, each once.
fn addresses(slots: &Value) -> Vec<(String, u16)> {
    let mut found = Vec::new();
    for range in items(slots) {
        for node in items(range).iter().skip(2) {
            if let Some(address) = address(items(node))
                && !found.contains(&address)
            {
                found.push(address);
            }
        }
    }
    found
}

fn address(node: &[Value]) -> Option<(String, u16)> {
    let at = |place: usize| node.get(place).unwrap_or(&Value::Nil).clone();
    let host = Option::<String>::from_redis_value(at(0)).ok()?.unwrap_or_default();
    // Not read as a `u16` at once: the crate cuts what is too big.
    let port = i64::from_redis_value(at(1)).ok()?;
    Some((host, u16::try_from(port).ok()?))
}

fn items(value: &Value) -> &[Value] {
    match value {
        Value::Array(items) => items,
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use redis::IntoConnectionInfo;

    fn info(url: &str) -> ConnectionInfo {
        url.into_connection_info().unwrap()
    }

    fn node(host: &str, port: i64) -> Value {
        let id = Value::BulkString(b"id".to_vec());
        Value::Array(vec![Value::BulkString(host.into()), Value::Int(port), id])
    }

    fn round(nodes: &mut Nodes, length: usize) -> Vec<String> {
        (0..length).map(|_| nodes.next().unwrap().addr().to_string()).collect()
    }

    #[test]
    fn the_configured_ones_take_turns() {
        let urls = ["redis://a:1", "redis://b:2", "redis://c:3"];
        let mut nodes = Nodes::new(urls.map(info).to_vec(), 7);
        assert_eq!(round(&mut nodes, 4), ["b:2", "c:3", "a:1", "b:2"]);
    }

    #[test]
    fn a_cluster_names_its_nodes_and_the_configured_ones_stay() {
        let asked = info("rediss://user:secret@a:1");
        let mut nodes = Nodes::new(vec![asked.clone(), info("rediss://user:secret@z:9")], 0);
        let range =
            |nodes: &[Value]| Value::Array([&[Value::Int(0), Value::Int(9)], nodes].concat());
        let slots = Value::Array(vec![
            range(&[node("", 1), node("b", 2)]),
            range(&[node("b", 2), node("c", 3)]),
            range(&[Value::Nil, Value::Array(vec![]), node("d", 70_000)]),
        ]);
        nodes.learn(&asked, &slots);
        assert_eq!(round(&mut nodes, 5), ["b:2", "c:3", "z:9", "a:1", "b:2"]);
        let learnt = nodes.next().unwrap();
        assert_eq!(learnt.redis_settings().password(), Some("secret"));
        assert!(matches!(learnt.addr(), ConnectionAddr::TcpTls { .. }));
    }

    #[test]
    fn an_answer_that_is_none_changes_nothing() {
        let asked = info("redis://a:1");
        let mut nodes = Nodes::new(vec![asked.clone(), info("redis://b:2")], 0);
        nodes.learn(&asked, &Value::SimpleString("OK".to_owned()));
        assert_eq!(round(&mut nodes, 3), ["b:2", "a:1", "b:2"]);
    }
}
