//! What must hold for any bytes whatever, by fuzzing target.
//!
//! Each module has a `check` that panics when it does not hold, and otherwise tells whether the
//! server takes such input. Fuzzing calls it with what it makes up, and `tests/corpora.rs` with the
//! corpora that are kept, as a module of its own: nothing here may name this crate.

#![allow(clippy::unwrap_used, reason = "fuzzing fails by it")]

pub mod bus_messages;
pub mod client_messages;
mod edits;
pub mod frames;
mod keys;
pub mod login_cookies;
pub mod snapshots;
pub mod tokens;
