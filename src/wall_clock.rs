//! The wall's clock: for results and sessions. Games never look at it.

use std::time::SystemTime;

/// Milliseconds since 1970, as the operating system has it; 0 before that.
pub fn millis() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
