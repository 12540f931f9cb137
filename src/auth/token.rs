//! The session as a token: signed and checked. Algorithm, type, issuer, audience and every claim
//! are pinned; the key is found by its exact name only.

use std::sync::Arc;
use std::time::Duration;

use jsonwebtoken::{Algorithm, Header, Validation};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{KeyRing, Provider};
use crate::cluster::SignOut;
use crate::ids::{PlayerId, SessionId};
use crate::matchmaking::Profile;
use crate::wall_clock;

const AUDIENCE: &str = "overcookied";
const TYPE: &str = "at+jwt";
/// How far the clocks of two pods may be apart, in seconds.
pub const CLOCKS_DIFFER: u64 = 5;
/// No token of ours is longer, so nothing longer is decoded.
const LONGEST: usize = 4096;

/// How long a token is good. Whoever is not seen for so long has to sign in again.
pub const TOKEN_LIFE: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// How long a session lasts at most, however much it is used.
pub const SESSION_LIFE: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// A token that is older is replaced when it is used.
const RENEWED_AFTER: Duration = Duration::from_secs(60 * 60);

/// Why a token is not accepted. Which of the many reasons it was is not told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the session is not valid")]
pub struct BadToken;

/// A token could not be signed.
#[derive(Debug, thiserror::Error)]
#[error("the session could not be signed: {0}")]
pub struct SigningError(#[from] jsonwebtoken::errors::Error);

/// What a valid token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// The player.
    pub player: Profile,
    /// Who vouched for the player.
    pub provider: Provider,
    /// Its name, which all tokens of one signing-in have in common.
    pub id: SessionId,
    /// When the player signed in, in seconds since 1970.
    pub signed_in_at: u64,
    /// When this token was signed, in seconds since 1970.
    pub issued_at: u64,
    /// When it ends, in milliseconds since 1970.
    pub expires_at: u64,
}

impl Session {
    /// A session that begins now.
    fn new(player: Profile, provider: Provider) -> Self {
        let now = now();
        Self {
            player,
            provider,
            id: SessionId::random(),
            signed_in_at: now,
            issued_at: now,
            expires_at: expiry(now, now) * 1000,
        }
    }

    /// A session that does not end, for whoever needs one.
    #[cfg(test)]
    pub(crate) fn lasting(player: Profile) -> Self {
        // Without an id of its own: simulations count on what is random and what is not.
        Self {
            player,
            provider: Provider::Guest,
            id: SessionId::from(Uuid::nil()),
            signed_in_at: now(),
            issued_at: now(),
            expires_at: u64::MAX,
        }
    }

    /// The same session from now on, of the player as one is called now.
    fn renewed(&self, player: Profile, provider: Provider) -> Self {
        let now = now();
        let expires_at = expiry(now, self.signed_in_at) * 1000;
        Self { player, provider, issued_at: now, expires_at, ..self.clone() }
    }

    /// It is used, and its token has been good for a while.
    pub fn wants_renewal(&self) -> bool {
        now() >= self.issued_at + RENEWED_AFTER.as_secs()
    }

    /// The end of this session alone.
    pub fn sign_out(&self) -> SignOut {
        // Whoever has not heard of it may renew a copy until then.
        let until = self.signed_in_at + SESSION_LIFE.as_secs() + CLOCKS_DIFFER;
        SignOut { player: self.player.id, session: Some(self.id), at: now(), until }
    }
}

/// The end of all sessions that a player has now.
pub fn sign_out_everywhere(player: PlayerId) -> SignOut {
    sign_out_until(player, now())
}

/// The end of all sessions of a player that began up to a time, in seconds since 1970.
pub fn sign_out_until(player: PlayerId, at: u64) -> SignOut {
    SignOut { player, session: None, at, until: at + SESSION_LIFE.as_secs() + CLOCKS_DIFFER }
}

fn now() -> u64 {
    wall_clock::millis() / 1000
}

/// When a token ends, in seconds.
fn expiry(now: u64, signed_in_at: u64) -> u64 {
    (now + TOKEN_LIFE.as_secs()).min(signed_in_at + SESSION_LIFE.as_secs())
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
    sid: SessionId,
    auth_time: u64,
    iat: u64,
    nbf: u64,
    exp: u64,
    jti: Uuid,
}

/// Signs and checks tokens. Cloning shares the keys.
#[derive(Clone)]
pub struct Tokens {
    keys: KeyRing,
    issuer: String,
    validation: Arc<Validation>,
}

impl Tokens {
    /// Tokens of an issuer, which is the public URL of the server.
    pub fn new(keys: KeyRing, issuer: String) -> Self {
        super::es256::choose();
        let mut validation = Validation::new(Algorithm::ES256);
        validation.leeway = CLOCKS_DIFFER;
        validation.validate_nbf = true;
        validation.set_audience(&[AUDIENCE]);
        validation.set_issuer(&[&issuer]);
        validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        Self { keys, issuer, validation: Arc::new(validation) }
    }

    /// A session that begins now.
    pub fn issue(&self, player: Profile, provider: Provider) -> Result<Issued, SigningError> {
        self.sign(Session::new(player, provider))
    }

    /// A newer token of the same session, for the player as one is called now.
    pub fn renew(
        &self,
        session: &Session,
        player: Profile,
        provider: Provider,
    ) -> Result<Issued, SigningError> {
        self.sign(session.renewed(player, provider))
    }

    fn sign(&self, session: Session) -> Result<Issued, SigningError> {
        let Session { player, provider, .. } = session.clone();
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: AUDIENCE.into(),
            sub: player.id,
            name: player.name,
            picture: player.picture,
            provider,
            sid: session.id,
            auth_time: session.signed_in_at,
            iat: session.issued_at,
            nbf: session.issued_at,
            exp: session.expires_at / 1000,
            jti: Uuid::new_v4(),
        };
        let mut header = Header::new(Algorithm::ES256);
        header.typ = Some(TYPE.into());
        let keys = self.keys.keys();
        header.kid = keys.ids().next().map(str::to_owned);
        let token = jsonwebtoken::encode(&header, &claims, &keys.signer)?;
        Ok(Issued { session, token })
    }

    /// A token that was signed a while ago.
    #[cfg(test)]
    pub(crate) fn issued_ago(&self, player: Profile, ago: Duration) -> Issued {
        let then = now() - ago.as_secs();
        let session = Session {
            signed_in_at: then,
            issued_at: then,
            expires_at: expiry(then, then) * 1000,
            ..Session::new(player, Provider::Guest)
        };
        self.sign(session).expect("the key signs")
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
        let data = self.keys.with_key(&id, |verifier| {
            jsonwebtoken::decode::<Claims>(token, &verifier.key, &self.validation)
        });
        let claims = data.ok_or(BadToken)?.map_err(|_| BadToken)?.claims;
        let player = Profile { id: claims.sub, name: claims.name, picture: claims.picture };
        let expires_at = claims.exp.checked_mul(1000).ok_or(BadToken)?;
        Ok(Session {
            player,
            provider: claims.provider,
            id: claims.sid,
            signed_in_at: claims.auth_time,
            issued_at: claims.iat,
            expires_at,
        })
    }

    /// The public keys as a JSON Web Key Set.
    pub fn jwks(&self) -> serde_json::Value {
        self.keys.keys().jwks()
    }
}
