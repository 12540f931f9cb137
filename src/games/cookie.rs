//! games/cookie

/// x
#[derive(Clone, Debug, Default)]
pub struct Settings;
