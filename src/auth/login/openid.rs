//! An OpenID provider, which is Google unless the operator says otherwise.
//!
//! OpenID Connect Core 1.0 with the authorization code flow, PKCE with S256 (RFC 7636), and the
//! provider's keys by discovery. `openidconnect` checks the id_token: signature, issuer, audience,
//! expiry and nonce.

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use openidconnect::core::{
    CoreAuthenticationFlow, CoreIdTokenClaims, CoreJwsSigningAlgorithm, CoreProviderMetadata,
    CoreTokenResponse,
};
use openidconnect::{
    AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret, CsrfToken,
    EndpointMaybeSet, EndpointNotSet, EndpointSet, IssuerUrl, LocalizedClaim, Nonce,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, SignatureVerificationError,
    TokenResponse,
};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::client::{Client, told};
use super::{Asked, Attempt, LoginError, Registration, picture};
use crate::auth::{Identity, Provider, Stranger};

/// How long what the provider says about itself is believed. Google's keys change every few days,
/// and are announced long before.
const KEPT: Duration = Duration::from_secs(3600);
/// How often a key that is not known makes us ask again, at most: whoever forges tokens must not be
/// able to make this server flood the provider.
const ASKED_AGAIN: Duration = Duration::from_secs(60);

/// For how long a provider that could not be asked is not asked again: those who wait for it wait one
/// after the other.
const FAILED: Duration = Duration::from_secs(5);

/// Signatures that only the provider can make. With HMAC anybody could who knows the client secret.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 10] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EcdsaP521Sha512,
    CoreJwsSigningAlgorithm::EdDsa,
];

type CoreClient = openidconnect::core::CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// An OpenID provider.
pub(super) struct OpenId {
    issuer: IssuerUrl,
    client_id: ClientId,
    client_secret: SecretString,
    back: RedirectUrl,
    client: Client,
    known: Mutex<Option<Known>>,
    /// When it could not be asked last, and why.
    failed: Mutex<Option<(Instant, LoginError)>>,
}

/// What the provider has said about itself, keys included.
struct Known {
    metadata: Arc<CoreProviderMetadata>,
    at: Instant,
}

impl OpenId {
    pub(super) fn new(
        registration: &Registration,
        back: String,
        client: Client,
    ) -> Result<Self, LoginError> {
        let issuer = IssuerUrl::new(registration.provider_url.clone());
        Ok(Self {
            issuer: issuer.map_err(|error| told(&error))?,
            client_id: ClientId::new(registration.client_id.clone()),
            client_secret: registration.client_secret.clone(),
            back: RedirectUrl::new(back).map_err(|error| told(&error))?,
            client,
            known: Mutex::new(None),
            failed: Mutex::new(None),
        })
    }

    /// What somebody is sent to the provider with.
    pub(super) async fn ask(&self) -> Result<Asked, LoginError> {
        let client = self.core(&*self.metadata(KEPT).await?);
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (url, state, nonce) = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                CsrfToken::new_random,
                Nonce::new_random,
            )
            .add_scope(Scope::new("profile".to_owned()))
            .set_pkce_challenge(challenge)
            .url();
        Ok(Asked {
            url: url.to_string(),
            state: state.into_secret(),
            nonce: nonce.secret().clone(),
            verifier: verifier.into_secret().into(),
        })
    }

    /// A provider that says who answers must be this one (RFC 9207).
    pub(super) fn check_sender(&self, issuer: Option<&str>) -> Result<(), LoginError> {
        match issuer {
            Some(issuer) if issuer != self.issuer.as_str() => {
                Err(LoginError::Forged("another issuer answers"))
            }
            _ => Ok(()),
        }
    }

    /// Whose code it is.
    pub(super) async fn stranger(
        &self,
        code: String,
        attempt: &Attempt,
    ) -> Result<Stranger, LoginError> {
        let client = self.core(&*self.metadata(KEPT).await?);
        let http = |request| self.client.send(request);
        let answer: CoreTokenResponse = client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(|error| told(&error))?
            .set_pkce_verifier(PkceCodeVerifier::new(attempt.verifier()))
            .request_async(&http)
            .await
            .map_err(|error| told(&error))?;
        let nonce = Nonce::new(attempt.nonce.clone());
        let claims = match claims(&client, &answer, &nonce) {
            // The provider has a newer key, or somebody made one up.
            Err(ClaimsVerificationError::SignatureVerification(
                SignatureVerificationError::NoMatchingKey,
            )) => claims(&self.core(&*self.metadata(ASKED_AGAIN).await?), &answer, &nonce),
            other => other,
        };
        Ok(self.as_stranger(&claims.map_err(|error| told(&error))?))
    }

    fn as_stranger(&self, claims: &CoreIdTokenClaims) -> Stranger {
        let name = text(claims.name()).or_else(|| text(claims.nickname()));
        Stranger {
            identity: Identity {
                provider: Provider::Google,
                issuer: self.issuer.to_string(),
                subject: claims.subject().to_string(),
            },
            name: name.unwrap_or_default(),
            picture: picture::allowed(text(claims.picture())),
        }
    }

    fn core(&self, metadata: &CoreProviderMetadata) -> CoreClient {
        let secret = ClientSecret::new(self.client_secret.expose_secret().to_owned());
        let client = openidconnect::core::CoreClient::from_provider_metadata(
            metadata.clone(),
            self.client_id.clone(),
            Some(secret),
        );
        client.set_redirect_uri(self.back.clone())
    }

    /// What the provider says about itself, not older than this. One asks, the others wait for it.
    async fn metadata(&self, fresh: Duration) -> Result<Arc<CoreProviderMetadata>, LoginError> {
        let mut known = self.known.lock().await;
        if let Some(known) = known.as_ref().filter(|known| known.at.elapsed() < fresh) {
            return Ok(known.metadata.clone());
        }
        let mut failed = self.failed.lock().await;
        let http = |request| self.client.send(request);
        let asked = match failed.as_ref().filter(|(at, _)| at.elapsed() < FAILED) {
            Some((_, error)) => Err(error.clone()),
            None => CoreProviderMetadata::discover_async(self.issuer.clone(), &http)
                .await
                .map_err(|error| told(&error))
                .inspect_err(|error| *failed = Some((Instant::now(), error.clone()))),
        };
        match (asked, known.as_ref()) {
            (Ok(metadata), _) => {
                let metadata = Arc::new(metadata);
                *known = Some(Known { metadata: metadata.clone(), at: Instant::now() });
                Ok(metadata)
            }
            // What is known may still do, and the check of the token tells.
            (Err(error), Some(known)) => {
                tracing::warn!(%error, "the OpenID provider does not say who it is");
                Ok(known.metadata.clone())
            }
            (Err(error), None) => Err(error),
        }
    }
}

/// What the token says, if all of it is right.
fn claims(
    client: &CoreClient,
    answer: &CoreTokenResponse,
    nonce: &Nonce,
) -> Result<CoreIdTokenClaims, ClaimsVerificationError> {
    let missing = || ClaimsVerificationError::Other("there is no id_token".to_owned());
    let token = answer.id_token().ok_or_else(missing)?;
    let verifier = client.id_token_verifier().set_allowed_algs(ALGORITHMS);
    token.claims(&verifier, nonce).cloned()
}

/// The claim in whatever language the provider takes for the usual one.
fn text<T: Deref<Target = String>>(claim: Option<&LocalizedClaim<T>>) -> Option<String> {
    claim.and_then(|claim| claim.get(None)).map(|text| text.deref().clone())
}
