//! Games that have begun and have no result yet.
//!
//! Their notes lie with the games, under a player who is none, so that the index by player lists
//! them by when they began. There are sixteen of these, so that no part of it gets all of them.

use std::collections::HashMap;
use std::ops::Range;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, Delete};
use futures_util::future::try_join_all;

use super::errors::{DynamoError, explained, refused, unreadable};
use super::items::{Item, text};
use super::tables::{BY_PLAYER, Tables};
use crate::ids::RoomId;
use crate::results::FinishedGame;

const PARTS: u8 = 16;

/// The player who is none, for a part.
fn nobody(part: u8) -> String {
    format!("begun-{part}")
}

fn key(game: RoomId) -> Item {
    let part = game.as_uuid().as_bytes()[15] % PARTS;
    HashMap::from([("GameID".to_owned(), text(game)), ("PlayerID".to_owned(), text(nobody(part)))])
}

pub(super) async fn note(
    client: &Client,
    tables: &Tables,
    game: &FinishedGame,
) -> Result<(), DynamoError> {
    let record = serde_json::to_string(game).map_err(|error| unreadable(&tables.games, &error))?;
    let mut item = key(game.game_id);
    item.insert("EndedAt".to_owned(), AttributeValue::N(game.ended_at.to_string()));
    item.insert("Record".to_owned(), text(record));
    let put = client.put_item().table_name(&tables.games).set_item(Some(item));
    put.send().await.map(drop).map_err(|error| explained(&tables.games, &error))
}

/// The note goes in the transaction that records the game.
pub(super) fn delete(tables: &Tables, game: RoomId) -> Result<Delete, DynamoError> {
    let delete = Delete::builder().table_name(&tables.games).set_key(Some(key(game))).build();
    delete.map_err(refused)
}

/// A note that was written after the game was recorded.
pub(super) async fn forget(
    client: &Client,
    tables: &Tables,
    game: RoomId,
) -> Result<(), DynamoError> {
    let delete = client.delete_item().table_name(&tables.games).set_key(Some(key(game)));
    delete.send().await.map(drop).map_err(|error| explained(&tables.games, &error))
}

pub(super) async fn unfinished(
    client: &Client,
    tables: &Tables,
    began: Range<u64>,
    limit: usize,
) -> Result<Vec<FinishedGame>, DynamoError> {
    // Both ends of BETWEEN count.
    let Some(last) = began.end.checked_sub(1).filter(|last| *last >= began.start) else {
        return Ok(Vec::new());
    };
    let parts = (0..PARTS).map(|part| of_part(client, tables, part, (began.start, last), limit));
    let mut games = try_join_all(parts).await?.concat();
    games.sort_by_key(|game| game.ended_at);
    games.truncate(limit);
    Ok(games)
}

async fn of_part(
    client: &Client,
    tables: &Tables,
    part: u8,
    (first, last): (u64, u64),
    limit: usize,
) -> Result<Vec<FinishedGame>, DynamoError> {
    let table = &tables.games;
    let query = client
        .query()
        .table_name(table)
        .index_name(BY_PLAYER)
        .key_condition_expression("PlayerID = :nobody AND EndedAt BETWEEN :first AND :last")
        .expression_attribute_values(":nobody", text(nobody(part)))
        .expression_attribute_values(":first", AttributeValue::N(first.to_string()))
        .expression_attribute_values(":last", AttributeValue::N(last.to_string()))
        .limit(i32::try_from(limit).unwrap_or(i32::MAX));
    let answer = query.send().await.map_err(|error| explained(table, &error))?;
    let read = |item: &Item| {
        let record = item.get("Record").and_then(|record| record.as_s().ok());
        FinishedGame::noted(record.map(String::as_str).unwrap_or_default())
    };
    Ok(answer.items().iter().filter_map(read).collect())
}
