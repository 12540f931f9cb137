//! results/recorder

/// x
pub struct Recorder;
/// x
pub struct RecorderSettings;
