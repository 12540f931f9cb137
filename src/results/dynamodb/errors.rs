//! What can go wrong between this program and DynamoDB, in words that help an operator.

use std::error::Error;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

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
    /// Nobody said where it is, or who we are.
    #[error("DynamoDB cannot be asked; AWS_REGION and credentials have to be there: {0}")]
    Unconfigured(String),
    /// It is not allowed.
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

/// What the SDK says when nobody has set a region, and when no place it looks in has credentials.
/// Anything else, as a name that is not found, may be there in a moment. It has no types for them.
const UNSET: [&str; 2] = ["Missing Region", "no credentials found in chain"];

/// What an error of the SDK means for a call about this table.
pub(super) fn explained<E>(table: &str, error: &SdkError<E>) -> DynamoError
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    let Some(code) = error.code() else {
        let text = whole(error);
        return match UNSET.iter().any(|unset| text.contains(unset)) {
            true => DynamoError::Unconfigured(text),
            false => DynamoError::Unavailable(text),
        };
    };
    let said = format!("{code}: {}", error.message().unwrap_or("no reason is given"));
    match code {
        "ResourceNotFoundException" => DynamoError::NoTable(table.to_owned()),
        "ValidationException" => DynamoError::Refused(said),
        code if DENIED.contains(&code) => DynamoError::Denied(said),
        _ => DynamoError::Unavailable(said),
    }
}

/// An error with all that caused it, in one line.
fn whole(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text = format!("{text}: {cause}");
        next = cause.source();
    }
    text
}

/// What cannot even be asked, since it is not whole.
pub(super) fn refused(error: impl std::fmt::Display) -> DynamoError {
    DynamoError::Refused(error.to_string())
}

/// An item that this program cannot read.
pub(super) fn unreadable(table: &str, why: &impl std::fmt::Display) -> DynamoError {
    DynamoError::Unreadable { table: table.to_owned(), why: why.to_string() }
}
