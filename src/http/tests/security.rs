//! Headers that every answer carries.

use super::{ServeOptions, TestServer};

const PATHS: [&str; 8] = [
    "/",
    "/nothing",
    "/api/config",
    "/api/nothing",
    "/api/me",
    "/api/docs/",
    "/health/live",
    "/ws",
];

#[test]
fn every_answer_carries_the_headers() {
    let server = TestServer::start();
    for path in PATHS {
        let answer = server.get(path);
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("x-frame-options", "DENY"),
        ] {
            let values: Vec<_> = answer.all(name).collect();
            assert_eq!(values, [value], "{name} of {path}");
        }
        let policies: Vec<_> = answer.all("content-security-policy").collect();
        assert_eq!(policies.len(), 1, "{path}");
        assert!(policies[0].contains("default-src 'none'"), "{path}: {policies:?}");
        assert!(policies[0].contains("frame-ancestors 'none'"), "{path}: {policies:?}");
        assert!(answer.header("permissions-policy").contains("camera=()"));
        for absent in ["strict-transport-security", "access-control-allow-origin", "server"] {
            assert_eq!(answer.header(absent), "", "{absent} of {path}");
        }
    }
}

#[test]
fn over_https_browsers_are_told_to_stay_there_and_the_cookie_is_secure() {
    let server = TestServer::with(&["--public-url=https://game.example"], &ServeOptions::default());
    for path in PATHS {
        let told = server.get(path).header("strict-transport-security").to_owned();
        assert_eq!(told, "max-age=31536000; includeSubDomains", "{path}");
    }
    assert!(server.get("/").header("content-security-policy").contains("wss://game.example;"));
    let head = "POST /api/auth/guest HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n";
    let answer = super::ask(server.address, head, r#"{"name": "Ada"}"#);
    let cookie = answer.header("set-cookie").to_owned();
    assert!(cookie.starts_with("__Host-session=") && cookie.contains("; Secure"), "{cookie}");
    assert!(!cookie.to_lowercase().contains("domain"), "{cookie}");
}

#[test]
fn no_page_of_another_origin_is_invited() {
    let server = TestServer::start();
    let head = "OPTIONS /api/auth/guest HTTP/1.1\r\nHost: a\r\nOrigin: http://evil.example\r\n\
        Access-Control-Request-Method: POST\r\n";
    let answer = server.ask(head);
    answer.problem(405);
    assert_eq!(answer.header("access-control-allow-origin"), "");
}
