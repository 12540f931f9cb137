//! The wire: what clients may say, what the server may say, and how a connection ends.
//!
//! Text frames, one JSON object each: `{"type": "...", "payload": {...}}`. Messages that belong to
//! one game (its inputs and its events) are defined beside its rules in `games/`; what stands here
//! is the same for every game. `protocol/fixtures/` at the root of the repository holds a golden
//! frame of each message, which the tests of the server and of the browser both read.

mod client_msg;
mod close;
mod server_msg;
#[cfg(test)]
mod tests;

pub use client_msg::{ClientMsg, Input, ParseError};
pub use close::CloseReason;
pub use server_msg::{
    ErrorCode, GameOver, GameStart, Hello, Queue, Reason, ServerMsg, State, TableInfo,
};

/// The version of the wire that this server speaks; `HELLO` carries it.
pub const PROTOCOL_VERSION: u32 = 1;

/// The largest message a client may send, in bytes.
pub const MAX_MESSAGE_BYTES: usize = 4096;
