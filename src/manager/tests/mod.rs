//! Tests of the manager: real actors on an in-process store and virtual time.

mod drain;
mod lobby;
pub(crate) mod pod;
mod pods;
mod rooms;
mod slow_queue;
