//! The exported pages.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::{ServeOptions, TestServer, export};

fn with_pages() -> (tempfile::TempDir, TestServer) {
    let folder = tempfile::tempdir().unwrap();
    export(folder.path());
    let web_dir = format!("--web-dir={}", folder.path().display());
    let server = TestServer::with(&[&web_dir], &ServeOptions::default());
    (folder, server)
}

#[test]
fn pages_are_found_under_their_addresses() {
    let (_folder, server) = with_pages();
    for (path, text) in [("/", "<p>home</p>"), ("/play/", "<p>play</p>"), ("/?a=1", "<p>home</p>")]
    {
        let answer = server.get(path);
        assert_eq!(answer.status, 200, "{path}");
        assert!(answer.body.contains(text), "{path}");
        assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
        assert_eq!(answer.header("cache-control"), "no-cache");
    }
    let answer = server.get("/play");
    assert_eq!((answer.status, answer.header("location")), (307, "/play/"));
    assert_eq!(server.get("/play/index.txt").body, "payload");
}

#[test]
fn files_named_by_their_content_may_be_kept_for_ever() {
    let (_folder, server) = with_pages();
    let answer = server.get("/_next/static/chunks/main-1a2b.js");
    assert_eq!(answer.body, "main()");
    assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable");
    assert!(answer.header("content-type").contains("javascript"));
    let missing = server.get("/_next/static/chunks/gone.js");
    assert_eq!((missing.status, missing.header("cache-control")), (404, "no-cache"));
}

#[test]
fn a_client_that_takes_gzip_gets_the_file_that_was_compressed_before() {
    let (_folder, server) = with_pages();
    let head = "GET /_next/static/chunks/main-1a2b.js HTTP/1.1\r\nHost: a\r\n";
    let answer = server.ask(&format!("{head}Accept-Encoding: gzip\r\n"));
    assert_eq!(answer.header("content-encoding"), "gzip");
    assert_eq!(answer.body, "not really gzip");
    assert!(answer.header("vary").to_lowercase().contains("accept-encoding"), "{answer:?}");
}

#[test]
fn what_has_not_changed_is_not_sent_again() {
    let (_folder, server) = with_pages();
    let tag = server.get("/").header("etag").to_owned();
    assert!(!tag.is_empty());
    let head = format!("GET / HTTP/1.1\r\nHost: a\r\nIf-None-Match: {tag}\r\n");
    let again = server.ask(&head);
    assert_eq!((again.status, again.body.as_str()), (304, ""));
}

#[test]
fn an_unknown_address_gets_the_page_for_it() {
    let (_folder, server) = with_pages();
    let answer = server.get("/nothing/here");
    assert_eq!(answer.status, 404);
    assert!(answer.body.contains("<p>nowhere</p>"));
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(server.get("/metrics").status, 404, "metrics are not at the front door");
}

#[test]
fn pages_are_only_read() {
    let (_folder, server) = with_pages();
    for method in ["POST", "PUT", "DELETE", "OPTIONS"] {
        let answer = server.ask(&format!("{method} /play/ HTTP/1.1\r\nHost: a\r\n"));
        answer.problem(405);
        assert_eq!(answer.header("allow"), "GET, HEAD");
    }
    let answer = server.ask("HEAD / HTTP/1.1\r\nHost: a\r\n");
    assert_eq!((answer.status, answer.body.as_str()), (200, ""));
}

#[test]
fn the_policy_of_pages_names_every_inline_script_and_allows_no_other() {
    let (_folder, server) = with_pages();
    for path in ["/", "/play/", "/nothing", "/_next/static/chunks/main-1a2b.js"] {
        let answer = server.get(path);
        let policies: Vec<_> = answer.all("content-security-policy").collect();
        assert_eq!(policies.len(), 1, "{path}");
        let policy = policies[0];
        for script in ["run('home')", "run('play')", "run('nowhere')"] {
            let hash = STANDARD.encode(Sha256::digest(script));
            assert!(policy.contains(&format!("'sha256-{hash}'")), "{path}: {script}");
        }
        assert!(!policy.contains("unsafe") && !policy.contains('*'), "{policy}");
        for directive in [
            "default-src 'none'",
            "style-src 'self'",
            "img-src 'self' data: https://lh3.googleusercontent.com \
             https://avatars.githubusercontent.com",
            "font-src 'self'",
            "connect-src 'self' ws://localhost:1 ws://127.0.0.1:1",
            "manifest-src 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "form-action 'self'",
        ] {
            assert!(policy.split("; ").any(|part| part == directive), "{directive}: {policy}");
        }
    }
}

#[test]
fn without_an_export_a_plain_page_tells_how_to_get_one() {
    let server = TestServer::with(&["--web-dir=/nowhere/at/all"], &ServeOptions::default());
    let answer = server.get("/");
    assert_eq!(answer.status, 503);
    assert!(answer.body.contains("./scripts/play"));
    assert_eq!(server.get("/api/config").status, 200);
}
