//! The keys that sign sessions.

use std::path::PathBuf;

use clap::Args;
use secrecy::SecretString;

use super::ConfigError;
use super::secret::secret;

#[derive(Debug, Args)]
#[command(next_help_heading = "Sessions")]
pub(super) struct SessionArgs {
    /// PKCS#8 PEM keys (P-256), one after the other: the first signs, all verify
    /// [default: a key made in DATA_DIR]
    #[arg(long, env = "SESSION_KEYS", hide_env_values = true)]
    session_keys: Option<SecretString>,

    /// A file with SESSION_KEYS
    #[arg(long, env = "SESSION_KEYS_FILE")]
    session_keys_file: Option<PathBuf>,
}

/// The keys that sign sessions.
#[derive(Clone, Debug)]
pub struct Sessions {
    /// PEM keys, one after the other. From `SESSION_KEYS`, or the file that `SESSION_KEYS_FILE`
    /// names; `None` means a key that is made in the data folder.
    pub keys: Option<SecretString>,
}

impl Sessions {
    pub(super) fn new(args: SessionArgs) -> Result<Self, ConfigError> {
        let variables = ("SESSION_KEYS", "SESSION_KEYS_FILE");
        let keys = secret(variables, args.session_keys, args.session_keys_file)?;
        Ok(Self { keys })
    }
}
