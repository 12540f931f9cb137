//! `outbox list` and `outbox retry`: finished games that were set aside, and back into the outbox with
//! them. Works beside running servers: a record that is put back is taken like one that is new.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::{Failure, text};
use crate::cluster::{SqliteStore, Unavailable, Valkey, ValkeySettings, ValkeyStore};
use crate::ids::PodId;
use crate::results::{DeadLetters, FinishedGame, OutboxId, SetAside};

/// Where live games and the outbox are kept.
#[derive(Clone, Debug)]
pub enum Place {
    /// In a Valkey that many pods share.
    Shared(ValkeySettings),
    /// In the data directory of a server that runs alone.
    Here(PathBuf),
}

/// What is to be done with what was set aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OutboxOrder {
    /// List it.
    List {
        /// The most entries.
        limit: usize,
        /// As one JSON array, records included.
        json: bool,
    },
    /// Put all of it back into the outbox.
    RetryAll,
    /// Put these back into the outbox.
    Retry(Vec<OutboxId>),
}

/// Entries that are asked for at a time.
const AT_ONCE: usize = 500;

/// Carries out an order there.
///
/// # Errors
/// When the store cannot be reached, or an entry is not there.
pub async fn outbox(place: Place, order: OutboxOrder) -> Result<String, Failure> {
    let letters = open(place).await?;
    match order {
        OutboxOrder::List { limit, json } => list(&*letters, limit, json).await,
        OutboxOrder::RetryAll => retry_all(&*letters).await,
        OutboxOrder::Retry(ids) => retry(&*letters, ids).await,
    }
}

async fn open(place: Place) -> Result<Box<dyn DeadLetters>, Failure> {
    match place {
        // The name by which entries would be taken, which nothing here does.
        Place::Shared(settings) => {
            Ok(Box::new(ValkeyStore::new(Valkey::connect(settings).await?, PodId::random())))
        }
        Place::Here(data_dir) => Ok(Box::new(rooms_file(&data_dir)?)),
    }
}

/// Opening would make the file if it were not there.
fn rooms_file(data_dir: &Path) -> Result<SqliteStore, Failure> {
    let file = data_dir.join("rooms.sqlite3");
    if !file.exists() {
        let why = format!("there is no {}: no server has kept its games there", file.display());
        return Err(Failure::Refused(why));
    }
    Ok(SqliteStore::open(file)?)
}

async fn list(letters: &dyn DeadLetters, limit: usize, json: bool) -> Result<String, Failure> {
    let (mut entries, mut after) = (Vec::new(), None);
    while entries.len() < limit {
        let some = letters.list(after, AT_ONCE.min(limit - entries.len())).await?;
        let Some(last) = some.last() else { break };
        after = Some(last.id);
        entries.extend(some);
    }
    Ok(if json { as_json(&entries) } else { as_table(&entries) })
}

fn as_table(entries: &[SetAside]) -> String {
    if entries.is_empty() {
        return "Nothing was set aside.\n".to_owned();
    }
    let head = ["ID", "SET ASIDE", "GAME", "WHY"].map(str::to_owned);
    let row = |entry: &SetAside| {
        let game = serde_json::from_str::<FinishedGame>(&entry.record);
        let game = game.map_or_else(|_| "-".to_owned(), |game| game.game_id.to_string());
        let ago = format!("{} ago", text::duration(entry.age));
        [entry.id.to_string(), ago, game, text::plain(&entry.why)]
    };
    let rows: Vec<_> = std::iter::once(head).chain(entries.iter().map(row)).collect();
    text::table(&rows)
}

fn as_json(entries: &[SetAside]) -> String {
    let object = |entry: &SetAside| {
        json!({
            "id": entry.id.to_string(),
            "setAsideAgoMs": text::millis(entry.age),
            "format": entry.format,
            "why": entry.why,
            "record": entry.record,
        })
    };
    format!("{:#}\n", entries.iter().map(object).collect::<serde_json::Value>())
}

/// All that is there now: what is set aside again meanwhile comes behind it.
async fn retry_all(letters: &dyn DeadLetters) -> Result<String, Failure> {
    let mut ids: Vec<OutboxId> = Vec::new();
    loop {
        let some = letters.list(ids.last().copied(), AT_ONCE).await?;
        if some.is_empty() {
            break;
        }
        ids.extend(some.iter().map(|entry| entry.id));
    }
    if ids.is_empty() {
        return Ok("Nothing was set aside.\n".to_owned());
    }
    let mut back = 0;
    for id in ids {
        // Another operator may have been here first.
        back += usize::from(letters.put_back(id).await?);
    }
    Ok(format!("{back} finished games are back in the outbox.\n"))
}

async fn retry(letters: &dyn DeadLetters, ids: Vec<OutboxId>) -> Result<String, Failure> {
    let (mut done, mut missing) = (String::new(), Vec::new());
    for id in ids {
        match letters.put_back(id).await {
            Ok(true) => drop(writeln!(done, "{id} is back in the outbox.")),
            Ok(false) => missing.push(id),
            Err(Unavailable(why)) => return Err(Unavailable(format!("{done}{why}")).into()),
        }
    }
    if missing.is_empty() {
        return Ok(done);
    }
    let missing = text::list(&missing);
    Err(Failure::Refused(format!("{done}not set aside, or back in the outbox already: {missing}")))
}
