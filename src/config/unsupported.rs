//! Variables that the design has and this version cannot honour. Ignoring one would be worse than
//! refusing: a server that was told about its store and plays on without it loses games.

use clap::Args;
use secrecy::{ExposeSecret, SecretString};

use super::ConfigError;

macro_rules! unsupported {
    ($($field:ident = $variable:literal),+ $(,)?) => {
        #[derive(Debug, Args)]
        pub(super) struct UnsupportedArgs {
            $(#[arg(long, env = $variable, hide = true, hide_env_values = true)]
            $field: Option<SecretString>,)+
        }

        impl UnsupportedArgs {
            /// Refuses the first that is set to something.
            pub(super) fn refuse(&self) -> Result<(), ConfigError> {
                let all = [$((&self.$field, $variable)),+];
                let is_set = |value: &Option<SecretString>| {
                    value.as_ref().is_some_and(|value| !value.expose_secret().is_empty())
                };
                match all.into_iter().find(|(value, _)| is_set(value)) {
                    Some((_, variable)) => Err(ConfigError::Unsupported(variable)),
                    None => Ok(()),
                }
            }
        }
    };
}

unsupported!(
    google_client_id = "GOOGLE_CLIENT_ID",
    google_client_secret = "GOOGLE_CLIENT_SECRET",
    google_client_secret_file = "GOOGLE_CLIENT_SECRET_FILE",
    google_issuer = "GOOGLE_ISSUER",
    github_client_id = "GITHUB_CLIENT_ID",
    github_client_secret = "GITHUB_CLIENT_SECRET",
    github_client_secret_file = "GITHUB_CLIENT_SECRET_FILE",
);
