//! The outbox in memory.

use std::collections::BTreeMap;

use crate::results::{OutboxEntry, OutboxId, RECORD_FORMAT};

/// Finished games in the order they ended.
#[derive(Debug, Default)]
pub(super) struct Entries {
    waiting: BTreeMap<OutboxId, Waiting>,
    aside: BTreeMap<OutboxId, (Waiting, String)>,
    last: u64,
}

#[derive(Debug)]
struct Waiting {
    record: String,
    tries: u32,
}

impl Entries {
    pub(super) fn add(&mut self, record: String) {
        self.last += 1;
        self.waiting.insert(OutboxId::numbered(self.last), Waiting { record, tries: 0 });
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.waiting.len() + self.aside.len()
    }

    pub(super) fn take(&mut self, limit: usize) -> Vec<OutboxEntry> {
        let oldest = self.waiting.iter_mut().take(limit);
        oldest
            .map(|(id, waiting)| {
                let tries = waiting.tries;
                waiting.tries = tries.saturating_add(1);
                let record = waiting.record.clone();
                OutboxEntry { id: *id, record, format: RECORD_FORMAT, tries, age: None }
            })
            .collect()
    }

    pub(super) fn done(&mut self, id: OutboxId) {
        self.waiting.remove(&id);
    }

    pub(super) fn set_aside(&mut self, id: OutboxId, why: String) {
        if let Some(waiting) = self.waiting.remove(&id) {
            self.aside.insert(id, (waiting, why));
        }
    }

    pub(super) fn holds(&self, room: &str) -> bool {
        let mut records = self.waiting.values().chain(self.aside.values().map(|(kept, _)| kept));
        records.any(|waiting| waiting.record.contains(room))
    }
}
