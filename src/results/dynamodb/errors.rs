//! What can go wrong between this program and DynamoDB, in words that help an operator.

use aws_sdk_dynamodb::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};

use crate::results::ResultsError;

/// Why DynamoDB did not do it.
#[derive(Debug, thiserror::Error)]
pub enum DynamoError {
    /// A table is not there.
    #[error(
        "there is no table {0} in this account and region: `overcookied tables create` makes it"
    )]
    NoTable(String),
    /// A table has other keys or indexes than it should.
    #[error("the table {table} is not ours: {what}")]
    OtherTable {
        /// Which one.
        table: String,
        /// What is wrong with it.
        what: String,
    },
    /// Nobody said who we are, or it is not allowed.
    #[error("DynamoDB does not let us: {0}")]
    Denied(String),
    /// It will never take this.
    #[error("DynamoDB refuses it: {0}")]
    Refused(String),
    /// It did not answer, or asks to try again.
    #[error("DynamoDB: {0}")]
    Unavailable(String),
    /// There is something in a table that this program cannot read.
    #[error("{table} holds something that cannot be read: {why}")]
    Unreadable {
        /// Where.
        table: String,
        /// Why.
        why: String,
    },
}

impl From<DynamoError> for ResultsError {
    fn from(error: DynamoError) -> Self {
        match error {
            DynamoError::Refused(why) => Self::Refused(why),
            other => Self::Unavailable(other.to_string()),
        }
    }
}

/// Codes of calls that are not allowed.
const DENIED: [&str; 5] = [
    "AccessDeniedException",
    "UnrecognizedClientException",
    "InvalidSignatureException",
    "ExpiredTokenException",
    "MissingAuthenticationTokenException",
];

/// What an error of the SDK means for a call about this table.
pub(super) fn explained<E>(table: &str, error: &SdkError<E>) -> DynamoError
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    let text = DisplayErrorContext(error).to_string();
    let Some(code) = error.code() else {
        // Without credentials no request is ever made.
        let denied = matches!(error, SdkError::DispatchFailure(_)) && text.contains("credentials");
        return if denied { DynamoError::Denied(text) } else { DynamoError::Unavailable(text) };
    };
    let said = format!("{code}: {}", error.message().unwrap_or("no reason is given"));
    match code {
        "ResourceNotFoundException" => DynamoError::NoTable(table.to_owned()),
        "ValidationException" => DynamoError::Refused(said),
        code if DENIED.contains(&code) => DynamoError::Denied(said),
        _ => DynamoError::Unavailable(said),
    }
}

/// An item that this program cannot read.
pub(super) fn unreadable(table: &str, why: &impl std::fmt::Display) -> DynamoError {
    DynamoError::Unreadable { table: table.to_owned(), why: why.to_string() }
}
