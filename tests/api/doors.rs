//! Who gets in: everything is decided before the connection becomes a WebSocket.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

use crate::helpers::{LONG, TestApp, spawn_app};
use crate::player::{Pair, get};
use crate::raw::{HANDSHAKE, ask};
use crate::tokens::{Forge, claims, now};

async fn status(app: &TestApp, headers: &str) -> u16 {
    ask(app.address, &format!("{HANDSHAKE}{headers}")).await.status
}

fn with(name: &str, value: Value) -> Value {
    let mut claims = claims();
    claims[name] = value;
    claims
}

fn without(name: &str) -> Value {
    let mut claims = claims();
    claims.as_object_mut().unwrap().remove(name);
    claims
}

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// Claims that are wrong in one way each, under a true signature.
fn wrong_claims() -> Vec<(&'static str, Value)> {
    vec![
        ("expired", with("exp", (now() - 60).into())),
        ("no end", without("exp")),
        ("an end that is text", with("exp", json!("99999999999"))),
        ("an end that is no number", with("exp", json!(null))),
        ("an end beyond numbers", with("exp", json!(u64::MAX))),
        ("not yet", with("nbf", (now() + 3_600).into())),
        ("not yet, as text", with("nbf", json!("99999999999"))),
        ("no beginning", without("nbf")),
        ("another issuer", with("iss", json!("https://evil.example"))),
        ("no issuer", without("iss")),
        ("another audience", with("aud", json!("admin"))),
        ("no audience", without("aud")),
        ("a player that is no id", with("sub", json!("admin"))),
        ("no player", without("sub")),
        ("an unknown provider", with("provider", json!("root"))),
    ]
}

/// Tokens whose claims are right and whose signature or header is not.
async fn wrong_signatures(app: &TestApp, forge: &Forge) -> Vec<(&'static str, String)> {
    let good = forge.sign(&forge.header(), &claims());
    let (signed, _) = good.rsplit_once('.').unwrap();
    let (_, keys) = get(app.address, "/.well-known/jwks.json", None).await;
    let public = keys["keys"][0].to_string();
    let with_public = |secret: &str| {
        let mut header = Header::new(Algorithm::HS256);
        (header.typ, header.kid) = (Some("at+jwt".into()), Some(forge.kid.clone()));
        let key = EncodingKey::from_secret(secret.as_bytes());
        jsonwebtoken::encode(&header, &claims(), &key).unwrap()
    };
    let header = |change: fn(&mut Header)| {
        let mut header = forge.header();
        change(&mut header);
        forge.sign(&header, &claims())
    };
    let none = json!({ "alg": "none", "typ": "at+jwt", "kid": forge.kid });
    vec![
        ("no signature", format!("{signed}.")),
        ("no algorithm", format!("{}.{}.", part(&none), part(&claims()))),
        ("HMAC with the public key", with_public(&public)),
        ("HMAC with its coordinate", with_public(keys["keys"][0]["x"].as_str().unwrap())),
        ("another's signature", good[..good.len() - 8].to_owned() + "AAAAAAAA"),
        ("no kid", header(|header| header.kid = None)),
        ("an unknown kid", header(|header| header.kid = Some("another".into()))),
        ("a kid that is a path", header(|header| header.kid = Some("../session-key.pem".into()))),
        ("a kid that is a query", header(|header| header.kid = Some("' OR 1=1 --".into()))),
        ("another type", header(|header| header.typ = Some("JWT".into()))),
        ("no type", header(|header| header.typ = None)),
        ("a token too long", format!("{good}{}", "A".repeat(8_000))),
        ("two parts", signed.to_owned()),
        ("nonsense", "x.y.z".into()),
    ]
}

#[tokio::test]
async fn a_token_that_is_wrong_in_any_way_is_refused_before_the_upgrade_and_always_alike() {
    let app = spawn_app(LONG);
    let mut neighbours = Pair::in_play(&app).await;
    let forge = Forge::of(&app).await;
    let good = forge.sign(&forge.header(), &claims());
    assert_eq!(status(&app, &format!("Authorization: Bearer {good}\r\n")).await, 101);
    let nobody = ask(app.address, HANDSHAKE).await;
    assert_eq!(nobody.status, 401);
    let body = nobody.body().await;
    let claims = wrong_claims().into_iter();
    let claims = claims.map(|(what, claims)| (what, forge.sign(&forge.header(), &claims)));
    for (what, token) in claims.chain(wrong_signatures(&app, &forge).await) {
        for carrier in ["Authorization: Bearer ", "Origin: http://localhost:1\r\nCookie: session="]
        {
            let answer = ask(app.address, &format!("{HANDSHAKE}{carrier}{token}\r\n")).await;
            assert_eq!(answer.status, 401, "{what}");
            assert_eq!(answer.body().await, body, "{what} is told apart");
        }
    }
    neighbours.goes_on().await;
}

#[tokio::test]
async fn a_page_of_another_origin_is_refused_before_the_upgrade() {
    let app = spawn_app(LONG);
    let token = app.guest("Ada").await.token;
    let mut neighbours = Pair::in_play(&app).await;
    let cookie = format!("Cookie: session={token}\r\n");
    let bearer = format!("Authorization: Bearer {token}\r\n");
    assert_eq!(status(&app, &bearer).await, 101);
    assert_eq!(status(&app, &format!("{cookie}Origin: http://localhost:1\r\n")).await, 101);
    assert_eq!(status(&app, &cookie).await, 403, "a browser always says where it comes from");
    for origin in [
        "https://evil.example",
        "null",
        "http://localhost:1.evil.example",
        "http://localhost.evil.example:1",
        "https://localhost:1",
        "http://localhost:2",
        "http://localhost",
        "http://localhost:1, http://evil.example",
        "http://LOCALHOST:1",
        "http://evil.example@localhost:1",
        "",
    ] {
        for session in [&cookie, &bearer] {
            let got = status(&app, &format!("{session}Origin: {origin}\r\n")).await;
            assert_eq!(got, 403, "{origin:?} {}", &session[..6]);
        }
    }
    neighbours.goes_on().await;
}

#[tokio::test]
async fn what_is_no_handshake_is_refused() {
    let app = spawn_app(LONG);
    let bearer = format!("Authorization: Bearer {}\r\n", app.guest("Ada").await.token);
    for (from, to, expected) in [
        ("Version: 13", "Version: 12", 426),
        ("dGhlIHNhbXBsZSBub25jZQ==", "abc", 400),
        ("Upgrade: websocket\r\n", "", 426),
    ] {
        let headers = format!("{bearer}{}", HANDSHAKE.replace(from, to));
        assert_eq!(ask(app.address, &headers).await.status, expected, "{to}");
    }
    let mut neighbours = Pair::in_play(&app).await;
    neighbours.goes_on().await;
}
