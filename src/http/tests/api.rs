//! REST: shapes, sessions, refusals.

use std::sync::atomic::Ordering;

use serde_json::{Value, json};
use uuid::Uuid;

use super::ask::ask;
use super::{Answer, TestServer, tokens};

const HOST: &str = "Host: localhost:1\r\n";
const JSON: &str = "Content-Type: application/json\r\n";
const OURS: &str = "Origin: http://localhost:1\r\n";

fn post(server: &TestServer, path: &str, headers: &str, body: &str) -> Answer {
    ask(server.address, &format!("POST {path} HTTP/1.1\r\n{HOST}{headers}"), body)
}

fn sign_in(server: &TestServer, body: &str) -> Answer {
    post(server, "/api/auth/guest", &format!("{JSON}{OURS}"), body)
}

fn get_as(server: &TestServer, path: &str, token: &str) -> Answer {
    server.ask(&format!("GET {path} HTTP/1.1\r\n{HOST}Authorization: Bearer {token}\r\n"))
}

#[test]
fn who_runs_the_server_is_told_to_players_and_to_finders_of_weaknesses() {
    let at = "/.well-known/security.txt";
    let nobody = TestServer::start();
    assert_eq!(nobody.get(at).status, 404);
    let server = TestServer::with(&["--contact=ada@example.com"], &super::ServeOptions::default());
    assert_eq!(server.get("/api/config").json()["contact"], "mailto:ada@example.com");
    let answer = server.get(at);
    assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
    let lines: Vec<_> = answer.body.lines().collect();
    assert_eq!(lines[0], "Contact: mailto:ada@example.com");
    let expires = lines[1].strip_prefix("Expires: ").unwrap();
    let expires: jiff::Timestamp = expires.parse().unwrap();
    let days = (expires - jiff::Timestamp::now()).total(jiff::Unit::Hour).unwrap() / 24.0;
    assert!((100.0..365.0).contains(&days), "{days}");
    assert_eq!(lines[2], "Canonical: http://localhost:1/.well-known/security.txt");
}

#[test]
fn the_page_learns_what_it_must_know() {
    let server = TestServer::with(&["--game-seconds=2.5"], &super::ServeOptions::default());
    let answer = server.get("/api/config");
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(
        answer.json(),
        json!({
            "version": env!("CARGO_PKG_VERSION"), "protocol": 1, "providers": ["guest"],
            "game": {"seconds": 2.5, "countdownSeconds": 5, "graceSeconds": 15, "bonusSeconds": 5},
            "practiceAfterSeconds": 10, "contact": null,
        })
    );
}

#[test]
fn a_guest_gets_a_session_by_cookie_and_by_token_and_can_leave() {
    let server = TestServer::start();
    let answer = sign_in(&server, r#"{"name": "  Ada   Lovelace ", "unknown": 1}"#);
    assert_eq!(answer.status, 201, "{answer:?}");
    assert_eq!(answer.header("cache-control"), "no-store");
    let body = answer.json();
    let (player, token) = (body["player"].clone(), body["token"].as_str().unwrap());
    assert_eq!(player["name"], "Ada Lovelace");
    assert_eq!(player["provider"], "guest");
    assert!(player["picture"].is_null() && player.get("picture").is_some());
    assert_eq!(player.as_object().unwrap().len(), 4);
    let cookie = answer.header("set-cookie");
    let expected = format!("session={token}; HttpOnly; SameSite=Lax; Path=/; Max-Age=604800");
    assert_eq!(cookie, expected);

    let totals = json!({"points": 100, "games": 9, "wins": 5, "draws": 1});
    let me = json!({"player": player, "totals": totals});
    assert_eq!(get_as(&server, "/api/me", token).json(), me);
    let by_cookie =
        server.ask(&format!("GET /api/me HTTP/1.1\r\n{HOST}Cookie: other=1; session={token}\r\n"));
    assert_eq!(by_cookie.json(), me);

    let answer = post(&server, "/api/auth/logout", OURS, "");
    assert_eq!((answer.status, answer.body.as_str()), (204, ""));
    let cleared = "session=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0";
    assert_eq!(answer.header("set-cookie"), cleared);
}

#[test]
fn the_token_is_in_the_key_set_by_name() {
    let server = TestServer::start();
    let keys = server.get("/.well-known/jwks.json").json();
    let (_, token) = server.token("Ada");
    let header = jsonwebtoken::decode_header(&token).unwrap();
    assert_eq!(keys["keys"][0]["kid"], json!(header.kid.unwrap()));
    assert!(keys["keys"][0].get("d").is_none());
}

#[test]
fn a_bad_name_is_refused_with_a_word_on_what_is_wrong() {
    let server = TestServer::start();
    let table = [
        (r#"{"name": "ab"}"#, "at least 3"),
        (r#"{"name": "aaaaaaaaaaaaaaaaaaaaa"}"#, "at most 20"),
        (r#"{"name": "a\u202eb c"}"#, "U+202E"),
        (r#"{"name": "<script>"}"#, "“<”"),
    ];
    for (body, word) in table {
        let detail = sign_in(&server, body).problem(400);
        assert!(detail.contains(word), "{body}: {detail}");
    }
}

#[test]
fn a_body_that_is_not_right_is_refused_with_a_clear_problem() {
    let server = TestServer::start();
    for body in ["{", r#"{"name": 1}"#, "{}", "[]", "null", r#"{"name": "Ada"} x"#] {
        let detail = sign_in(&server, body).problem(400);
        assert!(detail.contains("JSON"), "{body}: {detail}");
    }
    let deep = format!(r#"{{"name": {}"#, "[".repeat(4000));
    sign_in(&server, &deep).problem(400);
    let long = format!(r#"{{"name": "Ada", "x": "{}"}}"#, "x".repeat(5000));
    sign_in(&server, &long).problem(413);
    let chunked = format!(
        "POST /api/auth/guest HTTP/1.1\r\n{HOST}{JSON}{OURS}Transfer-Encoding: chunked\r\n\
         Connection: close\r\n\r\n2000\r\n{}\r\n0\r\n\r\n",
        " ".repeat(0x2000)
    );
    super::ask::send(server.address, chunked.as_bytes()).problem(413);
    let form = format!("{OURS}Content-Type: application/x-www-form-urlencoded\r\n");
    post(&server, "/api/auth/guest", &form, "name=Ada").problem(415);
    post(&server, "/api/auth/guest", OURS, r#"{"name": "Ada"}"#).problem(415);
}

#[test]
fn only_our_own_pages_and_plain_programs_change_anything() {
    let server = TestServer::start();
    let site = |value: &str| format!("Sec-Fetch-Site: {value}\r\n");
    let origin = |value: &str| format!("Origin: {value}\r\n");
    let table = [
        (OURS.to_owned(), 201),
        (origin("http://127.0.0.1:1"), 201),
        (origin("http://localhost:2"), 403),
        (origin("https://localhost:1"), 403),
        (origin("null"), 403),
        (origin("http://evil.example"), 403),
        (format!("{OURS}{}", origin("http://evil.example")), 403),
        (format!("{}{}", origin("http://evil.example"), site("same-origin")), 403),
        (site("same-origin"), 201),
        (site("none"), 201),
        (site("same-site"), 403),
        (site("cross-site"), 403),
        (String::new(), 201),
    ];
    for (headers, status) in table {
        let headers = format!("{JSON}{headers}");
        let answer = post(&server, "/api/auth/guest", &headers, r#"{"name": "Ada"}"#);
        assert_eq!(answer.status, status, "{headers}: {answer:?}");
        if status == 403 {
            answer.problem(403);
            assert_eq!(answer.header("set-cookie"), "");
        }
    }
    post(&server, "/api/auth/logout", "", "").problem(403);
    post(&server, "/api/auth/logout", "Content-Type: text/plain\r\n", "x").problem(403);
}

#[test]
fn every_bad_session_gets_the_very_same_answer() {
    let server = TestServer::start();
    let (_, good) = server.token("Ada");
    let strangers = tokens("http://localhost:1");
    let player =
        super::Profile { id: super::PlayerId::random(), name: "Eve".into(), picture: None };
    let foreign = strangers.issue(player, crate::auth::Provider::Guest).unwrap().token;
    let table = [
        String::new(),
        "Authorization: Bearer \r\n".into(),
        "Authorization: Bearer x.y.z\r\n".into(),
        format!("Authorization: Bearer {foreign}\r\n"),
        format!("Authorization: Bearer {good}x\r\n"),
        format!("Authorization: Basic {good}\r\n"),
        format!("Cookie: session={foreign}\r\n"),
        format!("Cookie: __Host-session={good}\r\n"),
        format!("Authorization: Bearer {foreign}\r\nCookie: session={good}\r\n"),
        "Cookie: session=\r\n".into(),
    ];
    for path in ["/api/me", "/api/history"] {
        for headers in &table {
            let answer = server.ask(&format!("GET {path} HTTP/1.1\r\n{HOST}{headers}"));
            answer.problem(401);
            assert_eq!(answer.body, server.get("/api/me").body, "{headers}");
            assert_eq!(answer.header("www-authenticate"), "Bearer");
        }
    }
    assert_eq!(get_as(&server, &format!("/api/me?token={good}"), "").status, 401);
    assert_eq!(get_as(&server, "/api/me", &good).status, 200);
}

#[test]
fn history_is_paged_and_belongs_to_the_session() {
    let server = TestServer::start();
    let (me, token) = server.token("Ada");
    let page = get_as(&server, "/api/history?cursor=c1&limit=2", &token).json();
    let game = |number: u128, practice: Value| {
        json!({
            "gameId": Uuid::from_u128(number), "game": "cookie",
            "endedAt": "2026-11-22T10:00:00Z", "result": "win", "reason": "opponent_disconnected",
            "points": 12, "opponentPoints": 7, "clicks": 10, "opponentClicks": 7,
            "opponent": {"id": Uuid::from_u128(2), "name": "Player 2", "picture": null},
            "practice": practice,
        })
    };
    let games = [game(1, Value::Null), game(2, "hard".into())];
    assert_eq!(page, json!({"games": games, "next": "c2"}));
    get_as(&server, "/api/history", &token);
    let asked = server.results.asked.lock().unwrap().clone();
    let expected = [format!("history {me} Some(\"c1\") 2"), format!("history {me} None 20")];
    assert_eq!(asked, expected);
}

#[test]
fn the_leaderboard_is_for_all_and_shows_a_player_their_own_place() {
    let server = TestServer::start();
    let anonymous = server.get("/api/leaderboard?board=week&limit=3").json();
    let first = json!({
        "rank": 1, "player": {"id": Uuid::from_u128(1), "name": "Player 1", "picture": null},
        "points": 100, "games": 9, "wins": 5,
    });
    assert_eq!(anonymous, json!({"board": "week", "entries": [first], "me": null, "around": []}));
    let (me, token) = server.token("Ada");
    let mine = get_as(&server, "/api/leaderboard", &token).json();
    assert_eq!(mine["board"], "all");
    assert_eq!(mine["me"]["player"]["id"], json!(me));
    let stale = get_as(&server, "/api/leaderboard", "stale");
    assert!(stale.status == 200 && stale.json()["me"].is_null());
    let asked = server.results.asked.lock().unwrap().clone();
    assert_eq!(asked[..2], ["leaderboard Week 3 true", "leaderboard All 20 true"]);
}

#[test]
fn questions_out_of_range_are_refused() {
    let server = TestServer::start();
    let (_, token) = server.token("Ada");
    for query in ["limit=0", "limit=101", "limit=-1", "limit=x", "limit=1.5", "cursor=bad"] {
        get_as(&server, &format!("/api/history?{query}"), &token).problem(400);
    }
    for query in ["limit=0", "limit=101", "limit=18446744073709551616", "board=month", "board="] {
        server.get(&format!("/api/leaderboard?{query}")).problem(400);
    }
}

#[test]
fn results_that_are_away_are_a_problem_of_ours_and_nobody_learns_where_they_are() {
    let server = TestServer::start();
    let (_, token) = server.token("Ada");
    server.results.is_away.store(true, Ordering::Relaxed);
    for path in ["/api/history", "/api/leaderboard"] {
        let answer = get_as(&server, path, &token);
        let detail = answer.problem(503);
        assert!(!detail.contains("secret"), "{detail}");
        assert_eq!(answer.header("retry-after"), "2");
    }
}

#[test]
fn who_one_is_does_not_depend_on_the_results() {
    let server = TestServer::start();
    let (id, token) = server.token("Ada");
    server.results.is_away.store(true, Ordering::Relaxed);
    let me = get_as(&server, "/api/me", &token);
    assert_eq!((me.status, &me.json()["player"]["id"]), (200, &json!(id)));
    assert!(me.json()["totals"].is_null());
}

#[test]
fn unknown_addresses_and_wrong_methods_are_problems() {
    let server = TestServer::start();
    for path in ["/api", "/api/", "/api/nothing", "/api/me/x", "/api/auth/google/login"] {
        let answer = server.get(path);
        answer.problem(404);
        assert_eq!(answer.header("cache-control"), "no-store");
    }
    let table = [
        ("POST", "/api/config", "GET, HEAD"),
        ("PUT", "/api/me", "GET, HEAD, PATCH, DELETE"),
        ("OPTIONS", "/api/me", "GET, HEAD, PATCH, DELETE"),
        ("PUT", "/api/leaderboard", "GET, HEAD"),
        ("GET", "/api/auth/guest", "POST"),
        ("GET", "/api/auth/logout", "POST"),
        ("PATCH", "/health/live", "GET, HEAD"),
        ("POST", "/.well-known/jwks.json", "GET, HEAD"),
        ("TRACE", "/api/openapi.json", "GET, HEAD"),
    ];
    for (method, path, allow) in table {
        let answer = server.ask(&format!("{method} {path} HTTP/1.1\r\n{HOST}"));
        answer.problem(405);
        assert_eq!(answer.header("allow"), allow, "{method} {path}");
    }
}

#[test]
fn a_head_request_gets_the_headers_alone() {
    let server = TestServer::start();
    let answer = server.ask(&format!("HEAD /api/config HTTP/1.1\r\n{HOST}"));
    assert_eq!((answer.status, answer.body.as_str()), (200, ""));
}
