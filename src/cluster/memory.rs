//! cluster/memory

/// x
pub struct MemoryStore;
