//! Who may vouch for a player.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Who vouched for a player.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Provider {
    /// An OpenID provider; Google, unless the operator names another issuer.
    Google,
    /// GitHub.
    GitHub,
    /// Nobody: a name, at once.
    Guest,
}

impl Provider {
    /// The word for it in addresses and tokens.
    pub fn word(self) -> &'static str {
        match self {
            Self::Google => "google",
            Self::GitHub => "github",
            Self::Guest => "guest",
        }
    }
}

/// What a provider calls somebody, for ever. Names and addresses change; this does not, and nobody
/// else gets it (OpenID Connect Core 1.0, section 5.7).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Who says so.
    pub provider: Provider,
    /// The provider's address.
    pub issuer: String,
    /// Its name for this person.
    pub subject: String,
}

impl Identity {
    /// Issuer and subject in one text. No issuer holds a `#`, so no two have the same.
    pub fn key(&self) -> String {
        format!("{}#{}", self.issuer, self.subject)
    }
}

/// Somebody, as a provider tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stranger {
    /// Who it is.
    pub identity: Identity,
    /// What the person is called there.
    pub name: String,
    /// The person's picture there, if it lies where pictures may lie.
    pub picture: Option<String>,
}
