//! The Valkey that pods share. Without one, the server runs alone.

use std::path::PathBuf;

use clap::Args;
use secrecy::{ExposeSecret, SecretString};

use super::secret::secret;
use super::{ConfigError, Sessions, Storage};
use crate::cluster::ValkeySettings;

#[derive(Debug, Args)]
#[command(next_help_heading = "Many pods")]
pub(super) struct ValkeyArgs {
    /// The Valkey or Redis 7 that all pods share: redis:// or rediss://USER:PASSWORD@HOST:PORT, with
    /// commas between several nodes of a cluster [default: none, this server runs alone]
    #[arg(long, env = "VALKEY_URL", hide_env_values = true)]
    valkey_url: Option<SecretString>,

    /// A file with VALKEY_URL
    #[arg(long, env = "VALKEY_URL_FILE")]
    valkey_url_file: Option<PathBuf>,

    /// PEM certificates of the authorities to trust for rediss:// [default: the public ones]
    #[arg(long, env = "VALKEY_CA_FILE")]
    valkey_ca_file: Option<PathBuf>,

    /// Replicas that must confirm a match, a takeover and a commit, 0 to 5
    #[arg(long, env = "VALKEY_WAIT_REPLICAS", default_value_t = 0,
        value_parser = clap::value_parser!(u8).range(0..=5))]
    valkey_wait_replicas: u8,
}

/// The settings of the Valkey that the pods share, if there is one. From `VALKEY_URL` (or the file
/// that `VALKEY_URL_FILE` names), `VALKEY_CA_FILE` and `VALKEY_WAIT_REPLICAS` (0).
pub(super) fn settings(args: ValkeyArgs) -> Result<Option<ValkeySettings>, ConfigError> {
    let variables = ("VALKEY_URL", "VALKEY_URL_FILE");
    let Some(url) = secret(variables, args.valkey_url, args.valkey_url_file)? else {
        let alone = "there is nothing to which it could apply";
        if args.valkey_wait_replicas > 0 {
            return Err(ConfigError::Needs("VALKEY_WAIT_REPLICAS", "VALKEY_URL", alone));
        }
        if args.valkey_ca_file.is_some() {
            return Err(ConfigError::Needs("VALKEY_CA_FILE", "VALKEY_URL", alone));
        }
        return Ok(None);
    };
    let invalid = |variable| {
        move |why: crate::cluster::BadValkeyUrl| ConfigError::Invalid {
            variable,
            why: why.to_string(),
        }
    };
    let settings = ValkeySettings::new(url.expose_secret()).map_err(invalid("VALKEY_URL"))?;
    let settings = settings.waiting_for(args.valkey_wait_replicas);
    let Some(path) = args.valkey_ca_file else { return Ok(Some(settings)) };
    let variable = "VALKEY_CA_FILE";
    let authority = std::fs::read(&path).map_err(|source| ConfigError::Unreadable {
        variable,
        path,
        source,
    })?;
    settings.trusting(authority).map(Some).map_err(invalid(variable))
}

/// Refuses what would make pods that share a Valkey differ.
pub(super) fn agree(
    valkey: Option<&ValkeySettings>,
    sessions: &Sessions,
    storage: &Storage,
) -> Result<(), ConfigError> {
    if valkey.is_none() {
        return Ok(());
    }
    if sessions.keys.is_none() {
        let why = "a session signed by one pod must be good on all";
        return Err(ConfigError::Needs("VALKEY_URL", "SESSION_KEYS", why));
    }
    if storage.dynamodb.is_none() && !storage.results_db_given {
        let why = "all pods record into one file";
        return Err(ConfigError::Needs("VALKEY_URL with RESULTS=sqlite", "RESULTS_DB", why));
    }
    Ok(())
}
