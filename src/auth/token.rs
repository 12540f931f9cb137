//! The session as a token: signed and checked. Algorithm, type, issuer, audience and every claim
//! are pinned; the key is found by its exact name only.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jsonwebtoken::{Algorithm, Header, Validation};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::keys::SessionKeys;
use crate::ids::PlayerId;
use crate::matchmaking::Profile;

const AUDIENCE: &str = "overcookied";
const TYPE: &str = "at+jwt";
/// How far the clocks of two pods may be apart, in seconds.
const LEEWAY: u64 = 5;
/// No token of ours is longer, so nothing longer is decoded.
const LONGEST: usize = 4096;

/// How long a session lasts.
pub(super) const LIFETIME: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Who vouched for a player.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Provider {
    /// Nobody: a name, at once.
    Guest,
}

/// Why a token is not accepted. Which of the many reasons it was is not told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the session is not valid")]
pub struct BadToken;

/// A token could not be signed.
#[derive(Debug, thiserror::Error)]
#[error("the session could not be signed: {0}")]
pub struct SigningError(#[from] jsonwebtoken::errors::Error);

/// What a valid token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The player.
    pub player: Profile,
    /// Who vouched for the player.
    pub provider: Provider,
    /// When it ends, in milliseconds since 1970.
    pub expires_at: u64,
}

/// A new session and its token.
#[derive(Debug)]
pub struct Issued {
    /// What the token says.
    pub session: Session,
    /// The token.
    pub token: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: PlayerId,
    name: String,
    picture: Option<String>,
    provider: Provider,
    iat: u64,
    nbf: u64,
    exp: u64,
    jti: Uuid,
}

/// Signs and checks tokens. Cloning shares the keys.
#[derive(Clone)]
pub struct Tokens {
    keys: Arc<SessionKeys>,
    issuer: String,
    validation: Arc<Validation>,
}

impl Tokens {
    /// Tokens of an issuer, which is the public URL of the server.
    pub fn new(keys: SessionKeys, issuer: String) -> Self {
        let mut validation = Validation::new(Algorithm::ES256);
        validation.leeway = LEEWAY;
        validation.validate_nbf = true;
        validation.set_audience(&[AUDIENCE]);
        validation.set_issuer(&[&issuer]);
        validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        Self { keys: Arc::new(keys), issuer, validation: Arc::new(validation) }
    }

    /// A session that begins now.
    pub fn issue(&self, player: Profile, provider: Provider) -> Result<Issued, SigningError> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let exp = now + LIFETIME.as_secs();
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: AUDIENCE.into(),
            sub: player.id,
            name: player.name.clone(),
            picture: player.picture.clone(),
            provider,
            iat: now,
            nbf: now,
            exp,
            jti: Uuid::new_v4(),
        };
        let mut header = Header::new(Algorithm::ES256);
        header.typ = Some(TYPE.into());
        header.kid = Some(self.keys.signer_id());
        let token = jsonwebtoken::encode(&header, &claims, &self.keys.signer)?;
        let session = Session { player, provider, expires_at: exp * 1000 };
        Ok(Issued { session, token })
    }

    /// What a token says, if it is one of ours and valid now.
    pub fn verify(&self, token: &str) -> Result<Session, BadToken> {
        if token.len() > LONGEST {
            return Err(BadToken);
        }
        let header = jsonwebtoken::decode_header(token).map_err(|_| BadToken)?;
        if header.typ.as_deref() != Some(TYPE) || header.crit.is_some() {
            return Err(BadToken);
        }
        let id = header.kid.ok_or(BadToken)?;
        let verifier = self.keys.verifiers.iter().find(|v| v.id == id).ok_or(BadToken)?;
        let data = jsonwebtoken::decode::<Claims>(token, &verifier.key, &self.validation);
        let claims = data.map_err(|_| BadToken)?.claims;
        let player = Profile { id: claims.sub, name: claims.name, picture: claims.picture };
        let expires_at = claims.exp.checked_mul(1000).ok_or(BadToken)?;
        Ok(Session { player, provider: claims.provider, expires_at })
    }

    /// The public keys as a JSON Web Key Set.
    pub fn jwks(&self) -> serde_json::Value {
        self.keys.jwks()
    }
}
