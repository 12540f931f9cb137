//! Servers that must not start: a clear message, and a status that says whose fault it is.

use std::net::TcpListener;

use tempfile::TempDir;
use tokio::process::Command;

use crate::helpers::{LONG, data_dir, options};
use crate::player::Pair;
use crate::process::{Process, after_mounting, bare, program};

/// Wrong settings.
const USAGE: Option<i32> = Some(2);
/// Right settings that the machine does not allow.
const FAILURE: Option<i32> = Some(1);

async fn refuses(command: Command, status: Option<i32>, says: &[&str]) {
    let shown = format!("{:?}", command.as_std());
    let (code, log) = Process::run(command).last_words().await;
    assert_eq!(code, status, "{shown}: {log}");
    for word in says {
        assert!(log.contains(word), "{shown} does not say {word:?}: {log}");
    }
    assert!(!log.contains("panicked"), "{log}");
}

#[tokio::test]
async fn unknown_options_are_refused() {
    for option in ["--no-such-option", "-x", "--port=80x", "serve-it", "--prot=80"] {
        let mut command = bare();
        command.arg(option);
        let name = option.split('=').next().unwrap();
        refuses(command, USAGE, &["error:", name]).await;
    }
}

#[tokio::test]
async fn bad_values_are_refused_by_the_name_of_their_variable() {
    let data = data_dir();
    let table = [
        ("PORT", "http"),
        ("HOST", "example.com"),
        ("PUBLIC_URL", "localhost"),
        ("GAME_SECONDS", "0"),
        ("COUNTDOWN_SECONDS", "-1"),
        ("GRACE_SECONDS", "never"),
        ("TRUSTED_PROXIES", "all"),
        ("TRUSTED_PROXIES", "0.0.0.0/0"),
        ("TRUSTED_PROXIES", "10.0.0.1 ::/0"),
        ("METRICS_HOST", "inside"),
        ("CONTACT", "javascript:alert(1)"),
        ("MAX_CONNECTIONS_PER_ADDRESS", "0"),
        ("DRAIN_DELAY", "1 year"),
        ("RESULTS", "postgres"),
        ("LOG_FORMAT", "xml"),
        ("RUST_LOG", "overcookied=loud"),
        ("SESSION_KEYS", ""),
        ("SESSION_KEYS", "no key"),
        ("SESSION_KEYS_FILE", "/nowhere/at/all"),
        ("VALKEY_URL", "redis://localhost"),
    ];
    for (variable, value) in table {
        let mut command = bare();
        command.env_clear().env("DATA_DIR", data.path()).env("PORT", "0").env("METRICS_PORT", "0");
        command.env(variable, value);
        if (variable, value) == ("SESSION_KEYS", "") {
            // Empty is unset: it starts.
            Process::run_as_it_is(command).once_ready().await.kill().await;
            continue;
        }
        let shown = format!("{variable}={value}");
        let (code, log) = Process::run_as_it_is(command).last_words().await;
        let expected = if shown == "SESSION_KEYS=no key" { FAILURE } else { USAGE };
        assert_eq!(code, expected, "{shown}: {log}");
        assert!(log.contains(variable), "{shown}: {log}");
        assert!(!log.contains("no key\n") && !log.contains("panicked"), "{shown}: {log}");
    }
}

#[tokio::test]
async fn settings_that_leave_sessions_open_to_others_are_warned_of() {
    use std::os::unix::fs::PermissionsExt;
    let data = data_dir();
    let warnings = async |public_url: &str| {
        let mut command = bare();
        command.args(options(data.path()).into_iter().filter(|at| !at.starts_with("--public-url")));
        command.arg(format!("--public-url={public_url}"));
        let server = Process::run(command).once_ready().await;
        let log = server.log();
        server.kill().await;
        (log.contains("PUBLIC_URL is not https"), log.contains("can read the session keys"))
    };
    assert_eq!(warnings("http://localhost:8080").await, (false, false));
    assert_eq!(warnings("https://game.example").await, (false, false));
    let key = data.path().join("session-key.pem");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(warnings("http://game.example").await, (true, true));
}

#[tokio::test]
async fn a_second_server_on_the_same_directory_is_refused_and_the_first_one_plays_on() {
    let data = data_dir();
    let first = Process::serve(data.path()).await;
    let mut pair = Pair::at(first.address()).await;
    for _ in 0..2 {
        let directory = data.path().display().to_string();
        refuses(program(data.path()), FAILURE, &["in use by another server", &directory]).await;
        pair.goes_on().await;
    }
}

#[tokio::test]
async fn a_port_in_use_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    for (variable, other) in [("PORT", "METRICS_PORT"), ("METRICS_PORT", "PORT")] {
        let data = data_dir();
        let option = |name: &str| format!("--{}=", name.to_lowercase().replace('_', "-"));
        let mut command = bare();
        let kept = |given: &String| {
            !given.starts_with(&option(variable)) && !given.starts_with(&option(other))
        };
        command.args(options(data.path()).into_iter().filter(kept));
        command.arg(format!("{}{port}", option(variable))).arg(format!("{}0", option(other)));
        refuses(command, FAILURE, &[variable, &port.to_string(), "in use"]).await;
        // Nothing was left behind that would keep the next one from starting.
        Process::serve(data.path()).await.kill().await;
    }
}

#[tokio::test]
async fn a_directory_that_is_no_directory_or_cannot_be_made_is_named() {
    let folder = data_dir();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    for path in [file.clone(), file.join("below"), "/proc/no/such".into()] {
        let name = path.display().to_string();
        refuses(program(&path), FAILURE, &["cannot be used", &name]).await;
    }
}

#[tokio::test]
async fn a_directory_that_cannot_be_written_is_named() {
    let data = data_dir();
    Process::serve(data.path()).await.kill().await;
    let directory = data.path().display().to_string();
    let says = ["cannot be used", "ead-only", &directory];
    // A file system without writing, since permissions are nothing to root.
    let script = "mount --bind \"$1\" \"$1\"; mount -o remount,bind,ro \"$1\"";
    if let Some(command) = after_mounting(script, data.path()).await {
        refuses(command, FAILURE, &says).await;
    }
}

/// A server whose results are in DynamoDB, with nothing but these settings for it.
fn with_dynamodb(data: &TempDir, settings: &[(&str, &str)]) -> Command {
    let mut command = bare();
    command.args(options(data.path())).args(LONG).arg("--results=dynamodb");
    command.env_clear().env("RUST_LOG", "info").env("AWS_EC2_METADATA_DISABLED", "true");
    command.envs(settings.iter().copied());
    command
}

const KEYS: [(&str, &str); 2] = [("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test")];
const REGION: (&str, &str) = ("AWS_REGION", "eu-west-1");

#[tokio::test]
async fn a_region_or_credentials_that_nobody_has_set_end_the_start() {
    for settings in [&[REGION][..], &KEYS] {
        let data = data_dir();
        let (code, log) = Process::run_as_it_is(with_dynamodb(&data, settings)).last_words().await;
        assert_eq!(code, FAILURE, "{log}");
        assert!(log.contains("AWS_REGION and credentials have to be there"), "{log}");
    }
}

#[tokio::test]
async fn a_dynamodb_that_cannot_be_asked_for_a_moment_ends_no_start() {
    // A port of nobody, a name of nobody (RFC 2606), and a service of credentials that is away.
    let away = ("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:1");
    let unknown = ("AWS_ENDPOINT_URL_DYNAMODB", "http://dynamodb.invalid");
    let service = ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:1/credentials");
    let [id, secret] = KEYS;
    for settings in
        [&[REGION, id, secret, away][..], &[REGION, id, secret, unknown], &[REGION, service]]
    {
        let data = data_dir();
        let server = Process::run_as_it_is(with_dynamodb(&data, settings)).once_ready().await;
        assert!(server.log().contains("the tables cannot be looked at now"), "{}", server.log());
        Pair::at(server.address()).await.goes_on().await;
        server.kill().await;
    }
}
