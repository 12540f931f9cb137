//! Which node of a cluster is the primary of which slot.
//!
//! The client library has a cluster connection of its own. This one is used instead because that
//! one repeats calls whose outcome is unknown, holds up the calls of every shard while it looks for
//! a new primary of one, and does not look for one as long as a stuck primary keeps its connection
//! open.

use std::collections::HashMap;

use redis::Value;

use super::settings::Address;

const SLOTS: u16 = 16384;

/// The slot of a key: that of its hash tag, if it has one.
pub(super) fn slot_of(key: &str) -> u16 {
    let tag = key.split_once('{').and_then(|(_, rest)| rest.split_once('}')).map(|(tag, _)| tag);
    crc16(tag.filter(|tag| !tag.is_empty()).unwrap_or(key).as_bytes()) % SLOTS
}

/// CRC-16/XMODEM.
pub(super) fn crc16(bytes: &[u8]) -> u16 {
    let step = |crc: u16| if crc & 0x8000 == 0 { crc << 1 } else { (crc << 1) ^ 0x1021 };
    bytes.iter().fold(0, |crc, byte| (0..8).fold(crc ^ (u16::from(*byte) << 8), |crc, _| step(crc)))
}

/// Who serves which slots, as one node told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct SlotMap {
    /// First slot, last slot and their primary, in order.
    ranges: Vec<(u16, u16, Address)>,
    replicas: Vec<Address>,
    /// Slots that turned out to be elsewhere since.
    moved: HashMap<u16, Address>,
}

impl SlotMap {
    /// Reads the answer to `CLUSTER SLOTS`. Nodes without a name are those who were `asked`.
    pub(super) fn read(answer: &Value, asked: &Address) -> Option<Self> {
        let mut map = Self::default();
        for range in answer.as_sequence()? {
            let [first, last, primary, replicas @ ..] = range.as_sequence()? else { return None };
            let primary = node(primary, asked)?;
            map.ranges.push((slot(first)?, slot(last)?, primary));
            map.replicas.extend(replicas.iter().filter_map(|replica| node(replica, asked)));
        }
        map.ranges.sort();
        map.replicas.sort();
        map.replicas.dedup();
        Some(map)
    }

    /// The primary of a slot, if any node has said which it is.
    pub(super) fn primary(&self, slot: u16) -> Option<&Address> {
        if let Some(moved) = self.moved.get(&slot) {
            return Some(moved);
        }
        let after = self.ranges.partition_point(|(first, ..)| *first <= slot);
        let (_, last, primary) = self.ranges.get(after.checked_sub(1)?)?;
        (slot <= *last).then_some(primary)
    }

    pub(super) fn has_moved(&mut self, slot: u16, to: Address) {
        self.moved.insert(slot, to);
    }

    /// Every primary, each once.
    pub(super) fn primaries(&self) -> Vec<Address> {
        let ranges = self.ranges.iter().map(|(_, _, primary)| primary);
        let mut all: Vec<Address> = ranges.chain(self.moved.values()).cloned().collect();
        all.sort();
        all.dedup();
        all
    }

    /// Every node, each once.
    pub(super) fn nodes(&self) -> Vec<Address> {
        let mut all = self.primaries();
        all.extend(self.replicas.iter().cloned());
        all.sort();
        all.dedup();
        all
    }

    pub(super) fn is_whole(&self) -> bool {
        let mut next = 0;
        for (first, last, _) in &self.ranges {
            if *first != next {
                return false;
            }
            next = last + 1;
        }
        next == SLOTS
    }
}

fn slot(value: &Value) -> Option<u16> {
    match value {
        Value::Int(number) => u16::try_from(*number).ok().filter(|slot| *slot < SLOTS),
        _ => None,
    }
}

fn node(value: &Value, asked: &Address) -> Option<Address> {
    let [host, Value::Int(port), ..] = value.as_sequence()? else { return None };
    let named = match host {
        Value::BulkString(bytes) => std::str::from_utf8(bytes).ok()?,
        Value::SimpleString(text) => text,
        _ => "",
    };
    let host = if named.is_empty() { asked.host.clone() } else { named.to_owned() };
    Some(Address { host, port: u16::try_from(*port).ok()? })
}

/// Reads where a `MOVED` or `ASK` points: slot and `host:port`, the host possibly empty.
pub(super) fn redirect(details: &str, asked: &Address) -> Option<(u16, Address)> {
    let (slot, address) = details.split_once(' ')?;
    let (host, port) = address.trim().rsplit_once(':')?;
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let host = if host.is_empty() { &asked.host } else { host };
    let address = Address { host: host.to_owned(), port: port.parse().ok()? };
    Some((slot.parse().ok()?, address))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(host: &str, port: u16) -> Address {
        Address { host: host.to_owned(), port }
    }

    fn told(host: &str, port: i64) -> Value {
        let host = Value::BulkString(host.as_bytes().to_vec());
        Value::Array(vec![host, Value::Int(port), Value::BulkString(b"id".to_vec())])
    }

    fn range(first: i64, last: i64, nodes: &[Value]) -> Value {
        let mut range = vec![Value::Int(first), Value::Int(last)];
        range.extend(nodes.iter().cloned());
        Value::Array(range)
    }

    #[test]
    fn slots_are_those_of_the_server() {
        assert_eq!(crc16(b"123456789"), 0x31c3);
        assert_eq!(slot_of("foo"), 12182);
        assert_eq!(slot_of("x:{foo}:y"), 12182);
        assert_eq!(slot_of("foo{}bar"), crc16(b"foo{}bar") % SLOTS);
        assert_eq!(slot_of("foo{{bar}}zap"), crc16(b"{bar") % SLOTS);
    }

    #[test]
    fn every_slot_is_found_at_its_primary_until_it_moves() {
        let asked = address("10.0.0.9", 1);
        let answer = Value::Array(vec![
            range(8192, 16383, &[told("b", 2), told("c", 3)]),
            range(0, 8191, &[told("", 1)]),
        ]);
        let mut map = SlotMap::read(&answer, &asked).unwrap();
        assert!(map.is_whole());
        assert_eq!(map.primary(0), Some(&asked));
        assert_eq!(map.primary(8191), Some(&asked));
        assert_eq!(map.primary(8192), Some(&address("b", 2)));
        assert_eq!(map.primary(16383), Some(&address("b", 2)));
        assert_eq!(map.nodes(), [asked.clone(), address("b", 2), address("c", 3)]);
        map.has_moved(8192, address("c", 3));
        assert_eq!(map.primary(8192), Some(&address("c", 3)));
        assert_eq!(map.primary(8193), Some(&address("b", 2)));
    }

    #[test]
    fn gaps_and_nonsense_are_noticed() {
        let asked = address("a", 1);
        let gap =
            Value::Array(vec![range(0, 5, &[told("a", 1)]), range(7, 16383, &[told("b", 2)])]);
        let map = SlotMap::read(&gap, &asked).unwrap();
        assert_eq!((map.is_whole(), map.primary(6)), (false, None));
        for nonsense in [
            Value::Okay,
            Value::Array(vec![Value::Nil]),
            Value::Array(vec![range(0, 5, &[])]),
            Value::Array(vec![range(0, 16384, &[told("a", 1)])]),
            Value::Array(vec![range(0, 1, &[told("a", 70_000)])]),
        ] {
            assert!(SlotMap::read(&nonsense, &asked).is_none(), "{nonsense:?}");
        }
    }

    #[test]
    fn redirections_are_read() {
        let asked = address("a", 1);
        assert_eq!(redirect("12182 10.0.0.1:7", &asked), Some((12182, address("10.0.0.1", 7))));
        assert_eq!(redirect("5 :7", &asked), Some((5, address("a", 7))));
        assert_eq!(redirect("5 ::1:7", &asked), Some((5, address("::1", 7))));
        assert_eq!(redirect("nonsense", &asked), None);
    }
}
