//! How ids, counters and words are written in a file.

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use serde::de::DeserializeOwned;
use serde::de::value::{Error as WordError, StrDeserializer};
use serde::{Serialize, de};
use uuid::Uuid;

/// An id as it is stored: its 16 bytes.
#[derive(Clone, Copy)]
pub(crate) struct Id(pub(crate) Uuid);

impl ToSql for Id {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(ValueRef::Blob(self.0.as_bytes())))
    }
}

impl FromSql for Id {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        <[u8; 16]>::column_result(value).map(|bytes| Self(Uuid::from_bytes(bytes)))
    }
}

/// A counter as it is stored. SQLite's integers are signed; no counter here gets that far.
#[derive(Clone, Copy)]
pub(crate) struct Count(pub(crate) u64);

impl ToSql for Count {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        i64::try_from(self.0)
            .map(ToSqlOutput::from)
            .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
    }
}

impl FromSql for Count {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let stored = value.as_i64()?;
        u64::try_from(stored).map(Self).map_err(|_| FromSqlError::OutOfRange(stored))
    }
}

/// One of an enum's words, as it is written on the wire.
#[derive(Clone, Copy)]
pub(crate) struct Word<T>(pub(crate) T);

impl<T: Serialize> ToSql for Word<T> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let refused =
            |error: serde_json::Error| rusqlite::Error::ToSqlConversionFailure(error.into());
        match serde_json::to_value(&self.0).map_err(refused)? {
            serde_json::Value::String(word) => Ok(ToSqlOutput::from(word)),
            other => Err(refused(de::Error::custom(format!("{other} is not a word")))),
        }
    }
}

impl<T: DeserializeOwned> FromSql for Word<T> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let word: StrDeserializer<'_, WordError> =
            de::IntoDeserializer::into_deserializer(value.as_str()?);
        T::deserialize(word).map(Self).map_err(FromSqlError::other)
    }
}
