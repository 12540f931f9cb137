//! Which tokens are sessions.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::SecretKey;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use p256::pkcs8::{EncodePublicKey, LineEnding};
use serde_json::{Value, json};

use super::{ISSUER, new_key, tokens};
use crate::auth::{BadToken, Provider};
use crate::ids::{PlayerId, SessionId};
use crate::matchmaking::Profile;

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

fn kid(key: &SecretKey) -> String {
    tokens(&[key]).jwks()["keys"][0]["kid"].as_str().unwrap().to_owned()
}

fn header(key: &SecretKey) -> Value {
    json!({ "alg": "ES256", "typ": "at+jwt", "kid": kid(key) })
}

fn claims() -> Value {
    json!({
        "iss": ISSUER, "aud": "overcookied", "sub": PlayerId::random(), "name": "Ada",
        "picture": null, "provider": "guest", "jti": uuid::Uuid::new_v4(),
        "sid": SessionId::random(), "auth_time": now() - 1,
        "iat": now() - 1, "nbf": now() - 1, "exp": now() + 60,
    })
}

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// A token put together by hand, with a true signature over whatever it says.
fn forge(header: &Value, claims: &Value, key: &SecretKey) -> String {
    let message = format!("{}.{}", part(header), part(claims));
    let signature: Signature = SigningKey::from(key).sign(message.as_bytes());
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
}

fn with(mut value: Value, name: &str, new: Value) -> Value {
    value[name] = new;
    value
}

fn without(mut value: Value, name: &str) -> Value {
    value.as_object_mut().unwrap().remove(name);
    value
}

#[test]
fn a_token_says_what_was_signed() {
    let tokens = tokens(&[&new_key()]);
    let picture = Some("https://pictures.example/1".to_owned());
    let player = Profile { id: PlayerId::random(), name: "Ada Ω".into(), picture };
    let issued = tokens.issue(player.clone(), Provider::Guest).unwrap();
    let session = tokens.verify(&issued.token).unwrap();
    assert_eq!(session, issued.session);
    assert_eq!(session.player, player);
    let days = (session.expires_at / 1000 - now()) as f64 / 86_400.0;
    assert!((6.9..=7.0).contains(&days), "{days} days");
}

#[test]
fn a_forged_token_with_everything_right_is_taken() {
    let key = new_key();
    assert!(tokens(&[&key]).verify(&forge(&header(&key), &claims(), &key)).is_ok());
    let whole = without(claims(), "picture");
    assert!(tokens(&[&key]).verify(&forge(&header(&key), &whole, &key)).is_ok());
}

#[test]
fn a_session_is_renewed_while_it_is_used_and_for_thirty_days_at_most() {
    let key = new_key();
    let tokens = tokens(&[&key]);
    let (hour, day) = (60 * 60, 24 * 60 * 60);
    // Signed in so many seconds ago, with a token of so many seconds ago.
    let session = |signed_in: u64, issued: u64| {
        let claims = with(claims(), "auth_time", (now() - signed_in).into());
        let claims = with(claims, "iat", (now() - issued).into());
        tokens.verify(&forge(&header(&key), &claims, &key)).unwrap()
    };
    assert!(!session(60, 60).wants_renewal());
    let old = session(28 * day, hour + 1);
    assert!(old.wants_renewal());
    let player = Profile { name: "Lovelace".into(), ..old.player.clone() };
    let newer = tokens.renew(&old, player, Provider::Google).unwrap();
    let newer = tokens.verify(&newer.token).unwrap();
    assert_eq!((newer.id, newer.signed_in_at), (old.id, old.signed_in_at));
    assert_eq!((newer.player.name.as_str(), newer.provider), ("Lovelace", Provider::Google));
    assert!(!newer.wants_renewal());
    let left = newer.expires_at / 1000 - now();
    assert!((2 * day - 60..=2 * day).contains(&left), "{left} s: not beyond the thirtieth day");
}

#[test]
fn rotation_signs_nobody_out_until_the_old_key_is_removed() {
    let (old, new) = (new_key(), new_key());
    let player = Profile { id: PlayerId::random(), name: "Ada".into(), picture: None };
    let before = tokens(&[&old]).issue(player.clone(), Provider::Guest).unwrap().token;
    let both = tokens(&[&new, &old]);
    assert!(both.verify(&before).is_ok());
    let after = both.issue(player, Provider::Guest).unwrap().token;
    assert!(tokens(&[&new]).verify(&after).is_ok(), "the first key signs");
    assert_eq!(tokens(&[&new]).verify(&before), Err(BadToken));
}

#[test]
fn the_clocks_of_two_pods_may_differ_by_a_few_seconds() {
    let key = new_key();
    let tokens = tokens(&[&key]);
    let at = |name: &str, time: u64| {
        tokens.verify(&forge(&header(&key), &with(claims(), name, time.into()), &key)).is_ok()
    };
    assert!(at("exp", now() - 2) && at("nbf", now() + 2));
    assert!(!at("exp", now() - 10) && !at("nbf", now() + 60));
}

#[test]
fn every_bad_claim_is_refused() {
    let key = new_key();
    let tokens = tokens(&[&key]);
    let table: &[(&str, Vec<Value>)] = &[
        ("iss", vec![json!("http://evil.example"), json!(1), json!([ISSUER]), json!("")]),
        ("aud", vec![json!("other"), json!(null), json!(["overcookied"]), json!({})]),
        ("sub", vec![json!("me"), json!(7), json!(""), json!([PlayerId::random()])]),
        ("name", vec![json!(null), json!(3), json!(["Ada"])]),
        ("picture", vec![json!(1), json!({})]),
        ("provider", vec![json!("root"), json!(null), json!(0)]),
        ("jti", vec![json!("1"), json!(null)]),
        ("sid", vec![json!("1"), json!(null), json!(7), json!("../etc")]),
        ("auth_time", vec![json!("now"), json!(null), json!(-1), json!(1.5)]),
        ("iat", vec![json!("now"), json!(null), json!(-1)]),
        ("nbf", vec![json!((now() - 1).to_string()), json!(null), json!(-1), json!(1.5)]),
        ("nbf", vec![json!(now() + 60), json!([0])]),
        ("exp", vec![json!((now() + 60).to_string()), json!(null), json!(-1), json!(1e300)]),
        ("exp", vec![json!(now() - 60), json!(0), json!(u64::MAX), json!({})]),
    ];
    for (name, values) in table {
        for value in values {
            let bad = with(claims(), name, value.clone());
            let answer = tokens.verify(&forge(&header(&key), &bad, &key));
            assert_eq!(answer, Err(BadToken), "{name} = {value}");
        }
        if *name != "picture" {
            let answer = tokens.verify(&forge(&header(&key), &without(claims(), name), &key));
            assert_eq!(answer, Err(BadToken), "without {name}");
        }
    }
}

#[test]
fn every_bad_header_is_refused() {
    let key = new_key();
    let tokens = tokens(&[&key]);
    let good = header(&key);
    let id = kid(&key);
    let table: &[(&str, Vec<Value>)] = &[
        ("alg", vec![json!("none"), json!("None"), json!("ES384"), json!("HS256"), json!(null)]),
        ("typ", vec![json!("JWT"), json!("AT+JWT"), json!("application/at+jwt"), json!(null)]),
        ("kid", vec![json!("unknown"), json!(""), json!(null), json!(1), json!([id.clone()])]),
        ("kid", vec![json!("../../../../etc/passwd"), json!(format!("./{id}")), json!("' OR 1=1")]),
        ("kid", vec![json!(format!("{id} ")), json!(id.to_lowercase()), json!(&id[..42])]),
        ("crit", vec![json!(["exp"]), json!([])]),
    ];
    for (name, values) in table {
        for value in values {
            let bad = with(good.clone(), name, value.clone());
            let answer = tokens.verify(&forge(&bad, &claims(), &key));
            assert_eq!(answer, Err(BadToken), "{name} = {value}");
        }
    }
    for name in ["alg", "typ", "kid"] {
        let answer = tokens.verify(&forge(&without(good.clone(), name), &claims(), &key));
        assert_eq!(answer, Err(BadToken), "without {name}");
    }
}

#[test]
fn a_signature_that_is_not_ours_is_refused() {
    let (key, other) = (new_key(), new_key());
    let tokens = tokens(&[&key]);
    let good = forge(&header(&key), &claims(), &key);
    let (message, signature) = good.rsplit_once('.').unwrap();
    let theirs = forge(&header(&key), &claims(), &other);
    let embedded = with(header(&key), "jwk", super::tokens(&[&other]).jwks()["keys"][0].clone());
    let none = format!("{}.{}.", part(&json!({"alg": "none", "typ": "at+jwt"})), part(&claims()));
    let table = [
        ("another key under our name", theirs),
        ("a key brought along", forge(&embedded, &claims(), &other)),
        ("no signature", format!("{message}.")),
        ("no third part", message.to_owned()),
        ("alg none", none),
        ("zeros", format!("{message}.{}", URL_SAFE_NO_PAD.encode([0; 64]))),
        ("half a signature", format!("{message}.{}", &signature[..40])),
        ("other claims", format!("{}.{}.{signature}", part(&header(&key)), part(&claims()))),
        ("a fourth part", format!("{good}.x")),
        ("padding", format!("{good}==")),
        ("white space", format!(" {good}")),
        ("nothing", String::new()),
        ("dots", "..".into()),
        ("too long", format!("{good}{}", "A".repeat(5000))),
    ];
    for (what, token) in table {
        assert_eq!(tokens.verify(&token), Err(BadToken), "{what}");
    }
    let flipped = if signature.starts_with('A') { "B" } else { "A" };
    assert_eq!(tokens.verify(&format!("{message}.{flipped}{}", &signature[1..])), Err(BadToken));
}

#[test]
fn the_public_key_is_no_shared_secret() {
    let key = new_key();
    let tokens = tokens(&[&key]);
    let pem = key.public_key().to_public_key_pem(LineEnding::LF).unwrap();
    let jwk = tokens.jwks()["keys"][0].to_string();
    for secret in [pem.as_bytes(), pem.trim().as_bytes(), jwk.as_bytes()] {
        let mut header = jsonwebtoken::Header::new(jsonwebtoken::Algorithm::HS256);
        header.typ = Some("at+jwt".into());
        header.kid = Some(kid(&key));
        let secret = jsonwebtoken::EncodingKey::from_secret(secret);
        let token = jsonwebtoken::encode(&header, &claims(), &secret).unwrap();
        assert_eq!(tokens.verify(&token), Err(BadToken));
    }
}
