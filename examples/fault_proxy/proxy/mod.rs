//! The proxy: accepts, connects to the target, and carries bytes both ways under the faults that
//! are on. What is held back is bounded: one MiB per connection and direction.

mod control;
mod faults;
mod relay;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

use faults::Shared;

/// Connections that are carried at the same time; more wait to be accepted.
const MOST_CONNECTIONS: usize = 4096;
/// Programs that may hold the control port at the same time.
const MOST_CONTROLS: usize = 16;
/// After an error of `accept`, such as too many open files.
const ACCEPT_AGAIN: Duration = Duration::from_millis(50);

/// Where the proxy listens, what it stands before, and where it is told what to break.
#[derive(Clone, Copy, Debug)]
pub struct Addresses {
    /// Clients come here.
    pub listen: SocketAddr,
    /// Their bytes go there.
    pub target: SocketAddr,
    /// Lines such as `cut` come here.
    pub control: SocketAddr,
}

/// A bound proxy. Port 0 becomes a free one.
pub struct Proxy {
    players: TcpListener,
    control: TcpListener,
    shared: Arc<Shared>,
}

impl Proxy {
    /// Binds both ports. The seed decides which calls lose their answer.
    ///
    /// # Errors
    /// When a port cannot be bound.
    pub async fn bind(addresses: Addresses, seed: u64) -> io::Result<Self> {
        let players = TcpListener::bind(addresses.listen).await?;
        let control = TcpListener::bind(addresses.control).await?;
        Ok(Self { players, control, shared: Arc::new(Shared::new(addresses.target, seed)) })
    }

    /// The addresses, with the ports that were chosen.
    ///
    /// # Errors
    /// When the system does not tell them.
    pub fn addresses(&self) -> io::Result<Addresses> {
        Ok(Addresses {
            listen: self.players.local_addr()?,
            target: self.shared.target,
            control: self.control.local_addr()?,
        })
    }

    /// Serves until it is dropped.
    pub async fn run(self) {
        let Self { players, control, shared } = self;
        let controls = accept(control, MOST_CONTROLS, shared.clone(), control::serve);
        let connections = accept(players, MOST_CONNECTIONS, shared, relay::carry);
        tokio::join!(controls, connections);
    }
}

/// Accepts for ever, and gives each connection a task of its own.
async fn accept<F>(
    listener: TcpListener,
    most: usize,
    shared: Arc<Shared>,
    serve: impl Fn(TcpStream, Arc<Shared>) -> F,
) where
    F: Future<Output = ()> + Send + 'static,
{
    let places = Arc::new(Semaphore::new(most));
    loop {
        let Ok(place) = places.clone().acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, _)) => {
                let serving = serve(stream, shared.clone());
                tokio::spawn(async move {
                    serving.await;
                    drop(place);
                });
            }
            Err(_) => tokio::time::sleep(ACCEPT_AGAIN).await,
        }
    }
}
