//! Rotating session keys: a new one signs, those before it verify until nothing that they have signed
//! can be good any more.
//!
//! When a key was made stands in a line before it, which PEM allows (RFC 7468, section 5.2).

use std::fmt::Write;
use std::time::Duration;

use jiff::Timestamp;
use p256::SecretKey;
use p256::pkcs8::{EncodePrivateKey, LineEnding};
use secrecy::{ExposeSecret, SecretString};

use super::keys::blocks;
use super::{KeysError, SessionKeys, TOKEN_LIFE};

/// Clocks of pods differ, and a rotation takes a moment to be read.
const SLACK: Duration = Duration::from_secs(3600);

const MADE: &str = "# made ";
const ANNOUNCED: &str = "# announced ";

/// A key with what is known about it.
struct Entry<'a> {
    pem: &'a str,
    /// `None`: by another program.
    made: Option<Timestamp>,
    /// It is known to all, and does not sign yet.
    is_announced: bool,
}

/// What a rotation has come to.
#[derive(Debug)]
pub struct Rotated {
    /// The keys, one after the other: the first signs.
    pub keys: SecretString,
    /// The name of the key that signs now.
    pub signs: String,
    /// The names of those that verify beside it.
    pub verify: Vec<String>,
    /// How many were dropped.
    pub dropped: usize,
}

/// Puts a new key first, or the one that was announced. With `announce` the new one comes last: all pods
/// learn of it before one signs with it.
///
/// # Errors
/// When the text holds something that is no key.
pub fn rotate(text: &SecretString, now: Timestamp, announce: bool) -> Result<Rotated, KeysError> {
    let before = SessionKeys::from_pem(text)?;
    let entries = entries(text.expose_secret());
    let made = new_key().ok_or(KeysError::None)?;
    let new = Entry { pem: made.expose_secret(), made: Some(now), is_announced: announce };
    let (announced, known): (Vec<_>, Vec<_>) =
        entries.into_iter().partition(|entry| entry.is_announced);
    let mut order = Vec::new();
    if announce {
        order.extend(known);
        order.extend(announced);
        order.push(new);
    } else {
        let mut announced = announced.into_iter();
        // It signs from now on, and that is what its age counts from.
        let first =
            announced.next().map(|entry| Entry { made: Some(now), is_announced: false, ..entry });
        order.push(first.unwrap_or(new));
        order.extend(still_needed(known, now));
        order.extend(announced);
    }
    let keys = SecretString::from(write(&order));
    let after = SessionKeys::from_pem(&keys)?;
    let mut ids = after.ids().map(str::to_owned);
    let signs = ids.next().unwrap_or_default();
    let verify: Vec<_> = ids.collect();
    let dropped = before.ids().filter(|id| after.verifier(id).is_none()).count();
    Ok(Rotated { keys, signs, verify, dropped })
}

/// Without those whose tokens have all expired: a key signed until the one before it in the list was made.
/// The first has signed until now.
fn still_needed(known: Vec<Entry<'_>>, now: Timestamp) -> Vec<Entry<'_>> {
    let mut replaced = Some(now);
    let mut kept = Vec::new();
    for entry in known {
        let age = replaced.map(|at| now.duration_since(at).unsigned_abs());
        let is_over = age.is_some_and(|age| age > TOKEN_LIFE + SLACK);
        replaced = entry.made;
        if !is_over {
            kept.push(entry);
        }
    }
    kept
}

/// Whoever is told to rotate needs a key to begin with.
pub fn new_key() -> Option<SecretString> {
    let secret = SecretKey::random(&mut rand_core::OsRng);
    secret.to_pkcs8_pem(LineEnding::LF).ok().map(|pem| SecretString::from(pem.to_string()))
}

fn entries(text: &str) -> Vec<Entry<'_>> {
    let mut rest = text;
    let mut found = Vec::new();
    for pem in blocks(text) {
        let at = rest.find(pem).unwrap_or_default();
        let (before, from) = rest.split_at(at);
        rest = &from[pem.len()..];
        let said = |what: &str| before.lines().rev().find_map(|line| line.strip_prefix(what));
        let announced = said(ANNOUNCED);
        let made = said(MADE).or(announced).and_then(|time| time.trim().parse().ok());
        found.push(Entry { pem, made, is_announced: announced.is_some() });
    }
    found
}

fn write(entries: &[Entry<'_>]) -> String {
    let mut text = String::new();
    for Entry { pem, made, is_announced } in entries {
        let what = if *is_announced { ANNOUNCED } else { MADE };
        if let Some(made) = made {
            // Into a text: it cannot fail.
            let _ = writeln!(text, "{what}{made:.0}");
        }
        let _ = writeln!(text, "{}", pem.trim());
    }
    text
}
