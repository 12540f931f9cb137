//! One client of a flood: where it comes from, and until when.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{Instant, timeout_at};

use super::super::super::socket::Socket;
use super::super::{Site, SwarmError};
use super::report::End;

/// One client of a flood.
pub(super) struct Client {
    pub(super) site: Arc<Site>,
    pub(super) from: IpAddr,
    /// Of its session; empty for one that needs none.
    pub(super) token: String,
    /// How long the server may take to cut a connection off.
    pub(super) patience: Duration,
    /// When the flood is over.
    pub(super) end: Instant,
}

impl Client {
    /// Opens a WebSocket. `None`: the flood is over.
    pub(super) async fn open(&self) -> Option<Result<Socket, SwarmError>> {
        self.in_time(self.site.open(self.from, &self.token)).await
    }

    /// Opens a connection and asks for nothing. `None`: the flood is over.
    pub(super) async fn connect(&self) -> Option<std::io::Result<TcpStream>> {
        self.in_time(async {
            let socket = TcpSocket::new_v4()?;
            socket.bind(SocketAddr::new(self.from, 0))?;
            let stream = socket.connect(self.site.target.address).await?;
            stream.set_nodelay(true)?;
            Ok(stream)
        })
        .await
    }

    async fn in_time<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        if Instant::now() >= self.end {
            return None;
        }
        timeout_at(self.end, work).await.ok()
    }

    /// Waits for something that only a cut ends.
    pub(super) async fn until(&self, cut_off: impl Future<Output = ()>) -> End {
        let patience = Instant::now() + self.patience;
        match timeout_at(patience.min(self.end), cut_off).await {
            Ok(()) => End::CutOff,
            Err(_) if patience <= self.end => End::Patience,
            Err(_) => End::Over,
        }
    }
}

/// Reads and throws away, until the server has closed the connection.
pub(super) async fn until_cut_off(reader: &mut (impl AsyncRead + Unpin)) {
    let mut buffer = [0; 4096];
    while !matches!(reader.read(&mut buffer).await, Ok(0) | Err(_)) {}
}

/// Where a client floods from that signed in at this address. The server's limits are by address:
/// they are to hit the flood, and not the players who come from the first addresses of this machine.
pub(super) fn apart(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(address) => Ipv4Addr::from_bits(address.to_bits() | 0x0080_0000).into(),
        IpAddr::V6(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use super::super::super::{LoadArgs, Site};
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_cut_and_the_patience_and_the_end_of_the_flood_are_told_apart() {
        let url = "http://127.0.0.1:1".to_owned();
        let load = LoadArgs { url, connections: 1, seconds: 12, watch: None };
        let site = Arc::new(Site::find(&load).await.unwrap());
        let patience = Duration::from_secs(5);
        let (from, end) = (IpAddr::from([127, 0, 0, 1]), Instant::now() + site.seconds);
        let client = Client { site, from, token: String::new(), patience, end };
        assert_eq!(client.until(ready(())).await, End::CutOff);
        assert_eq!(client.until(pending()).await, End::Patience);
        assert_eq!(client.until(pending()).await, End::Patience);
        assert_eq!(client.until(pending()).await, End::Over, "no test of the server");
        assert!(client.connect().await.is_none(), "nobody comes after the end");
    }

    #[test]
    fn a_flood_shares_no_address_with_players_and_stays_on_this_machine() {
        let address = IpAddr::from([127, 0, 1, 7]);
        assert_eq!(apart(address), IpAddr::from([127, 128, 1, 7]));
        assert!(apart(address).is_loopback());
    }
}
