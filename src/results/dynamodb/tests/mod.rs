//! Results in DynamoDB keep the contract, on a real server that speaks its protocol.

mod costs;
pub(crate) mod moto;
mod refusals;

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, GlobalSecondaryIndex, KeySchemaElement,
    KeyType, Projection, ProjectionType,
};

use super::{DynamoError, DynamoResults};
use crate::ids::PlayerId;
use crate::results::contract::{WEDNESDAY, game};
use crate::results::{Recorded, Results, ResultsError};
use crate::telemetry::Metrics;

mod contract {
    use crate::results::contract::contract;
    contract!([#[tokio::test] #[ignore = "needs moto"]] super::moto::results().await);
}

mod accounts {
    use crate::accounts::contract::contract;
    contract!([#[tokio::test] #[ignore = "needs moto"]] super::moto::results().await);
}

#[tokio::test]
#[ignore = "needs moto"]
async fn an_operator_makes_tables_and_looks_at_them() {
    let prefix = results_prefix();
    let tables = at(&moto::endpoint(), &prefix).await;
    assert!(matches!(tables.check_tables().await, Err(DynamoError::NoTable(_))));
    tables.create_tables().await.unwrap();
    tables.create_tables().await.unwrap();
    tables.check_tables().await.unwrap();
    let names = ["Games", "Users", "Identities"].map(|name| format!("{prefix}{name}"));
    assert_eq!(tables.table_names(), names);
}

#[tokio::test]
#[ignore = "needs moto"]
async fn a_game_too_large_for_an_item_is_refused_and_counts_nothing() {
    let results = moto::results().await;
    let (anna, ben) = (PlayerId::random(), PlayerId::random());
    let mut large = game(WEDNESDAY, (anna, 3), (ben, 5));
    large.seats.p2.name = "x".repeat(500 * 1024);
    let refused = results.record(large).await;
    assert!(matches!(refused, Err(ResultsError::Refused(_))), "{refused:?}");
    assert_eq!(results.totals(anna).await.unwrap().games, 0);
    assert_eq!(results.history(anna, None, 5).await.unwrap().games, []);
}

#[tokio::test]
#[ignore = "needs moto"]
async fn tables_that_are_missing_or_are_not_ours_are_named() {
    let results = at(&moto::endpoint(), "missing-").await;
    let missing = results.check_tables().await.unwrap_err();
    assert!(matches!(&missing, DynamoError::NoTable(name) if name == "missing-Games"), "{missing}");

    let table = [
        ("id", "S", "PlayerID", "its keys are id, PlayerID, not GameID, PlayerID"),
        ("GameID", "S", "PlayerID", "its key EndedAt is a S, not a N"),
        ("GameID", "N", "EndedAt", "it has no index PlayerHistoryIndex by PlayerID, EndedAt"),
    ];
    for (key, ended_at, of_index, complaint) in table {
        let other = at(&moto::endpoint(), &results_prefix()).await;
        other.make_wrong(key, ended_at, of_index).await;
        let wrong = other.create_tables().await.unwrap_err();
        assert!(matches!(wrong, DynamoError::OtherTable { .. }), "{wrong}");
        assert!(wrong.to_string().contains(complaint), "{wrong}");
    }
}

impl DynamoResults {
    /// A table of games with this partition key, type of `EndedAt` and partition key of its index.
    async fn make_wrong(&self, key: &str, ended_at: &str, of_index: &str) {
        let schema = |name: &str, kind| {
            KeySchemaElement::builder().attribute_name(name).key_type(kind).build().unwrap()
        };
        let named = |name: &str, kind: &str| {
            let definition = AttributeDefinition::builder().attribute_name(name);
            definition.attribute_type(kind.into()).build().unwrap()
        };
        let all = Projection::builder().projection_type(ProjectionType::All).build();
        let index = GlobalSecondaryIndex::builder()
            .index_name("PlayerHistoryIndex")
            .key_schema(schema(of_index, KeyType::Hash));
        let index = if of_index == "EndedAt" {
            index
        } else {
            index.key_schema(schema("EndedAt", KeyType::Range))
        };
        self.client
            .create_table()
            .table_name(&self.tables.games)
            .key_schema(schema(key, KeyType::Hash))
            .key_schema(schema("PlayerID", KeyType::Range))
            .attribute_definitions(named(key, "S"))
            .attribute_definitions(named("PlayerID", "S"))
            .attribute_definitions(named("EndedAt", ended_at))
            .global_secondary_indexes(index.projection(all).build().unwrap())
            .billing_mode(BillingMode::PayPerRequest)
            .send()
            .await
            .unwrap();
    }
}

async fn at(endpoint: &str, prefix: &str) -> DynamoResults {
    DynamoResults::at(endpoint, prefix, Metrics::default()).await
}

fn results_prefix() -> String {
    format!("test-{}-", uuid::Uuid::new_v4())
}

#[tokio::test]
#[ignore = "needs moto"]
async fn nobody_at_the_other_end_is_not_available() {
    let nobody = at("http://127.0.0.1:9", "Overcookied").await;
    let answer = nobody.totals(PlayerId::random()).await;
    assert!(matches!(answer, Err(ResultsError::Unavailable(_))));
}

#[tokio::test]
#[ignore = "needs moto"]
async fn what_others_keep_with_a_player_stays() {
    let results = moto::results().await;
    let (anna, ben) = (PlayerId::random(), PlayerId::random());
    let item = HashMap::from([
        ("UserID".to_owned(), AttributeValue::S(anna.to_string())),
        ("Colour".to_owned(), AttributeValue::S("red".to_owned())),
    ]);
    let table = &results.tables.users;
    let put = results.client.put_item().table_name(table).set_item(Some(item));
    put.send().await.unwrap();
    for n in 0..2 {
        let game = game(WEDNESDAY + n, (anna, 3), (ben, 5));
        assert_eq!(results.record(game).await.unwrap(), Recorded::New);
    }
    let key = AttributeValue::S(anna.to_string());
    let got = results.client.get_item().table_name(table).key("UserID", key).send().await.unwrap();
    assert_eq!(got.item.unwrap()["Colour"], AttributeValue::S("red".to_owned()));
    assert_eq!(results.totals(anna).await.unwrap().games, 2);
}
