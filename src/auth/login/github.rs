//! GitHub: OAuth 2.0 (RFC 6749) with PKCE, and one question to its API. It is asked for nothing but
//! what everybody may see.

use oauth2::basic::{BasicClient, BasicTokenResponse};
use oauth2::{
    AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointNotSet, EndpointSet,
    HttpRequest, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, TokenResponse, TokenUrl,
};
use secrecy::ExposeSecret;
use serde::Deserialize;

use super::client::{Client, told};
use super::{Asked, Attempt, LoginError, Registration, picture};
use crate::auth::{Identity, Provider, Stranger};

type OAuth = BasicClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

/// GitHub, or a GitHub Enterprise Server.
pub(super) struct GitHub {
    issuer: String,
    api: String,
    oauth: OAuth,
    client: Client,
}

/// What GitHub tells about somebody.
#[derive(Deserialize)]
struct User {
    /// Stays when the login changes.
    id: u64,
    login: String,
    name: Option<String>,
    avatar_url: Option<String>,
}

impl GitHub {
    pub(super) fn new(
        registration: &Registration,
        back: String,
        client: Client,
    ) -> Result<Self, LoginError> {
        let issuer = registration.provider_url.trim_end_matches('/').to_owned();
        let page = AuthUrl::new(format!("{issuer}/login/oauth/authorize"));
        let tokens = TokenUrl::new(format!("{issuer}/login/oauth/access_token"));
        let secret = ClientSecret::new(registration.client_secret.expose_secret().to_owned());
        let oauth = BasicClient::new(ClientId::new(registration.client_id.clone()))
            .set_client_secret(secret)
            // GitHub reads them from the body alone.
            .set_auth_type(oauth2::AuthType::RequestBody)
            .set_auth_uri(page.map_err(|error| told(&error))?)
            .set_token_uri(tokens.map_err(|error| told(&error))?)
            .set_redirect_uri(RedirectUrl::new(back).map_err(|error| told(&error))?);
        let api = registration.api_url.trim_end_matches('/').to_owned();
        Ok(Self { issuer, api, oauth, client })
    }

    /// What somebody is sent to GitHub with.
    pub(super) fn ask(&self) -> Asked {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (url, state) =
            self.oauth.authorize_url(CsrfToken::new_random).set_pkce_challenge(challenge).url();
        Asked {
            url: url.to_string(),
            state: state.into_secret(),
            nonce: String::new(),
            verifier: verifier.into_secret().into(),
        }
    }

    /// Whose code it is.
    pub(super) async fn stranger(
        &self,
        code: String,
        attempt: &Attempt,
    ) -> Result<Stranger, LoginError> {
        let http = |request| self.client.send(request);
        let answer: BasicTokenResponse = self
            .oauth
            .exchange_code(AuthorizationCode::new(code))
            .set_pkce_verifier(PkceCodeVerifier::new(attempt.verifier()))
            .request_async(&http)
            .await
            .map_err(|error| told(&error))?;
        let user = self.user(answer.access_token().secret()).await?;
        Ok(Stranger {
            identity: Identity {
                provider: Provider::GitHub,
                issuer: self.issuer.clone(),
                subject: user.id.to_string(),
            },
            name: user.name.filter(|name| !name.trim().is_empty()).unwrap_or(user.login),
            picture: picture::allowed(user.avatar_url),
        })
    }

    async fn user(&self, token: &str) -> Result<User, LoginError> {
        let mut request = HttpRequest::new(Vec::new());
        let wrong = |_| LoginError::Failed("the address of its API is not one".to_owned());
        *request.uri_mut() = format!("{}/user", self.api).parse().map_err(wrong)?;
        let headers = request.headers_mut();
        let bearer = format!("Bearer {token}").parse();
        headers.insert(
            "authorization",
            bearer.map_err(|_| LoginError::Failed("its token cannot be sent".to_owned()))?,
        );
        let json = oauth2::http::HeaderValue::from_static("application/vnd.github+json");
        headers.insert("accept", json);
        let answer = self.client.send(request).await.map_err(|error| told(&error))?;
        if !answer.status().is_success() {
            let why = format!("its API answers {}", answer.status().as_u16());
            return Err(LoginError::Failed(why));
        }
        serde_json::from_slice(answer.body()).map_err(|error| told(&error))
    }
}
