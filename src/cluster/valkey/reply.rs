//! Reading what Valkey answers. Whatever it is, it ends in a value or in a clear error.

use std::str::FromStr;

use bytes::Bytes;
use redis::Value;

use crate::cluster::Unavailable;

/// An answer that this program does not understand: somebody else has written the key, or another
/// version of this program.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{call}: Valkey holds something that is no {what}")]
pub(crate) struct BadReply {
    call: &'static str,
    what: &'static str,
}

impl From<BadReply> for Unavailable {
    fn from(bad: BadReply) -> Self {
        Self(bad.to_string())
    }
}

/// The values of an answer, one after the other.
pub(crate) struct Reply {
    call: &'static str,
    values: std::vec::IntoIter<Value>,
}

impl Reply {
    /// The answer to a call of that name. `None`: there is nothing.
    pub(crate) fn read(call: &'static str, answer: Value) -> Result<Option<Self>, BadReply> {
        match answer {
            Value::Nil => Ok(None),
            Value::Array(values) => Ok(Some(Self { call, values: values.into_iter() })),
            single => Ok(Some(Self { call, values: vec![single].into_iter() })),
        }
    }

    /// The answer to a call of that name, which always has one.
    pub(crate) fn some(call: &'static str, answer: Value) -> Result<Self, BadReply> {
        Self::read(call, answer)?.ok_or(BadReply { call, what: "answer" })
    }

    /// How many values are left.
    pub(crate) fn left(&self) -> usize {
        self.values.len()
    }

    /// The next value as bytes; `None`: there is none in its place.
    pub(crate) fn bytes(&mut self) -> Result<Option<Bytes>, BadReply> {
        match self.values.next() {
            None | Some(Value::Nil) => Ok(None),
            Some(Value::BulkString(bytes)) => Ok(Some(bytes.into())),
            Some(Value::SimpleString(text)) => Ok(Some(text.into_bytes().into())),
            Some(Value::Int(number)) => Ok(Some(number.to_string().into_bytes().into())),
            Some(_) => Err(self.bad("plain value")),
        }
    }

    /// The next value as text; empty when there is none.
    pub(crate) fn text(&mut self, what: &'static str) -> Result<String, BadReply> {
        let bytes = self.bytes()?.unwrap_or_default();
        String::from_utf8(bytes.into()).map_err(|_| self.bad(what))
    }

    /// The next value, read from its text.
    pub(crate) fn parse<T: FromStr>(&mut self, what: &'static str) -> Result<T, BadReply> {
        self.maybe(what)?.ok_or_else(|| self.bad(what))
    }

    /// The next value, read from its text; `None` when that is empty or missing.
    pub(crate) fn maybe<T: FromStr>(&mut self, what: &'static str) -> Result<Option<T>, BadReply> {
        let text = self.text(what)?;
        if text.is_empty() {
            return Ok(None);
        }
        text.parse().map(Some).map_err(|_| self.bad(what))
    }

    pub(crate) fn bad(&self, what: &'static str) -> BadReply {
        BadReply { call: self.call, what }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bulk(text: &str) -> Value {
        Value::BulkString(text.as_bytes().to_vec())
    }

    #[test]
    fn values_are_read_in_order() {
        let answer = Value::Array(vec![bulk("7"), Value::Int(8), Value::Nil, bulk(""), bulk("x")]);
        let mut reply = Reply::some("test", answer).unwrap();
        assert_eq!(reply.left(), 5);
        assert_eq!(reply.parse::<u64>("number").unwrap(), 7);
        assert_eq!(reply.parse::<u64>("number").unwrap(), 8);
        assert_eq!(reply.maybe::<u64>("number").unwrap(), None);
        assert_eq!(reply.maybe::<u64>("number").unwrap(), None);
        assert_eq!(reply.text("word").unwrap(), "x");
        assert_eq!(reply.bytes().unwrap(), None);
        assert!(Reply::read("test", Value::Nil).unwrap().is_none());
    }

    #[test]
    fn nonsense_is_an_error_that_names_the_call_and_what_was_wanted() {
        let values = [bulk("x"), Value::Array(vec![]), Value::BulkString(vec![0xff]), Value::Nil];
        for value in values {
            let mut reply = Reply::some("load", Value::Array(vec![value])).unwrap();
            let bad = reply.parse::<u64>("version").unwrap_err();
            assert!(bad.to_string().starts_with("load: Valkey holds something that is no "));
        }
        assert!(Reply::some("load", Value::Nil).is_err());
    }
}
