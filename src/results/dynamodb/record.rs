//! Writing a finished game.
//!
//! The transaction holds a game for each person, put only if it is not there, and each person's
//! totals, put only if they are still those that were read. So a game counts once, whatever becomes
//! of the answer, and totals never drift from games. `ClientRequestToken`, which DynamoDB forgets
//! after ten minutes, is not relied on.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{AttributeValue, CancellationReason, Put, TransactWriteItem, Update};
use rand::RngExt;
use serde_dynamo::aws_sdk_dynamodb_1::to_item;

use super::begun;
use super::errors::{DynamoError, explained, refused, unreadable};
use super::items::{Game, Item, User};
use super::read;
use super::tables::Tables;
use crate::ids::{PlayerId, Seat};
use crate::leaderboard::Period;
use crate::planted::Fault;
use crate::results::{FinishedGame, Recorded};

/// Attempts while somebody else writes the same totals. Then the recorder tries again later.
const ATTEMPTS: u32 = 5;
/// The longest wait before the second attempt; it doubles with each more.
const FIRST_WAIT: Duration = Duration::from_millis(20);

/// Why a transaction was not done.
enum Cancelled {
    /// The game is there already.
    Recorded,
    /// Somebody else was at the same items.
    Crossed,
    Failed(DynamoError),
}

impl From<DynamoError> for Cancelled {
    fn from(error: DynamoError) -> Self {
        Self::Failed(error)
    }
}

pub(super) async fn record(
    client: &Client,
    tables: &Tables,
    game: &FinishedGame,
    week: Period,
) -> Result<Recorded, DynamoError> {
    for attempt in 0..ATTEMPTS {
        let users = users_after(client, tables, game, week).await?;
        match write(client, tables, game, users).await {
            Ok(()) => return Ok(Recorded::New),
            Err(Cancelled::Recorded) => {
                begun::forget(client, tables, game.game_id).await?;
                return Ok(Recorded::Already);
            }
            Err(Cancelled::Failed(error)) => return Err(error),
            Err(Cancelled::Crossed) => {
                let longest = FIRST_WAIT * 2u32.pow(attempt);
                let wait = longest.mul_f64(rand::rng().random_range(0.0..1.0));
                tokio::time::sleep(wait).await;
            }
        }
    }
    Err(DynamoError::Unavailable("others write the same totals all the time".to_owned()))
}

/// Everybody who played, after this game.
async fn users_after(
    client: &Client,
    tables: &Tables,
    game: &FinishedGame,
    week: Period,
) -> Result<Vec<User>, DynamoError> {
    let people: Vec<_> = game.people().collect();
    let known = read::users(client, tables, &people).await?;
    let user_after = |seat: Seat| {
        let profile = game.seats[seat].profile();
        let user = known.iter().find(|user| user.user_id == profile.id).cloned();
        user.unwrap_or_else(|| User::new(profile)).after(game, seat, week)
    };
    Ok(seats(game).map(user_after).collect())
}

/// The seats of persons.
fn seats(game: &FinishedGame) -> impl Iterator<Item = Seat> {
    game.seats.iter().filter(|(_, sat)| sat.bot.is_none()).map(|(seat, _)| seat)
}

/// The game of everybody who is still there.
fn games(game: &FinishedGame, users: &[User]) -> impl Iterator<Item = Game> {
    let is_deleted =
        |player: PlayerId| users.iter().any(|user| user.user_id == player && user.is_deleted());
    seats(game).filter_map(move |seat| {
        let item = Game::of(game, seat);
        match is_deleted(game.seats[seat.other()].player) {
            _ if is_deleted(game.seats[seat].player) => None,
            true => Some(item.against_nobody()),
            false => Some(item),
        }
    })
}

async fn write(
    client: &Client,
    tables: &Tables,
    game: &FinishedGame,
    users: Vec<User>,
) -> Result<(), Cancelled> {
    let games: Vec<_> =
        games(game, &users).map(|game| put(tables, &game)).collect::<Result<_, _>>()?;
    let living = users.iter().filter(|user| !user.is_deleted());
    let totals: Vec<_> = living.map(|user| update(tables, user)).collect::<Result<_, _>>()?;
    let note = TransactWriteItem::builder().delete(begun::delete(tables, game.game_id)?).build();
    if Fault::TotalsOutsideTheTransaction.is_planted() {
        transact(client, tables, games, vec![note]).await?;
        return transact(client, tables, Vec::new(), totals).await;
    }
    transact(client, tables, games, [totals, vec![note]].concat()).await
}

async fn transact(
    client: &Client,
    tables: &Tables,
    games: Vec<TransactWriteItem>,
    others: Vec<TransactWriteItem>,
) -> Result<(), Cancelled> {
    let first = games.len();
    let items = [games, others].concat();
    let call = client.transact_write_items().set_transact_items(Some(items));
    call.send().await.map(drop).map_err(|error| match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(why)) => {
            cancelled(why.cancellation_reasons(), first)
        }
        Some(TransactWriteItemsError::TransactionInProgressException(_)) => Cancelled::Crossed,
        _ => Cancelled::Failed(explained(&tables.games, &error)),
    })
}

/// The first reasons are those of the games.
fn cancelled(reasons: &[CancellationReason], games: usize) -> Cancelled {
    let code = |reason: &CancellationReason| reason.code.clone().unwrap_or_default();
    let codes: Vec<String> = reasons.iter().map(code).collect();
    let is_check = |code: &String| code == "ConditionalCheckFailed";
    if codes.iter().take(games).any(is_check) {
        return Cancelled::Recorded;
    }
    let passes = |code: &String| is_check(code) || code == "TransactionConflict";
    if codes.iter().any(passes) {
        return Cancelled::Crossed;
    }
    let said = reasons.iter().filter_map(|reason| reason.message.clone()).collect::<Vec<_>>();
    let text = format!("the transaction was cancelled: {} {}", codes.join(", "), said.join(", "));
    let refused = codes.iter().any(|code| code == "ValidationError");
    Cancelled::Failed(if refused {
        DynamoError::Refused(text)
    } else {
        DynamoError::Unavailable(text)
    })
}

/// Only if the game is not there.
fn put(tables: &Tables, game: &Game) -> Result<TransactWriteItem, Cancelled> {
    let item = to_item(game).map_err(|error| unreadable(&tables.games, &error))?;
    let mut put = Put::builder().table_name(&tables.games).set_item(Some(item));
    if !Fault::NoCondition.is_planted() {
        put = put.condition_expression("attribute_not_exists(GameID)");
    }
    Ok(TransactWriteItem::builder().put(put.build().map_err(refused)?).build())
}

/// Only if it is still the one that was read. What else there is in the item stays.
fn update(tables: &Tables, user: &User) -> Result<TransactWriteItem, Cancelled> {
    let mut item: Item = to_item(user).map_err(|error| unreadable(&tables.users, &error))?;
    let key = item.remove("UserID");
    let mut update = Update::builder().table_name(&tables.users).set_key(key.map(of_user));
    let mut changes = Vec::new();
    for (name, value) in item {
        // Every name by another one: some are reserved words.
        changes.push(format!("#{name} = :{name}"));
        update = update
            .expression_attribute_names(format!("#{name}"), &name)
            .expression_attribute_values(format!(":{name}"), value);
    }
    update = update.update_expression(format!("SET {}", changes.join(", ")));
    update = match user.version - 1 {
        _ if Fault::NoCondition.is_planted() => update,
        0 => update.condition_expression("attribute_not_exists(#Version)"),
        read => update
            .condition_expression("#Version = :read")
            .expression_attribute_values(":read", AttributeValue::N(read.to_string())),
    };
    Ok(TransactWriteItem::builder().update(update.build().map_err(refused)?).build())
}

fn of_user(id: AttributeValue) -> Item {
    HashMap::from([("UserID".to_owned(), id)])
}
