//! The operator's commands as a program: settings, help and exit codes, where there is no Valkey.

#![allow(clippy::unwrap_used)]

use std::net::TcpListener;
use std::process::{Command, Output};

const ID: &str = "6fa459ea-ee8a-4ca4-894e-db77e160355e";

/// Every command, as words.
fn commands() -> [Vec<&'static str>; 5] {
    [
        vec!["status"],
        vec!["room", "show", ID],
        vec!["room", "end", ID],
        vec!["player", "free", ID],
        vec!["player", "sign-out", ID],
    ]
}

/// Runs the program in this environment alone.
fn run(args: &[&str], environment: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_overcookied"));
    command.args(args).env_clear().envs(environment.iter().copied()).output().unwrap()
}

fn refusal(output: &Output, code: i32) -> String {
    let told = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(code), "{told}");
    assert!(output.stdout.is_empty());
    told
}

#[test]
fn without_a_shared_valkey_every_command_says_that_it_is_for_many_pods() {
    for command in commands() {
        let told = refusal(&run(&command, &[]), 2);
        assert!(told.contains("VALKEY_URL") && told.contains("for many pods"), "{told}");
    }
}

#[test]
fn a_valkey_that_cannot_be_reached_ends_every_command_and_its_password_is_not_told() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("redis://:s3cret@127.0.0.1:{port}");
    let running = commands().map(|command| {
        let url = url.clone();
        std::thread::spawn(move || run(&command, &[("VALKEY_URL", &url)]))
    });
    for command in running {
        let told = refusal(&command.join().unwrap(), 2);
        assert!(told.contains(&format!("no Valkey answers at 127.0.0.1:{port}")), "{told}");
        assert!(!told.contains("s3cret"), "{told}");
    }
}

#[test]
fn settings_of_a_server_do_not_concern_them_and_their_own_are_checked() {
    let told = refusal(&run(&["status"], &[("PORT", "no port"), ("RESULTS", "none")]), 2);
    assert!(told.contains("for many pods"), "{told}");
    let told = refusal(&run(&["status"], &[("VALKEY_URL", "http://:s3cret@valkey")]), 2);
    assert!(told.contains("VALKEY_URL: address 1 is not redis://"), "{told}");
    assert!(!told.contains("s3cret"), "{told}");
    let told = refusal(&run(&["status"], &[("VALKEY_URL_FILE", "/nowhere/at/all")]), 2);
    assert!(told.contains("VALKEY_URL_FILE names /nowhere/at/all"), "{told}");
    let authority = [("VALKEY_URL", "rediss://valkey"), ("VALKEY_CA_FILE", "/dev/null")];
    let told = refusal(&run(&["room", "show", ID], &authority), 2);
    assert!(told.contains("VALKEY_CA_FILE"), "{told}");
    let told = refusal(&run(&["room", "end", "no-id"], &[]), 2);
    assert!(told.contains("invalid value 'no-id' for '<ID>'"), "{told}");
}

#[test]
fn the_help_of_each_command_tells_its_exit_codes_and_where_the_valkey_is_from() {
    for mut command in commands() {
        command.push("--help");
        let output = run(&command, &[("VALKEY_URL", "redis://:s3cret@valkey")]);
        assert_eq!(output.status.code(), Some(0));
        let help = String::from_utf8(output.stdout).unwrap();
        for part in
            ["Exit code: 0 done; 1 refused", "VALKEY_URL", "VALKEY_URL_FILE", "VALKEY_CA_FILE"]
        {
            assert!(help.contains(part), "{part} is missing in {help}");
        }
        assert!(!help.contains("s3cret"), "{help}");
    }
}
