//! The keys that sign sessions.

use std::path::PathBuf;

use clap::Args;
use secrecy::{ExposeSecret, SecretString};

use super::ConfigError;
use super::secrets_manager::looked_up;

#[derive(Debug, Args)]
#[command(next_help_heading = "Sessions")]
pub(super) struct SessionArgs {
    /// PKCS#8 PEM keys (P-256), one after the other: the first signs, all verify
    /// [default: a key made in DATA_DIR]
    #[arg(long, env = "SESSION_KEYS", hide_env_values = true)]
    session_keys: Option<SecretString>,

    /// A file with SESSION_KEYS, read again when it changes
    #[arg(long, env = "SESSION_KEYS_FILE")]
    session_keys_file: Option<PathBuf>,
}

/// Where the keys are.
#[derive(Clone, Debug)]
pub enum Keys {
    /// PEM keys, one after the other. From `SESSION_KEYS`.
    Given(SecretString),
    /// A file with them, which may change. From `SESSION_KEYS_FILE`.
    InFile(PathBuf),
}

/// The keys that sign sessions.
#[derive(Clone, Debug)]
pub struct Sessions {
    /// `None` means a key that is made in the data folder.
    pub keys: Option<Keys>,
}

impl Sessions {
    pub(super) fn new(args: SessionArgs) -> Result<Self, ConfigError> {
        let given = args.session_keys.filter(|keys| !keys.expose_secret().trim().is_empty());
        let keys = match (given, args.session_keys_file) {
            (Some(_), Some(_)) => {
                let why = "give the secret once";
                let variables = ("SESSION_KEYS", "SESSION_KEYS_FILE");
                return Err(ConfigError::Contradiction(variables.0, variables.1, why));
            }
            (Some(keys), None) => Some(Keys::Given(looked_up("SESSION_KEYS", keys)?)),
            (None, Some(path)) => Some(Keys::InFile(readable(path)?)),
            (None, None) => None,
        };
        Ok(Self { keys })
    }
}

/// A file that is not there, or empty, is a wrong setting; what is in it is another matter.
fn readable(path: PathBuf) -> Result<PathBuf, ConfigError> {
    let variable = "SESSION_KEYS_FILE";
    match std::fs::read_to_string(&path).map(SecretString::from) {
        Ok(text) if text.expose_secret().trim().is_empty() => {
            Err(ConfigError::Invalid { variable, why: "the file is empty".into() })
        }
        Ok(_) => Ok(path),
        Err(source) => Err(ConfigError::Unreadable { variable, path, source }),
    }
}
