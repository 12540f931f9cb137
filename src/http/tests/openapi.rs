//! The description of the API, and the page that shows it.

use std::collections::BTreeSet;

use super::TestServer;

#[test]
fn the_document_is_the_one_that_was_reviewed() {
    let server = TestServer::start();
    let answer = server.get("/api/openapi.json");
    assert_eq!(answer.header("content-type"), "application/json");
    let mut document = answer.json();
    document["info"]["version"] = "x".into();
    insta::assert_snapshot!(serde_json::to_string_pretty(&document).unwrap());
}

#[test]
fn every_described_address_answers_and_every_rest_address_is_described() {
    let server = TestServer::start();
    let document = server.get("/api/openapi.json").json();
    let mut described = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            described.insert(format!("{method} {path}"));
            let method = method.to_uppercase();
            let answer = server.ask(&format!("{method} {path} HTTP/1.1\r\nHost: a\r\n"));
            let is_there = !matches!(answer.status, 404 | 405 | 500..);
            // No provider is set up here.
            assert!(is_there || path.contains("{provider}"), "{method} {path}: {answer:?}");
        }
    }
    let expected = [
        "delete /api/me",
        "get /.well-known/jwks.json",
        "get /api/auth/{provider}/callback",
        "get /api/auth/{provider}/login",
        "get /api/config",
        "get /api/history",
        "get /api/leaderboard",
        "get /api/me",
        "patch /api/me",
        "post /api/auth/guest",
        "post /api/auth/logout",
        "post /api/auth/upgrade",
    ];
    assert_eq!(described, expected.map(str::to_owned).into());
}

#[test]
fn the_page_that_shows_it_has_its_own_files_and_policy() {
    let server = TestServer::start();
    let home = server.get("/api/docs");
    assert_eq!((home.status, home.header("location")), (307, "/api/docs/"));
    let page = server.get("/api/docs/");
    assert_eq!(page.header("content-type"), "text/html");
    assert!(!page.body.contains("<script>") && !page.body.contains("https://"), "{}", page.body);
    let policy = page.header("content-security-policy");
    assert!(policy.contains("script-src 'self';") && !policy.contains("unsafe"), "{policy}");
    for file in ["swagger-ui.css", "swagger-ui-bundle.js", "swagger-initializer.js"] {
        assert_eq!(server.get(&format!("/api/docs/{file}")).status, 200, "{file}");
    }
    let start = server.get("/api/docs/swagger-initializer.js").body;
    assert!(start.contains("/api/openapi.json"), "{start}");
    server.get("/api/docs/nothing").problem(404);
}
