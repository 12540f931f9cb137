//! The stores that many pods share, in Valkey.
//!
//! What must happen at once is one script; time is the server's. Nothing here blocks a connection
//! that others use, and each call ends within its own deadline, whatever the server does.

mod bus;
mod call;
mod check;
mod keys;
mod lanes;
mod link;
pub(crate) mod scripts;
mod settings;
mod slots;
mod topology;

pub use bus::ValkeyBus;
pub(crate) use call::Call;
pub use check::ValkeyError;
pub use link::Valkey;
pub use settings::{BadValkeyUrl, ValkeySettings};
