//! Whom a provider's answer signs in, and whom it does not.

use std::collections::HashMap;

use actix_web::web::Query;
use serde_json::{Value, json};

use p256::SecretKey;

use super::provider::{CLIENT, Provider, SECRET, Says};
use super::{new_key, ring};
use crate::auth::login::{Attempt, Attempts, Begun, Path, Returned};
use crate::auth::{
    GuestName, LoginError, Logins, Provider as Who, Registration, Session, Stranger,
};
use crate::ids::PlayerId;
use crate::matchmaking::Profile;

fn logins_with(provider: &Provider, keys: &[&SecretKey]) -> Logins {
    let registration = Registration {
        client_id: CLIENT.to_owned(),
        client_secret: SECRET.into(),
        provider_url: provider.url.clone(),
        api_url: provider.url.clone(),
    };
    let url = "http://localhost:8080".parse().unwrap();
    let attempts = Attempts::new(ring(keys));
    Logins::new(Some(&registration), Some(&registration), &url, attempts).unwrap()
}

pub(super) fn logins(provider: &Provider) -> Logins {
    logins_with(provider, &[&new_key()])
}

/// The parameters of the provider's page.
fn asked(url: &str) -> HashMap<String, String> {
    let (_, query) = url.split_once('?').unwrap();
    Query::<HashMap<String, String>>::from_query(query).unwrap().into_inner()
}

/// Somebody sets out, and the provider learns of it.
async fn begin(logins: &Logins, provider: &Provider, who: Who) -> (Begun, String) {
    let begun = logins.begin(who, Path::home(), None).await.unwrap();
    let asked = asked(&begun.url);
    assert_eq!(asked["response_type"], "code");
    assert_eq!(asked["client_id"], CLIENT);
    assert_eq!(asked["code_challenge_method"], "S256");
    let back = format!("http://localhost:8080/api/auth/{}/callback", who.word());
    assert_eq!(asked["redirect_uri"], back);
    let mut says = provider.says.lock().unwrap();
    says.nonce = asked.get("nonce").cloned().unwrap_or_default();
    says.challenge = asked["code_challenge"].clone();
    (begun, asked["state"].clone())
}

/// What a provider says instead.
type Change = fn(&mut Says);

fn returned(fields: &[(&str, &str)]) -> Returned {
    let fields: serde_json::Map<_, _> =
        fields.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    serde_json::from_value(Value::Object(fields)).unwrap()
}

/// The whole way, to a provider that says something.
async fn come_back(
    who: Who,
    change: impl FnOnce(&mut Says),
) -> Result<(Attempt, Stranger), LoginError> {
    let provider = Provider::start();
    change(&mut provider.says.lock().unwrap());
    let logins = logins(&provider);
    let (begun, state) = begin(&logins, &provider, who).await;
    let code = PlayerId::random().to_string();
    logins.finish(who, Some(&begun.sealed), returned(&[("code", &code), ("state", &state)])).await
}

#[tokio::test]
async fn an_openid_provider_tells_who_came_back() {
    let (attempt, stranger) = come_back(Who::Google, |_| {}).await.unwrap();
    assert_eq!(attempt.next(), &Path::home());
    assert_eq!(
        (stranger.identity.provider, stranger.identity.subject.as_str()),
        (Who::Google, "1234567890")
    );
    assert!(stranger.identity.issuer.starts_with("http://127.0.0.1:"));
    assert_eq!(stranger.name, "Ada Lovelace");
    let picture = "https://lh3.googleusercontent.com/a/ada=s96-c";
    assert_eq!(stranger.picture.as_deref(), Some(picture));
}

#[tokio::test]
async fn github_tells_who_came_back() {
    let (_, stranger) = come_back(Who::GitHub, |_| {}).await.unwrap();
    assert_eq!(
        (stranger.identity.provider, stranger.identity.subject.as_str()),
        (Who::GitHub, "583231")
    );
    assert_eq!(stranger.name, "The Octocat");
    let nameless = json!({ "id": 1, "login": "octocat", "name": null });
    let (_, stranger) = come_back(Who::GitHub, |says| says.user = (200, nameless)).await.unwrap();
    assert_eq!((stranger.name.as_str(), stranger.picture), ("octocat", None));
}

#[tokio::test]
async fn a_picture_that_lies_elsewhere_is_left_out() {
    let elsewhere = json!({ "picture": "https://evil.example/pixel.gif" });
    let (_, stranger) = come_back(Who::Google, |says| says.claims = elsewhere).await.unwrap();
    assert_eq!(stranger.picture, None);
}

#[tokio::test]
async fn a_token_that_is_wrong_in_any_way_signs_nobody_in() {
    let table = [
        json!({ "iss": "https://evil.example" }),
        json!({ "iss": null }),
        json!({ "aud": "another client" }),
        json!({ "aud": [CLIENT, "another client"] }),
        json!({ "aud": null }),
        json!({ "nonce": "another nonce" }),
        json!({ "nonce": null }),
        json!({ "exp": 1_600_000_000 }),
        json!({ "exp": "tomorrow" }),
        json!({ "exp": null }),
        json!({ "iat": null }),
        json!({ "sub": null }),
        json!({ "sub": 7 }),
    ];
    for claims in table {
        let shown = claims.to_string();
        let answer = come_back(Who::Google, |says| says.claims = claims).await;
        assert!(matches!(answer.err(), Some(LoginError::Failed(_))), "{shown}");
    }
}

#[tokio::test]
async fn a_signature_that_is_not_the_providers_signs_nobody_in() {
    let table: [(&str, Change); 5] = [
        ("another key under its name", |says| says.key = new_key()),
        ("alg none", |says| says.header = json!({ "alg": "none" })),
        ("the client secret as a key", |says| says.header = json!({ "alg": "HS256" })),
        ("an unknown key", |says| says.header = json!({ "alg": "ES256", "kid": "2" })),
        ("no keys at all", |says| says.published.clear()),
    ];
    for (what, change) in table {
        let answer = come_back(Who::Google, change).await;
        assert!(matches!(answer.err(), Some(LoginError::Failed(_))), "{what}");
    }
}

#[tokio::test]
async fn keys_are_asked_for_once_and_once_more_for_an_unknown_one() {
    let provider = Provider::start();
    let logins = logins(&provider);
    for round in 0..3 {
        let (begun, state) = begin(&logins, &provider, Who::Google).await;
        let code = format!("code {round}");
        let back = returned(&[("code", &code), ("state", &state)]);
        logins.finish(Who::Google, Some(&begun.sealed), back).await.unwrap();
    }
    assert_eq!(provider.says.lock().unwrap().keys_asked, 1, "they are kept");
    provider.says.lock().unwrap().header = json!({ "alg": "ES256", "kid": "forged" });
    for round in 0..3 {
        let (begun, state) = begin(&logins, &provider, Who::Google).await;
        let code = format!("forged {round}");
        let back = returned(&[("code", &code), ("state", &state)]);
        logins.finish(Who::Google, Some(&begun.sealed), back).await.map(drop).unwrap_err();
    }
    assert_eq!(
        provider.says.lock().unwrap().keys_asked,
        1,
        "not so soon after they were asked for"
    );
}

#[tokio::test]
async fn a_provider_that_fails_is_told_apart_from_a_person_who_declines() {
    let table: [(Who, Change); 6] = [
        (Who::Google, |says| says.token = Some((400, json!({ "error": "invalid_grant" })))),
        (Who::Google, |says| says.token = Some((500, json!("down")))),
        (Who::Google, |says| {
            says.token = Some((200, json!({ "access_token": "a", "token_type": "Bearer" })));
        }),
        (Who::GitHub, |says| says.token = Some((200, json!({ "error": "bad_verification_code" })))),
        (Who::GitHub, |says| says.user = (401, json!({}))),
        (Who::GitHub, |says| says.user = (200, json!({ "login": "without an id" }))),
    ];
    for (case, (who, change)) in table.into_iter().enumerate() {
        let answer = come_back(who, change).await;
        assert!(matches!(answer.err(), Some(LoginError::Failed(_))), "case {case}");
    }
}

/// Whoever comes back to [`Logins::finish`] with these, after setting out for Google.
async fn comes_with(
    sealed: impl FnOnce(&Begun) -> Option<String>,
    fields: impl FnOnce(&str) -> Vec<(&'static str, String)>,
    who: Who,
) -> LoginError {
    let provider = Provider::start();
    let logins = logins(&provider);
    let (begun, state) = begin(&logins, &provider, Who::Google).await;
    let fields = fields(&state);
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let answer = logins.finish(who, sealed(&begun).as_deref(), returned(&fields)).await;
    answer.map(drop).unwrap_err()
}

fn usual(state: &str) -> Vec<(&'static str, String)> {
    vec![("code", "1".to_owned()), ("state", state.to_owned())]
}

fn own(begun: &Begun) -> Option<String> {
    Some(begun.sealed.clone())
}

#[tokio::test]
async fn what_does_not_belong_to_this_browser_is_refused() {
    let forged = |error: &LoginError| matches!(error, LoginError::Forged(_));
    assert_eq!(comes_with(|_| None, usual, Who::Google).await, LoginError::Expired);
    assert!(forged(&comes_with(|_| Some(String::new()), usual, Who::Google).await));
    let flipped = |begun: &Begun| {
        let mut sealed = begun.sealed.clone();
        let last = if sealed.ends_with('A') { "B" } else { "A" };
        sealed.replace_range(sealed.len() - 6..sealed.len() - 5, last);
        Some(sealed)
    };
    assert!(forged(&comes_with(flipped, usual, Who::Google).await));
    assert!(forged(&comes_with(own, usual, Who::GitHub).await), "the other provider's answer");
    let without_state = |_: &str| vec![("code", "1".to_owned())];
    assert!(forged(&comes_with(own, without_state, Who::Google).await));
    let other_state = |state: &str| usual(&format!("{state}x"));
    assert!(forged(&comes_with(own, other_state, Who::Google).await));
    let without_code = |state: &str| vec![("state", state.to_owned())];
    assert!(forged(&comes_with(own, without_code, Who::Google).await));
    let other_issuer =
        |state: &str| [usual(state), vec![("iss", "https://evil.example".to_owned())]].concat();
    assert!(forged(&comes_with(own, other_issuer, Who::Google).await), "mix-up (RFC 9207)");
}

#[tokio::test]
async fn who_declines_is_told_so_and_an_error_without_the_state_is_forged() {
    let says = |error: &'static str| {
        move |state: &str| vec![("error", error.to_owned()), ("state", state.to_owned())]
    };
    assert_eq!(comes_with(own, says("access_denied"), Who::Google).await, LoginError::Denied);
    let failed = comes_with(own, says("server_error"), Who::Google).await;
    assert!(matches!(failed, LoginError::Failed(_)));
    let bare = |_: &str| vec![("error", "access_denied".to_owned())];
    assert!(matches!(comes_with(own, bare, Who::Google).await, LoginError::Forged(_)));
}

#[tokio::test]
async fn a_code_is_good_once_and_for_whoever_set_out_with_it() {
    let provider = Provider::start();
    let logins = logins(&provider);
    let (begun, state) = begin(&logins, &provider, Who::Google).await;
    let back = || returned(&[("code", "1"), ("state", &state)]);
    logins.finish(Who::Google, Some(&begun.sealed), back()).await.unwrap();
    let again = logins.finish(Who::Google, Some(&begun.sealed), back()).await;
    assert!(matches!(again.err(), Some(LoginError::Failed(_))), "replayed");

    // Another browser's code, brought along with one's own cookie: PKCE refuses it.
    let (mine, my_state) = begin(&logins, &provider, Who::Google).await;
    begin(&logins, &provider, Who::Google).await;
    let injected = returned(&[("code", "2"), ("state", &my_state)]);
    let answer = logins.finish(Who::Google, Some(&mine.sealed), injected).await;
    assert!(matches!(answer.err(), Some(LoginError::Failed(_))), "injected");
}

#[tokio::test]
async fn a_login_begun_on_one_pod_is_finished_on_another_also_when_keys_were_rotated() {
    let provider = Provider::start();
    let (old, new) = (new_key(), new_key());
    let first = logins_with(&provider, &[&old]);
    let second = logins_with(&provider, &[&new, &old]);
    let (begun, state) = begin(&first, &provider, Who::Google).await;
    let back = returned(&[("code", "1"), ("state", &state)]);
    second.finish(Who::Google, Some(&begun.sealed), back).await.unwrap();
    let (begun, state) = begin(&first, &provider, Who::Google).await;
    let stranger = logins_with(&provider, &[&new]);
    let back = returned(&[("code", "2"), ("state", &state)]);
    let refused = stranger.finish(Who::Google, Some(&begun.sealed), back).await;
    assert!(matches!(refused.err(), Some(LoginError::Forged(_))));
}

#[tokio::test]
async fn what_the_browser_keeps_can_be_read_by_pods_alone() {
    let provider = Provider::start();
    let logins = logins(&provider);
    let guest = Profile { id: PlayerId::random(), name: "Ada".into(), picture: None };
    let session = Session::lasting(guest.clone());
    let begun = logins.begin(Who::Google, Path::account(), Some(session)).await.unwrap();
    let asked = asked(&begun.url);
    for secret in [&asked["state"], &asked["nonce"], &guest.id.to_string()] {
        assert!(!begun.sealed.contains(secret));
    }
    assert!(begun.sealed.len() < 3000, "{} bytes", begun.sealed.len());
}

#[tokio::test]
async fn a_provider_that_is_not_there_fails_before_anybody_is_sent_away() {
    let url = { Provider::start().url.clone() };
    let registration = Registration {
        client_id: CLIENT.to_owned(),
        client_secret: SECRET.into(),
        provider_url: url.clone(),
        api_url: url,
    };
    let origin = "http://localhost:8080".parse().unwrap();
    let logins =
        Logins::new(Some(&registration), None, &origin, Attempts::new(ring(&[&new_key()])))
            .unwrap();
    assert_eq!(logins.providers(), [Who::Google, Who::Guest]);
    for who in [Who::Google, Who::GitHub, Who::Guest] {
        let answer = logins.begin(who, Path::home(), None).await;
        assert!(matches!(answer.err(), Some(LoginError::Failed(_))), "{who:?}");
    }
}

#[test]
fn only_paths_of_this_server_are_gone_to() {
    for path in ["/", "/play/", "/account/?a=b&c=%20d"] {
        assert_eq!(Path::parse(path).unwrap().as_str(), path);
    }
    let long = format!("/{}", "a".repeat(300));
    for path in [
        "",
        "play",
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/\r\nSet-Cookie: a=b",
        "/é",
        "/a b",
        &long,
    ] {
        assert_eq!(Path::parse(path), None, "{path}");
    }
}

#[test]
fn a_name_from_elsewhere_is_made_to_fit() {
    let table = [
        ("Ada Lovelace", "Ada Lovelace"),
        ("  Ada   King,  Countess of Lovelace ", "Ada King Countess of"),
        ("Zoë 🍪 <b>", "Zoë b"),
        ("\u{202E}Adarev\u{200B}il", "Adarevil"),
        ("李", "Player"),
        ("", "Player"),
        ("!!!", "Player"),
    ];
    for (given, expected) in table {
        assert_eq!(GuestName::fitting(given).into_string(), expected, "{given:?}");
    }
}
