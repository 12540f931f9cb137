//! Cookies of logins under way: none is opened but one that was sealed here, and nobody is sent to
//! another site after it.
//!
//! The first byte says what the rest is: a cookie, the bytes in one, edits of one that is good, or a
//! path to come back to.

use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use overcookied::auth::Provider;
use overcookied::auth::login::{Attempt, Attempts, Path};
use reqwest::Url;
use secrecy::SecretString;

use super::{edits, keys};

static ATTEMPTS: LazyLock<Attempts> = LazyLock::new(|| Attempts::new(keys::ring()));
static HERE: LazyLock<Url> = LazyLock::new(|| "https://cookies.example/api/".parse().unwrap());

/// What it is, and the rest.
pub fn check(bytes: &[u8]) -> bool {
    let Some((what, rest)) = bytes.split_first() else { return false };
    match what % 4 {
        0 => check_made_up(&String::from_utf8_lossy(rest)),
        1 => check_made_up(&STANDARD.encode(rest)),
        2 => check_edited(rest),
        _ => check_path(&String::from_utf8_lossy(rest)),
    }
}

fn check_made_up(sealed: &str) -> bool {
    assert!(ATTEMPTS.open(sealed).is_err(), "{sealed}");
    false
}

/// Sealed anew each time: it is good for ten minutes, and fuzzing may go on longer.
fn check_edited(edits: &[u8]) -> bool {
    let next = Path::parse("/account/?from=menu").unwrap();
    let [state, nonce] = ["state", "nonce"].map(str::to_owned);
    let verifier = SecretString::from("verifier");
    let attempt = Attempt::new(Provider::GitHub, state, nonce, verifier, next.clone(), None);
    let sealed = ATTEMPTS.seal(&attempt);
    let edited = edits::text(&sealed, edits);
    let opened = ATTEMPTS.open(&edited).ok().map(|attempt| attempt.next().clone());
    assert_eq!(opened, (edited == sealed).then_some(next), "{edited}");
    edited == sealed
}

/// As a browser reads it.
fn check_path(text: &str) -> bool {
    let Some(path) = Path::parse(text) else { return false };
    assert_eq!(HERE.join(path.as_str()).unwrap().origin(), HERE.origin(), "{text}");
    true
}
