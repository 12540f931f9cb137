//! Tests of a room: the pure state by itself, and the actor on virtual time.

mod actor;
pub(crate) mod deps;
mod look_back;
mod paused;
mod state;
mod table;
mod write_off;
