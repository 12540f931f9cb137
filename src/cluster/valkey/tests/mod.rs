//! The stores against real servers. Ignored where none shall be started: `scripts/test` runs them.

pub(crate) mod cluster;
pub(crate) mod proxy;
pub(crate) mod servers;
pub(crate) mod sides;
