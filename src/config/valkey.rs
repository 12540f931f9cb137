//! The Valkey that pods share; without it a server runs alone.

use std::path::PathBuf;

use clap::Args;
use secrecy::{ExposeSecret, SecretString};

use super::ConfigError;
use super::sessions::secret;
use crate::cluster::ValkeySettings;

#[derive(Debug, Args)]
#[command(next_help_heading = "Many pods")]
pub(super) struct ValkeyArgs {
    /// Valkey (or Redis 7) that all pods share: redis://[user:password@]host:port[/db], rediss:// for
    /// TLS; several with commas between them are nodes of a cluster [default: none, one pod alone]
    #[arg(long, env = "VALKEY_URL", hide_env_values = true)]
    valkey_url: Option<SecretString>,

    /// A file with VALKEY_URL
    #[arg(long, env = "VALKEY_URL_FILE")]
    valkey_url_file: Option<PathBuf>,

    /// A PEM file with the certificate authorities to trust instead of the public ones
    #[arg(long, env = "VALKEY_CA_FILE")]
    valkey_ca_file: Option<PathBuf>,

    /// Replicas that must confirm what players are told; 0 relies on the primary alone
    #[arg(long, env = "VALKEY_WAIT_REPLICAS", default_value_t = 0,
          value_parser = clap::value_parser!(u8).range(0..=5))]
    valkey_wait_replicas: u8,
}

/// `None`: this server runs alone.
pub(super) fn settings(args: ValkeyArgs) -> Result<Option<ValkeySettings>, ConfigError> {
    let variables = ("VALKEY_URL", "VALKEY_URL_FILE");
    let Some(url) = secret(variables, args.valkey_url, args.valkey_url_file)? else {
        if args.valkey_wait_replicas > 0 {
            let why = "there is no Valkey to wait for".to_owned();
            return Err(ConfigError::Invalid { variable: "VALKEY_WAIT_REPLICAS", why });
        }
        return Ok(None);
    };
    let invalid = |variable, why: String| ConfigError::Invalid { variable, why };
    let mut settings = ValkeySettings::new(url.expose_secret().trim())
        .map_err(|error| invalid("VALKEY_URL", error.to_string()))?
        .waiting_for(args.valkey_wait_replicas);
    if let Some(path) = args.valkey_ca_file {
        let variable = "VALKEY_CA_FILE";
        let pem = std::fs::read(&path).map_err(|source| ConfigError::Unreadable {
            variable,
            path,
            source,
        })?;
        settings = settings.trusting(pem).map_err(|error| invalid(variable, error.to_string()))?;
    }
    Ok(Some(settings))
}
