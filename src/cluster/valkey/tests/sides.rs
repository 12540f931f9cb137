//! Servers that tests share.

use std::sync::OnceLock;

use uuid::Uuid;

use super::cluster::Cluster;
use super::servers::{Program, Server};
use crate::cluster::ValkeySettings;

/// One server for all tests of this process that do not harm it.
pub(crate) fn valkey() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| Server::start(Program::Valkey))
}

pub(crate) fn redis() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| Server::start(Program::Redis))
}

/// One cluster for all tests of this process that do not harm it.
pub(crate) fn six_nodes() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(Cluster::start)
}

/// Settings for these addresses, with keys that no other test uses.
pub(crate) fn settings(urls: &str) -> ValkeySettings {
    ValkeySettings::new(urls).unwrap().with_prefix(&format!("test-{}", Uuid::new_v4()))
}
