//! Signing in elsewhere: OpenID Connect with Google, OAuth 2.0 with GitHub.
//!
//! A browser is sent to the provider with `state`, a PKCE challenge and a nonce. All three lie in one
//! encrypted cookie of that browser, so that whichever pod it comes back to can finish. What comes
//! back counts only together with that cookie, once, and within ten minutes (RFC 9700).

mod attempt;
mod client;
mod github;
mod openid;
mod picture;

use std::fmt;

use secrecy::SecretString;

pub(super) use self::attempt::PATIENCE;
pub use self::attempt::{Attempt, Attempts, Path};
use self::client::Client;
use self::github::GitHub;
use self::openid::OpenId;
pub use self::picture::PICTURE_ORIGINS;
use super::{Provider, Session, Stranger};
use crate::config::PublicUrl;

/// A provider, as the operator has registered this server there.
#[derive(Clone, Debug)]
pub struct Registration {
    /// The name of this server at the provider.
    pub client_id: String,
    /// What proves that it is this server.
    pub client_secret: SecretString,
    /// Where the provider is.
    pub provider_url: String,
    /// Where the provider's API is; its own address for OpenID providers.
    pub api_url: String,
}

/// Why somebody is not signed in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LoginError {
    /// The person said no there.
    #[error("the person declined")]
    Denied,
    /// It took too long, or it was finished before, or this browser keeps no cookies.
    #[error("there is no login under way in this browser")]
    Expired,
    /// What came back does not belong to what was begun.
    #[error("what came back does not belong to what was begun: {0}")]
    Forged(&'static str),
    /// The provider did not answer, or what it says cannot be trusted.
    #[error("the provider failed: {0}")]
    Failed(String),
    /// The identity has another player already.
    #[error("the identity belongs to another player")]
    Taken,
}

impl LoginError {
    /// The word for it in the address of the page that explains it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Denied => "denied",
            Self::Expired => "expired",
            Self::Forged(_) => "forged",
            Self::Failed(_) => "failed",
            Self::Taken => "taken",
        }
    }
}

/// Where to send a browser, and what it has to bring back.
#[derive(Debug)]
pub struct Begun {
    /// The provider's page.
    pub url: String,
    /// The value of the cookie.
    pub sealed: String,
}

/// What a browser brings back from a provider.
#[derive(Clone, Default, serde::Deserialize)]
pub struct Returned {
    code: Option<String>,
    state: Option<String>,
    error: Option<String>,
    /// Who answers (RFC 9207).
    iss: Option<String>,
}

/// Codes are as good as sessions until they are used.
impl fmt::Debug for Returned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Returned").field("error", &self.error).finish_non_exhaustive()
    }
}

/// Sends people to providers, and finds out who comes back.
pub struct Logins {
    google: Option<OpenId>,
    github: Option<GitHub>,
    attempts: Attempts,
}

/// What a provider is asked with, and checked against later.
struct Asked {
    url: String,
    state: String,
    nonce: String,
    verifier: SecretString,
}

impl Logins {
    /// With these providers.
    ///
    /// # Errors
    /// When there is no way to speak TLS to them, or an address of theirs is none.
    pub fn new(
        google: Option<&Registration>,
        github: Option<&Registration>,
        public_url: &PublicUrl,
        attempts: Attempts,
    ) -> Result<Self, LoginError> {
        let back = |name| format!("{public_url}/api/auth/{name}/callback");
        let google = google
            .map(|registration| OpenId::new(registration, back("google"), Client::new()?))
            .transpose()?;
        let github = github
            .map(|registration| GitHub::new(registration, back("github"), Client::new()?))
            .transpose()?;
        Ok(Self { google, github, attempts })
    }

    /// Who may vouch for players, the guest last.
    pub fn providers(&self) -> Vec<Provider> {
        let google = self.google.as_ref().map(|_| Provider::Google);
        let github = self.github.as_ref().map(|_| Provider::GitHub);
        google.into_iter().chain(github).chain([Provider::Guest]).collect()
    }

    /// Sends somebody to a provider. `guest` is who wants to be known there from now on.
    pub async fn begin(
        &self,
        provider: Provider,
        next: Path,
        guest: Option<Session>,
    ) -> Result<Begun, LoginError> {
        let asked = match provider {
            Provider::Google => unless_absent(&self.google)?.ask().await?,
            Provider::GitHub => unless_absent(&self.github)?.ask(),
            Provider::Guest => return Err(absent()),
        };
        let Asked { url, state, nonce, verifier } = asked;
        let attempt = Attempt::new(provider, state, nonce, verifier, next, guest);
        Ok(Begun { url, sealed: self.attempts.seal(&attempt) })
    }

    /// Finds out who came back, with the value of the cookie.
    pub async fn finish(
        &self,
        provider: Provider,
        sealed: Option<&str>,
        returned: Returned,
    ) -> Result<(Attempt, Stranger), LoginError> {
        let attempt = self.attempts.open(sealed.ok_or(LoginError::Expired)?)?;
        let code = attempt.accept(provider, &returned)?;
        let stranger = match provider {
            Provider::Google => {
                let openid = unless_absent(&self.google)?;
                openid.check_sender(returned.iss.as_deref())?;
                openid.stranger(code, &attempt).await?
            }
            Provider::GitHub => unless_absent(&self.github)?.stranger(code, &attempt).await?,
            Provider::Guest => return Err(absent()),
        };
        Ok((attempt, stranger))
    }
}

fn unless_absent<T>(provider: &Option<T>) -> Result<&T, LoginError> {
    provider.as_ref().ok_or_else(absent)
}

fn absent() -> LoginError {
    LoginError::Failed("it is not set up here".to_owned())
}
