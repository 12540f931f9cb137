//! Session tokens: none is taken but one that was signed here, for this.
//!
//! The first byte says how the rest becomes a token: as it is, as header, claims and signature,
//! as header and claims with a true signature, or as edits of a token that is good.

use std::str;
use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use overcookied::auth::{Issued, Provider, Tokens};
use overcookied::ids::PlayerId;
use overcookied::matchmaking::Profile;
use overcookied::wall_clock;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::Value;
use uuid::Uuid;

use super::{edits, keys};

const ISSUER: &str = "https://cookies.example";
/// How far clocks may be apart, in seconds, and one more for the time in between.
const LEEWAY: u64 = 6;

static TOKENS: LazyLock<Tokens> = LazyLock::new(|| Tokens::new(keys::ring(), ISSUER.to_owned()));
static SIGNER: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::from(keys::secret()));
static GOOD: LazyLock<Issued> = LazyLock::new(|| {
    let id = PlayerId::from(Uuid::from_u128(1));
    let player = Profile { id, name: "Ada".to_owned(), picture: None };
    TOKENS.issue(player, Provider::Guest).unwrap()
});

/// How to make a token, and what of.
pub fn check(bytes: &[u8]) -> bool {
    let Some((how, rest)) = bytes.split_first() else { return false };
    match how % 4 {
        0 => check_made_up(rest),
        1 => check_unsigned(rest),
        2 => check_signed(rest),
        _ => check_edited(rest),
    }
}

fn check_made_up(token: &[u8]) -> bool {
    let token = String::from_utf8_lossy(token);
    assert!(TOKENS.verify(&token).is_err(), "{token}");
    false
}

fn check_unsigned(lines: &[u8]) -> bool {
    let parts: Vec<_> = lines.splitn(3, |byte| *byte == b'\n').map(encode).collect();
    check_made_up(parts.join(".").as_bytes())
}

/// Whoever else signs with this key, by mistake, signs no session.
fn check_signed(lines: &[u8]) -> bool {
    let mut lines = lines.splitn(2, |byte| *byte == b'\n');
    let (header, claims) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    let message = format!("{}.{}", encode(header), encode(claims));
    let signature: Signature = SIGNER.sign(message.as_bytes());
    let token = format!("{message}.{}", encode(signature.to_bytes()));
    let Ok(session) = TOKENS.verify(&token) else { return false };

    // What is not asked for is not looked at, and may be no UTF-8.
    let read = |json| serde_json::from_str::<Value>(&String::from_utf8_lossy(json)).unwrap();
    let header = read(header);
    assert_eq!(header["alg"], "ES256");
    assert_eq!(header["typ"], "at+jwt");
    assert_eq!(header["kid"], TOKENS.jwks()["keys"][0]["kid"]);
    let claims = read(claims);
    assert_eq!(claims["iss"], ISSUER);
    assert_eq!(claims["aud"], "overcookied");
    assert_eq!(claims["sub"].as_str().unwrap().parse(), Ok(session.player.id));
    assert_eq!(claims["sid"].as_str().unwrap().parse(), Ok(session.id));
    assert_eq!(claims["provider"], session.provider.word());
    let now = wall_clock::millis() / 1000;
    assert!(claims["nbf"].as_u64().unwrap() <= now + LEEWAY);
    assert!(claims["exp"].as_u64().unwrap() + LEEWAY >= now);
    assert_eq!(claims["exp"].as_u64().unwrap() * 1000, session.expires_at);
    true
}

/// Who knows the mathematics can write the signature of a token in a second way, which says the same.
/// Nobody finds it by editing.
fn check_edited(edits: &[u8]) -> bool {
    let Issued { token, session } = &*GOOD;
    let edited = edits::text(token, edits);
    let verified = TOKENS.verify(&edited);
    let expected = (edited == *token).then(|| session.clone());
    assert_eq!(verified.ok(), expected, "{edited}");
    edited == *token
}

fn encode(part: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(part)
}
