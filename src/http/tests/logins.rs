//! Signing in elsewhere, over real sockets: the cookies, and where browsers are sent.

use std::sync::atomic::Ordering;

use actix_web::cookie::Cookie;
use actix_web::web::Query;
use serde_json::{Value, json};

use super::ask::ask;
use super::{Answer, ServeOptions, TestServer};
use crate::auth::tests::provider::{CLIENT, Provider, SECRET};

const HOST: &str = "Host: localhost:1\r\n";
const OURS: &str = "Origin: http://localhost:1\r\nContent-Type: application/json\r\n";

fn google(provider: &Provider) -> [String; 3] {
    [
        format!("--google-client-id={CLIENT}"),
        format!("--google-client-secret={SECRET}"),
        format!("--google-issuer={}", provider.url),
    ]
}

fn server(provider: &Provider, more: &[&str]) -> TestServer {
    let github = [
        format!("--github-client-id={CLIENT}"),
        format!("--github-client-secret={SECRET}"),
        format!("--github-url={}", provider.url),
        format!("--github-api-url={}", provider.url),
    ];
    let google = google(provider);
    let both = google.iter().chain(&github).map(String::as_str);
    let options: Vec<_> = both.chain(more.iter().copied()).collect();
    TestServer::with(&options, &ServeOptions::default())
}

fn get(server: &TestServer, path: &str, cookies: &str) -> Answer {
    server.ask(&format!("GET {path} HTTP/1.1\r\n{HOST}Cookie: {cookies}\r\n"))
}

fn cookie(answer: &Answer, name: &str) -> Option<Cookie<'static>> {
    let cookies = answer.all("set-cookie").map(|text| Cookie::parse(text.to_owned()).unwrap());
    cookies.into_iter().find(|cookie| cookie.name() == name)
}

/// Takes somebody to the provider, which learns of it. The state, and the login cookie.
fn sets_out(provider: &Provider, answer: &Answer, url: &str) -> (String, String) {
    let query = Query::<std::collections::HashMap<String, String>>::from_query(
        url.split_once('?').unwrap().1,
    );
    let asked = query.unwrap().into_inner();
    let mut says = provider.says.lock().unwrap();
    says.nonce = asked.get("nonce").cloned().unwrap_or_default();
    says.challenge = asked["code_challenge"].clone();
    (asked["state"].clone(), cookie(answer, "login").unwrap().value().to_owned())
}

fn login(server: &TestServer, provider: &Provider, name: &str, next: &str) -> (String, String) {
    let answer = server.get(&format!("/api/auth/{name}/login{next}"));
    assert_eq!(answer.status, 303, "{answer:?}");
    assert_eq!(answer.header("cache-control"), "no-store");
    let url = answer.header("location").to_owned();
    assert!(url.starts_with(&provider.url), "{url}");
    sets_out(provider, &answer, &url)
}

fn comes_back(server: &TestServer, name: &str, query: &str, cookies: &str) -> Answer {
    let answer = get(server, &format!("/api/auth/{name}/callback?{query}"), cookies);
    assert_eq!(answer.status, 303, "{answer:?}");
    let login = cookie(&answer, "login").unwrap();
    assert_eq!((login.value(), login.max_age().unwrap().whole_seconds()), ("", 0), "used once");
    answer
}

fn me(server: &TestServer, session: &str) -> Value {
    get(server, "/api/me", &format!("session={session}")).json()["player"].clone()
}

#[test]
fn providers_that_are_set_up_are_offered_and_sign_people_in() {
    let provider = Provider::start();
    let server = server(&provider, &[]);
    assert_eq!(server.get("/api/config").json()["providers"], json!(["google", "github", "guest"]));
    let table = [("google", "Ada Lovelace"), ("github", "The Octocat")];
    for (number, (name, called)) in table.into_iter().enumerate() {
        let (state, login) = login(&server, &provider, name, "?next=/play/");
        let query = format!("code=c{number}&state={state}");
        let answer = comes_back(&server, name, &query, &format!("login={login}"));
        assert_eq!(answer.header("location"), "/play/");
        let session = cookie(&answer, "session").unwrap();
        assert!(session.http_only() == Some(true) && session.path() == Some("/"));
        let player = me(&server, session.value());
        assert_eq!((&player["name"], &player["provider"]), (&json!(called), &json!(name)));
        assert!(player["picture"].as_str().unwrap().starts_with("https://"), "{player}");
    }
}

#[test]
fn the_cookie_of_a_login_is_sealed_short_lived_and_tied_to_the_host() {
    let provider = Provider::start();
    let server = server(&provider, &["--public-url=https://play.example"]);
    let answer = server.ask("GET /api/auth/google/login HTTP/1.1\r\nHost: play.example\r\n");
    let set = answer.header("set-cookie");
    assert!(set.starts_with("__Host-login="), "{set}");
    for part in ["HttpOnly", "SameSite=Lax", "Secure", "Path=/", "Max-Age=600"] {
        assert!(set.split("; ").any(|flag| flag == part), "{part} is missing: {set}");
    }
    assert!(!set.contains("Domain"), "{set}");
    let url = answer.header("location");
    assert!(
        url.contains("redirect_uri=https%3A%2F%2Fplay.example%2Fapi%2Fauth%2Fgoogle%2Fcallback")
    );
}

#[test]
fn whoever_is_not_signed_in_is_told_why_on_a_page() {
    let provider = Provider::start();
    let server = server(&provider, &[]);
    let (state, login) = login(&server, &provider, "google", "");
    let own = format!("login={login}");
    let table = [
        ("", "", "expired"),
        ("code=1&state=x", "", "expired"),
        ("code=1&state=x", own.as_str(), "forged"),
        ("code=1&code=2&state=x", own.as_str(), "forged"),
        ("code=1&state=x", "login=nonsense", "forged"),
        (&format!("error=access_denied&state={state}"), own.as_str(), "denied"),
        (&format!("error=server_error&state={state}"), own.as_str(), "failed"),
    ];
    for (query, cookies, problem) in table {
        let answer = comes_back(&server, "google", query, cookies);
        let page = format!("/sign-in/?problem={problem}&provider=google");
        assert_eq!(answer.header("location"), page, "{query} {cookies}");
        assert!(cookie(&answer, "session").is_none(), "{query}");
    }
}

#[test]
fn a_code_that_comes_back_twice_signs_in_once() {
    let provider = Provider::start();
    let server = server(&provider, &[]);
    let (state, login) = login(&server, &provider, "google", "");
    let (query, own) = (format!("code=1&state={state}"), format!("login={login}"));
    assert!(cookie(&comes_back(&server, "google", &query, &own), "session").is_some());
    let again = comes_back(&server, "google", &query, &own);
    assert_eq!(again.header("location"), "/sign-in/?problem=failed&provider=google");
    assert!(cookie(&again, "session").is_none());
}

#[test]
fn one_is_sent_to_no_other_site_and_to_no_provider_that_is_not_there() {
    let provider = Provider::start();
    let google = google(&provider);
    let server = TestServer::with(&google.each_ref().map(String::as_str), &ServeOptions::default());
    for next in
        ["//evil.example", "https://evil.example", "%5C%5Cevil.example", "play", "/a%0d%0ab"]
    {
        let answer = server.get(&format!("/api/auth/google/login?next={next}"));
        assert!(answer.problem(400).contains("`next`"), "{next}");
    }
    for path in ["github/login", "github/callback", "guest/login", "evil/login", "google/other"] {
        server.get(&format!("/api/auth/{path}")).problem(404);
    }
    drop(provider);
}

#[test]
fn a_provider_that_is_away_is_told_of_on_the_page() {
    let provider = Provider::start();
    provider.says.lock().unwrap().token = Some((503, json!({})));
    let server = server(&provider, &[]);
    let (state, login) = login(&server, &provider, "google", "");
    let answer =
        comes_back(&server, "google", &format!("code=1&state={state}"), &format!("login={login}"));
    assert_eq!(answer.header("location"), "/sign-in/?problem=failed&provider=google");
    server.results.is_away.store(true, Ordering::Relaxed);
    provider.says.lock().unwrap().token = None;
    let answer =
        comes_back(&server, "google", &format!("code=2&state={state}"), &format!("login={login}"));
    assert_eq!(answer.header("location"), "/sign-in/?problem=failed&provider=google");
}

fn upgrade(server: &TestServer, session: &str, body: &str) -> Answer {
    let head =
        format!("POST /api/auth/upgrade HTTP/1.1\r\n{HOST}{OURS}Cookie: session={session}\r\n");
    ask(server.address, &head, body)
}

#[test]
fn a_guest_who_becomes_known_is_the_same_player_with_a_new_session() {
    let provider = Provider::start();
    let server = server(&provider, &[]);
    let (id, guest) = server.token("Ada");
    let answer = upgrade(&server, &guest, r#"{"provider": "google"}"#);
    assert_eq!(answer.status, 200, "{answer:?}");
    let url = answer.json()["url"].as_str().unwrap().to_owned();
    let (state, login) = sets_out(&provider, &answer, &url);
    let cookies = format!("login={login}; session={guest}");
    let answer = comes_back(&server, "google", &format!("code=1&state={state}"), &cookies);
    assert_eq!(answer.header("location"), "/account/");
    let known = cookie(&answer, "session").unwrap().value().to_owned();
    let player = me(&server, &known);
    assert_eq!(player["id"], json!(id));
    assert_eq!((&player["name"], &player["provider"]), (&json!("Ada"), &json!("google")));
    assert_eq!(get(&server, "/api/me", &format!("session={guest}")).status, 401, "the old one");
    assert!(upgrade(&server, &known, r#"{"provider": "github"}"#).problem(409).contains("guests"));
}

/// A guest on the way to a provider: the query and the cookies with which the browser comes back.
fn guest_on_the_way(server: &TestServer, provider: &Provider) -> (String, String, String) {
    let (_, guest) = server.token("Ada");
    let answer = upgrade(server, &guest, r#"{"provider": "google"}"#);
    let url = answer.json()["url"].as_str().unwrap().to_owned();
    let (state, login) = sets_out(provider, &answer, &url);
    (guest, format!("code=1&state={state}"), format!("login={login}"))
}

#[test]
fn a_guest_who_signs_out_on_the_way_comes_back_to_nothing() {
    let provider = Provider::start();
    let server = server(&provider, &[]);
    let (guest, query, login) = guest_on_the_way(&server, &provider);
    let head = format!("POST /api/auth/logout HTTP/1.1\r\n{HOST}{OURS}Cookie: session={guest}\r\n");
    assert_eq!(ask(server.address, &head, "").status, 204);
    let answer = comes_back(&server, "google", &query, &format!("{login}; session={guest}"));
    assert_eq!(answer.header("location"), "/sign-in/?problem=expired&provider=google");
    assert!(cookie(&answer, "session").is_none());
}

#[test]
fn a_guest_whose_cookie_is_gone_on_the_way_is_still_who_set_out() {
    let provider = Provider::start();
    let server = server(&provider, &[]);
    let (guest, query, login) = guest_on_the_way(&server, &provider);
    let id = me(&server, &guest)["id"].clone();
    let answer = comes_back(&server, "google", &query, &login);
    let known = cookie(&answer, "session").unwrap();
    assert_eq!(me(&server, known.value())["id"], id, "the sealed cookie of the login says who");
    assert_eq!(get(&server, "/api/me", &format!("session={guest}")).status, 401);
}

#[test]
fn an_identity_that_plays_here_already_is_not_given_to_a_guest() {
    let provider = Provider::start();
    let server = server(&provider, &[]);
    server.results.is_taken.store(true, Ordering::Relaxed);
    let (_, guest) = server.token("Ada");
    let answer = upgrade(&server, &guest, r#"{"provider": "google"}"#);
    let url = answer.json()["url"].as_str().unwrap().to_owned();
    let (state, login) = sets_out(&provider, &answer, &url);
    let cookies = format!("login={login}; session={guest}");
    let answer = comes_back(&server, "google", &format!("code=1&state={state}"), &cookies);
    assert_eq!(answer.header("location"), "/sign-in/?problem=taken&provider=google");
    assert!(cookie(&answer, "session").is_none());
    assert_eq!(get(&server, "/api/me", &format!("session={guest}")).status, 200, "still the guest");
}

#[test]
fn whoever_is_at_another_address_of_the_server_is_sent_home_first() {
    let provider = Provider::start();
    let server = server(&provider, &[]);
    let away = "GET /api/auth/google/login?next=/play/ HTTP/1.1\r\nHost: 127.0.0.1:1\r\n";
    let answer = server.ask(&format!("{away}Sec-Fetch-Site: cross-site\r\n"));
    assert_eq!(answer.status, 303, "on one machine both are ours: {answer:?}");
    let home = "http://localhost:1/api/auth/google/login?next=/play/&sent=true";
    assert_eq!((answer.header("location"), answer.header("set-cookie")), (home, ""));
    let rewritten = "GET /api/auth/google/login?sent=true HTTP/1.1\r\nHost: inside\r\n";
    let sent_on = server.ask(rewritten);
    assert!(sent_on.header("location").starts_with(&provider.url), "not for ever: {sent_on:?}");
    let (_, guest) = server.token("Ada");
    let head = format!(
        "POST /api/auth/upgrade HTTP/1.1\r\nHost: 127.0.0.1:1\r\n{OURS}Cookie: session={guest}\r\n"
    );
    let refused = ask(server.address, &head, r#"{"provider": "google"}"#);
    assert!(refused.problem(421).contains("http://localhost:1"));
}

#[test]
fn whoever_is_at_another_name_of_the_server_asks_again_on_its_page() {
    let provider = Provider::start();
    let server = server(&provider, &["--public-url=https://play.example"]);
    let from = |host: &str, query: &str| {
        let head = format!("GET /api/auth/google/login{query} HTTP/1.1\r\nHost: {host}\r\n");
        server.ask(&format!("{head}Sec-Fetch-Site: same-origin\r\n")).header("location").to_owned()
    };
    let page = "https://play.example/sign-in/?sent=true";
    assert_eq!(from("www.play.example", "?next=/play/"), page);
    assert!(from("play.example", "?sent=true").starts_with(&provider.url));
    let behind = from("inside", "?sent=true");
    assert!(behind.starts_with(&provider.url), "a proxy may rewrite `Host`: not for ever");
}

#[test]
fn no_page_of_another_site_signs_anybody_in() {
    let provider = Provider::start();
    let server = server(&provider, &["--public-url=https://play.example"]);
    let from = |site: &str| {
        let head = "GET /api/auth/google/login HTTP/1.1\r\nHost: play.example\r\n";
        server.ask(&format!("{head}Sec-Fetch-Site: {site}\r\n")).status
    };
    for site in ["cross-site", "same-site", "nonsense"] {
        assert_eq!(from(site), 403, "{site}");
    }
    for site in ["same-origin", "none"] {
        assert_eq!(from(site), 303, "{site}");
    }
}
