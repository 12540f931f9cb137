//! Accounts in DynamoDB: an identity is an item of its own that names the player, the account is a
//! part of the player's item.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{AttributeValue, Put, ReturnValue, TransactWriteItem, Update};
use futures_util::stream::{self, StreamExt, TryStreamExt};
use serde_dynamo::aws_sdk_dynamodb_1::to_attribute_value;

use super::errors::{DynamoError, explained, refused, unreadable};
use super::items::{Game, Item, Sum, User, nobody, text};
use super::read;
use super::tables::{BY_PLAYER, Tables};
use crate::accounts::{Account, DELETED, SignIn};
use crate::auth::{Identity, Provider};
use crate::ids::PlayerId;
use crate::matchmaking::Profile;
use crate::wall_clock;

/// Attempts while somebody else writes the same items.
const ATTEMPTS: u32 = 5;
/// Games of a player who goes that are made anonymous at the same time.
const AT_ONCE: usize = 16;
/// How far the index of a player's games may be behind the table. AWS: a fraction of a second.
const INDEX_LAGS: Duration = Duration::from_secs(1);

pub(super) async fn sign_in(
    client: &Client,
    tables: &Tables,
    identity: &Identity,
    newcomer: &Profile,
) -> Result<SignIn, DynamoError> {
    for _ in 0..ATTEMPTS {
        let known = player_of(client, tables, identity).await?;
        let user = match known {
            Some(player) => user(client, tables, player).await?,
            None => None,
        };
        if let Some(account) = user.and_then(User::account) {
            let player = Profile { picture: newcomer.picture.clone(), ..account.player };
            if attach(client, tables, identity, &player).await? {
                let account = Account { player, provider: identity.provider };
                return Ok(SignIn::Account(account));
            }
            continue;
        }
        // The identity of somebody who is being deleted is free.
        match make(client, tables, identity, known, newcomer).await? {
            Made::Account => {
                let account = account(client, tables, newcomer.id).await?;
                return Ok(account.map_or(SignIn::Deleted, SignIn::Account));
            }
            Made::Refused => {
                let user = self::user(client, tables, newcomer.id).await?;
                let is_deleted = user.is_some_and(|user| user.is_deleted());
                return Ok(if is_deleted { SignIn::Deleted } else { SignIn::Taken });
            }
            Made::Crossed => {}
        }
    }
    Err(DynamoError::Unavailable("others write the same account all the time".to_owned()))
}

pub(super) async fn account(
    client: &Client,
    tables: &Tables,
    player: PlayerId,
) -> Result<Option<Account>, DynamoError> {
    Ok(user(client, tables, player).await?.and_then(User::account))
}

async fn user(
    client: &Client,
    tables: &Tables,
    player: PlayerId,
) -> Result<Option<User>, DynamoError> {
    Ok(read::users(client, tables, &[player]).await?.pop())
}

async fn player_of(
    client: &Client,
    tables: &Tables,
    identity: &Identity,
) -> Result<Option<PlayerId>, DynamoError> {
    let table = &tables.identities;
    let get = client.get_item().table_name(table).key("Identity", text(identity.key()));
    let answer =
        get.consistent_read(true).send().await.map_err(|error| explained(table, &error))?;
    let id = answer.item.as_ref().and_then(|item| item.get("UserID")?.as_s().ok());
    let bad = |error| unreadable(table, &error);
    id.map(|id| id.parse().map_err(|error: uuid::Error| bad(error))).transpose()
}

/// What became of an account that was to be made.
enum Made {
    Account,
    /// Somebody else was at the same items.
    Crossed,
    /// The player has been deleted, or has an identity.
    Refused,
}

/// Ties an identity, which had this player or none, to a newcomer.
async fn make(
    client: &Client,
    tables: &Tables,
    identity: &Identity,
    before: Option<PlayerId>,
    newcomer: &Profile,
) -> Result<Made, DynamoError> {
    let tie = Put::builder()
        .table_name(&tables.identities)
        .item("Identity", text(identity.key()))
        .item("UserID", text(newcomer.id));
    let tie = match before {
        None => tie.condition_expression("attribute_not_exists(#id)"),
        Some(before) => tie
            .condition_expression("UserID = :before AND attribute_exists(#id)")
            .expression_attribute_values(":before", text(before)),
    };
    let tie = tie.expression_attribute_names("#id", "Identity").build().map_err(refused)?;
    let give = Update::builder()
        .table_name(&tables.users)
        .key("UserID", text(newcomer.id))
        .update_expression(
            "SET AccountName = if_not_exists(AccountName, :name), AccountPicture = :picture, \
             Provider = :provider ADD Identities :identities",
        )
        .condition_expression("attribute_not_exists(DeletedAt) AND attribute_not_exists(Provider)")
        .expression_attribute_values(":name", text(&newcomer.name))
        .expression_attribute_values(":picture", maybe(newcomer.picture.as_ref()))
        .expression_attribute_values(":provider", word(tables, identity.provider)?)
        .expression_attribute_values(":identities", AttributeValue::Ss(vec![identity.key()]))
        .build()
        .map_err(refused)?;
    let call = client
        .transact_write_items()
        .transact_items(TransactWriteItem::builder().put(tie).build())
        .transact_items(TransactWriteItem::builder().update(give).build());
    let Err(error) = call.send().await else { return Ok(Made::Account) };
    match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(why)) => {
            let codes = why.cancellation_reasons().iter().map(|reason| reason.code());
            let codes: Vec<_> = codes.map(Option::unwrap_or_default).collect();
            match codes[..] {
                [_, "ConditionalCheckFailed"] => Ok(Made::Refused),
                ["ConditionalCheckFailed" | "TransactionConflict", _]
                | [_, "TransactionConflict"] => Ok(Made::Crossed),
                _ => Err(explained(&tables.identities, &error)),
            }
        }
        Some(TransactWriteItemsError::TransactionInProgressException(_)) => Ok(Made::Crossed),
        _ => Err(explained(&tables.identities, &error)),
    }
}

/// Keeps who vouched last, and the picture. `false`: the player has been deleted meanwhile.
async fn attach(
    client: &Client,
    tables: &Tables,
    identity: &Identity,
    player: &Profile,
) -> Result<bool, DynamoError> {
    let call = client
        .update_item()
        .table_name(&tables.users)
        .key("UserID", text(player.id))
        .update_expression("SET AccountPicture = :picture, Provider = :provider")
        .condition_expression("attribute_not_exists(DeletedAt)")
        .expression_attribute_values(":picture", maybe(player.picture.as_ref()))
        .expression_attribute_values(":provider", word(tables, identity.provider)?);
    unless_refused(tables, call.send().await)
}

/// Whoever records a game at this moment has read the old name, and must read again: so the version
/// goes up, if there is one.
pub(super) async fn rename(
    client: &Client,
    tables: &Tables,
    player: &Profile,
    now: u64,
) -> Result<bool, DynamoError> {
    for _ in 0..ATTEMPTS {
        let user = user(client, tables, player.id).await?;
        if user.as_ref().is_some_and(User::is_deleted) {
            return Ok(false);
        }
        let version = user.as_ref().map_or(0, |user| user.version);
        let picture = user.and_then(|user| user.account_picture).or(player.picture.clone());
        let call = client
            .update_item()
            .table_name(&tables.users)
            .key("UserID", text(player.id))
            .expression_attribute_values(":name", text(&player.name))
            .expression_attribute_values(":picture", maybe(picture.as_ref()))
            .expression_attribute_names("#version", "Version");
        let call = match version {
            0 => call
                .update_expression("SET AccountName = :name, AccountPicture = :picture")
                .condition_expression(
                    "attribute_not_exists(#version) AND attribute_not_exists(DeletedAt)",
                ),
            read => call
                .update_expression(
                    "SET AccountName = :name, AccountPicture = :picture, #name = :name, \
                     ShownAt = :now, #version = :next",
                )
                .condition_expression("#version = :read AND attribute_not_exists(DeletedAt)")
                .expression_attribute_names("#name", "Name")
                .expression_attribute_values(":now", AttributeValue::N(now.to_string()))
                .expression_attribute_values(":read", AttributeValue::N(read.to_string()))
                .expression_attribute_values(":next", AttributeValue::N((read + 1).to_string())),
        };
        if unless_refused(tables, call.send().await)? {
            return Ok(true);
        }
    }
    Err(DynamoError::Unavailable("others write the same player all the time".to_owned()))
}

/// First of all the player is marked as deleted, so that nothing counts any more; then the games go,
/// one after the other, and at last the identities, which the mark keeps until then. So whoever does
/// it again goes on where it stopped.
pub(super) async fn delete(
    client: &Client,
    tables: &Tables,
    player: PlayerId,
) -> Result<(), DynamoError> {
    let identities = mark(client, tables, player).await?;
    forget_all(client, tables, player).await?;
    // What was recorded just before the mark is in the index a moment later.
    tokio::time::sleep(INDEX_LAGS).await;
    forget_all(client, tables, player).await?;
    for identity in identities {
        untie(client, tables, player, identity).await?;
    }
    let table = &tables.users;
    let call = client.update_item().table_name(table).key("UserID", text(player));
    let call = call.update_expression("REMOVE Identities").send().await;
    call.map(drop).map_err(|error| explained(table, &error))
}

async fn forget_all(client: &Client, tables: &Tables, player: PlayerId) -> Result<(), DynamoError> {
    loop {
        let games = games(client, tables, player).await?;
        if games.is_empty() {
            return Ok(());
        }
        stream::iter(games.into_iter().map(|game| forget(client, tables, player, game)))
            .buffer_unordered(AT_ONCE)
            .try_collect::<()>()
            .await?;
    }
}

/// Leaves nothing of a player but the mark. Answers the identities that are still there.
async fn mark(
    client: &Client,
    tables: &Tables,
    player: PlayerId,
) -> Result<Vec<String>, DynamoError> {
    let table = &tables.users;
    let none = to_attribute_value(Sum::default()).map_err(|error| unreadable(table, &error))?;
    let call = client
        .update_item()
        .table_name(table)
        .key("UserID", text(player))
        .update_expression(
            "SET DeletedAt = if_not_exists(DeletedAt, :now), #name = :name, #total = :none, \
             Weeks = :weeks, #version = if_not_exists(#version, :zero) + :one \
             REMOVE AccountName, AccountPicture, Provider, Picture, ShownAt",
        )
        .expression_attribute_names("#name", "Name")
        .expression_attribute_names("#version", "Version")
        .expression_attribute_names("#total", "Total")
        .expression_attribute_values(":now", AttributeValue::N(wall_clock::millis().to_string()))
        .expression_attribute_values(":name", text(DELETED))
        .expression_attribute_values(":none", none)
        .expression_attribute_values(":weeks", AttributeValue::M(HashMap::new()))
        .expression_attribute_values(":zero", AttributeValue::N("0".to_owned()))
        .expression_attribute_values(":one", AttributeValue::N("1".to_owned()))
        .return_values(ReturnValue::AllNew);
    let answer = call.send().await.map_err(|error| explained(table, &error))?;
    let left = answer.attributes.unwrap_or_default().remove("Identities");
    Ok(left.and_then(|left| left.as_ss().ok().cloned()).unwrap_or_default())
}

/// Some of a player's games, if there are any left.
async fn games(
    client: &Client,
    tables: &Tables,
    player: PlayerId,
) -> Result<Vec<Game>, DynamoError> {
    let table = &tables.games;
    let call = client
        .query()
        .table_name(table)
        .index_name(BY_PLAYER)
        .key_condition_expression("PlayerID = :player")
        .expression_attribute_values(":player", text(player))
        .limit(100);
    let answer = call.send().await.map_err(|error| explained(table, &error))?;
    answer.items.unwrap_or_default().into_iter().map(|item| read::read(table, item)).collect()
}

/// Makes the player nobody in the opponent's history, and then takes the game out of the player's
/// own, by which it would be found again.
async fn forget(
    client: &Client,
    tables: &Tables,
    player: PlayerId,
    game: Game,
) -> Result<(), DynamoError> {
    let table = &tables.games;
    let key = |of: PlayerId| -> Item {
        HashMap::from([
            ("GameID".to_owned(), text(game.game_id)),
            ("PlayerID".to_owned(), text(of)),
        ])
    };
    let nobody = to_attribute_value(nobody()).map_err(|error| unreadable(table, &error))?;
    let call = client
        .update_item()
        .table_name(table)
        .set_key(Some(key(game.opponent.id)))
        .update_expression("SET Opponent = :nobody")
        // A bot has no history, and whoever has been deleted neither.
        .condition_expression("attribute_exists(GameID)")
        .expression_attribute_values(":nobody", nobody);
    unless_refused(tables, call.send().await)?;
    let call = client.delete_item().table_name(table).set_key(Some(key(player)));
    call.send().await.map(drop).map_err(|error| explained(table, &error))
}

/// Frees an identity, unless somebody else has it by now.
async fn untie(
    client: &Client,
    tables: &Tables,
    player: PlayerId,
    identity: String,
) -> Result<(), DynamoError> {
    let table = &tables.identities;
    let call = client
        .delete_item()
        .table_name(table)
        .key("Identity", text(identity))
        .condition_expression("UserID = :player")
        .expression_attribute_values(":player", text(player));
    match call.send().await {
        Ok(_) => Ok(()),
        Err(error) => match error.as_service_error() {
            Some(DeleteItemError::ConditionalCheckFailedException(_)) => Ok(()),
            _ => Err(explained(table, &error)),
        },
    }
}

/// `false` where the condition did not hold.
fn unless_refused<T>(
    tables: &Tables,
    answer: Result<T, SdkError<UpdateItemError>>,
) -> Result<bool, DynamoError> {
    match answer {
        Ok(_) => Ok(true),
        Err(error) => match error.as_service_error() {
            Some(UpdateItemError::ConditionalCheckFailedException(_)) => Ok(false),
            _ => Err(explained(&tables.users, &error)),
        },
    }
}

fn maybe(text: Option<&String>) -> AttributeValue {
    text.map_or(AttributeValue::Null(true), |text| AttributeValue::S(text.clone()))
}

fn word(tables: &Tables, provider: Provider) -> Result<AttributeValue, DynamoError> {
    to_attribute_value(provider).map_err(|error| unreadable(&tables.users, &error))
}
