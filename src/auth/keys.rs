//! The keys that sign sessions: the first signs, all verify, so that rotation signs nobody out.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use actix_web::cookie::Key;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{DecodingKey, EncodingKey};
use p256::SecretKey;
use p256::elliptic_curve::sec1::ToEncodedPoint;
use p256::pkcs8::{DecodePrivateKey, EncodePrivateKey, LineEnding};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256, Sha512};

const BEGIN: &str = "-----BEGIN PRIVATE KEY-----";
const END: &str = "-----END PRIVATE KEY-----";
const FILE: &str = "session-key.pem";

/// Why there are no keys.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The text holds no key in the form that is understood.
    #[error("SESSION_KEYS: no PKCS#8 PEM key in it (expected `{BEGIN}`)")]
    None,
    /// One of the keys is no P-256 key, or damaged.
    #[error("SESSION_KEYS: key number {0} is not a PKCS#8 key of the curve P-256")]
    Bad(usize),
    /// The file of the key that this server makes itself cannot be read or written.
    #[error("the session key {path} cannot be used")]
    File {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

/// A public key under its name.
pub(super) struct Verifier {
    /// The RFC 7638 thumbprint.
    pub(super) id: String,
    pub(super) key: DecodingKey,
    x: String,
    y: String,
}

/// The keys that sign and verify sessions.
pub struct SessionKeys {
    pub(super) signer: EncodingKey,
    pub(super) verifiers: Vec<Verifier>,
    /// Made from the same secrets, so that all pods have them.
    sealing: Vec<Key>,
}

impl SessionKeys {
    /// Reads keys from their PEM form, one after the other.
    pub fn from_pem(text: &SecretString) -> Result<Self, KeysError> {
        let mut signer = None;
        let (mut verifiers, mut sealing) = (Vec::new(), Vec::new());
        for (i, pem) in blocks(text.expose_secret()).enumerate() {
            let secret = SecretKey::from_pkcs8_pem(pem).map_err(|_| KeysError::Bad(i + 1))?;
            if signer.is_none() {
                let key = EncodingKey::from_ec_pem(pem.as_bytes());
                signer = Some(key.map_err(|_| KeysError::Bad(i + 1))?);
            }
            verifiers.push(Verifier::new(&secret).ok_or(KeysError::Bad(i + 1))?);
            sealing.push(sealing_key(&secret));
        }
        let signer = signer.ok_or(KeysError::None)?;
        Ok(Self { signer, verifiers, sealing })
    }

    /// The keys in a file.
    pub(super) fn from_file(path: &Path) -> Result<Self, KeysError> {
        let failed = |source| KeysError::File { path: path.to_owned(), source };
        let text = fs::read_to_string(path).map_err(failed)?;
        let damaged = |_| failed(io::Error::other("it is not a P-256 key in PKCS#8 PEM form"));
        Self::from_pem(&text.into()).map_err(damaged)
    }

    /// The file of the key in a data folder; made there when it is missing. Only the owner may read it.
    pub fn file_in(folder: &Path) -> Result<PathBuf, KeysError> {
        let path = folder.join(FILE);
        let failed = |source| KeysError::File { path: path.clone(), source };
        if !path.exists() {
            fs::create_dir_all(folder).map_err(failed)?;
            make(folder, &path).map_err(failed)?;
        }
        Ok(path)
    }

    /// The names of the keys, the one that signs first.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.verifiers.iter().map(|verifier| verifier.id.as_str())
    }

    pub(super) fn verifier(&self, id: &str) -> Option<&Verifier> {
        self.verifiers.iter().find(|verifier| verifier.id == id)
    }

    /// The public keys as a JSON Web Key Set.
    pub fn jwks(&self) -> serde_json::Value {
        let keys: Vec<_> = self.verifiers.iter().map(Verifier::jwk).collect();
        serde_json::json!({ "keys": keys })
    }

    /// Keys that seal what browsers keep for us: the first seals, all open.
    pub(super) fn sealing(&self) -> &[Key] {
        &self.sealing
    }
}

impl Verifier {
    fn new(secret: &SecretKey) -> Option<Self> {
        let point = secret.public_key().to_encoded_point(false);
        let x = URL_SAFE_NO_PAD.encode(point.x()?);
        let y = URL_SAFE_NO_PAD.encode(point.y()?);
        let key = DecodingKey::from_ec_components(&x, &y).ok()?;
        let members = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
        let id = URL_SAFE_NO_PAD.encode(Sha256::digest(members));
        Some(Self { id, key, x, y })
    }

    fn jwk(&self) -> serde_json::Value {
        serde_json::json!({
            "kty": "EC", "crv": "P-256", "x": self.x, "y": self.y,
            "kid": self.id, "alg": "ES256", "use": "sig",
        })
    }
}

/// For another purpose, so it must be another key (RFC 5869 makes it, from this digest).
fn sealing_key(secret: &SecretKey) -> Key {
    let master = Sha512::new().chain_update(b"overcookied login").chain_update(secret.to_bytes());
    Key::derive_from(&master.finalize())
}

pub(super) fn blocks(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices(BEGIN).map(|(start, _)| {
        let rest = &text[start..];
        rest.find(END).map_or(rest, |end| &rest[..end + END.len()])
    })
}

/// Writes a new key under a name of its own and links it into place: whoever else makes one at the
/// same moment, the first link wins, and nobody ever reads half a file.
fn make(folder: &Path, path: &Path) -> io::Result<()> {
    let secret = SecretKey::random(&mut rand_core::OsRng);
    let pem = secret.to_pkcs8_pem(LineEnding::LF).map_err(io::Error::other)?;
    let draft = folder.join(format!("{FILE}.{}", uuid::Uuid::new_v4()));
    let write = || {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
        file.write_all(pem.as_bytes())?;
        file.sync_all()?;
        match fs::hard_link(&draft, path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            other => other,
        }
    };
    let written = write();
    let _ = fs::remove_file(&draft);
    written
}
