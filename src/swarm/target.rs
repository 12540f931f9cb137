//! The servers to play against, and the addresses to come from.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use super::SwarmError;

/// Players of one source address: below the server's limit per address, with room for the
/// connection that is going while its successor comes.
const PLAYERS_PER_ADDRESS: usize = 40;

/// Where the server is.
#[derive(Clone, Debug)]
pub(super) struct Target {
    /// `host:port`, as the `Host` header says it.
    pub(super) authority: String,
    /// The address of it.
    pub(super) address: SocketAddr,
}

impl Target {
    /// Reads `http://host:port`. Only addresses of this machine are taken: a load player is a
    /// weapon when it is pointed elsewhere.
    ///
    /// # Errors
    /// When it is no such URL, the name is unknown, or it is not on this machine.
    pub(super) async fn find(url: &str) -> Result<Self, SwarmError> {
        let usage = |text: &str| SwarmError::Usage(format!("{url}: {text}"));
        let rest = url.strip_prefix("http://").ok_or_else(|| usage("only http:// is spoken"))?;
        let authority = rest.trim_end_matches('/').to_owned();
        if authority.contains('/') || authority.is_empty() {
            return Err(usage("expected http://host:port"));
        }
        let named =
            if authority.contains(':') { authority.clone() } else { format!("{authority}:80") };
        let address = tokio::net::lookup_host(&named)
            .await
            .map_err(|error| usage(&error.to_string()))?
            .find(SocketAddr::is_ipv4)
            .ok_or_else(|| usage("no IPv4 address"))?;
        if !address.ip().is_loopback() {
            return Err(usage("not an address of this machine (127.0.0.0/8)"));
        }
        Ok(Self { authority, address })
    }

    /// The URL of a path.
    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

/// Every way to the server: pods, or balancers in front of them.
#[derive(Clone, Debug)]
pub(super) struct Targets(Arc<[Target]>);

impl Targets {
    /// Reads the URLs, as [`Target::find`] does each.
    ///
    /// # Errors
    /// When there is none, or one of them cannot be used.
    pub(super) async fn find(urls: &[String]) -> Result<Self, SwarmError> {
        let mut targets = Vec::with_capacity(urls.len());
        for url in urls {
            targets.push(Target::find(url).await?);
        }
        if targets.is_empty() {
            return Err(SwarmError::Usage("no URL to play against".to_owned()));
        }
        Ok(Self(targets.into()))
    }

    /// The target of the nth connection. Players begin with their own number and count up, so that
    /// they spread evenly, and nobody asks a dead one twice in a row.
    pub(super) fn nth(&self, connection: usize) -> &Target {
        &self.0[connection % self.0.len()]
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

impl From<Target> for Targets {
    fn from(target: Target) -> Self {
        Self([target].into())
    }
}

/// The loopback addresses that connections come from: 127.0.0.1, 127.0.0.2, …
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spread(usize);

impl Spread {
    /// Over so many addresses; 0: as many as keep each below the server's limit.
    pub(super) fn new(addresses: usize, connections: usize) -> Self {
        let enough = connections.div_ceil(PLAYERS_PER_ADDRESS).max(1);
        Self(if addresses == 0 { enough } else { addresses })
    }

    /// The address of a connection.
    pub(super) fn of(self, connection: usize) -> IpAddr {
        Self::nth(connection % self.0)
    }

    /// Every address.
    pub(super) fn all(self) -> impl Iterator<Item = IpAddr> {
        (0..self.0).map(Self::nth)
    }

    fn nth(i: usize) -> IpAddr {
        // Skips .0 and .255 of each block of 256.
        let (block, last) = (i / 254, i % 254 + 1);
        Ipv4Addr::new(127, (block >> 8) as u8, block as u8, last as u8).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forty_connections_share_an_address() {
        let spread = Spread::new(0, 400);
        assert_eq!(spread, Spread(10));
        let of_first = (0..400).filter(|i| spread.of(*i) == spread.of(0)).count();
        assert_eq!(of_first, 40);
        assert_eq!(spread.of(9), IpAddr::from([127, 0, 0, 10]));
        assert_eq!(Spread(300).of(254), IpAddr::from([127, 0, 1, 1]));
    }

    #[tokio::test]
    async fn connections_go_round() {
        let urls = ["http://127.0.0.1:1", "http://127.0.0.1:2"].map(str::to_owned);
        let targets = Targets::find(&urls).await.unwrap();
        let ports: Vec<u16> = (3..6).map(|n| targets.nth(n).address.port()).collect();
        assert_eq!((ports, targets.len()), (vec![2, 1, 2], 2));
        assert!(matches!(Targets::find(&[]).await, Err(SwarmError::Usage(_))));
    }

    #[tokio::test]
    async fn another_machine_is_refused() {
        for url in ["http://192.0.2.1:80", "https://127.0.0.1:1", "http://127.0.0.1:1/x"] {
            assert!(matches!(Target::find(url).await, Err(SwarmError::Usage(_))), "{url}");
        }
        let target = Target::find("http://localhost:8080/").await.unwrap();
        assert_eq!(target.address, SocketAddr::from(([127, 0, 0, 1], 8080)));
    }
}
