//! The tables: their names, keys and indexes, how they are made, and whether they are there.

use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::create_table::CreateTableError;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
    ProjectionType, ScalarAttributeType, TableDescription, TableStatus,
};

use super::errors::{DynamoError, explained};

/// The index of a player's games by when they ended.
pub(super) const BY_PLAYER: &str = "PlayerHistoryIndex";

/// How long a new table may take until it can be used.
const READY: Duration = Duration::from_secs(120);
const LOOK: Duration = Duration::from_millis(500);

/// The names of the tables.
#[derive(Clone, Debug)]
pub(super) struct Tables {
    pub(super) games: String,
    pub(super) users: String,
}

/// What a table must be.
struct Shape<'a> {
    name: &'a str,
    /// The keys: partition, then sort.
    keys: &'static [&'static str],
    /// Indexes and their keys.
    indexes: &'static [(&'static str, &'static [&'static str])],
}

impl Tables {
    pub(super) fn with_prefix(prefix: &str) -> Self {
        Self { games: format!("{prefix}Games"), users: format!("{prefix}Users") }
    }

    fn shapes(&self) -> [Shape<'_>; 2] {
        [
            Shape {
                name: &self.games,
                keys: &["GameID", "PlayerID"],
                indexes: &[(BY_PLAYER, &["PlayerID", "EndedAt"])],
            },
            Shape { name: &self.users, keys: &["UserID"], indexes: &[] },
        ]
    }
}

pub(super) async fn create(client: &Client, tables: &Tables) -> Result<(), DynamoError> {
    for shape in tables.shapes() {
        make(client, &shape).await?;
    }
    let deadline = tokio::time::Instant::now() + READY;
    for shape in tables.shapes() {
        while look(client, &shape).await? != TableStatus::Active {
            if tokio::time::Instant::now() > deadline {
                let text = format!("the table {} does not get ready", shape.name);
                return Err(DynamoError::Unavailable(text));
            }
            tokio::time::sleep(LOOK).await;
        }
    }
    Ok(())
}

pub(super) async fn check(client: &Client, tables: &Tables) -> Result<(), DynamoError> {
    for shape in tables.shapes() {
        look(client, &shape).await?;
    }
    Ok(())
}

async fn make(client: &Client, shape: &Shape<'_>) -> Result<(), DynamoError> {
    let mut call = client
        .create_table()
        .table_name(shape.name)
        .billing_mode(BillingMode::PayPerRequest)
        .set_key_schema(Some(schema(shape.keys)));
    let mut names: Vec<&str> = shape.keys.to_vec();
    for (index, keys) in shape.indexes {
        names.extend(keys.iter().filter(|name| !shape.keys.contains(name)));
        let all = Projection::builder().projection_type(ProjectionType::All).build();
        let index = GlobalSecondaryIndex::builder()
            .index_name(*index)
            .set_key_schema(Some(schema(keys)))
            .projection(all)
            .build();
        call = call.global_secondary_indexes(built(index)?);
    }
    for name in names {
        let kind = if name == "EndedAt" { ScalarAttributeType::N } else { ScalarAttributeType::S };
        let definition = AttributeDefinition::builder().attribute_name(name).attribute_type(kind);
        call = call.attribute_definitions(built(definition.build())?);
    }
    match call.send().await {
        Ok(_) => Ok(()),
        Err(error) => match error.as_service_error() {
            Some(CreateTableError::ResourceInUseException(_)) => Ok(()),
            _ => Err(explained(shape.name, &error)),
        },
    }
}

/// What the first key is a partition's, and the second one sorts.
fn schema(keys: &[&str]) -> Vec<KeySchemaElement> {
    let kinds = [KeyType::Hash, KeyType::Range];
    let element = |(name, kind): (&&str, KeyType)| {
        KeySchemaElement::builder().attribute_name(*name).key_type(kind).build().ok()
    };
    keys.iter().zip(kinds).filter_map(element).collect()
}

fn built<T, E: std::fmt::Display>(built: Result<T, E>) -> Result<T, DynamoError> {
    built.map_err(|error| DynamoError::Refused(error.to_string()))
}

/// How a table stands, if it is one of ours.
async fn look(client: &Client, shape: &Shape<'_>) -> Result<TableStatus, DynamoError> {
    let call = client.describe_table().table_name(shape.name);
    let answer = call.send().await.map_err(|error| explained(shape.name, &error))?;
    let table = answer.table.unwrap_or_else(|| TableDescription::builder().build());
    let other = |what: String| DynamoError::OtherTable { table: shape.name.to_owned(), what };
    let named = |keys: &[KeySchemaElement]| -> Vec<String> {
        keys.iter().map(|key| key.attribute_name.clone()).collect()
    };
    if named(table.key_schema()) != shape.keys {
        let keys = named(table.key_schema()).join(", ");
        return Err(other(format!("its keys are {keys}, not {}", shape.keys.join(", "))));
    }
    for (name, keys) in shape.indexes {
        let index = table.global_secondary_indexes().iter();
        let index = index.filter(|index| index.index_name() == Some(*name));
        if !index.clone().any(|index| named(index.key_schema()) == *keys) {
            return Err(other(format!("it has no index {name} by {}", keys.join(", "))));
        }
    }
    Ok(table.table_status.unwrap_or(TableStatus::Active))
}
