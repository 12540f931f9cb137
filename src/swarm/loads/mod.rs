//! Loads that play no duel: they hold, block, flood or echo, to measure what that costs a server.
//!
//! Like the swarm they go to this machine only, and each is bounded in connections and time.

pub(super) mod echo;
pub(super) mod flood;
mod frame;
pub(super) mod idle;
mod kernel;
pub(super) mod stall;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use futures_util::stream::{self, StreamExt};
use tokio::net::TcpSocket;
use tokio::time::Instant;

use super::SwarmError;
use super::rest::{Guest, Rest};
use super::socket::Socket;
use super::target::{Spread, Target};

const SIGN_IN_WITHIN: Duration = Duration::from_secs(60);
const AT_ONCE: usize = 16;
const MAX_CONNECTIONS: usize = 10_000;
const MAX_SECONDS: u64 = 600;

/// What all these loads are told.
#[derive(Args, Clone, Debug)]
pub(super) struct LoadArgs {
    /// The server; only this machine is gone to.
    #[arg(long, default_value = "http://127.0.0.1:8080")]
    pub(super) url: String,
    /// Connections.
    #[arg(long, default_value_t = 1)]
    pub(super) connections: usize,
    /// Seconds.
    #[arg(long, default_value_t = 5)]
    pub(super) seconds: u64,
    /// Process id of the server, to measure it.
    #[arg(long)]
    pub(super) watch: Option<u32>,
}

/// Everybody's way to the server.
struct Site {
    target: Target,
    spread: Spread,
    seconds: Duration,
}

impl Site {
    async fn find(args: &LoadArgs) -> Result<Self, SwarmError> {
        if args.connections == 0 || args.connections > MAX_CONNECTIONS || args.seconds > MAX_SECONDS
        {
            let text = format!("1 to {MAX_CONNECTIONS} connections, up to {MAX_SECONDS} seconds");
            return Err(SwarmError::Usage(text));
        }
        let target = Target::find(&args.url).await?;
        let spread = Spread::new(0, args.connections);
        Ok(Self { target, spread, seconds: Duration::from_secs(args.seconds) })
    }

    /// A guest for each connection.
    async fn sign_in(&self, count: usize) -> Result<Vec<(IpAddr, Guest)>, SwarmError> {
        let rest = Arc::new(Rest::new(self.target.clone().into(), self.spread)?);
        let deadline = Instant::now() + SIGN_IN_WITHIN;
        let guests = stream::iter(0..count).map(|i| {
            let (rest, from) = (Arc::clone(&rest), self.spread.of(i));
            async move { Ok((from, rest.sign_in(from, &format!("load {i}"), deadline).await?)) }
        });
        guests.buffer_unordered(AT_ONCE).collect::<Vec<_>>().await.into_iter().collect()
    }

    async fn open(&self, from: IpAddr, token: &str) -> Result<Socket, SwarmError> {
        let opened = Socket::open(&self.target, from, token).await;
        opened.map_err(|ending| SwarmError::Connect(format!("{ending:?}")))
    }

    /// The same with a receive buffer of so many bytes (the kernel doubles it).
    async fn open_narrow(
        &self,
        from: IpAddr,
        token: &str,
        receive_buffer: u32,
    ) -> Result<Socket, SwarmError> {
        let failed = |error: std::io::Error| SwarmError::Connect(error.to_string());
        let tcp = TcpSocket::new_v4().map_err(failed)?;
        tcp.set_recv_buffer_size(receive_buffer).map_err(failed)?;
        let opened = Socket::open_on(tcp, &self.target, from, token).await;
        opened.map_err(|ending| SwarmError::Connect(format!("{ending:?}")))
    }
}
