//! Where the server listens, how it is reached, and whom it trusts.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use ipnet::IpNet;

use super::contact::{BadContact, Contact};
use super::seconds::seconds;
use super::{ConfigError, PublicUrl};

#[derive(Debug, Args)]
#[command(next_help_heading = "Server")]
pub(super) struct ServerArgs {
    /// Address to listen on; 0.0.0.0 or :: for all
    #[arg(long, env = "HOST", default_value = "127.0.0.1", value_parser = host)]
    host: IpAddr,

    /// Port of pages, REST and WebSocket
    #[arg(long, env = "PORT", default_value_t = 8080)]
    port: u16,

    /// Port of /metrics and nothing else; 0 serves no metrics
    #[arg(long, env = "METRICS_PORT", default_value_t = 9464)]
    metrics_port: u16,

    /// Address to serve /metrics on; it has no password [default: HOST]
    #[arg(long, env = "METRICS_HOST")]
    metrics_host: Option<String>,

    /// The address in the browser: scheme, host, port [default: http://localhost:PORT]
    #[arg(long, env = "PUBLIC_URL")]
    public_url: Option<PublicUrl>,

    /// Who runs this server, for /privacy and /.well-known/security.txt: an e-mail address or an https
    /// page [default: nobody is named]
    #[arg(long, env = "CONTACT")]
    contact: Option<String>,

    /// Folder with the exported pages
    #[arg(long, env = "WEB_DIR", default_value = "frontend/out")]
    web_dir: PathBuf,

    /// Addresses or networks whose X-Forwarded-For counts, with commas between [default: none]
    #[arg(long, env = "TRUSTED_PROXIES", default_value = "", hide_default_value = true,
          value_parser = networks)]
    trusted_proxies: Networks,

    /// Most WebSockets that one client address may hold open
    #[arg(long, env = "MAX_CONNECTIONS_PER_ADDRESS", default_value_t = 50,
          value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    max_connections_per_address: u32,

    /// Seconds between being told to stop and letting go of games, for the balancer to notice
    #[arg(long, env = "DRAIN_DELAY", default_value = "0", value_parser = seconds)]
    drain_delay: Duration,
}

/// Where the server listens, how it is reached, and whom it trusts.
#[derive(Clone, Debug)]
pub struct Server {
    /// Address and port of pages, REST and WebSocket. From `HOST` (127.0.0.1) and `PORT` (8080).
    pub listen: SocketAddr,
    /// Address and port of the metrics, if they are served. From `METRICS_HOST` (`HOST`) and
    /// `METRICS_PORT` (9464; 0 = none).
    pub metrics: Option<SocketAddr>,
    /// The address in the browser. From `PUBLIC_URL` (`http://localhost:PORT`).
    pub public_url: PublicUrl,
    /// Who runs this server. From `CONTACT` (nobody is named).
    pub contact: Option<Contact>,
    /// The folder of the exported pages. From `WEB_DIR` (`frontend/out`).
    pub web_dir: PathBuf,
    /// Whose `X-Forwarded-For` counts. From `TRUSTED_PROXIES` (nobody's).
    pub trusted_proxies: Vec<IpNet>,
    /// Most open WebSockets of one client address. From `MAX_CONNECTIONS_PER_ADDRESS` (50).
    pub max_connections_per_address: u32,
    /// From being told to stop until games are let go. From `DRAIN_DELAY` (0 s).
    pub drain_delay: Duration,
}

impl Server {
    pub(super) fn new(args: ServerArgs) -> Result<Self, ConfigError> {
        if args.metrics_port != 0 && args.metrics_port == args.port {
            let why = "metrics need a port of their own";
            return Err(ConfigError::Contradiction("PORT", "METRICS_PORT", why));
        }
        let metrics_host = unless_empty("METRICS_HOST", args.metrics_host, host)?;
        let metrics = match args.metrics_port {
            0 => None,
            port => Some(SocketAddr::new(metrics_host.unwrap_or(args.host), port)),
        };
        Ok(Self {
            listen: SocketAddr::new(args.host, args.port),
            metrics,
            public_url: args.public_url.unwrap_or_else(|| PublicUrl::localhost(args.port)),
            contact: unless_empty("CONTACT", args.contact, |text| {
                text.parse().map_err(|error: BadContact| error.to_string())
            })?,
            web_dir: args.web_dir,
            trusted_proxies: args.trusted_proxies.0,
            max_connections_per_address: args.max_connections_per_address,
            drain_delay: args.drain_delay,
        })
    }
}

/// Empty is unset, as of every setting that may be left out.
fn unless_empty<T>(
    variable: &'static str,
    text: Option<String>,
    read: impl Fn(&str) -> Result<T, String>,
) -> Result<Option<T>, ConfigError> {
    let text = text.filter(|text| !text.trim().is_empty());
    let invalid = |why| ConfigError::Invalid { variable, why };
    text.map(|text| read(text.trim()).map_err(invalid)).transpose()
}

fn host(text: &str) -> Result<IpAddr, String> {
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    match bare {
        "localhost" => Ok(IpAddr::V4(Ipv4Addr::LOCALHOST)),
        _ => bare.parse().map_err(|_| "it must be an IP address, such as 127.0.0.1".into()),
    }
}

/// A list in one value: clap would otherwise take a `Vec` for a repeated option.
#[derive(Clone, Debug)]
struct Networks(Vec<IpNet>);

fn networks(text: &str) -> Result<Networks, String> {
    let parts = text.split([',', ' ']).map(str::trim).filter(|part| !part.is_empty());
    let network = |part: &str| {
        let address = || part.parse::<IpAddr>().map(IpNet::from);
        part.parse::<IpNet>()
            .or_else(|_| address())
            .map_err(|_| format!("`{part}` is neither an address nor a network such as 10.0.0.0/8"))
    };
    let networks: Vec<IpNet> = parts.map(network).collect::<Result<_, _>>()?;
    if networks.iter().any(|network| network.prefix_len() == 0) {
        return Err("a network of everybody: then everybody says where one comes from".into());
    }
    Ok(Networks(networks))
}
