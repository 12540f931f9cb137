//! The way from a pod to one connection of a client.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use tokio::time::Instant;

use super::agenda::Event;
use super::book::{About, Book};
use super::line::Line;
use crate::ids::PlayerId;
use crate::swarm::simulated::{Heard, Read};

/// Frames that fit into the buffers on the way.
const WINDOW: usize = 8;

/// Until when nothing gets through between a pod and its clients.
#[derive(Clone)]
pub(super) struct Outage(Arc<Mutex<Instant>>);

impl Outage {
    pub(super) fn none() -> Self {
        Self(Arc::new(Mutex::new(Instant::now())))
    }

    pub(super) fn until(&self, until: Instant) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = until;
    }

    pub(super) fn end(&self) -> Instant {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// When something that is sent now arrives: behind what was sent before it, and after the outage.
pub(super) fn arrival(line: &Line, outage: &Outage, last: &mut Instant) -> Instant {
    let (dice, weather) = (&line.dice, &line.weather);
    let stalls = dice.chance(weather.now(weather.stall));
    let takes = if stalls { dice.millis(100, 4_000) } else { dice.millis(1, 4) };
    *last = (*last).max(Instant::now() + takes).max(outage.end());
    *last
}

/// The way from a pod to one connection of a client.
pub(super) struct Post {
    pub(super) line: Line,
    pub(super) book: Arc<Book>,
    pub(super) outage: Outage,
    pub(super) client: usize,
    pub(super) player: PlayerId,
    pub(super) connection: u64,
    pub(super) last: Instant,
    pub(super) about: About,
    /// What was sent and has not arrived.
    pub(super) under_way: VecDeque<Instant>,
}

impl Post {
    /// A frame. What it claims is checked against what the store has confirmed by now.
    pub(super) fn text(&mut self, text: &str) {
        self.line.trace.line(format_args!(
            "{} to {}.{}: {}",
            self.line.name,
            self.client,
            self.connection,
            steady(text)
        ));
        match Read::new(text) {
            Ok(read) => {
                self.book.told(self.player, &mut self.about, &read.claim(), &self.line.trace);
                self.send(Heard::Frame(read));
            }
            Err(error) => {
                self.line.trace.breach("every frame can be read", format!("{error}: {text}"));
            }
        }
    }

    pub(super) fn ping(&mut self, payload: Bytes) {
        self.send(Heard::Ping(payload));
    }

    pub(super) fn closed(&mut self, code: Option<u16>) {
        self.send(Heard::Closed(code));
        if code == Some(1012) {
            self.book.sent_on(self.player, self.connection, self.last);
        }
    }

    pub(super) fn broken(&mut self) {
        self.send(Heard::Broken);
    }

    fn send(&mut self, heard: Heard) {
        let at = arrival(&self.line, &self.outage, &mut self.last);
        let (client, connection) = (self.client, self.connection);
        self.line.agenda.put(at, Event::ToClient { client, connection, heard });
        self.under_way.push_back(at);
    }

    /// Waits until more can be sent: a client that does not read is not written to.
    pub(super) async fn has_room(&mut self) {
        let now = Instant::now();
        while self.under_way.front().is_some_and(|at| *at <= now) {
            self.under_way.pop_front();
        }
        if self.under_way.len() >= WINDOW {
            self.line.trace.sometimes("a client did not read for a while");
            if let Some(at) = self.under_way.front() {
                tokio::time::sleep_until(*at).await;
            }
        }
    }
}

/// What is the same in every run of a seed: all but the wall's clock in `HELLO`.
fn steady(text: &str) -> std::borrow::Cow<'_, str> {
    match (text.find("\"serverTime\":"), text.find(",\"roomId\"")) {
        (Some(from), Some(to)) if from < to => format!("{}{}", &text[..from], &text[to..]).into(),
        _ => text.into(),
    }
}
