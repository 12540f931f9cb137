//! What a server writes into its log, at its most talkative, holds no secret.

use futures_util::future::join_all;
use reqwest::redirect::Policy;
use serde_json::json;
use tempfile::TempDir;
use tokio::process::Command;

use crate::helpers::{LONG, ORIGIN, PATIENCE, data_dir, options};
use crate::player::{Pair, get};
use crate::process::{Process, bare};
use crate::raw::{HANDSHAKE, ask};

const CLIENT_SECRET: &str = "s3cret-of-the-client";
const VALKEY_PASSWORD: &str = "s3cret-of-valkey";

/// Everything that this crate says, and what its libraries say of requests.
const TALKATIVE: &str = "debug,overcookied=trace";

fn talkative(data: &TempDir) -> Command {
    let mut command = bare();
    command.env_clear().env("RUST_LOG", TALKATIVE).args(options(data.path())).args(LONG);
    command.env("GOOGLE_CLIENT_ID", "overcookied").env("GOOGLE_CLIENT_SECRET", CLIENT_SECRET);
    // A port of nobody.
    command.env("GOOGLE_ISSUER", "http://127.0.0.1:1");
    command.env("GITHUB_CLIENT_ID", "overcookied").env("GITHUB_CLIENT_SECRET", CLIENT_SECRET);
    command.env("GITHUB_URL", "http://127.0.0.1:1").env("GITHUB_API_URL", "http://127.0.0.1:1");
    command
}

/// The lines of a key that are the key.
fn lines_of(pem: &str) -> Vec<String> {
    let lines = pem.lines().filter(|line| !line.starts_with("-----") && !line.is_empty());
    lines.map(str::to_owned).collect()
}

#[tokio::test]
async fn no_secret_of_a_day_s_work_is_in_the_log() {
    let data = data_dir();
    let server = Process::run_as_it_is(talkative(&data)).once_ready().await;
    let address = server.address();
    let pair = Pair::at(address).await;
    let mut secrets = vec![CLIENT_SECRET.to_owned()];
    secrets.extend([&pair.ada, &pair.bob].map(|player| player.guest.token.clone()));
    let key = std::fs::read_to_string(data.path().join("session-key.pem")).unwrap();
    secrets.extend(lines_of(&key));

    overcookied::tls::choose();
    let http = reqwest::Client::builder().no_proxy().redirect(Policy::none()).timeout(PATIENCE);
    let http = http.build().unwrap();
    let url = |path: &str| format!("http://{address}{path}");
    // To GitHub and back with a code, which nobody takes.
    let home = ORIGIN.trim_start_matches("http://");
    let login = |path: &str| http.get(url(path)).header("Host", home);
    let begun = login("/api/auth/github/login").send().await.unwrap();
    let cookie = begun.headers()["set-cookie"].to_str().unwrap().to_owned();
    let sealed = cookie.split(['=', ';']).nth(1).unwrap().to_owned();
    let to = begun.headers()["location"].to_str().unwrap().to_owned();
    let state = to.split("state=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    let back = url(&format!("/api/auth/github/callback?code=s3cret-code&state={state}"));
    let answer = http.get(back).header("Cookie", format!("login={sealed}")).send().await.unwrap();
    assert!(answer.headers()["location"].to_str().unwrap().contains("problem=failed"));
    secrets.extend([sealed, state, "s3cret-code".to_owned()]);
    login("/api/auth/google/login").send().await.unwrap();

    // Tokens that are good, bad, and where they do not belong.
    let token = pair.ada.guest.token.clone();
    assert_eq!(get(address, "/api/me", Some(&token)).await.0, 200);
    assert_eq!(get(address, "/api/me", Some("s3cret-token")).await.0, 401);
    get(address, &format!("/api/me?token={token}"), None).await;
    get(address, &format!("/api/history?cursor={token}"), Some(&token)).await;
    let in_cookie = format!("{HANDSHAKE}Cookie: session={token}x\r\n");
    assert_eq!(ask(address, &in_cookie).await.status, 401);
    secrets.push("s3cret-token".to_owned());
    let renamed = http.patch(url("/api/me")).bearer_auth(&token).json(&json!({ "name": "Ada II" }));
    assert_eq!(renamed.send().await.unwrap().status(), 200);
    let out = http.post(url("/api/auth/logout")).bearer_auth(&token);
    let out = out.header("Content-Type", "application/json").send().await.unwrap();
    assert_eq!(out.status(), 204);

    server.signal("TERM").await;
    let (_, log) = server.last_words().await;
    assert!(log.lines().count() > 20, "it says what it does: {log}");
    for secret in secrets {
        assert!(!log.contains(&secret), "{secret} is in the log");
        // A part of a token is of no use to anybody, but a signature is what it is good for.
        if let Some(signature) =
            secret.rsplit('.').next().filter(|_| secret.matches('.').count() == 2)
        {
            assert!(!log.contains(signature), "the signature of {secret} is in the log");
        }
    }
}

#[tokio::test]
async fn no_secret_is_in_what_a_refused_start_says() {
    let cases = [
        vec![("VALKEY_URL", format!("redis://:{VALKEY_PASSWORD}@127.0.0.1:1"))],
        vec![("VALKEY_URL", format!("http://:{VALKEY_PASSWORD}@127.0.0.1:1"))],
        vec![("SESSION_KEYS", format!("-----BEGIN PRIVATE KEY-----\n{VALKEY_PASSWORD}\n"))],
        vec![("GOOGLE_CLIENT_SECRET", VALKEY_PASSWORD.to_owned())],
        vec![
            ("SESSION_KEYS", "aws-secretsmanager:not/there".to_owned()),
            ("AWS_ENDPOINT_URL_SECRETS_MANAGER", "http://127.0.0.1:1".to_owned()),
            ("AWS_ACCESS_KEY_ID", "test".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", VALKEY_PASSWORD.to_owned()),
            ("AWS_REGION", "eu-west-1".to_owned()),
        ],
        vec![
            ("GOOGLE_CLIENT_ID", "id".to_owned()),
            ("GOOGLE_CLIENT_SECRET", VALKEY_PASSWORD.to_owned()),
            ("GOOGLE_ISSUER", "http://example.com".to_owned()),
        ],
    ];
    let starts = cases.map(async |settings| {
        let data = data_dir();
        let mut command = bare();
        command.env_clear().env("RUST_LOG", TALKATIVE).args(options(data.path()));
        command.envs(settings.iter().map(|(name, value)| (name, value)));
        let (code, log) = Process::run_as_it_is(command).last_words().await;
        assert!(matches!(code, Some(1 | 2)), "{settings:?}: {log}");
        assert!(!log.contains(VALKEY_PASSWORD), "{log}");
    });
    join_all(starts).await;
}
