//! results/sqlite

/// x
pub struct SqliteResults;
