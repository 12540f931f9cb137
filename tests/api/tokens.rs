//! Tokens put together by hand, with the key of the server.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

use crate::helpers::{ORIGIN, TestApp};
use crate::player::{Guest, get};

pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// Signs what a test wants signed.
pub(crate) struct Forge {
    key: EncodingKey,
    pub(crate) kid: String,
}

impl Forge {
    /// With the true key of a server.
    pub(crate) async fn of(app: &TestApp) -> Self {
        let (status, keys) = get(app.address, "/.well-known/jwks.json", None).await;
        assert_eq!(status, 200);
        let kid = keys["keys"][0]["kid"].as_str().unwrap().to_owned();
        Self { key: key_in(app.data_dir()), kid }
    }

    pub(crate) fn header(&self) -> Header {
        let mut header = Header::new(Algorithm::ES256);
        header.typ = Some("at+jwt".into());
        header.kid = Some(self.kid.clone());
        header
    }

    pub(crate) fn sign(&self, header: &Header, claims: &Value) -> String {
        jsonwebtoken::encode(header, claims, &self.key).unwrap()
    }

    /// A guest whose session ends at a time, in seconds since 1970.
    pub(crate) fn guest_until(&self, exp: u64) -> Guest {
        let id = uuid::Uuid::new_v4().to_string();
        self.renewed(&Guest { id, token: String::new() }, exp)
    }

    /// The same guest with another end.
    pub(crate) fn renewed(&self, guest: &Guest, exp: u64) -> Guest {
        let mut claims = claims();
        claims["exp"] = exp.into();
        claims["sub"] = guest.id.as_str().into();
        Guest { id: guest.id.clone(), token: self.sign(&self.header(), &claims) }
    }
}

fn key_in(data_dir: &Path) -> EncodingKey {
    let pem = std::fs::read(data_dir.join("session-key.pem")).unwrap();
    EncodingKey::from_ec_pem(&pem).unwrap()
}

/// Claims with everything right, of a new player.
pub(crate) fn claims() -> Value {
    let (now, id, jti) = (now(), uuid::Uuid::new_v4(), uuid::Uuid::new_v4());
    json!({
        "iss": ORIGIN, "aud": "overcookied", "sub": id, "name": "Forged", "picture": null,
        "provider": "guest", "jti": jti, "sid": jti, "auth_time": now - 1, "iat": now - 1, "nbf": now - 1, "exp": now + 60,
    })
}
