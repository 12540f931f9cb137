//! Which Valkey the pods share, and how a client of it is made.
//!
//! The password is in here and nowhere else: neither `Debug` nor any error shows it.

use std::fmt;
use std::time::Duration;

use redis::io::tcp::TcpSettings;
use redis::{
    Client, ConnectionAddr, ConnectionInfo, IntoConnectionInfo, ProtocolVersion,
    RedisConnectionInfo, RedisResult, TlsCertificates,
};

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use super::keys::PREFIX;
use crate::tls;

/// How long the network may leave something unacknowledged before the connection counts as dead.
const USER_TIMEOUT: Duration = Duration::from_secs(2);

/// How long a call may take, with everything that it needs.
const DEADLINE: Duration = Duration::from_millis(300);

/// Where a server listens.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Address {
    pub(crate) host: String,
    pub(crate) port: u16,
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, port } = self;
        if host.contains(':') { write!(f, "[{host}]:{port}") } else { write!(f, "{host}:{port}") }
    }
}

/// Why the addresses of Valkey cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadValkeyUrl {
    /// There is none.
    #[error("no address is given")]
    Empty,
    /// One of them cannot be read. Its text is not shown, since it may hold a password.
    #[error("address {0} is not redis://[user:password@]host[:port][/db] or rediss://…")]
    NoAddress(usize),
    /// They must not differ in anything but host and port.
    #[error("address {0} has another scheme, user, password or database than the first")]
    Differs(usize),
    /// A cluster has database 0 only.
    #[error("several addresses mean a cluster, which has only database 0")]
    Database,
    /// The certificate authority cannot be used.
    #[error(
        "the certificate authority is not PEM with certificates, or the scheme is not rediss://"
    )]
    BadAuthority,
}

/// Which Valkey the pods share.
#[derive(Clone)]
pub struct ValkeySettings {
    seeds: Vec<Address>,
    tls: bool,
    login: RedisConnectionInfo,
    authority: Option<Vec<u8>>,
    prefix: String,
    wait_replicas: u8,
    deadline: Duration,
}

impl fmt::Debug for ValkeySettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seeds: Vec<String> = self.seeds.iter().map(ToString::to_string).collect();
        f.debug_struct("ValkeySettings")
            .field("seeds", &seeds)
            .field("tls", &self.tls)
            .field("prefix", &self.prefix)
            .field("wait_replicas", &self.wait_replicas)
            .finish_non_exhaustive()
    }
}

impl ValkeySettings {
    /// One address, or several with commas between them: some nodes of a cluster.
    ///
    /// # Errors
    /// When an address cannot be used. The error says which, and shows nothing of it.
    pub fn new(addresses: &str) -> Result<Self, BadValkeyUrl> {
        let texts = addresses.split(',').map(str::trim).filter(|text| !text.is_empty());
        let mut parsed = Vec::new();
        for (index, text) in texts.enumerate() {
            parsed.push(parse(text).ok_or(BadValkeyUrl::NoAddress(index + 1))?);
        }
        let (_, tls, login) = parsed.first().cloned().ok_or(BadValkeyUrl::Empty)?;
        for (index, (_, other_tls, other)) in parsed.iter().enumerate() {
            let differs = *other_tls != tls
                || other.username() != login.username()
                || other.password() != login.password()
                || other.db() != login.db();
            if differs {
                return Err(BadValkeyUrl::Differs(index + 1));
            }
        }
        if parsed.len() > 1 && login.db() != 0 {
            return Err(BadValkeyUrl::Database);
        }
        let seeds = parsed.into_iter().map(|(address, ..)| address).collect();
        let prefix = PREFIX.to_owned();
        let (authority, deadline) = (None, DEADLINE);
        Ok(Self { seeds, tls, login, authority, prefix, wait_replicas: 0, deadline })
    }

    /// Trusts these certificate authorities (PEM) instead of the public ones.
    ///
    /// # Errors
    /// When they cannot be read, or the connection is not encrypted at all.
    pub fn trusting(mut self, authority: Vec<u8>) -> Result<Self, BadValkeyUrl> {
        let mut certificates = CertificateDer::pem_slice_iter(&authority).peekable();
        let readable = certificates.peek().is_some() && certificates.all(|one| one.is_ok());
        self.authority = Some(authority);
        let usable = readable && self.tls && self.client(&self.seeds[0]).is_ok();
        if usable { Ok(self) } else { Err(BadValkeyUrl::BadAuthority) }
    }

    /// Pairing, claims and commits are confirmed by so many replicas.
    #[must_use]
    pub fn waiting_for(self, replicas: u8) -> Self {
        Self { wait_replicas: replicas, ..self }
    }

    /// All keys and channels start with this instead of `overcookied`.
    #[must_use]
    pub fn with_prefix(self, prefix: &str) -> Self {
        Self { prefix: prefix.to_owned(), ..self }
    }

    /// Gives each call more time: for tests on a busy machine that are not about time.
    #[cfg(test)]
    pub(crate) fn patient(self) -> Self {
        Self { deadline: Duration::from_secs(20), ..self }
    }

    pub(crate) fn deadline(&self) -> Duration {
        self.deadline
    }

    pub(crate) fn seeds(&self) -> &[Address] {
        &self.seeds
    }

    pub(crate) fn prefix(&self) -> &str {
        &self.prefix
    }

    pub(crate) fn wait_replicas(&self) -> u8 {
        self.wait_replicas
    }

    pub(crate) fn database(&self) -> i64 {
        self.login.db()
    }

    /// A client of the server at this address. Nothing is connected yet.
    pub(crate) fn client(&self, address: &Address) -> RedisResult<Client> {
        let Address { host, port } = address.clone();
        let address = match self.tls {
            true => ConnectionAddr::TcpTls { host, port, insecure: false, tls_params: None },
            false => ConnectionAddr::Tcp(host, port),
        };
        let tcp = TcpSettings::default().set_nodelay(true).set_user_timeout(USER_TIMEOUT);
        let login = self.login.clone().set_protocol(ProtocolVersion::RESP2).set_skip_set_lib_name();
        let any: ConnectionInfo = "redis://localhost".into_connection_info()?;
        let info = any.set_addr(address).set_tcp_settings(tcp).set_redis_settings(login);
        if !self.tls {
            return Client::open(info);
        }
        tls::choose();
        match self.authority.clone() {
            None => Client::open(info),
            Some(pem) => {
                let only = TlsCertificates { client_tls: None, root_cert: Some(pem) };
                Client::build_with_tls(info, only)
            }
        }
    }
}

/// Host and port, whether it is encrypted, and the login.
fn parse(text: &str) -> Option<(Address, bool, RedisConnectionInfo)> {
    let url = redis::parse_redis_url(text)?;
    let known = matches!(url.scheme(), "redis" | "rediss");
    if !known || url.query().is_some() || url.fragment().is_some() {
        return None;
    }
    let info = text.into_connection_info().ok()?;
    let login = info.redis_settings().clone();
    match info.addr() {
        ConnectionAddr::Tcp(host, port) => {
            Some((Address { host: host.clone(), port: *port }, false, login))
        }
        ConnectionAddr::TcpTls { host, port, .. } => {
            Some((Address { host: host.clone(), port: *port }, true, login))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_the_password_is_never_shown() {
        let one = ValkeySettings::new("redis://anna:s3cret@valkey.example/3").unwrap();
        assert_eq!(one.seeds()[0].to_string(), "valkey.example:6379");
        assert_eq!(one.database(), 3);
        let many = ValkeySettings::new("rediss://:s3cret@a:1, rediss://:s3cret@[::1]:2,").unwrap();
        let seeds: Vec<String> = many.seeds().iter().map(ToString::to_string).collect();
        assert_eq!(seeds, ["a:1", "[::1]:2"]);
        for settings in [one, many] {
            let shown = format!("{settings:?} {:?}", settings.client(&settings.seeds[0]).unwrap());
            assert!(!shown.contains("s3cret"), "{shown}");
        }
    }

    #[test]
    fn addresses_that_cannot_be_used_are_refused_without_being_shown() {
        let no_address = ["valkey:6379", "http://a", "redis://", "redis://a:x", "unix:/tmp/s", "x"];
        for text in no_address {
            assert_eq!(
                ValkeySettings::new(text).unwrap_err(),
                BadValkeyUrl::NoAddress(1),
                "{text}"
            );
        }
        for text in ["redis://a?protocol=resp3", "rediss://a/#insecure", "redis://a/b"] {
            assert_eq!(
                ValkeySettings::new(text).unwrap_err(),
                BadValkeyUrl::NoAddress(1),
                "{text}"
            );
        }
        assert_eq!(ValkeySettings::new(" , ").unwrap_err(), BadValkeyUrl::Empty);
        let differ = ["redis://a,rediss://b", "redis://:x@a,redis://:y@b", "redis://a,redis://b/1"];
        for text in differ {
            assert_eq!(ValkeySettings::new(text).unwrap_err(), BadValkeyUrl::Differs(2), "{text}");
        }
        let database = ValkeySettings::new("redis://a/1,redis://b/1").unwrap_err();
        assert_eq!(database, BadValkeyUrl::Database);
        let refused = ValkeySettings::new("redis://:s3cret@a:b").unwrap_err();
        assert!(!format!("{refused} {refused:?}").contains("s3cret"));
    }

    #[test]
    fn an_authority_must_be_pem_and_only_makes_sense_with_tls() {
        let tls = ValkeySettings::new("rediss://a").unwrap();
        assert!(tls.clone().trusting(b"no pem".to_vec()).is_err());
        let plain = ValkeySettings::new("redis://a").unwrap();
        assert!(plain.trusting(Vec::new()).is_err());
    }
}
