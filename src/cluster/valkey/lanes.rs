//! The open connections of one handle: made when first used, kept, and mended for ever.
//!
//! A lane to a server is one connection that many calls share. A manager of the client library
//! mends it in rounds of a few seconds; each call to a lane that is down starts the next round, so
//! it never gives up, and a node that has left for good is not called for ever. That holds for
//! errors of the network alone: a manager whose round ends with a failed login says so for ever, and
//! whoever hears it must forget the lane.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use redis::RedisResult;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};

use super::settings::{Address, ValkeySettings};

/// The longest pause between two attempts to connect.
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// How long an attempt to connect may take.
pub(super) const CONNECT: Duration = Duration::from_secs(1);

/// Attempts in a round.
const ATTEMPTS: usize = 16;

/// Calls that wait to be written to a connection. More wait for a place, until their deadline.
const WAITING: usize = 1024;

/// Lanes for calls that wait for replicas. Each such call holds up those behind it on its lane.
const DURABLE: u16 = 8;

/// Which of the connections to a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Lane {
    /// For calls that are answered at once.
    Ordinary,
    /// For calls that wait for replicas, by number.
    Durable(u16),
}

impl Lane {
    /// The lane for durable calls with this key, always the same.
    pub(super) fn durable(key: &str) -> Self {
        Self::Durable(super::slots::crc16(key.as_bytes()) % DURABLE)
    }
}

/// The connections of one handle.
#[derive(Default)]
pub(super) struct Lanes {
    /// Nothing is awaited under this lock.
    open: Mutex<HashMap<(Address, Lane), ConnectionManager>>,
}

impl Lanes {
    /// The connection to a server. Must be called inside the runtime that shall serve it.
    pub(super) fn get(
        &self,
        settings: &ValkeySettings,
        address: &Address,
        lane: Lane,
    ) -> RedisResult<ConnectionManager> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (address.clone(), lane);
        if let Some(connection) = open.get(&key) {
            return Ok(connection.clone());
        }
        let config = ConnectionManagerConfig::new()
            .set_min_delay(Duration::from_millis(50))
            .set_max_delay(LONGEST_PAUSE)
            .set_number_of_retries(ATTEMPTS)
            .set_connection_timeout(Some(CONNECT))
            .set_pipeline_buffer_size(WAITING)
            // Each call has its own deadline.
            .set_response_timeout(None);
        let client = settings.client(address)?;
        let connection = ConnectionManager::new_lazy_with_config(client, config)?;
        open.insert(key, connection.clone());
        Ok(connection)
    }

    /// Forgets the connections to a server; the next call makes new ones, wherever its name points
    /// by then.
    pub(super) fn forget(&self, address: &Address) {
        self.keep(|other| other != address);
    }

    /// Forgets the connections of a lane for durable calls, to whatever server.
    pub(super) fn forget_durable(&self, lane: Lane) {
        if lane != Lane::Ordinary {
            let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
            open.retain(|(_, other), _| *other != lane);
        }
    }

    /// Forgets the connections to all other servers.
    pub(super) fn keep(&self, wanted: impl Fn(&Address) -> bool) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|(address, _), _| wanted(address));
    }
}
