//! Reading players and histories. The number of requests never depends on how many there are.

use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use serde::de::DeserializeOwned;
use serde_dynamo::aws_sdk_dynamodb_1::from_item;

use super::errors::{DynamoError, explained, refused, unreadable};
use super::items::{Game, Item, User, text};
use super::tables::{BY_PLAYER, Tables};
use crate::ids::PlayerId;
use crate::results::HistoryPage;
use crate::results::cursor::{Cursor, page};

/// How often what a batch left out is asked for again.
const ROUNDS: usize = 5;

/// These players, as they stand now; those of whom nothing is recorded are left out.
pub(super) async fn users(
    client: &Client,
    tables: &Tables,
    players: &[PlayerId],
) -> Result<Vec<User>, DynamoError> {
    let table = &tables.users;
    let mut keys = KeysAndAttributes::builder().consistent_read(true);
    for player in players {
        keys = keys.keys(HashMap::from([("UserID".to_owned(), text(player))]));
    }
    let mut wanted = keys.build().map_err(refused)?;
    let mut found = Vec::new();
    for _ in 0..ROUNDS {
        let call = client.batch_get_item().request_items(table, wanted);
        let answer = call.send().await.map_err(|error| explained(table, &error))?;
        for item in answer.responses.unwrap_or_default().remove(table).unwrap_or_default() {
            found.push(read(table, item)?);
        }
        match answer.unprocessed_keys.unwrap_or_default().remove(table) {
            Some(left) if !left.keys.is_empty() => wanted = left,
            _ => return Ok(found),
        }
    }
    Err(DynamoError::Unavailable("it leaves out what it is asked for".to_owned()))
}

/// Some of all players, from one on, and where to go on.
pub(super) async fn some_users(
    client: &Client,
    tables: &Tables,
    from: Option<String>,
) -> Result<(Vec<User>, Option<String>), DynamoError> {
    let table = &tables.users;
    let from = from.map(|id| HashMap::from([("UserID".to_owned(), AttributeValue::S(id))]));
    let call = client.scan().table_name(table).consistent_read(true).set_exclusive_start_key(from);
    let answer = call.send().await.map_err(|error| explained(table, &error))?;
    let next = answer.last_evaluated_key.as_ref().and_then(|key| key.get("UserID"));
    let next = next.and_then(|id| id.as_s().ok().cloned());
    let items = answer.items.unwrap_or_default().into_iter();
    let users = items.map(|item| read(table, item)).collect::<Result<_, _>>()?;
    Ok((users, next))
}

/// A page of a player's games, from the one after `cursor` on.
pub(super) async fn history(
    client: &Client,
    tables: &Tables,
    player: PlayerId,
    cursor: Option<Cursor>,
    limit: usize,
) -> Result<HistoryPage, DynamoError> {
    let table = &tables.games;
    let from = cursor.map(|Cursor { ended_at, game }| {
        HashMap::from([
            ("PlayerID".to_owned(), text(player)),
            ("EndedAt".to_owned(), AttributeValue::N(ended_at.to_string())),
            ("GameID".to_owned(), text(game)),
        ])
    });
    // One more than asked for tells whether there is another page.
    let rows = i32::try_from(limit + 1).unwrap_or(i32::MAX);
    let call = client
        .query()
        .table_name(table)
        .index_name(BY_PLAYER)
        .key_condition_expression("PlayerID = :player")
        .expression_attribute_values(":player", text(player))
        .scan_index_forward(false)
        .set_exclusive_start_key(from)
        .limit(rows);
    let answer = call.send().await.map_err(|error| explained(table, &error))?;
    let entry = |item: Item| {
        let game: Game = read(table, item)?;
        let place = Cursor { ended_at: game.ended_at, game: game.game_id };
        let beyond = || unreadable(table, &"a time beyond the calendar");
        Ok((place, game.entry().ok_or_else(beyond)?))
    };
    let games = answer.items.unwrap_or_default().into_iter().map(entry);
    Ok(page(player, limit, games.collect::<Result<_, DynamoError>>()?))
}

pub(super) fn read<T: DeserializeOwned>(table: &str, item: Item) -> Result<T, DynamoError> {
    from_item(item).map_err(|error| unreadable(table, &error))
}
