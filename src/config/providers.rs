//! Who may vouch for players, besides nobody: Google (or another OpenID provider) and GitHub.

use std::path::PathBuf;

use clap::Args;
use secrecy::SecretString;

use super::secret::secret;
use super::{ConfigError, PublicUrl};
use crate::auth::Registration;

#[derive(Debug, Args)]
#[command(next_help_heading = "Signing in")]
pub(super) struct ProviderArgs {
    /// The name of this server at Google [default: none, nobody signs in with Google]
    #[arg(long, env = "GOOGLE_CLIENT_ID")]
    google_client_id: Option<String>,

    /// The secret that goes with it
    #[arg(long, env = "GOOGLE_CLIENT_SECRET", hide_env_values = true)]
    google_client_secret: Option<SecretString>,

    /// A file with GOOGLE_CLIENT_SECRET
    #[arg(long, env = "GOOGLE_CLIENT_SECRET_FILE")]
    google_client_secret_file: Option<PathBuf>,

    /// The OpenID provider behind the button for Google
    #[arg(long, env = "GOOGLE_ISSUER", default_value = "https://accounts.google.com")]
    google_issuer: String,

    /// The name of this server at GitHub [default: none, nobody signs in with GitHub]
    #[arg(long, env = "GITHUB_CLIENT_ID")]
    github_client_id: Option<String>,

    /// The secret that goes with it
    #[arg(long, env = "GITHUB_CLIENT_SECRET", hide_env_values = true)]
    github_client_secret: Option<SecretString>,

    /// A file with GITHUB_CLIENT_SECRET
    #[arg(long, env = "GITHUB_CLIENT_SECRET_FILE")]
    github_client_secret_file: Option<PathBuf>,

    /// GitHub, or a GitHub Enterprise Server
    #[arg(long, env = "GITHUB_URL", default_value = "https://github.com")]
    github_url: String,

    /// Its API
    #[arg(long, env = "GITHUB_API_URL", default_value = "https://api.github.com")]
    github_api_url: String,
}

/// Who may vouch for players.
#[derive(Clone, Debug)]
pub struct Providers {
    /// From `GOOGLE_CLIENT_ID` and `GOOGLE_CLIENT_SECRET` (or `GOOGLE_CLIENT_SECRET_FILE`), and
    /// `GOOGLE_ISSUER` (Google).
    pub google: Option<Registration>,
    /// From `GITHUB_CLIENT_ID` and `GITHUB_CLIENT_SECRET` (or `GITHUB_CLIENT_SECRET_FILE`),
    /// `GITHUB_URL` and `GITHUB_API_URL` (GitHub).
    pub github: Option<Registration>,
}

impl Providers {
    pub(super) fn new(args: ProviderArgs) -> Result<Self, ConfigError> {
        let google = registration(
            ("GOOGLE_CLIENT_ID", args.google_client_id),
            ("GOOGLE_CLIENT_SECRET", "GOOGLE_CLIENT_SECRET_FILE"),
            (args.google_client_secret, args.google_client_secret_file),
            [("GOOGLE_ISSUER", args.google_issuer.clone()), ("GOOGLE_ISSUER", args.google_issuer)],
        )?;
        let github = registration(
            ("GITHUB_CLIENT_ID", args.github_client_id),
            ("GITHUB_CLIENT_SECRET", "GITHUB_CLIENT_SECRET_FILE"),
            (args.github_client_secret, args.github_client_secret_file),
            [("GITHUB_URL", args.github_url), ("GITHUB_API_URL", args.github_api_url)],
        )?;
        Ok(Self { google, github })
    }
}

fn registration(
    (id_variable, id): (&'static str, Option<String>),
    variables: (&'static str, &'static str),
    (value, file): (Option<SecretString>, Option<PathBuf>),
    urls: [(&'static str, String); 2],
) -> Result<Option<Registration>, ConfigError> {
    let id = id.filter(|id| !id.trim().is_empty());
    match (id, secret(variables, value, file)?) {
        (None, None) => Ok(None),
        (Some(_), None) => {
            let why = "the provider wants to see that it is this server";
            Err(ConfigError::Needs(id_variable, variables.0, why))
        }
        (None, Some(_)) => {
            let why = "there is nothing that it could prove";
            Err(ConfigError::Needs(variables.0, id_variable, why))
        }
        (Some(client_id), Some(client_secret)) => {
            let [provider_url, api_url] = urls.map(checked);
            Ok(Some(Registration {
                client_id,
                client_secret,
                provider_url: provider_url?,
                api_url: api_url?,
            }))
        }
    }
}

/// Secrets and tokens go there: in the clear to this machine alone.
fn checked((variable, url): (&'static str, String)) -> Result<String, ConfigError> {
    let origin = url.split('/').take(3).collect::<Vec<_>>().join("/");
    match origin.parse::<PublicUrl>() {
        Ok(origin) if origin.is_https() || origin.is_loopback() => Ok(url),
        _ => {
            let why = "it must be an https:// address (http:// on this machine alone)".into();
            Err(ConfigError::Invalid { variable, why })
        }
    }
}
