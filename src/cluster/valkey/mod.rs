//! The stores that many pods share, in Valkey.
//!
//! What must happen at once is one script; time is the server's. Nothing here blocks a connection
//! that others use, and each call ends within its own deadline, whatever the server does.

mod aside;
mod bus;
mod call;
mod check;
mod doors;
mod keys;
mod lanes;
mod link;
mod outbox;
mod parts;
#[cfg(feature = "planted-faults")]
mod planted;
mod players;
mod pods;
mod reply;
mod rooms;
pub(crate) mod scripts;
mod settings;
mod sign_outs;
mod slots;
#[cfg(test)]
pub(crate) mod tests;
mod topology;

use std::sync::{Arc, Mutex};

use futures_util::FutureExt;
use tokio::time::Instant;

pub use self::bus::{Envelope, Unreadable, ValkeyBus};
pub(crate) use self::call::Call;
pub use self::check::ValkeyError;
pub use self::link::Valkey;
pub use self::outbox::OutboxStatus;
pub(crate) use self::reply::Reply;
pub use self::rooms::Look;
pub use self::settings::{BadValkeyUrl, ValkeySettings};
use super::{Answer, Unavailable};
use crate::ids::PodId;

/// The stores of many pods: rooms, directory of players, heartbeats and outbox. Cloning gives
/// another handle to the same connections.
#[derive(Clone)]
pub struct ValkeyStore {
    valkey: Valkey,
    /// The recorder's connections are its own.
    outbox: Valkey,
    /// The recorder on this pod takes entries of the outbox by this name.
    pod: PodId,
    /// When recorders that are gone were last looked for. Nothing is awaited under this lock.
    tidied: Arc<Mutex<Option<Instant>>>,
    /// When a part of the store that does not answer was last complained about. As above.
    complained: Arc<Mutex<Option<Instant>>>,
}

impl ValkeyStore {
    /// Connects, and checks that this Valkey can be relied on. Tries for 5 seconds.
    ///
    /// # Errors
    /// When it cannot be reached, or could not keep what it confirms.
    pub async fn connect(settings: ValkeySettings, pod: PodId) -> Result<Self, ValkeyError> {
        Ok(Self::new(Valkey::connect(settings).await?, pod))
    }

    /// The stores behind this link, for this pod.
    pub fn new(valkey: Valkey, pod: PodId) -> Self {
        let outbox = valkey.apart();
        Self { valkey, outbox, pod, tidied: Arc::default(), complained: Arc::default() }
    }

    /// The link, for whoever else keeps something in Valkey.
    pub fn valkey(&self) -> &Valkey {
        &self.valkey
    }

    /// A call whose answer does not matter.
    fn send(&self, call: Call) -> Answer<(), Unavailable> {
        let valkey = self.valkey.clone();
        async move { valkey.run(call).await.map(drop) }.boxed()
    }
}
