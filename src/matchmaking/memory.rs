//! matchmaking/memory

/// x
pub struct MemoryMatchmaking;
