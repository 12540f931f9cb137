//! cluster/sqlite

/// x
pub struct SqliteStore;
