//! The corpora that fuzzing keeps, once each, through what it checks: `scripts/fuzz` goes on from
//! there. What it found is among them, so that it stays fixed.

// Helpers of a test fail as the test itself does.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

#[path = "../fuzz/src/lib.rs"]
mod properties;
#[path = "corpora/seeds.rs"]
mod seeds;

use std::fs;
use std::path::Path;

/// Checks each file of a corpus. Some are taken and some are not, or it says little.
fn replay(target: &str, check: fn(&[u8]) -> bool) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut files: Vec<_> =
        fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    let taken = files.iter().filter(|file| {
        // Shown when it fails.
        println!("{}", file.display());
        check(&fs::read(file).unwrap())
    });
    let taken = taken.count();
    assert!((1..files.len()).contains(&taken), "{taken} of {} are taken", files.len());
}

#[test]
fn bus_messages() {
    replay("bus_messages", properties::bus_messages::check);
}

#[test]
fn client_messages() {
    replay("client_messages", properties::client_messages::check);
}

#[test]
fn frames() {
    replay("frames", properties::frames::check);
}

#[test]
fn login_cookies() {
    replay("login_cookies", properties::login_cookies::check);
}

#[test]
fn snapshots() {
    replay("snapshots", properties::snapshots::check);
}

#[test]
fn tokens() {
    replay("tokens", properties::tokens::check);
}
