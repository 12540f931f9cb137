//! The Valkey side of the ports: what pods share when there are many of them.

mod bus;

pub use bus::{BusSettings, ValkeyBus};
