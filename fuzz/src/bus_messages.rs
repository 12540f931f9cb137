//! What pods publish for each other: what can be read is written and read again as it is.

use std::fmt::Debug;

use overcookied::cluster::{BusMessage, Envelope, MatchMade};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

/// A publication.
pub fn check(bytes: &[u8]) -> bool {
    let Ok(envelope) = Envelope::read(bytes) else { return false };
    let written = serde_json::to_vec(&envelope).unwrap();
    let again = Envelope::read(&written).unwrap();
    assert_eq!(again.from, envelope.from);
    assert_eq!(again.ping, envelope.ping);
    assert_eq!(texts(&again), texts(&envelope));
    let mut known = envelope.messages.is_empty();
    for text in texts(&envelope) {
        known |= check_one::<BusMessage>(text);
        known |= check_one::<MatchMade>(text);
    }
    known
}

fn texts<'a>(envelope: &Envelope<'a>) -> Vec<&'a str> {
    envelope.messages.iter().copied().map(RawValue::get).collect()
}

fn check_one<M: Serialize + DeserializeOwned + PartialEq + Debug>(text: &str) -> bool {
    let Ok(message) = serde_json::from_str::<M>(text) else { return false };
    let written = serde_json::to_string(&message).unwrap();
    assert_eq!(serde_json::from_str::<M>(&written).unwrap(), message);
    true
}
