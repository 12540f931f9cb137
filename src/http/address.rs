//! The address of a client: the peer's, unless the peer is a proxy that we trust to tell.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use actix_web::dev::RequestHead;
use actix_web::http::header::{HeaderMap, HeaderName};
use ipnet::IpNet;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
/// A warning about somebody's header comes at most this often, in seconds.
const WARN_EVERY: u64 = 60;

/// Tells where requests come from.
#[derive(Debug)]
pub(super) struct ClientAddresses {
    trusted: Vec<IpNet>,
    began: Instant,
    /// Second, counted from `began`, before which nothing is warned about.
    quiet_until: AtomicU64,
}

impl ClientAddresses {
    /// With the proxies whose `X-Forwarded-For` counts.
    pub(super) fn new(trusted: Vec<IpNet>) -> Self {
        Self { trusted, began: Instant::now(), quiet_until: AtomicU64::new(0) }
    }

    /// Where a request comes from.
    pub(super) fn of(&self, request: &RequestHead) -> IpAddr {
        let peer = request.peer_addr.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip());
        self.client(peer, &request.headers)
    }

    /// Whether a proxy that we trust has sent it.
    pub(super) fn is_of_proxy(&self, request: &RequestHead) -> bool {
        request.peer_addr.is_some_and(|peer| self.trusts(peer.ip()))
    }

    /// Warns, once a minute at most, when a header comes that does not count.
    pub(super) fn notice(&self, request: &RequestHead) {
        let Some(peer) = request.peer_addr else { return };
        let is_ignored = request.headers.contains_key(FORWARDED_FOR) && !self.trusts(peer.ip());
        if is_ignored && self.may_warn(self.began.elapsed().as_secs()) {
            tracing::warn!(
                "X-Forwarded-For is ignored: it came from an address that TRUSTED_PROXIES does \
                 not name"
            );
        }
    }

    /// From the right, each proxy tells who came to it; the first who is no proxy of ours is the
    /// client. What stands left of that, the client may have made up.
    fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer.to_canonical();
        let lines: Vec<_> = headers.get_all(FORWARDED_FOR).collect();
        let entries = lines.iter().rev().flat_map(|line| {
            line.to_str().unwrap_or_default().rsplit(',').map(|entry| parse(entry.trim()))
        });
        for entry in entries {
            match entry {
                Some(address) if self.trusts(client) => client = address,
                _ => break,
            }
        }
        client
    }

    fn trusts(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.trusted.iter().any(|network| network.contains(&address))
    }

    fn may_warn(&self, second: u64) -> bool {
        let quiet_until = self.quiet_until.load(Ordering::Relaxed);
        let next = second + WARN_EVERY;
        second >= quiet_until
            && self
                .quiet_until
                .compare_exchange(quiet_until, next, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok()
    }
}

/// An address, with or without a port and brackets.
fn parse(entry: &str) -> Option<IpAddr> {
    let with_port = || entry.parse::<std::net::SocketAddr>().map(|socket| socket.ip());
    let bare = entry.trim_start_matches('[').trim_end_matches(']');
    bare.parse::<IpAddr>().or_else(|_| with_port()).ok().map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn client(trusted: &[&str], peer: &str, lines: &[&str]) -> String {
        let trusted = trusted.iter().map(|network| network.parse().unwrap()).collect();
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(FORWARDED_FOR, HeaderValue::from_str(line).unwrap());
        }
        ClientAddresses::new(trusted).client(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn only_what_trusted_proxies_say_counts() {
        let lan = &["10.0.0.0/8"][..];
        let two = &["10.0.0.0/8", "2001:db8:1::/48"][..];
        let table: &[(&[&str], &str, &[&str], &str)] = &[
            (&[], "192.0.2.1", &[], "192.0.2.1"),
            (&[], "192.0.2.1", &["1.2.3.4"], "192.0.2.1"),
            (lan, "192.0.2.1", &["1.2.3.4"], "192.0.2.1"),
            (lan, "10.0.0.1", &[], "10.0.0.1"),
            (lan, "10.0.0.1", &["198.51.100.7"], "198.51.100.7"),
            (lan, "10.0.0.1", &["1.2.3.4, 198.51.100.7"], "198.51.100.7"),
            (lan, "10.0.0.1", &["1.2.3.4", "198.51.100.7"], "198.51.100.7"),
            (lan, "10.0.0.1", &["1.2.3.4, 198.51.100.7, 10.9.9.9"], "198.51.100.7"),
            (lan, "10.0.0.1", &["10.1.1.1, 10.2.2.2"], "10.1.1.1"),
            (lan, "10.0.0.1", &["198.51.100.7, nonsense"], "10.0.0.1"),
            (lan, "10.0.0.1", &["198.51.100.7, nonsense, 10.3.3.3"], "10.3.3.3"),
            (lan, "10.0.0.1", &["198.51.100.7:4711"], "198.51.100.7"),
            (lan, "10.0.0.1", &[""], "10.0.0.1"),
            (lan, "::ffff:10.0.0.1", &["::ffff:198.51.100.7"], "198.51.100.7"),
            (two, "10.0.0.1", &["[2001:db8::7]:4711, 2001:db8:1::1"], "2001:db8::7"),
            (two, "10.0.0.1", &["[2001:db8::7]"], "2001:db8::7"),
        ];
        for (trusted, peer, lines, expected) in table {
            assert_eq!(client(trusted, peer, lines), *expected, "{trusted:?} {peer} {lines:?}");
        }
    }

    #[test]
    fn the_warning_comes_once_a_minute() {
        let addresses = ClientAddresses::new(Vec::new());
        let warned: Vec<u64> = (0..200).filter(|second| addresses.may_warn(*second)).collect();
        assert_eq!(warned, [0, 60, 120, 180]);
    }
}
