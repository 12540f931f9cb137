//! The ordered drain: the only place that knows in which order the server is taken down.
//!
//! Not ready, no more claims → wait for the balancer to notice → give the rooms up, a few at a time, and
//! close their players' connections with 1012 → stop HTTP → let the recorder finish what it has in hand.
//! Each step has a bound; what a step leaves undone is safe all the same, since the stores keep whatever
//! was acknowledged.

use std::time::Duration;

use actix::Addr;
use actix_web::dev::ServerHandle;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::http::Readiness;
use crate::manager::{Drain, GameManager, Withdraw};
use crate::results::RecorderHandle;

/// What there is to take down.
pub(crate) struct Shutdown {
    pub(crate) readiness: Readiness,
    /// How long the balancer may take to notice.
    pub(crate) delay: Duration,
    pub(crate) manager: Addr<GameManager>,
    pub(crate) servers: Vec<ServerHandle>,
    pub(crate) to_recorder: RecorderHandle,
    pub(crate) recorder: JoinHandle<()>,
}

/// The longest that giving up rooms and closing connections may take.
const DRAIN: Duration = Duration::from_secs(10);
/// The longest that the recorder may take with what it has in hand.
const RECORDER: Duration = Duration::from_secs(5);

impl Shutdown {
    /// Takes everything down, in order.
    pub(crate) async fn run(self) {
        tracing::info!("draining: no new connections");
        self.readiness.set(false);
        // Beyond the bound of its mailbox: one message.
        self.manager.do_send(Withdraw);
        tokio::time::sleep(self.delay).await;

        match timeout(DRAIN, self.manager.send(Drain)).await {
            Ok(Ok(())) => tracing::info!("drained: every game is safe, every player was told"),
            Ok(Err(error)) => tracing::error!(%error, "the manager has stopped before the drain"),
            Err(_) => tracing::warn!("some clients do not close their connections; going on"),
        }
        for server in self.servers {
            // The connections that are left belong to clients that do not read.
            server.stop(false).await;
        }
        self.to_recorder.stop();
        if timeout(RECORDER, self.recorder).await.is_err() {
            tracing::warn!("the recorder did not finish; it goes on at the next start");
        }
        tracing::info!("stopped");
    }
}

/// Waits for SIGTERM or SIGINT. A second signal ends the process at once, with status 1.
///
/// # Errors
/// When the operating system does not let signals be watched.
pub async fn signalled() -> std::io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let name = tokio::select! {
        _ = terminate.recv() => "SIGTERM",
        _ = interrupt.recv() => "SIGINT",
    };
    tracing::info!(signal = name, "asked to stop; a second signal stops at once");
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::warn!("stopping at once");
        std::process::exit(1);
    });
    Ok(())
}
