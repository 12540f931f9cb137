//! The wire against its golden frames in `protocol/fixtures/`, which the browser's tests read too.

mod bad_frames;
mod client_frames;
mod server_frames;
mod types;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use crate::games::{Catalogue, Settings};

/// A folder of the repository.
fn folder(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Every golden frame of one direction, by its name.
fn fixtures(direction: &str) -> BTreeMap<String, String> {
    let files = fs::read_dir(folder("protocol/fixtures").join(direction)).unwrap();
    let read = |path: PathBuf| {
        assert_eq!(path.extension().unwrap(), "json", "{path:?}");
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        (name, fs::read_to_string(path).unwrap())
    };
    files.map(|file| read(file.unwrap().path())).collect()
}

fn names<'a>(frames: impl IntoIterator<Item = &'a String>) -> BTreeSet<&'a str> {
    frames.into_iter().map(String::as_str).collect()
}

/// The message types of frames.
fn types<'a>(frames: impl IntoIterator<Item = &'a String>) -> BTreeSet<String> {
    let kind = |frame: &String| {
        let frame: serde_json::Value = serde_json::from_str(frame).unwrap();
        frame["type"].as_str().unwrap().to_owned()
    };
    frames.into_iter().map(kind).collect()
}

fn input_kind(kind: &str) -> Option<&'static str> {
    Catalogue::new(Settings::default()).input_kind(kind)
}
