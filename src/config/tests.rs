//! What the settings accept, refuse and fill in. No test reads the environment of this process:
//! where the environment itself is meant, a child process gets one.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use clap::builder::Resettable;
use clap::{CommandFactory, FromArgMatches};
use secrecy::ExposeSecret;

use super::*;

/// The configuration that a command line gives, whatever the environment of this process says.
pub(crate) fn parse(args: &[&str]) -> Result<Config, String> {
    let deaf = |arg: clap::Arg| arg.env(Resettable::Reset);
    let command = Cli::command().mut_args(deaf).mut_subcommands(|sub| sub.mut_args(deaf));
    let args = std::iter::once(&"overcookied").chain(args);
    let matches = command.try_get_matches_from(args).map_err(|e| e.to_string())?;
    let cli = Cli::from_arg_matches(&matches).map_err(|e| e.to_string())?;
    let Command::Serve(serve) = cli.into_command() else { panic!("it serves") };
    Config::new(*serve).map_err(|e| e.to_string())
}

#[test]
fn every_setting_has_a_default_that_works_on_a_laptop() {
    let config = parse(&[]).unwrap();
    assert_eq!(config.server.listen, "127.0.0.1:8080".parse::<SocketAddr>().unwrap());
    assert_eq!(config.server.metrics, Some("127.0.0.1:9464".parse().unwrap()));
    assert_eq!(config.server.public_url.to_string(), "http://localhost:8080");
    assert_eq!(config.server.web_dir, Path::new("frontend/out"));
    assert!(config.server.trusted_proxies.is_empty());
    assert_eq!(config.server.max_connections_per_address, 50);
    assert_eq!(config.server.drain_delay, Duration::ZERO);
    assert_eq!(config.storage.data_dir, Path::new(".overcookied"));
    assert_eq!(config.storage.results_db, Path::new(".overcookied/results.sqlite3"));
    assert!(config.sessions.keys.is_none());
    let s = Duration::from_secs;
    let Game { length, countdown, grace, golden_min, golden_max, bonus } = config.game;
    assert_eq!([length, countdown, grace], [s(60), s(5), s(15)]);
    assert_eq!([golden_min, golden_max, bonus], [s(5), s(10), s(5)]);
    assert_eq!(config.logs.filter, "info");
    assert_eq!(config.logs.format, LogFormat::Text);
    assert_eq!(config.logs.otlp_endpoint, None);
}

#[test]
fn the_word_serve_may_be_given_or_left_out() {
    for args in [&["--port", "81"][..], &["serve", "--port", "81"]] {
        assert_eq!(parse(args).unwrap().server.listen.port(), 81, "{args:?}");
    }
}

#[test]
fn settings_that_follow_from_others_do_so_unless_given() {
    let config = parse(&["--port", "9000", "--data-dir", "/d", "--metrics-port", "0"]).unwrap();
    assert_eq!(config.server.public_url.to_string(), "http://localhost:9000");
    assert_eq!(config.storage.results_db, Path::new("/d/results.sqlite3"));
    assert_eq!(config.server.metrics, None);
    let config = parse(&["--data-dir", "/d", "--results-db", "/r.db"]).unwrap();
    assert_eq!(config.storage.results_db, Path::new("/r.db"));
}

#[test]
fn lengths_of_time_may_have_a_fraction_and_a_unit() {
    let config = parse(&["--game-seconds", "0.5", "--drain-delay", "1500ms", "--grace-seconds=3s"]);
    let config = config.unwrap();
    assert_eq!(config.game.length, Duration::from_millis(500));
    assert_eq!(config.server.drain_delay, Duration::from_millis(1500));
    assert_eq!(config.game.grace, Duration::from_secs(3));
}

#[test]
fn trusted_proxies_are_addresses_and_networks() {
    let config = parse(&["--trusted-proxies", "10.0.0.0/8, ::1 192.0.2.7,"]).unwrap();
    let names: Vec<_> = config.server.trusted_proxies.iter().map(ToString::to_string).collect();
    assert_eq!(names, ["10.0.0.0/8", "::1/128", "192.0.2.7/32"]);
}

#[test]
fn a_bad_value_is_refused_and_the_variable_named() {
    let table: &[(&str, &[&str])] = &[
        ("HOST", &["example.com", "300.1.1.1", ""]),
        ("PORT", &["http", "-1", "65536", "80.5"]),
        ("METRICS_PORT", &["yes", "70000"]),
        ("PUBLIC_URL", &["localhost:8080", "ftp://x", "http://", "https://x/game", "http://a@x"]),
        ("PUBLIC_URL", &["http://x?y", "http://x:99999", "", "http://x, http://y"]),
        ("TRUSTED_PROXIES", &["10.0.0.0/33", "proxy", "1.2.3.4;5.6.7.8"]),
        ("MAX_CONNECTIONS_PER_ADDRESS", &["0", "-5", "many"]),
        ("DRAIN_DELAY", &["-1", "soon", "NaN", "inf", "3601", "1h"]),
        ("GAME_SECONDS", &["0", "-60", "sixty", "1e9"]),
        ("COUNTDOWN_SECONDS", &["-1", ""]),
        ("GRACE_SECONDS", &["0"]),
        ("GOLDEN_COOKIE_MIN_SECONDS", &["0", "x"]),
        ("GOLDEN_COOKIE_MAX_SECONDS", &["0", "x"]),
        ("BONUS_SECONDS", &["-1"]),
        ("RESULTS", &["postgres", ""]),
        ("DYNAMODB_TABLE_PREFIX", &["", "über", "a b", "a/b"]),
        ("OUTBOX_ASIDE_AFTER_SECONDS", &["-1", "soon"]),
        ("RUST_LOG", &["overcookied=loud", "=="]),
        ("LOG_FORMAT", &["xml"]),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &["collector:4317", "https://collector"]),
        ("SESSION_KEYS_FILE", &["/nowhere/at/all"]),
        ("VALKEY_URL", &["valkey:6379", "http://valkey", "redis://a,rediss://b", "redis://a?x=y"]),
        ("VALKEY_URL_FILE", &["/nowhere/at/all"]),
        ("VALKEY_CA_FILE", &["/nowhere/at/all"]),
        ("VALKEY_WAIT_REPLICAS", &["-1", "6", "one", "", "1"]),
    ];
    for (variable, values) in table {
        let flag = format!("--{}", variable.to_lowercase().replace('_', "-"));
        for value in *values {
            let answer = parse(&[&format!("{flag}={value}")]);
            let refusal = answer.expect_err(&format!("{variable}={value} was taken"));
            assert!(refusal.contains(variable), "{variable}={value}: {refusal}");
        }
    }
}

#[test]
fn contradictions_are_refused() {
    let table = [
        &["--golden-cookie-min-seconds=3", "--golden-cookie-max-seconds=2"][..],
        &["--port=9000", "--metrics-port=9000"],
        &["--session-keys=x", "--session-keys-file=/dev/null"],
        &["--valkey-url=redis://a", "--valkey-url-file=/dev/null"],
    ];
    for args in table {
        let refusal = parse(args).expect_err("a contradiction was taken");
        assert!(refusal.contains("contradict"), "{args:?}: {refusal}");
    }
}

#[test]
fn a_provider_needs_a_name_and_a_secret_and_a_safe_address() {
    let providers = |args: &[&str]| parse(args).map(|config| config.providers);
    let none = providers(&["--google-client-id=", "--github-client-secret="]).unwrap();
    assert!(none.google.is_none() && none.github.is_none(), "empty is unset");

    let google = ["--google-client-id=id", "--google-client-secret=s3cret"];
    let found = providers(&google).unwrap().google.unwrap();
    assert_eq!(found.provider_url, "https://accounts.google.com");
    assert!(!format!("{found:?}").contains("s3cret"));
    let github = ["--github-client-id=id", "--github-client-secret=s3cret"];
    let found = providers(&github).unwrap().github.unwrap();
    assert_eq!(
        (found.provider_url.as_str(), found.api_url.as_str()),
        ("https://github.com", "https://api.github.com")
    );

    let halves = [
        ("--google-client-id=x", "GOOGLE_CLIENT_SECRET"),
        ("--google-client-secret=x", "GOOGLE_CLIENT_ID"),
        ("--github-client-id=x", "GITHUB_CLIENT_SECRET"),
        ("--github-client-secret=x", "GITHUB_CLIENT_ID"),
        ("--github-client-secret-file=/nowhere/at/all", "GITHUB_CLIENT_SECRET_FILE"),
    ];
    for (half, names) in halves {
        let refusal = parse(&[half]).expect_err(half);
        assert!(refusal.contains(names), "{refusal}");
    }
    for issuer in ["http://accounts.example", "accounts.example", "ftp://a", ""] {
        let issuer = format!("--google-issuer={issuer}");
        let refusal = parse(&[google[0], google[1], &issuer]).expect_err(&issuer);
        assert!(refusal.contains("GOOGLE_ISSUER") && !refusal.contains("s3cret"), "{refusal}");
    }
    let local = [google[0], google[1], "--google-issuer=http://127.0.0.1:4000/realm"];
    assert!(providers(&local).is_ok(), "on this machine");
}

#[test]
fn results_go_to_the_tables_that_are_named_when_dynamodb_is_chosen() {
    let prefix = |args: &[&str]| parse(args).unwrap().storage.dynamodb.map(|tables| tables.prefix);
    assert_eq!(prefix(&[]), None);
    assert_eq!(prefix(&["--dynamodb-table-prefix=Staging"]), None);
    assert_eq!(prefix(&["--results=dynamodb"]).as_deref(), Some("Overcookied"));
    let named = ["--results=dynamodb", "--dynamodb-table-prefix=Staging"];
    assert_eq!(prefix(&named).as_deref(), Some("Staging"));
}

#[test]
fn a_secret_can_come_from_a_file_and_is_never_shown() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.pem");
    std::fs::write(&path, "very secret text\n").unwrap();
    let secret = format!("--google-client-secret-file={}", path.display());
    let config = parse(&["--google-client-id=id", &secret]).unwrap();
    let google = config.providers.google.as_ref().unwrap();
    assert_eq!(google.client_secret.expose_secret(), "very secret text");
    assert!(!format!("{config:?}").contains("very secret"));
    let flag = format!("--session-keys-file={}", path.display());
    let config = parse(&[&flag]).unwrap();
    assert!(matches!(&config.sessions.keys, Some(Keys::InFile(file)) if *file == path));
    let direct = parse(&["--session-keys", "very secret text"]).unwrap();
    assert!(!format!("{direct:?}").contains("very secret"));
    std::fs::write(&path, " \n").unwrap();
    assert!(parse(&[&flag]).unwrap_err().contains("SESSION_KEYS_FILE: the file is empty"));
}

/// What pods that share a Valkey must be told besides its address.
const SHARED: [&str; 2] = ["--session-keys=x", "--results-db=/shared/results.db"];

#[test]
fn pods_that_share_a_valkey_must_share_session_keys_and_results_too() {
    let url = "--valkey-url=redis://valkey";
    for (left_out, named) in [(0, "SESSION_KEYS"), (1, "RESULTS_DB")] {
        let refusal = parse(&[url, SHARED[1 - left_out]]).unwrap_err();
        assert!(refusal.contains("VALKEY_URL") && refusal.contains(named), "{refusal}");
    }
    assert!(parse(&[url, SHARED[0], SHARED[1]]).unwrap().valkey.is_some());
    assert!(parse(&["--valkey-url="]).unwrap().valkey.is_none(), "an empty one is unset");
    for alone in ["--valkey-wait-replicas=1", "--valkey-ca-file=/dev/null"] {
        assert!(parse(&[alone]).unwrap_err().contains("needs VALKEY_URL"), "{alone}");
    }
}

#[test]
fn the_password_of_valkey_is_never_shown() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("url");
    std::fs::write(&path, "rediss://:s3cret@one, rediss://:s3cret@two\n").unwrap();
    let flag = format!("--valkey-url-file={}", path.display());
    let config = parse(&[&flag, SHARED[0], SHARED[1], "--valkey-wait-replicas=2"]).unwrap();
    let shown = format!("{config:?}");
    assert!(shown.contains("two:6379") && !shown.contains("s3cret"), "{shown}");
    let bad = parse(&["--valkey-url=redis://:s3cret@one:port", SHARED[0], SHARED[1]]).unwrap_err();
    assert!(bad.contains("VALKEY_URL") && !bad.contains("s3cret"), "{bad}");
    let differ = parse(&["--valkey-url=redis://:s3cret@a,redis://b", SHARED[0], SHARED[1]]);
    assert!(!differ.unwrap_err().contains("s3cret"));
}

#[test]
fn public_urls_are_written_as_browsers_write_origins() {
    let table = [
        ("https://Game.Example", "https://game.example", "wss://game.example"),
        ("https://game.example:443/", "https://game.example", "wss://game.example"),
        ("http://game.example:80", "http://game.example", "ws://game.example"),
        ("http://[::1]:8080", "http://[::1]:8080", "ws://[::1]:8080"),
        ("https://game.example:8443", "https://game.example:8443", "wss://game.example:8443"),
    ];
    for (given, origin, websocket) in table {
        let url: PublicUrl = given.parse().unwrap();
        assert_eq!(url.to_string(), origin);
        assert_eq!(url.websocket_origin(), websocket);
    }
    let loopback = |text: &str| text.parse::<PublicUrl>().unwrap().is_loopback();
    assert!(
        loopback("http://localhost:1") && loopback("http://127.0.0.1") && loopback("http://[::1]")
    );
    assert!(!loopback("http://localhost.example") && !loopback("http://10.0.0.1"));
}

#[test]
fn help_lists_every_variable() {
    let help = Cli::command().render_long_help().to_string();
    let variables = "HOST PORT METRICS_PORT PUBLIC_URL WEB_DIR TRUSTED_PROXIES \
        MAX_CONNECTIONS_PER_ADDRESS DRAIN_DELAY DATA_DIR RESULTS RESULTS_DB \
        DYNAMODB_TABLE_PREFIX OUTBOX_ASIDE_AFTER_SECONDS SESSION_KEYS \
        SESSION_KEYS_FILE VALKEY_URL VALKEY_URL_FILE VALKEY_CA_FILE VALKEY_WAIT_REPLICAS GAME_SECONDS COUNTDOWN_SECONDS GRACE_SECONDS GOLDEN_COOKIE_MIN_SECONDS \
        GOLDEN_COOKIE_MAX_SECONDS BONUS_SECONDS RUST_LOG LOG_FORMAT OTEL_EXPORTER_OTLP_ENDPOINT";
    for variable in variables.split_whitespace() {
        assert!(help.contains(&format!("<{variable}>")), "{variable} is missing in --help");
    }
}

/// Run by the next test in a process of its own, whose environment is known.
#[test]
#[ignore = "a child of the next test"]
fn child_prints_what_it_was_told() {
    use clap::Parser;
    let args = std::env::var("CHILD_ARGS").unwrap_or_default();
    let args = std::iter::once("overcookied").chain(args.split_whitespace());
    let Command::Serve(serve) = Cli::parse_from(args).into_command() else { panic!("it serves") };
    let config = Config::new(*serve).unwrap();
    println!("port={} keys={}", config.server.listen.port(), config.sessions.keys.is_some());
}

#[test]
fn the_command_line_beats_the_environment_and_the_environment_beats_the_default() {
    let table = [
        (&[][..], "port=8080 keys=false"),
        (&[("PORT", "9001"), ("SESSION_KEYS", "x")], "port=9001 keys=true"),
        (&[("PORT", "9001"), ("CHILD_ARGS", "--port 9002")], "port=9002 keys=false"),
        (&[("PORT", "9001"), ("CHILD_ARGS", "serve --port 9003")], "port=9003 keys=false"),
    ];
    for (environment, expected) in table {
        let child = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "--ignored", "--nocapture"])
            .arg("config::tests::child_prints_what_it_was_told")
            .env_clear()
            .envs(environment.iter().copied())
            .output()
            .unwrap();
        let output = String::from_utf8(child.stdout).unwrap();
        assert!(output.contains(expected), "{environment:?}: {output}");
    }
}
