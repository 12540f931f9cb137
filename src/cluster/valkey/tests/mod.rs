//! The stores against real servers. Ignored where none shall be started: `scripts/test` runs them.

pub(crate) mod cluster;
pub(crate) mod servers;
mod sides;
