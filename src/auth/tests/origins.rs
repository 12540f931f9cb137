//! Which origins are ours.

use crate::auth::{OriginRule, SessionCookie};
use crate::config::PublicUrl;

fn rule(public_url: &str) -> OriginRule {
    OriginRule::new(&public_url.parse().unwrap())
}

#[test]
fn only_the_exact_origin_is_ours() {
    let rule = rule("https://good.example");
    assert!(rule.allows(b"https://good.example"));
    for origin in [
        "http://good.example",
        "https://good.example:8443",
        "https://good.example/",
        "https://good.example.evil.com",
        "https://evilgood.example",
        "https://sub.good.example",
        "https://GOOD.example",
        "https://evil.example",
        "https://localhost",
        "https://good.example https://evil.example",
        "null",
        "",
    ] {
        assert!(!rule.allows(origin.as_bytes()), "{origin:?}");
    }
}

#[test]
fn on_this_machine_the_other_loopback_names_with_the_same_port_are_ours_too() {
    for public_url in ["http://localhost:8080", "http://127.0.0.1:8080", "http://[::1]:8080"] {
        let rule = rule(public_url);
        for origin in ["http://localhost:8080", "http://127.0.0.1:8080", "http://[::1]:8080"] {
            assert!(rule.allows(origin.as_bytes()), "{origin} at {public_url}");
        }
        for origin in ["https://localhost:8080", "http://localhost:8081", "http://localhost"] {
            assert!(!rule.allows(origin.as_bytes()), "{origin} at {public_url}");
        }
    }
}

#[test]
fn the_cookie_is_tied_to_the_host_over_https_and_plain_on_this_machine() {
    let cookie = |url: &str| SessionCookie::new(&url.parse::<PublicUrl>().unwrap());
    assert_eq!(
        cookie("https://good.example").set("t".into()).to_string(),
        "__Host-session=t; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=604800"
    );
    assert_eq!(
        cookie("http://localhost:8080").set("t".into()).to_string(),
        "session=t; HttpOnly; SameSite=Lax; Path=/; Max-Age=604800"
    );
    assert_eq!(
        cookie("https://good.example").clear().to_string(),
        "__Host-session=; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=0"
    );
}
