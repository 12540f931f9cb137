//! The wire as TypeScript sees it: `frontend/lib/protocol/generated/`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use ts_rs::{Config, TS};

use super::folder;
use crate::games::cookie::{CookieClick, Event, Remark, View};
use crate::protocol::client_msg::{InputHeader, JoinQueue, Practice};
use crate::protocol::{GameStart, ServerMsg};

const GENERATED: &str = "frontend/lib/protocol/generated";

/// What makes a state safe to use: in every `UPDATE` and `GAME_START`, beside the view.
#[derive(TS)]
#[allow(dead_code, reason = "it stands for what `State` writes by hand")]
struct Commit {
    /// Ignore a state whose version is not higher than the last.
    #[ts(type = "number")]
    version: u64,
    /// The highest `n` of yours that is safe.
    ack: u32,
}

/// Writes every type of the wire, with what it refers to, and gives the files by name.
fn generate() -> BTreeMap<String, String> {
    let out = tempfile::tempdir().unwrap();
    let config = Config::new().with_out_dir(out.path());
    for export in [
        JoinQueue::export_all,
        Practice::export_all,
        InputHeader::export_all,
        CookieClick::export_all,
        ServerMsg::export_all,
        GameStart::export_all,
        Commit::export_all,
        Event::export_all,
        Remark::export_all,
        View::export_all,
    ] {
        export(&config).unwrap();
    }
    read(out.path())
}

fn read(folder: &Path) -> BTreeMap<String, String> {
    let Ok(files) = fs::read_dir(folder) else { return BTreeMap::new() };
    let paths = files.map(|file| file.unwrap().path());
    let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    paths.map(|path| (name(&path), fs::read_to_string(&path).unwrap())).collect()
}

/// The checked-in types are those of this code. After a change of the wire, write them anew with
/// `WRITE_TYPES=1 cargo test --lib the_types_of_the_browser`.
#[test]
fn the_types_of_the_browser_are_those_of_the_server() {
    let generated = generate();
    let folder = folder(GENERATED);
    if std::env::var_os("WRITE_TYPES").is_some() {
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        for (name, text) in &generated {
            fs::write(folder.join(name), text).unwrap();
        }
    }
    let checked_in = read(&folder);
    assert!(
        checked_in == generated,
        "{GENERATED} is not what the code says: run it again with WRITE_TYPES=1\n\
         there: {:?}\nwanted: {generated:#?}",
        checked_in.keys()
    );
}
