//! The world of one simulation: its pods, its clients, its network and its stores, on one thread
//! and on virtual time.
//!
//! Nothing here waits: whatever is due is done, the pods are polled, and the clock goes on to
//! whatever is due next.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::time::{Instant, Sleep, sleep_until};

use super::agenda::{Agenda, Event, Turn};
use super::clients::{Clients, outages};
use super::dice::Dice;
use super::ending::Ending;
use super::line::Line;
use super::pod::Pod;
use super::post::Outage;
use super::stores::Shared;
use super::trace::Trace;
use super::weather::Weather;
use crate::cluster::{MemoryBus, MemoryStore};
use crate::matchmaking::MemoryMatchmaking;
use crate::telemetry::{ByOutcome, Metrics, Outcome};

/// A place for a pod.
#[derive(Default)]
pub(super) struct Place {
    pub(super) pod: Option<Pod>,
    /// How often one was started here.
    starts: u32,
}

/// One simulation.
pub(super) struct World {
    pub(super) agenda: Agenda,
    pub(super) dice: Dice,
    pub(super) trace: Trace,
    pub(super) weather: Weather,
    pub(super) shared: Shared,
    pub(super) places: Vec<Place>,
    pub(super) outages: Arc<[Outage]>,
    pub(super) clients: Clients,
    pub(super) ending: Ending,
    bus: MemoryBus,
    metrics: Metrics,
    alarm: Pin<Box<Sleep>>,
}

impl World {
    pub(super) fn new(dice: Dice, trace: Trace, weather: Weather) -> Self {
        let store = MemoryStore::new();
        let shared = Shared {
            pods: store.clone(),
            store,
            matchmaking: MemoryMatchmaking::new(),
            recorded: super::recorded::RecordedGames::default(),
            book: Arc::default(),
        };
        let agenda = Agenda::default();
        let parts = (agenda.clone(), dice.clone(), trace.clone());
        let line = Line::new(parts, weather.clone(), "clients");
        let clients = Clients::new(line, shared.clone(), &weather, &dice);
        let mut world = Self {
            ending: Ending::after(weather.lasts),
            outages: outages(weather.pods),
            places: (0..weather.pods).map(|_| Place::default()).collect(),
            alarm: Box::pin(sleep_until(Instant::now())),
            bus: MemoryBus::new(),
            metrics: Metrics::default(),
            agenda,
            dice,
            trace,
            weather,
            shared,
            clients,
        };
        for place in 0..world.places.len() {
            world.start(place);
        }
        world.plan_blow();
        world
    }

    /// Starts a pod in an empty place.
    pub(super) fn start(&mut self, place: usize) {
        if self.places[place].pod.is_some() {
            return;
        }
        self.places[place].starts += 1;
        let start = self.places[place].starts;
        if self.weather.pods == 1 {
            // The queue of a pod alone is in its process, and so is its heartbeat.
            self.shared.matchmaking = MemoryMatchmaking::new();
            self.shared.pods = MemoryStore::new();
        }
        let parts = (self.agenda.clone(), self.dice.clone(), self.trace.clone());
        let line = Line::new(parts, self.weather.clone(), &format!("pod {place}.{start}"));
        self.trace.line(format_args!("pod {place}.{start} starts"));
        let pod = Pod::start(start, line, &self.shared, &self.bus, &self.metrics);
        self.places[place].pod = Some(pod);
        self.note_health();
    }

    /// The pod in a place, if it is still the one that was started there as this.
    pub(super) fn pod(&mut self, place: usize, start: u32) -> Option<&mut Pod> {
        self.places[place].pod.as_mut().filter(|pod| pod.start == start)
    }

    /// Takes one step. Ready at the end of the simulation.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.agenda.wake(None);
        loop {
            let now = Instant::now();
            self.do_what_is_due(now);
            for place in &mut self.places {
                if let Some(pod) = &mut place.pod {
                    pod.poll(cx);
                }
            }
            if self.trace.broken().is_some() || self.ending.is_over() {
                return Poll::Ready(());
            }
            let next = [self.agenda.next(), self.clients.next(), Some(self.ending.next())];
            let next = next.into_iter().flatten().min().unwrap_or(now);
            self.alarm.as_mut().reset(next);
            if self.alarm.as_mut().poll(cx).is_pending() {
                break;
            }
        }
        self.agenda.wake(Some(cx.waker().clone()));
        Poll::Pending
    }

    fn do_what_is_due(&mut self, now: Instant) {
        while let Some(event) = self.agenda.take_due(now) {
            match event {
                Event::Deed(deed) => deed(),
                Event::ToClient { client, connection, heard } => {
                    let outages = self.outages.clone();
                    self.clients.hear(client, connection, heard, &outages);
                }
                Event::Knock { client, connection } => self.knock(client, connection),
                Event::Turn(turn) => self.turn(turn),
            }
        }
        let outages = self.outages.clone();
        self.clients.act(now, &outages);
        if self.ending.next() <= now {
            self.go_on(now);
        }
    }

    fn knock(&mut self, client: usize, connection: u64) {
        let Some(place) = self.clients.place_of(client, connection) else { return };
        match &self.places[place].pod {
            Some(pod) if pod.is_ready() => self.clients.accepted(client, connection, pod),
            _ => self.clients.refused(client, connection),
        }
    }

    pub(super) fn turn(&mut self, turn: Turn) {
        match turn {
            Turn::Blow => self.blow(),
            Turn::Start(place) => self.start(place),
            Turn::Drain(place) => self.drain(place),
            Turn::Thaw(place, start) => {
                if let Some(pod) = self.pod(place, start) {
                    pod.freeze(false);
                }
                self.note_health();
            }
            Turn::Drained(place, start) => self.drained(place, start),
            Turn::Reset { client, connection } => self.clients.refused(client, connection),
        }
    }

    /// Which pods live, and which are well, is for the book to know.
    pub(super) fn note_health(&mut self) {
        let pods = self.places.iter().filter_map(|place| place.pod.as_ref());
        self.shared.book.live(pods.map(|pod| (pod.id, pod.is_well())).collect());
    }

    /// What the pods have counted, as rare things.
    pub(super) fn count_metrics(&self) {
        let of = |family: &ByOutcome, outcome| family.get_or_create(&Outcome { outcome }).get();
        let inputs = |outcome| of(&self.metrics.inputs, outcome);
        let takeovers = |outcome| of(&self.metrics.takeovers, outcome);
        for (name, times) in [
            ("a delivery was dropped for a client that does not read", self.metrics.dropped.get()),
            ("a room was taken over: its host was silent", takeovers("silent")),
            ("a room was taken over: it had no commits", takeovers("no commits")),
            ("a room was taken over: its host had given it up", takeovers("released")),
            ("a room was taken over: its host had left", takeovers("left")),
            ("a room was taken over: nobody asked for it", takeovers("swept")),
            ("an input came twice", inputs("duplicate")),
            ("an input was missing before another", inputs("gap")),
            ("an input of an older connection was refused", inputs("outdated")),
            ("an input came after the end", inputs("over")),
        ] {
            for _ in 0..times {
                self.trace.sometimes(name);
            }
        }
    }
}
