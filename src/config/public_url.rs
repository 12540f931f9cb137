//! `PUBLIC_URL`: the address under which browsers reach this server. It is the issuer of sessions,
//! decides how cookies are named, and is the one origin that may open a WebSocket.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use actix_web::http::Uri;

/// Scheme, host and port of the server as browsers see it, without a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    https: bool,
    host: String,
    port: u16,
}

/// Why a text is not a public URL.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadPublicUrl {
    /// Not `http://` or `https://` and a host.
    #[error("it must be http:// or https://, a host, and a port if it is not the usual one")]
    Form,
    /// More than an origin.
    #[error("it must have no path, query or user name: the server owns the whole origin")]
    MoreThanOrigin,
}

impl PublicUrl {
    /// `http://localhost:PORT`.
    pub fn localhost(port: u16) -> Self {
        Self { https: false, host: "localhost".into(), port }
    }

    /// Whether browsers reach the server over TLS.
    pub fn is_https(&self) -> bool {
        self.https
    }

    /// Whether the host is this machine itself.
    pub fn is_loopback(&self) -> bool {
        let bare = self.host.trim_start_matches('[').trim_end_matches(']');
        bare == "localhost" || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }

    /// The same URL under another host name.
    #[must_use]
    pub fn with_host(&self, host: &str) -> Self {
        Self { host: host.into(), ..self.clone() }
    }

    /// The origin that WebSockets of this URL have: `ws://` or `wss://`.
    pub fn websocket_origin(&self) -> String {
        let scheme = if self.https { "wss" } else { "ws" };
        format!("{scheme}://{}", self.authority())
    }

    /// Host, and the port unless it is the usual one: what browsers send as `Host`.
    pub fn authority(&self) -> String {
        let usual = if self.https { 443 } else { 80 };
        if self.port == usual { self.host.clone() } else { format!("{}:{}", self.host, self.port) }
    }
}

/// The origin as browsers write it: lower case, no usual port, no slash at the end.
impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.https { "https" } else { "http" };
        write!(f, "{scheme}://{}", self.authority())
    }
}

impl FromStr for PublicUrl {
    type Err = BadPublicUrl;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let uri: Uri = text.trim().parse().map_err(|_| BadPublicUrl::Form)?;
        let https = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(BadPublicUrl::Form),
        };
        let authority = uri.authority().ok_or(BadPublicUrl::Form)?;
        let host = authority.host().to_ascii_lowercase();
        let odd = |c: char| !(c.is_ascii_alphanumeric() || "-._[]:".contains(c));
        if host.is_empty() || host.contains(odd) {
            return Err(BadPublicUrl::Form);
        }
        let has_user = authority.as_str().contains('@');
        if has_user || !uri.path().trim_matches('/').is_empty() || uri.query().is_some() {
            return Err(BadPublicUrl::MoreThanOrigin);
        }
        let port = match authority.as_str()[host.len()..].strip_prefix(':') {
            Some(port) => port.parse().map_err(|_| BadPublicUrl::Form)?,
            None if https => 443,
            None => 80,
        };
        Ok(Self { https, host, port })
    }
}
