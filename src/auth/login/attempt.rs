//! A login under way: what the browser keeps of it, sealed.

use actix_web::cookie::{Cookie, CookieJar};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{LoginError, Returned};
use crate::auth::{KeyRing, Provider, Session, SessionKeys};
use crate::wall_clock;

/// How long somebody may take at the provider, in seconds.
pub(crate) const PATIENCE: u64 = 600;

/// A page of ours, as a path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Path(String);

const LONGEST_PATH: usize = 256;

impl Path {
    /// The menu.
    pub fn home() -> Self {
        Self("/".to_owned())
    }

    /// Where players see who they are here.
    pub fn account() -> Self {
        Self("/account/".to_owned())
    }

    /// A path that no browser takes for another site's address: two slashes begin a host, and a
    /// backslash counts as one.
    pub fn parse(text: &str) -> Option<Self> {
        let plain = |c: char| c.is_ascii_alphanumeric() || "/-._~?=&%".contains(c);
        let is_ours = text.starts_with('/')
            && !text.starts_with("//")
            && text.len() <= LONGEST_PATH
            && text.chars().all(plain);
        is_ours.then(|| Self(text.to_owned()))
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A login under way.
#[derive(Serialize, Deserialize)]
pub struct Attempt {
    provider: Provider,
    state: String,
    pub(super) nonce: String,
    /// The secret half of PKCE (RFC 7636).
    verifier: String,
    next: Path,
    guest: Option<Session>,
    expires_at: u64,
}

impl Attempt {
    /// One that begins now: `state` and `nonce` have to come back from the provider.
    pub fn new(
        provider: Provider,
        state: String,
        nonce: String,
        verifier: SecretString,
        next: Path,
        guest: Option<Session>,
    ) -> Self {
        let verifier = verifier.expose_secret().to_owned();
        let expires_at = wall_clock::millis() / 1000 + PATIENCE;
        Self { provider, state, nonce, verifier, next, guest, expires_at }
    }

    pub(super) fn verifier(&self) -> String {
        self.verifier.clone()
    }

    /// Where the person wanted to go.
    pub fn next(&self) -> &Path {
        &self.next
    }

    /// The guest who wants to be known from now on.
    pub fn guest(&self) -> Option<&Session> {
        self.guest.as_ref()
    }

    /// The code, if what came back belongs to this attempt.
    pub(super) fn accept(
        &self,
        provider: Provider,
        returned: &Returned,
    ) -> Result<String, LoginError> {
        if self.provider != provider {
            return Err(LoginError::Forged("another provider answers"));
        }
        let state = returned.state.as_deref().unwrap_or_default();
        if !is_same(state, &self.state) {
            return Err(LoginError::Forged("the state is another one"));
        }
        match returned.error.as_deref() {
            None => {}
            Some("access_denied") => return Err(LoginError::Denied),
            Some(_) => return Err(LoginError::Failed("it answers with an error".to_owned())),
        }
        returned.code.clone().ok_or(LoginError::Forged("there is no code"))
    }
}

/// Compares digests, so that how long it takes tells nothing about the texts.
fn is_same(one: &str, other: &str) -> bool {
    Sha256::digest(one) == Sha256::digest(other)
}

/// Seals attempts, so that browsers can keep them and neither read nor change them. All pods have
/// the same keys.
pub struct Attempts {
    keys: KeyRing,
}

const NAME: &str = "attempt";

impl Attempts {
    /// With keys that are made from these: the first seals, all open.
    pub fn new(keys: KeyRing) -> Self {
        Self { keys }
    }

    /// AES-256-GCM; the text is good for a cookie.
    pub fn seal(&self, attempt: &Attempt) -> String {
        let text = serde_json::to_string(attempt).unwrap_or_default();
        let mut jar = CookieJar::new();
        if let Some(key) = self.keys.keys().sealing().first() {
            jar.private_mut(key).add(Cookie::new(NAME, text));
        }
        jar.get(NAME).map(|cookie| cookie.value().to_owned()).unwrap_or_default()
    }

    /// What was sealed, if one of the keys did it and there is still time.
    ///
    /// # Errors
    /// When it is not one of ours, or it took too long.
    pub fn open(&self, sealed: &str) -> Result<Attempt, LoginError> {
        let mut jar = CookieJar::new();
        jar.add_original(Cookie::new(NAME, sealed.to_owned()));
        let open =
            |keys: &SessionKeys| keys.sealing().iter().find_map(|key| jar.private(key).get(NAME));
        // Another pod may have sealed it with a key that this one has yet to read.
        let opened = open(&self.keys.keys()).or_else(|| open(&*self.keys.newer()?));
        let unreadable = LoginError::Forged("the cookie is not one of ours");
        let text = opened.ok_or(unreadable.clone())?;
        let attempt: Attempt = serde_json::from_str(text.value()).map_err(|_| unreadable)?;
        if attempt.expires_at <= wall_clock::millis() / 1000 {
            return Err(LoginError::Expired);
        }
        Ok(attempt)
    }
}
