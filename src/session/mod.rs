//! The Session: the actor of one connection, frames in and frames out.
//!
//! This folder alone knows the WebSocket crate.

pub mod bounded;
pub mod frames;
pub mod rate;

use std::any::Any;

use actix_web::{HttpRequest, HttpResponse, web};

use crate::ids::ConnectionId;
use crate::matchmaking::Profile;

/// What a connection is before its Session starts.
pub struct Upgrade {
    /// The connection's name.
    pub connection: ConnectionId,
    /// Who the client has proved to be.
    pub player: Profile,
    /// When the proof expires, in milliseconds since 1970.
    pub expires_at: u64,
    /// Dropped when the connection ends: gives back the client address's place.
    pub place: Box<dyn Any>,
}
