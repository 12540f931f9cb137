//! What identity accepts and refuses.

mod guests;
mod keys;
mod logins;
mod origins;
pub(crate) mod provider;
mod signed_out;
mod tokens;

use p256::SecretKey;
use p256::pkcs8::{EncodePrivateKey, LineEnding};

use crate::auth::{SessionKeys, Tokens};

const ISSUER: &str = "http://localhost:8080";

fn new_key() -> SecretKey {
    SecretKey::random(&mut rand_core::OsRng)
}

fn pem(key: &SecretKey) -> String {
    key.to_pkcs8_pem(LineEnding::LF).unwrap().to_string()
}

fn tokens(keys: &[&SecretKey]) -> Tokens {
    let text: String = keys.iter().map(|key| pem(key)).collect();
    Tokens::new(SessionKeys::from_pem(&text.into()).unwrap(), ISSUER.into())
}
