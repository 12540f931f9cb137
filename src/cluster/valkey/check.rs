//! Connecting at the start: refuses a Valkey that could not keep what it confirms.

use std::time::Duration;

use redis::aio::ConnectionLike;
use redis::{AsyncConnectionConfig, ErrorKind, InfoDict, RedisError, ServerErrorKind, Value};
use tokio::time::{Instant, sleep, timeout};

use super::call::Call;
use super::lanes::{CONNECT, Lanes};
use super::link::Valkey;
use super::scripts;
use super::settings::{Address, ValkeySettings};
use super::topology::{Cluster, Topology, slots_of};

/// How long the servers may stay away at the start.
const PATIENCE: Duration = Duration::from_secs(5);

/// The pause between two rounds of trying.
const PAUSE: Duration = Duration::from_millis(200);

/// The oldest version that knows all commands.
const OLDEST: u32 = 7;

/// Why the Valkey that was named cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ValkeyError {
    /// No server answers.
    #[error("no Valkey answers at {address}: {why}")]
    Unreachable {
        /// The last one that was tried.
        address: String,
        /// What happened.
        why: String,
    },
    /// User or password are wrong or missing, or the user may not do what is needed.
    #[error("Valkey at {address} refuses the login: {why}")]
    Login {
        /// Where.
        address: String,
        /// What it said.
        why: String,
    },
    /// Several addresses were given, and a server says that it belongs to no cluster.
    #[error("several addresses mean a cluster, but {0} does not belong to one")]
    NoCluster(String),
    /// The database is not there; a cluster has only number 0.
    #[error("{0} does not have that database; a cluster has only database 0")]
    Database(String),
    /// Some slots of the cluster are served by nobody.
    #[error("the cluster around {0} does not serve all slots")]
    NotWhole(String),
    /// Scripts cannot be run.
    #[error("Valkey does not run scripts: {0}")]
    NoScripts(String),
    /// It would throw away what it has confirmed when its memory is full.
    #[error("{address} has maxmemory-policy {policy}; only noeviction loses nothing")]
    Evicts {
        /// Where.
        address: String,
        /// The policy.
        policy: String,
    },
    /// It takes no writes.
    #[error("{0} is a replica; give the address of the primary")]
    Replica(String),
    /// It lacks commands that are needed.
    #[error("{address} is version {version}; at least Valkey 7.2 or Redis {OLDEST}.0 is needed")]
    TooOld {
        /// Where.
        address: String,
        /// Its version.
        version: String,
    },
}

impl Valkey {
    /// Connects, and checks that this Valkey can be relied on. Tries for 5 seconds.
    ///
    /// # Errors
    /// When it cannot be reached, or could not keep what it confirms.
    pub async fn connect(settings: ValkeySettings) -> Result<Self, ValkeyError> {
        let (first, info) = first_answer(&settings).await?;
        let in_cluster = info.get::<u8>("cluster_enabled") == Some(1);
        let lanes = Lanes::default();
        let topology = match (in_cluster, settings.seeds().len()) {
            (false, 1) => Topology::One(first),
            (false, _) => return Err(ValkeyError::NoCluster(first.to_string())),
            (true, _) if settings.database() != 0 => {
                return Err(ValkeyError::Database(first.to_string()));
            }
            (true, _) => Topology::Cluster(cluster(&settings, &lanes, &first).await?),
        };
        let valkey = Self::new(settings, topology, lanes);
        valkey.check().await?;
        Ok(valkey)
    }

    /// Checks every server, above all those that take writes, and that scripts are run. Warns of a
    /// primary that has fewer replicas than must confirm.
    ///
    /// # Errors
    /// When one of them could not keep what it confirms.
    pub async fn check(&self) -> Result<(), ValkeyError> {
        let primaries = self.primaries();
        for node in &primaries {
            let info = self.info(node).await?;
            reliable(&info, node)?;
            if !self.is_cluster() {
                is_primary(&info, node)?;
            }
            self.count_replicas(&info, node);
        }
        // After a failover one of these has the word.
        for node in self.nodes().into_iter().filter(|node| !primaries.contains(node)) {
            match self.info(&node).await {
                Ok(info) => reliable(&info, &node)?,
                Err(error) => tracing::warn!(%error, "a replica could not be checked"),
            }
        }
        let script = Call::script(&scripts::TIME).key(self.keys().pods());
        self.run(script).await.map_err(|error| ValkeyError::NoScripts(error.0)).map(drop)
    }

    /// A replica may be on its way: no reason to refuse, but until then nothing is confirmed.
    fn count_replicas(&self, info: &InfoDict, node: &Address) {
        let wanted = self.settings().wait_replicas();
        if let Some(connected) = missing_replicas(info, wanted) {
            tracing::warn!(
                %node,
                connected,
                wanted,
                "too few replicas are connected: no game can go on until there are more"
            );
        }
    }

    async fn info(&self, node: &Address) -> Result<InfoDict, ValkeyError> {
        let client = self.client(node).map_err(|error| unreachable_at(node, &error.0))?;
        info(&client, node).await
    }
}

fn unreachable_at(node: &Address, why: &dyn ToString) -> ValkeyError {
    ValkeyError::Unreachable { address: node.to_string(), why: why.to_string() }
}

/// The first of the given addresses that answers, and what it says about itself.
async fn first_answer(settings: &ValkeySettings) -> Result<(Address, InfoDict), ValkeyError> {
    let until = Instant::now() + PATIENCE;
    loop {
        let mut failed = None;
        for seed in settings.seeds() {
            let client = settings.client(seed).map_err(|error| unreachable_at(seed, &error))?;
            match info(&client, seed).await {
                Ok(info) => return Ok((seed.clone(), info)),
                Err(error @ ValkeyError::Unreachable { .. }) => failed = Some(error),
                Err(error) => return Err(error),
            }
        }
        if let Some(error) = failed.filter(|_| Instant::now() >= until) {
            return Err(error);
        }
        sleep(PAUSE).await;
    }
}

/// What a server says about itself, over a connection for this alone.
async fn info(client: &redis::Client, node: &Address) -> Result<InfoDict, ValkeyError> {
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(CONNECT))
        .set_response_timeout(Some(CONNECT));
    let ask = async {
        let mut connection = client.get_multiplexed_async_connection_with_config(&config).await?;
        let answer = connection.req_packed_command(&redis::cmd("INFO")).await?.extract_error()?;
        Ok::<Value, RedisError>(answer)
    };
    let answer = match timeout(CONNECT * 2, ask).await {
        Err(_) => return Err(unreachable_at(node, &"no answer in time")),
        Ok(Err(error)) => return Err(refusal(node, &error)),
        Ok(Ok(answer)) => answer,
    };
    redis::from_redis_value(answer).map_err(|error| unreachable_at(node, &error))
}

fn refusal(node: &Address, error: &RedisError) -> ValkeyError {
    let is_login = matches!(
        error.kind(),
        ErrorKind::AuthenticationFailed | ErrorKind::Server(ServerErrorKind::NoPerm)
    ) || matches!(error.code(), Some("NOAUTH" | "WRONGPASS"));
    if is_login {
        return ValkeyError::Login { address: node.to_string(), why: error.to_string() };
    }
    if error.to_string().contains("switch database") {
        return ValkeyError::Database(node.to_string());
    }
    unreachable_at(node, error)
}

async fn cluster(
    settings: &ValkeySettings,
    lanes: &Lanes,
    first: &Address,
) -> Result<Cluster, ValkeyError> {
    let until = Instant::now() + PATIENCE;
    loop {
        let map = slots_of(settings, lanes, first).await;
        if let Some(map) = map.filter(super::slots::SlotMap::is_whole) {
            return Ok(Cluster::new(map));
        }
        if Instant::now() >= until {
            return Err(ValkeyError::NotWhole(first.to_string()));
        }
        sleep(PAUSE).await;
    }
}

fn reliable(info: &InfoDict, node: &Address) -> Result<(), ValkeyError> {
    let address = node.to_string();
    let version = info.get::<String>("valkey_version").or_else(|| info.get("redis_version"));
    let version = version.unwrap_or_else(|| "unknown".to_owned());
    let major = version.split('.').next().and_then(|major| major.parse::<u32>().ok());
    if major.is_none_or(|major| major < OLDEST) {
        return Err(ValkeyError::TooOld { address, version });
    }
    let policy = info.get::<String>("maxmemory_policy");
    let policy = policy.unwrap_or_else(|| "unknown".to_owned());
    if policy != "noeviction" {
        return Err(ValkeyError::Evicts { address, policy });
    }
    Ok(())
}

fn is_primary(info: &InfoDict, node: &Address) -> Result<(), ValkeyError> {
    match info.get::<String>("role").as_deref() {
        Some("slave" | "replica") => Err(ValkeyError::Replica(node.to_string())),
        _ => Ok(()),
    }
}

/// How many replicas are connected, if fewer than are wanted.
fn missing_replicas(info: &InfoDict, wanted: u8) -> Option<u64> {
    let connected = info.get::<u64>("connected_slaves").unwrap_or(0);
    (connected < u64::from(wanted)).then_some(connected)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(info: &str) -> Result<(), ValkeyError> {
        let node = Address { host: "valkey".to_owned(), port: 6379 };
        reliable(&InfoDict::new(info), &node)
    }

    #[test]
    fn replicas_that_are_missing_are_counted() {
        let info = |text: &str| InfoDict::new(text);
        assert_eq!(missing_replicas(&info("connected_slaves:1"), 1), None);
        assert_eq!(missing_replicas(&info("connected_slaves:1"), 2), Some(1));
        assert_eq!(missing_replicas(&info("role:master"), 1), Some(0));
        assert_eq!(missing_replicas(&info("role:master"), 0), None);
    }

    #[test]
    fn a_server_that_is_too_old_or_evicts_is_refused() {
        let new = "redis_version:7.0.15\r\nmaxmemory_policy:noeviction\r\n";
        assert!(judged(new).is_ok());
        let valkey = "redis_version:7.2.4\r\nvalkey_version:9.1.2\r\nmaxmemory_policy:noeviction";
        assert!(judged(valkey).is_ok());
        let old = judged("redis_version:6.2.14\r\nmaxmemory_policy:noeviction").unwrap_err();
        assert!(matches!(old, ValkeyError::TooOld { version, .. } if version == "6.2.14"));
        let evicts = judged("redis_version:7.0.15\r\nmaxmemory_policy:allkeys-lru").unwrap_err();
        assert!(matches!(evicts, ValkeyError::Evicts { policy, .. } if policy == "allkeys-lru"));
        assert!(judged("").is_err());
    }
}
