//! The tables: their names, keys and indexes, how they are made, and whether they are there.

use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::create_table::CreateTableError;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType,
    PointInTimeRecoverySpecification, Projection, ProjectionType, ScalarAttributeType,
    TableDescription, TableStatus,
};

use super::errors::{DynamoError, explained, refused};

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
    pub(super) identities: String,
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
        let named = |name| format!("{prefix}{name}");
        Self { games: named("Games"), users: named("Users"), identities: named("Identities") }
    }

    fn shapes(&self) -> [Shape<'_>; 3] {
        [
            Shape {
                name: &self.games,
                keys: &["GameID", "PlayerID"],
                indexes: &[(BY_PLAYER, &["PlayerID", "EndedAt"])],
            },
            Shape { name: &self.users, keys: &["UserID"], indexes: &[] },
            Shape { name: &self.identities, keys: &["Identity"], indexes: &[] },
        ]
    }
}

pub(super) async fn create(client: &Client, tables: &Tables) -> Result<(), DynamoError> {
    for shape in tables.shapes() {
        make(client, &shape).await?;
    }
    let deadline = tokio::time::Instant::now() + READY;
    for shape in tables.shapes() {
        // A table of this moment is being made.
        while look(client, &shape).await? != TableStatus::Active {
            if tokio::time::Instant::now() > deadline {
                let text = format!("the table {} does not get ready", shape.name);
                return Err(DynamoError::Unavailable(text));
            }
            tokio::time::sleep(LOOK).await;
        }
        keep_its_past(client, shape.name).await?;
    }
    Ok(())
}

/// Point-in-time recovery: what the table was at any second of the last 35 days.
async fn keep_its_past(client: &Client, table: &str) -> Result<(), DynamoError> {
    let on = PointInTimeRecoverySpecification::builder().point_in_time_recovery_enabled(true);
    let call = client.update_continuous_backups().table_name(table);
    let call = call.point_in_time_recovery_specification(on.build().map_err(refused)?);
    call.send().await.map(drop).map_err(|error| explained(table, &error))
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
        call = call.global_secondary_indexes(index.map_err(refused)?);
    }
    for name in names {
        let definition =
            AttributeDefinition::builder().attribute_name(name).attribute_type(kind_of(name));
        call = call.attribute_definitions(definition.build().map_err(refused)?);
    }
    match call.send().await {
        Ok(_) => Ok(()),
        Err(error) => match error.as_service_error() {
            Some(CreateTableError::ResourceInUseException(_)) => Ok(()),
            _ => Err(explained(shape.name, &error)),
        },
    }
}

/// Keys are texts, but for the time.
fn kind_of(name: &str) -> ScalarAttributeType {
    if name == "EndedAt" { ScalarAttributeType::N } else { ScalarAttributeType::S }
}

/// What the first key is a partition's, and the second one sorts.
fn schema(keys: &[&str]) -> Vec<KeySchemaElement> {
    let kinds = [KeyType::Hash, KeyType::Range];
    let element = |(name, kind): (&&str, KeyType)| {
        KeySchemaElement::builder().attribute_name(*name).key_type(kind).build().ok()
    };
    keys.iter().zip(kinds).filter_map(element).collect()
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
        let mut index = index.filter(|index| index.index_name() == Some(*name));
        let Some(index) = index.find(|index| named(index.key_schema()) == *keys) else {
            return Err(other(format!("it has no index {name} by {}", keys.join(", "))));
        };
        let holds = index.projection().and_then(Projection::projection_type);
        if holds != Some(&ProjectionType::All) {
            return Err(other(format!("its index {name} does not hold all attributes")));
        }
    }
    for definition in table.attribute_definitions() {
        let (name, kind) = (definition.attribute_name(), definition.attribute_type());
        if kind != &kind_of(name) {
            return Err(other(format!("its key {name} is a {kind}, not a {}", kind_of(name))));
        }
    }
    Ok(table.table_status.unwrap_or(TableStatus::Active))
}
