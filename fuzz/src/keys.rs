//! The keys that everything here is signed and sealed with. They are nobody else's.

use overcookied::auth::{KeyRing, SessionKeys};
use p256::SecretKey;
use p256::pkcs8::{EncodePrivateKey, LineEnding};

/// The key that signs.
pub fn secret() -> SecretKey {
    SecretKey::from_slice(&[7; 32]).unwrap()
}

/// The ring with it.
pub fn ring() -> KeyRing {
    let pem = secret().to_pkcs8_pem(LineEnding::LF).unwrap().to_string();
    KeyRing::fixed(SessionKeys::from_pem(&pem.into()).unwrap())
}
