//! Rotating keys: nobody is signed out, and what is not needed any more goes.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};

use super::{ISSUER, new_key, pem};
use crate::auth::{KeyRing, Provider, Rotated, SessionKeys, TOKEN_LIFE, Tokens, rotate};
use crate::ids::PlayerId;
use crate::matchmaking::Profile;

fn now() -> Timestamp {
    "2026-11-29T12:00:00Z".parse().unwrap()
}

fn later(days: i64) -> Timestamp {
    now() + SignedDuration::from_hours(24 * days)
}

fn ids(text: &SecretString) -> Vec<String> {
    SessionKeys::from_pem(text).unwrap().ids().map(str::to_owned).collect()
}

fn first() -> SecretString {
    SecretString::from(pem(&new_key()))
}

/// A token signed by these keys.
fn token(keys: &SecretString) -> String {
    let player = Profile { id: PlayerId::random(), name: "Ada".into(), picture: None };
    tokens(keys).issue(player, Provider::Guest).unwrap().token
}

fn tokens(keys: &SecretString) -> Tokens {
    Tokens::new(KeyRing::fixed(SessionKeys::from_pem(keys).unwrap()), ISSUER.into())
}

#[test]
fn a_new_key_signs_and_the_one_before_it_still_verifies() {
    let before = first();
    let Rotated { keys, signs, verify, dropped } = rotate(&before, now(), false).unwrap();
    assert_eq!((ids(&keys)[0].clone(), verify), (signs, ids(&before)));
    assert_eq!(dropped, 0);
    assert!(tokens(&keys).verify(&token(&before)).is_ok());
    assert!(tokens(&before).verify(&token(&keys)).is_err(), "unknown there");
}

#[test]
fn a_key_goes_when_nothing_that_it_signed_can_be_good_any_more() {
    let a = first();
    let b = rotate(&a, now(), false).unwrap().keys;
    let soon = rotate(&b, later(3), false).unwrap();
    assert_eq!((ids(&soon.keys).len(), soon.dropped), (3, 0), "tokens of the first may be good");
    let long = rotate(&b, later(8), false).unwrap();
    assert_eq!((ids(&long.keys).len(), long.dropped), (2, 1));
    assert!(tokens(&long.keys).verify(&token(&b)).is_ok());
    let week = SignedDuration::try_from(TOKEN_LIFE + Duration::from_secs(60)).unwrap();
    let just = rotate(&b, now() + week, false).unwrap();
    assert_eq!(just.dropped, 0, "clocks differ");
}

#[test]
fn a_key_that_is_announced_is_known_to_all_before_it_signs() {
    let before = first();
    let announced = rotate(&before, now(), true).unwrap();
    assert_eq!(announced.signs, ids(&before)[0], "the old one goes on signing");
    let next = announced.verify[0].clone();
    let rotated = rotate(&announced.keys, later(1), false).unwrap();
    assert_eq!(rotated.signs, next, "no other one is made");
    assert_eq!(rotated.verify, ids(&before));
    // A pod that has read only what was announced takes what the others sign now.
    assert!(tokens(&announced.keys).verify(&token(&rotated.keys)).is_ok());
    assert!(tokens(&rotated.keys).verify(&token(&announced.keys)).is_ok());
    let again = rotate(&rotated.keys, later(9), false).unwrap();
    assert_eq!((again.verify, again.dropped), (vec![next], 1));
}

#[test]
fn keys_of_another_program_are_kept_and_what_is_no_key_is_refused() {
    let both = SecretString::from(format!("{}\n{}", pem(&new_key()), pem(&new_key())));
    let rotated = rotate(&both, now(), false).unwrap();
    assert_eq!(rotated.verify, ids(&both), "nobody knows when they signed last");
    assert!(rotate(&"no key".into(), now(), false).is_err());
}

#[tokio::test(start_paused = true)]
async fn a_running_server_reads_the_file_again_and_a_damaged_one_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys.pem");
    let before = first();
    std::fs::write(&file, before.expose_secret()).unwrap();
    let server = Tokens::new(KeyRing::watching(&file).unwrap(), ISSUER.into());
    let old = token(&before);
    let rotated = rotate(&before, now(), false).unwrap().keys;
    std::fs::write(&file, rotated.expose_secret()).unwrap();
    // Another pod has read it already, and strangers name keys that nobody has.
    assert!(server.verify(&token(&first())).is_err());
    assert!(server.verify(&token(&rotated)).is_ok(), "an unknown key makes it look, at once");
    assert!(server.verify(&old).is_ok());
    std::fs::write(&file, "half a k").unwrap();
    assert!(server.verify(&token(&first())).is_err());
    assert!(server.verify(&old).is_ok());
    std::fs::write(&file, rotate(&rotated, now(), false).unwrap().keys.expose_secret()).unwrap();
    tokio::time::advance(Duration::from_secs(6)).await;
    let player = Profile { id: PlayerId::random(), name: "Ada".into(), picture: None };
    let signed = server.issue(player, Provider::Guest).unwrap().token;
    assert!(tokens(&rotated).verify(&signed).is_err(), "it signs with the newest a moment later");
}
