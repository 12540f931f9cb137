//! Secrets: from their variable, from a file, or from AWS Secrets Manager.

use std::path::PathBuf;

use secrecy::{ExposeSecret, SecretString};

use super::ConfigError;
use super::secrets_manager::looked_up;

/// A secret from its variable or from the file that the other variable names. Empty is unset.
pub(super) fn secret(
    (variable, file_variable): (&'static str, &'static str),
    value: Option<SecretString>,
    file: Option<PathBuf>,
) -> Result<Option<SecretString>, ConfigError> {
    let value = value.filter(|secret| !secret.expose_secret().trim().is_empty());
    match (value, file) {
        (Some(_), Some(_)) => {
            let why = "give the secret once";
            Err(ConfigError::Contradiction(variable, file_variable, why))
        }
        (value, None) => value.map(|value| looked_up(variable, value)).transpose(),
        (None, Some(path)) => {
            let text = std::fs::read_to_string(&path).map_err(|source| {
                ConfigError::Unreadable { variable: file_variable, path, source }
            })?;
            if text.trim().is_empty() {
                let why = "the file is empty".into();
                return Err(ConfigError::Invalid { variable: file_variable, why });
            }
            // Editors end files with a line break, and no secret does.
            Ok(Some(text.trim_end().into()))
        }
    }
}
