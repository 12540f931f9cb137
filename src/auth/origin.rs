//! Which `Origin` is ours: the exact one of the public URL, nothing that merely looks like it.

use crate::config::PublicUrl;

const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// The origins that browsers may speak from.
#[derive(Clone, Debug)]
pub struct OriginRule {
    ours: Vec<PublicUrl>,
}

impl OriginRule {
    /// The origin of the public URL. On a loopback host its other names count too: to a browser
    /// they are two sites, and so two players can sit at one machine.
    pub fn new(public_url: &PublicUrl) -> Self {
        let mut ours = vec![public_url.clone()];
        if public_url.is_loopback() {
            let siblings = LOOPBACK.map(|host| public_url.with_host(host));
            ours.extend(siblings.into_iter().filter(|sibling| sibling != public_url));
        }
        Self { ours }
    }

    /// Whether an `Origin` header is ours, byte for byte as browsers write it.
    pub fn allows(&self, origin: &[u8]) -> bool {
        self.ours.iter().any(|url| url.to_string().as_bytes() == origin)
    }

    /// The origins of our own WebSockets, for policies that must name them. The language of
    /// policies has no IPv6 addresses: there `'self'` has to do.
    pub fn websockets(&self) -> Vec<String> {
        let sockets = self.ours.iter().map(PublicUrl::websocket_origin);
        sockets.filter(|socket| !socket.contains('[')).collect()
    }
}
