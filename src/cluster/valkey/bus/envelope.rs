//! What a publication looks like: `{"format":1,"from":<pod>,"messages":[...]}`, or with `ping` and
//! no messages when a pod speaks to itself.
//!
//! Messages are read one by one, so that one that nobody knows does not take the others with it.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::cluster::{BUS_FORMAT, BUS_READABLE};
use crate::ids::PodId;

/// The longest publication that is read, in bytes.
pub(super) const LONGEST: usize = 1024 * 1024;

/// No message is added to a publication that is as long as this, in bytes.
pub(super) const FULL: usize = 256 * 1024;

/// More than everything takes that is not a message, in bytes.
pub(super) const FRAME: usize = 256;

/// A publication.
#[derive(Debug, Serialize, Deserialize)]
pub struct Envelope<'a> {
    format: u32,
    /// Who says it.
    pub from: PodId,
    /// What it says, each still to be read.
    #[serde(borrow, default)]
    pub messages: Vec<&'a RawValue>,
    /// The number of a message to oneself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ping: Option<u64>,
}

/// Why a publication cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// It is longer than anybody here writes.
    #[error("{0} bytes are more than anybody writes")]
    TooLong(usize),
    /// Another version of this program wrote it.
    #[error("its format is {0}")]
    Format(u32),
    /// Something else wrote it.
    #[error("{0}")]
    Broken(#[from] serde_json::Error),
}

impl<'a> Envelope<'a> {
    /// A publication with these messages.
    pub(super) fn of(from: PodId, messages: Vec<&'a RawValue>) -> Self {
        Self { format: BUS_FORMAT, from, messages, ping: None }
    }

    /// A message to oneself.
    pub(super) fn ping(from: PodId, number: u64) -> Self {
        Self { format: BUS_FORMAT, from, messages: Vec::new(), ping: Some(number) }
    }

    /// Reads a publication.
    ///
    /// # Errors
    /// When it is too long, of another format, or no publication at all.
    pub fn read(payload: &'a [u8]) -> Result<Self, Unreadable> {
        if payload.len() > LONGEST {
            return Err(Unreadable::TooLong(payload.len()));
        }
        let read = serde_json::from_slice(payload);
        // Another format may look quite different: say that rather than what is missing in it.
        let format = match &read {
            Ok(Envelope { format, .. }) => Some(*format),
            Err(_) => serde_json::from_slice(payload).ok().map(|Other { format }| format),
        };
        match format {
            Some(format) if !BUS_READABLE.contains(&format) => Err(Unreadable::Format(format)),
            _ => Ok(read?),
        }
    }
}

/// A publication in whatever format.
#[derive(Deserialize)]
struct Other {
    format: u32,
}
