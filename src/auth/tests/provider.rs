//! A provider that says what a test wants it to say: the faults that a real one never has.

use std::sync::{Arc, Mutex};

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::SecretKey;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::new_key;
use crate::wall_clock;

pub(crate) const CLIENT: &str = "overcookied";
pub(crate) const SECRET: &str = "the client secret";

/// What it says, and what it was asked.
pub(crate) struct Says {
    pub(crate) key: SecretKey,
    /// Keys it publishes.
    pub(crate) published: Vec<(String, SecretKey)>,
    pub(crate) header: Value,
    /// Claims that stand in the id_token instead of the right ones; `null` leaves one out.
    pub(crate) claims: Value,
    /// The answer of the token endpoint, if it is not the usual one.
    pub(crate) token: Option<(u16, Value)>,
    /// The answer of GitHub's API.
    pub(crate) user: (u16, Value),
    /// What it says of itself instead of what is right.
    pub(crate) itself: Value,
    /// Whether it says nothing of itself, and how often it was asked.
    pub(crate) away: bool,
    pub(crate) itself_asked: u32,
    /// The nonce and the challenge of whoever is on the way.
    pub(crate) nonce: String,
    pub(crate) challenge: String,
    /// How often its keys were asked for.
    pub(crate) keys_asked: u32,
    /// Codes are good once.
    used: Vec<String>,
}

/// A provider on a thread of its own.
pub(crate) struct Provider {
    pub(crate) url: String,
    pub(crate) says: Arc<Mutex<Says>>,
    handle: ServerHandle,
}

impl Provider {
    pub(crate) fn start() -> Self {
        let key = new_key();
        let says = Arc::new(Mutex::new(Says {
            published: vec![("1".to_owned(), key.clone())],
            key,
            header: json!({ "alg": "ES256", "kid": "1" }),
            claims: json!({}),
            token: None,
            user: (
                200,
                json!({ "id": 583_231, "login": "octocat", "name": "The Octocat",
                "avatar_url": "https://avatars.githubusercontent.com/u/583231?v=4" }),
            ),
            itself: json!({}),
            away: false,
            itself_asked: 0,
            nonce: String::new(),
            challenge: String::new(),
            keys_asked: 0,
            used: Vec::new(),
        }));
        let shared = web::Data::new(says.clone());
        let (started, address) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let server = HttpServer::new(move || {
                    App::new()
                        .app_data(shared.clone())
                        .route("/.well-known/openid-configuration", web::get().to(discovery))
                        .route("/keys", web::get().to(keys))
                        .route("/token", web::post().to(token))
                        .route("/login/oauth/access_token", web::post().to(token))
                        .route("/user", web::get().to(user))
                });
                let server = server.workers(1).bind("127.0.0.1:0").unwrap();
                let address = server.addrs()[0];
                let server = server.run();
                started.send((address, server.handle())).unwrap();
                server.await.unwrap();
            });
        });
        let (address, handle) = address.recv().unwrap();
        Self { url: format!("http://{address}"), says, handle }
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
    }
}

type Shared = web::Data<Arc<Mutex<Says>>>;

fn url(request: &HttpRequest) -> String {
    format!("http://{}", request.connection_info().host())
}

async fn discovery(request: HttpRequest, says: Shared) -> HttpResponse {
    let mut says = says.lock().unwrap();
    says.itself_asked += 1;
    if says.away {
        return HttpResponse::ServiceUnavailable().finish();
    }
    let url = url(&request);
    let mut itself = json!({
        "issuer": url,
        "authorization_endpoint": format!("{url}/authorize"),
        "token_endpoint": format!("{url}/token"),
        "jwks_uri": format!("{url}/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256", "HS256", "none"],
    });
    for (name, value) in says.itself.as_object().unwrap() {
        itself[name] = value.clone();
    }
    HttpResponse::Ok().json(itself)
}

async fn keys(says: Shared) -> HttpResponse {
    let mut says = says.lock().unwrap();
    says.keys_asked += 1;
    let jwk = |(id, key): &(String, SecretKey)| {
        let mut jwk: Value = serde_json::from_str(&key.public_key().to_jwk_string()).unwrap();
        jwk["kid"] = json!(id);
        jwk["use"] = json!("sig");
        jwk
    };
    let keys: Vec<_> = says.published.iter().map(jwk).collect();
    HttpResponse::Ok().json(json!({ "keys": keys }))
}

/// Takes a code once, from whoever has the secret half of the challenge.
async fn token(
    request: HttpRequest,
    form: web::Form<std::collections::HashMap<String, String>>,
    says: Shared,
) -> HttpResponse {
    let mut says = says.lock().unwrap();
    if let Some((status, body)) = &says.token {
        let status = actix_web::http::StatusCode::from_u16(*status).unwrap();
        return HttpResponse::build(status).json(body);
    }
    let refused = |error: &str| HttpResponse::BadRequest().json(json!({ "error": error }));
    let verifier = form.get("code_verifier").cloned().unwrap_or_default();
    if URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)) != says.challenge {
        return refused("invalid_grant");
    }
    let basic = request.headers().contains_key("authorization");
    if !basic && form.get("client_secret").map(String::as_str) != Some(SECRET) {
        return refused("invalid_client");
    }
    let code = form.get("code").cloned().unwrap_or_default();
    if says.used.contains(&code) {
        return refused("invalid_grant");
    }
    says.used.push(code);
    let token = id_token(&says, &url(&request));
    HttpResponse::Ok().json(json!({
        "access_token": "the access token", "token_type": "Bearer", "expires_in": 60,
        "id_token": token,
    }))
}

async fn user(request: HttpRequest, says: Shared) -> HttpResponse {
    let bearer = request.headers().get("authorization").and_then(|value| value.to_str().ok());
    assert_eq!(bearer, Some("Bearer the access token"));
    let (status, body) = says.lock().unwrap().user.clone();
    let status = actix_web::http::StatusCode::from_u16(status).unwrap();
    HttpResponse::build(status).json(body)
}

fn id_token(says: &Says, issuer: &str) -> String {
    let now = wall_clock::millis() / 1000;
    let mut claims = json!({
        "iss": issuer, "aud": CLIENT, "sub": "1234567890", "nonce": says.nonce,
        "iat": now, "exp": now + 300, "name": "Ada Lovelace",
        "picture": "https://lh3.googleusercontent.com/a/ada=s96-c",
    });
    for (name, value) in says.claims.as_object().unwrap() {
        match value {
            Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
            value => claims[name] = value.clone(),
        }
    }
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", part(&says.header), part(&claims));
    let signature = match says.header["alg"].as_str() {
        Some("none") => Vec::new(),
        Some("HS256") => {
            let key = jsonwebtoken::EncodingKey::from_secret(SECRET.as_bytes());
            let header = jsonwebtoken::Header::new(jsonwebtoken::Algorithm::HS256);
            return jsonwebtoken::encode(&header, &claims, &key).unwrap();
        }
        _ => {
            let signature: Signature = SigningKey::from(&says.key).sign(message.as_bytes());
            signature.to_bytes().to_vec()
        }
    };
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
}
