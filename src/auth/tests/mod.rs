//! What identity accepts and refuses.

mod discovery;
mod guests;
mod keys;
mod logins;
mod origins;
pub(crate) mod provider;
mod rotation;
mod signed_out;
mod tokens;

use p256::SecretKey;
use p256::pkcs8::{EncodePrivateKey, LineEnding};

use crate::auth::{KeyRing, SessionKeys, Tokens};

const ISSUER: &str = "http://localhost:8080";

fn new_key() -> SecretKey {
    SecretKey::random(&mut rand_core::OsRng)
}

fn pem(key: &SecretKey) -> String {
    key.to_pkcs8_pem(LineEnding::LF).unwrap().to_string()
}

fn tokens(keys: &[&SecretKey]) -> Tokens {
    Tokens::new(ring(keys), ISSUER.into())
}

fn ring(keys: &[&SecretKey]) -> KeyRing {
    let text: String = keys.iter().map(|key| pem(key)).collect();
    KeyRing::fixed(SessionKeys::from_pem(&text.into()).unwrap())
}
