//! What requests cost. The emulator makes its figures up; against `DYNAMODB_TEST_ENDPOINT` they are
//! those of DynamoDB.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use serde::Serialize;
use serde_dynamo::aws_sdk_dynamodb_1::to_item;

use super::super::DynamoResults;
use super::super::items::{Game, User};
use super::{moto, results_prefix};
use crate::auth::Provider;
use crate::games::Rhythm;
use crate::ids::{PlayerId, Seat};
use crate::leaderboard::Period;
use crate::results::contract::{DAY, WEDNESDAY, game};
use crate::results::{FinishedGame, FinishedSeat, Results};
use crate::telemetry::{Metrics, Units};

/// The size of an item as DynamoDB bills for it: names and values in UTF-8, a number a byte for two
/// digits and one more, three bytes for a map and one for each entry of it.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html>
fn size(item: &HashMap<String, AttributeValue>) -> usize {
    let value = |value: &AttributeValue| match value {
        AttributeValue::S(text) => text.len(),
        AttributeValue::N(digits) => digits.len().div_ceil(2) + 1,
        AttributeValue::M(map) => 3 + map.len() + size(map),
        _ => 1,
    };
    item.iter().map(|(name, of)| name.len() + value(of)).sum()
}

#[test]
fn a_game_and_a_player_of_many_weeks_take_one_write_unit_each() {
    let mut usual = game(WEDNESDAY, (PlayerId::random(), 300), (PlayerId::random(), 280));
    usual.seats.p1.name = "x".repeat(24);
    usual.seats.p1.picture = Some(format!("https://{}", "x".repeat(150)));
    let rhythm = Rhythm { intervals: 1_200, mean_ms: 2_000, spread_percent: 100, too_fast: 9_999 };
    usual.seats.p1.rhythm = Some(rhythm);
    usual.seats.p2 = FinishedSeat { player: usual.seats.p2.player, ..usual.seats.p1.clone() };
    let played = size(&to_item(Game::of(&usual, Seat::P1)).unwrap());
    let mut user = User::new(usual.seats.p1.profile());
    for week in 0..60 {
        usual.ended_at = WEDNESDAY + week * 7 * DAY;
        user = user.after(&usual, Seat::P1, Period::week_of(usual.ended_at).unwrap());
    }
    user.account_name = Some("x".repeat(24));
    user.account_picture = usual.seats.p1.picture.clone();
    user.provider = Some(Provider::Google);
    let user = size(&to_item(user).unwrap());
    assert!(played < 1024 && user < 1024, "{played} and {user} bytes");
}

/// Tables of the test's own, and what is counted.
struct Metered {
    results: DynamoResults,
    metrics: Metrics,
}

impl Metered {
    async fn new() -> Self {
        let metrics = Metrics::default();
        let (at, prefix) = (moto::endpoint(), results_prefix());
        let results = DynamoResults::at(&at, &prefix, metrics.clone()).await;
        results.create_tables().await.unwrap();
        Self { results, metrics }
    }

    fn requests(&self) -> u64 {
        self.metrics.dynamodb_requests.get()
    }

    fn spent(&self, kind: &'static str) -> f64 {
        self.metrics.dynamodb_units.get_or_create(&Units { kind }).get()
    }

    /// Puts games straight into the tables, with players who have played nothing else.
    async fn fill(&self, games: &[FinishedGame]) {
        let tables = &self.results.tables;
        let week = |game: &FinishedGame| Period::week_of(game.ended_at).unwrap();
        let (mut played, mut users) = (Vec::new(), Vec::new());
        for game in games {
            for (seat, sat) in game.seats.iter() {
                played.push(put(&Game::of(game, seat)));
                users.push(put(&User::new(sat.profile()).after(game, seat, week(game))));
            }
        }
        for (table, puts) in [(&tables.games, played), (&tables.users, users)] {
            for some in puts.chunks(25) {
                let write = self.results.client.batch_write_item();
                let done = write.request_items(table, some.to_vec()).send().await.unwrap();
                assert!(done.unprocessed_items.unwrap_or_default().is_empty());
            }
        }
    }

    /// Requests and units of a profile and of a page of history.
    async fn profile_and_history(&self, player: PlayerId) -> (u64, f64) {
        let before = (self.requests(), self.spent("read"));
        assert_eq!(self.results.totals(player).await.unwrap().games, 1);
        assert_eq!(self.results.history(player, None, 20).await.unwrap().games.len(), 1);
        (self.requests() - before.0, self.spent("read") - before.1)
    }
}

fn put(item: &impl Serialize) -> WriteRequest {
    let put = PutRequest::builder().set_item(Some(to_item(item).unwrap())).build().unwrap();
    WriteRequest::builder().put_request(put).build()
}

fn games(count: u64) -> Vec<FinishedGame> {
    let game = |n| game(WEDNESDAY + n, (PlayerId::random(), 3), (PlayerId::random(), 5));
    (0..count).map(game).collect()
}

#[tokio::test]
#[ignore = "needs moto"]
async fn requests_and_what_they_cost_are_counted() {
    let tables = Metered::new().await;
    let before = tables.requests();
    let game = game(WEDNESDAY, (PlayerId::random(), 3), (PlayerId::random(), 5));
    tables.results.record(game.clone()).await.unwrap();
    assert_eq!(tables.requests() - before, 2, "the players are read, the transaction is written");
    let read = tables.spent("read");
    assert!(read > 0.0);
    tables.results.history(game.seats.p1.player, None, 20).await.unwrap();
    assert_eq!(tables.requests() - before, 3);
    assert!(tables.spent("read") > read);
}

#[tokio::test]
#[ignore = "needs moto"]
async fn a_profile_and_a_history_cost_the_same_with_a_hundred_players_and_with_five_thousand() {
    let tables = Metered::new().await;
    let first = games(50);
    tables.fill(&first).await;
    let player = first[7].seats.p1.player;
    let with_a_hundred = tables.profile_and_history(player).await;
    tables.fill(&games(2_450)).await;
    let with_five_thousand = tables.profile_and_history(player).await;
    assert_eq!(with_a_hundred, with_five_thousand);
    assert_eq!(with_a_hundred.0, 2);
    println!("profile and history: requests and read units {with_five_thousand:?}");
}

#[tokio::test]
#[ignore = "needs moto"]
async fn a_profile_and_a_history_take_one_request_each_however_many_games_there_are() {
    let tables = Metered::new().await;
    let anna = PlayerId::random();
    for games in 0..12 {
        let before = tables.requests();
        assert_eq!(tables.results.totals(anna).await.unwrap().games, games);
        tables.results.history(anna, None, 5).await.unwrap();
        assert_eq!(tables.requests() - before, 2);
        let game = game(WEDNESDAY + games, (anna, 3), (PlayerId::random(), 5));
        tables.results.record(game).await.unwrap();
    }
}
