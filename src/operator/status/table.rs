//! How the pods stand, for people: one table of pods, then a line for each of the rest, with what
//! needs looking after below it.

use std::time::Duration;

use super::{FoundingRecords, Outbox, PodLine, Queue, Rooms, Seated, Seats, Status, Unreadable};
use crate::operator::text;

impl Status {
    pub(super) fn table(&self) -> String {
        let queues: Vec<String> = self.queues.iter().map(Queue::words).collect();
        let mut text = pods(&self.pods);
        text.push('\n');
        text += &section("rooms", &self.rooms.words(), &self.rooms.details());
        text += &section("queue", &queues.join(", "), "");
        text += &section("outbox", &self.outbox.words(), "");
        text += &section("seats", &self.seats.words(), &self.seats.details());
        let records = &self.founding_records;
        text += &section("founding", &records.words(), &records.details());
        if !self.complete {
            text += "There are more rooms or seats than are looked at: the counts are too low.\n";
        }
        text
    }
}

fn section(name: &str, words: &str, details: &str) -> String {
    format!("{name:10}{words}\n{details}")
}

fn pods(pods: &[PodLine]) -> String {
    if pods.is_empty() {
        return "no pod lives\n".to_owned();
    }
    let head = ["POD", "ADDRESS", "HEARTBEAT", "SNAPSHOTS", "BUS", "ROOMS"].map(str::to_owned);
    let row = |pod: &PodLine| {
        [
            pod.id.to_string(),
            text::plain(&pod.address),
            ago(pod.heartbeat_age_ms),
            text::list(&pod.snapshot_formats),
            text::list(&pod.bus_formats),
            pod.rooms.to_string(),
        ]
    };
    let rows: Vec<_> = std::iter::once(head).chain(pods.iter().map(row)).collect();
    text::table(&rows)
}

impl Rooms {
    fn words(&self) -> String {
        let mut words =
            format!("{} open, {} without a living host", self.open, self.without_living_host);
        if let Some(oldest) = &self.oldest_commit {
            words += &format!(", oldest commit {} (room {})", ago(oldest.ago_ms), oldest.room);
        }
        words
    }

    /// Rooms of living hosts are in the table of pods.
    fn details(&self) -> String {
        let left: Vec<_> = self.hosts.iter().filter(|host| !host.living).collect();
        let left = left.into_iter().map(|host| match host.pod {
            Some(pod) => format!("{} of pod {pod}, which is gone", host.rooms),
            None => format!("{} released", host.rooms),
        });
        text::first_few(left) + &unreadable("room", &self.unreadable)
    }
}

impl Queue {
    fn words(&self) -> String {
        format!("{} waiting for {}", self.waiting, self.game)
    }
}

impl Outbox {
    fn words(&self) -> String {
        let oldest = self.oldest_ms.map(|age| format!(", the oldest since {}", length(age)));
        let oldest = oldest.unwrap_or_default();
        format!("{} waiting{oldest}, {} set aside", self.waiting, self.set_aside)
    }
}

impl Seats {
    fn words(&self) -> String {
        format!(
            "{} taken, {} without a room, {} in a room that has ended",
            self.taken,
            self.without_room.len(),
            self.in_ended_room.len()
        )
    }

    fn details(&self) -> String {
        let line = |what: &'static str| {
            move |seated: &Seated| {
                format!("player {} in room {}, {what}", seated.player, seated.room)
            }
        };
        text::first_few(self.without_room.iter().map(line("which is gone")))
            + &text::first_few(self.in_ended_room.iter().map(line("which has ended")))
    }
}

impl FoundingRecords {
    fn words(&self) -> String {
        format!("{} records, {} without a room", self.total, self.without_room.len())
    }

    fn details(&self) -> String {
        let line = |record: &super::Unfounded| match record.age_ms {
            Some(age) => format!("room {}, written {}", record.room, ago(age)),
            None => format!("room {}", record.room),
        };
        text::first_few(self.without_room.iter().map(line))
            + &unreadable("record", &self.unreadable)
    }
}

fn unreadable(what: &str, those: &[Unreadable]) -> String {
    let line = |one: &Unreadable| {
        let name = one.room.map_or("of no room".to_owned(), |room| room.to_string());
        format!("{what} {name} cannot be read: {}", text::plain(&one.why))
    };
    text::first_few(those.iter().map(line))
}

fn length(millis: u64) -> String {
    text::duration(Duration::from_millis(millis))
}

fn ago(millis: u64) -> String {
    format!("{} ago", length(millis))
}
