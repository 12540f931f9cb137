//! Changing one's name, going away, and signing out.

use std::sync::atomic::Ordering;

use serde_json::json;

use super::ask::ask;
use super::{Answer, TestServer};
use crate::auth::Provider;
use crate::ids::PlayerId;
use crate::matchmaking::Profile;

const HOST: &str = "Host: localhost:1\r\n";
const OURS: &str = "Origin: http://localhost:1\r\n";
const JSON: &str = "Content-Type: application/json\r\n";

/// A request of one of our pages.
fn send(server: &TestServer, method: &str, path: &str, token: &str, body: &str) -> Answer {
    let head = format!("{method} {path} HTTP/1.1\r\n{HOST}{OURS}{JSON}Cookie: session={token}\r\n");
    ask(server.address, &head, body)
}

fn asked(server: &TestServer, what: &str) -> bool {
    server.results.asked.lock().unwrap().iter().any(|question| question == what)
}

#[test]
fn a_new_name_is_kept_shown_and_in_the_new_cookie() {
    let server = TestServer::start();
    let (id, token) = server.token("Ada");
    let answer = send(&server, "PATCH", "/api/me", &token, r#"{"name": " Countess  Ada "}"#);
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.json()["player"]["name"], "Countess Ada");
    assert_eq!(answer.json()["player"]["id"], json!(id));
    assert!(asked(&server, &format!("rename {id} Countess Ada")) && asked(&server, "standings"));
    let newer = answer.header("set-cookie").strip_prefix("session=").unwrap();
    let newer = newer.split(';').next().unwrap();
    let me = send(&server, "GET", "/api/me", newer, "");
    assert_eq!(me.json()["player"]["name"], "Countess Ada");
    assert_eq!(me.header("set-cookie"), "", "a new token is not renewed");
}

#[test]
fn a_name_that_is_none_changes_nothing() {
    let server = TestServer::start();
    let (_, token) = server.token("Ada");
    for body in [r#"{"name": "A"}"#, r#"{"name": "<b>Ada</b>"}"#, "{}", "[]", r#"{"name": 1}"#] {
        send(&server, "PATCH", "/api/me", &token, body).problem(400);
    }
    assert!(!server.results.asked.lock().unwrap().iter().any(|asked| asked.starts_with("rename")));
    server.results.is_away.store(true, Ordering::Relaxed);
    let away = send(&server, "PATCH", "/api/me", &token, r#"{"name": "Countess Ada"}"#);
    assert!(!away.problem(503).contains("secret"));
    assert_eq!(away.header("set-cookie"), "");
}

#[test]
fn a_name_is_changed_a_few_times_at_once_and_then_slowly() {
    let server = TestServer::start();
    let (_, token) = server.token("Ada");
    let rename = || send(&server, "PATCH", "/api/me", &token, r#"{"name": "Ada King"}"#);
    let answers: Vec<_> = (0..20).map(|_| rename().status).collect();
    assert!(answers[..10].iter().all(|status| *status == 200), "{answers:?}");
    let refused = (0..20).map(|_| rename()).find(|answer| answer.status == 429).unwrap();
    assert!(refused.header("retry-after").parse::<u32>().unwrap() <= 5);
}

#[test]
fn changes_are_for_ones_own_pages_and_sessions() {
    let server = TestServer::start();
    let (_, token) = server.token("Ada");
    for (method, path, body) in [
        ("PATCH", "/api/me", r#"{"name": "Mallory"}"#),
        ("DELETE", "/api/me", ""),
        ("POST", "/api/auth/upgrade", r#"{"provider": "google"}"#),
        ("POST", "/api/auth/logout", ""),
    ] {
        let foreign = format!(
            "{method} {path} HTTP/1.1\r\n{HOST}Origin: https://evil.example\r\n{JSON}\
             Cookie: session={token}\r\n"
        );
        ask(server.address, &foreign, body).problem(403);
        if path != "/api/auth/logout" {
            send(&server, method, path, "nonsense", body).problem(401);
        }
    }
    assert_eq!(send(&server, "GET", "/api/me", &token, "").status, 200);
}

#[test]
fn a_deleted_account_is_off_the_boards_and_all_its_sessions_are_over() {
    let server = TestServer::start();
    let (id, token) = server.token("Ada");
    server.results.is_away.store(true, Ordering::Relaxed);
    let unfinished = send(&server, "DELETE", "/api/me", &token, "");
    assert!(unfinished.problem(503).contains("Ask again"));
    server.results.is_away.store(false, Ordering::Relaxed);
    let answer = send(&server, "DELETE", "/api/me", &token, "");
    assert_eq!((answer.status, answer.body.as_str()), (204, ""));
    assert!(answer.header("set-cookie").starts_with("session=;"));
    assert!(asked(&server, &format!("delete {id}")) && asked(&server, &format!("remove {id}")));
    send(&server, "GET", "/api/me", &token, "").problem(401);
}

#[test]
fn a_token_is_worth_nothing_after_signing_out_and_others_stay() {
    let server = TestServer::start();
    let ((_, ada), (_, ben)) = (server.token("Ada"), server.token("Ben"));
    assert_eq!(send(&server, "POST", "/api/auth/logout", &ada, "").status, 204);
    let bearer = format!("GET /api/me HTTP/1.1\r\n{HOST}Authorization: Bearer {ada}\r\n");
    let refused = server.ask(&bearer);
    refused.problem(401);
    assert_eq!(refused.body, server.get("/api/me").body, "the answer to whoever has none");
    assert_eq!(send(&server, "GET", "/api/me", &ben, "").status, 200);
}

#[test]
fn a_browser_that_signs_in_as_a_guest_gets_a_cookie_alone_and_leaves_who_it_was_before() {
    let server = TestServer::start();
    let head = |more: &str| format!("POST /api/auth/guest HTTP/1.1\r\n{HOST}{OURS}{JSON}{more}");
    let (_, before) = server.token("Ada");
    let more = format!("Sec-Fetch-Site: same-origin\r\nCookie: session={before}\r\n");
    let answer = ask(server.address, &head(&more), r#"{"name": "Bob"}"#);
    assert_eq!(answer.status, 201, "{answer:?}");
    assert_eq!(answer.json()["token"], json!(null), "no script of a page is to see it");
    let cookie = answer.header("set-cookie").to_owned();
    assert!(cookie.starts_with("session=ey") && cookie.contains("HttpOnly"), "{cookie}");
    assert_eq!(send(&server, "GET", "/api/me", &before, "").status, 401, "Ada is signed out");
}

#[test]
fn a_cookie_that_is_an_hour_old_is_renewed_until_the_session_is_thirty_days_old() {
    use std::time::Duration;
    let server = TestServer::start();
    let days = |days: u64| Duration::from_secs(days * 86_400);
    let asked_after = |ago: Duration| {
        let player = Profile { id: PlayerId::random(), name: "Ada".into(), picture: None };
        let issued = server.tokens.issued_ago(player, ago);
        let answer = send(&server, "GET", "/api/me", &issued.token, "");
        let set = answer.header("set-cookie").split(['=', ';']).nth(1).unwrap_or_default();
        (answer.status, server.tokens.verify(set).ok(), issued.session)
    };
    let (status, renewed, _) = asked_after(Duration::from_secs(3_590));
    assert_eq!((status, renewed), (200, None));
    for ago in [Duration::from_secs(3_610), days(6)] {
        let (status, renewed, before) = asked_after(ago);
        let renewed = renewed.expect("a newer one");
        assert_eq!(status, 200);
        assert_eq!((renewed.id, renewed.signed_in_at), (before.id, before.signed_in_at));
        assert!(renewed.expires_at > before.expires_at);
        let end = (before.signed_in_at + 30 * 86_400) * 1_000;
        assert!(renewed.expires_at <= end, "a session ends, however often it is renewed");
        let forgotten = before.sign_out().until * 1_000;
        assert!(forgotten >= end, "and so long its sign-out is known");
    }
    assert_eq!(asked_after(days(8)).0, 401, "seven days without a visit");
}

#[test]
fn another_session_learns_of_a_new_name_and_of_a_provider_the_next_time_it_asks() {
    let server = TestServer::start();
    let (_, token) = server.token("Ada");
    assert_eq!(send(&server, "GET", "/api/me", &token, "").header("set-cookie"), "");
    *server.results.account.lock().unwrap() = Some(("Countess".to_owned(), Provider::GitHub));
    let answer = send(&server, "GET", "/api/me", &token, "");
    let player = &answer.json()["player"];
    assert_eq!((&player["name"], &player["provider"]), (&json!("Countess"), &json!("github")));
    let newer = answer.header("set-cookie").strip_prefix("session=").unwrap().to_owned();
    let newer = newer.split(';').next().unwrap();
    assert_eq!(send(&server, "GET", "/api/me", newer, "").header("set-cookie"), "", "once");
    let bearer = format!("GET /api/me HTTP/1.1\r\n{HOST}Authorization: Bearer {token}\r\n");
    let program = server.ask(&bearer);
    assert_eq!(program.json()["player"]["name"], "Countess");
    assert_eq!(program.header("set-cookie"), "", "a program keeps its own");
}
