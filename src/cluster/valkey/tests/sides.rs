//! The stores in Valkey keep the contract: on one server, in a cluster, and in Redis 7.0.

use std::sync::OnceLock;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use uuid::Uuid;

use super::cluster::Cluster;
use super::servers::{Program, Server};
use crate::cluster::contract::{
    Lasting, ManyPods, Side, contract, lasting_contract, many_pods_contract,
};
use crate::cluster::{Players, Pods, Rooms, SignOuts, ValkeySettings, ValkeyStore};
use crate::ids::PodId;
use crate::results::{DeadLetters, Outbox};

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

/// Stores at these addresses, with keys that no other test uses. Calls have time enough on the
/// busiest machine.
pub(crate) async fn store(urls: &str) -> ValkeyStore {
    ValkeyStore::connect(settings(urls).patient(), PodId::random()).await.unwrap()
}

/// The same with the deadlines that pods have.
pub(crate) async fn store_in_a_hurry(urls: &str) -> ValkeyStore {
    ValkeyStore::connect(settings(urls), PodId::random()).await.unwrap()
}

impl ValkeyStore {
    async fn time(&self) -> u64 {
        self.clock_at(self.valkey.keys().pods()).await.unwrap()
    }
}

impl Side for ValkeyStore {
    fn rooms(&self) -> &dyn Rooms {
        self
    }

    fn players(&self) -> &dyn Players {
        self
    }

    fn outbox(&self) -> &dyn Outbox {
        self
    }

    fn sign_outs(&self) -> &dyn SignOuts {
        self
    }

    fn tick(&self) -> BoxFuture<'_, ()> {
        async move {
            let now = self.time().await;
            while self.time().await == now {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        }
        .boxed()
    }
}

impl Lasting for ValkeyStore {
    fn dead_letters(&self) -> &dyn DeadLetters {
        self
    }
}

impl ManyPods for ValkeyStore {
    fn pods(&self) -> &dyn Pods {
        self
    }
}

mod on_valkey {
    use super::*;

    contract!([#[tokio::test] #[ignore = "starts a server"]] store(&valkey().url()).await);
    many_pods_contract!([#[tokio::test] #[ignore = "starts a server"]] store(&valkey().url()).await);
    lasting_contract!([#[tokio::test] #[ignore = "starts a server"]] store(&valkey().url()).await);
}

mod in_a_cluster {
    use super::*;

    contract!([#[tokio::test] #[ignore = "starts servers"]] store(&six_nodes().urls()).await);
    many_pods_contract!([#[tokio::test] #[ignore = "starts servers"]] store(&six_nodes().urls()).await);
    lasting_contract!([#[tokio::test] #[ignore = "starts servers"]] store(&six_nodes().urls()).await);
}

mod on_redis {
    use super::*;

    contract!([#[tokio::test] #[ignore = "starts a server"]] store(&redis().url()).await);
    many_pods_contract!([#[tokio::test] #[ignore = "starts a server"]] store(&redis().url()).await);
    lasting_contract!([#[tokio::test] #[ignore = "starts a server"]] store(&redis().url()).await);
}
