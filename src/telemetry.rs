//! Logs, traces, and every metric name.
//!
//! Labels come from enums only, never from ids. Nothing secret is logged: no token, cookie, query
//! string or client address.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

/// A label that says what became of something.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Outcome {
    /// One of a few fixed words.
    pub outcome: &'static str,
}

/// A counter for each outcome.
pub type ByOutcome = Family<Outcome, Counter>;

/// Everything this server counts. Cloning shares the numbers.
#[derive(Clone, Debug)]
pub struct Metrics {
    /// Open WebSockets.
    pub connections: Gauge,
    /// WebSockets closed, by reason.
    pub closed: ByOutcome,
    /// Frames received, by what they were.
    pub frames_in: Counter,
    /// Frames handed to sockets.
    pub frames_out: Counter,
    /// Deliveries dropped because a client was slow; the next state replaces them.
    pub dropped: Counter,
    /// Inputs of players: consumed, duplicate, gap, refused, bad.
    pub inputs: ByOutcome,
    /// Rooms hosted here.
    pub rooms: Gauge,
    /// Commits of rooms: taken, fenced, unavailable.
    pub commits: ByOutcome,
    /// How long a commit took, in seconds.
    pub commit_seconds: Histogram,
    /// Rooms rebuilt from their snapshot after a panic.
    pub rooms_rebuilt: Counter,
    /// Games ended, by reason.
    pub games: ByOutcome,
    /// Players waiting in the queue, as this server last saw it.
    pub queue: Gauge,
    /// From joining the queue to being seated, in seconds.
    pub match_seconds: Histogram,
    /// Finished games taken from the outbox: new, already, failed, set_aside.
    pub recorded: ByOutcome,
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            connections: Gauge::default(),
            closed: ByOutcome::default(),
            frames_in: Counter::default(),
            frames_out: Counter::default(),
            dropped: Counter::default(),
            inputs: ByOutcome::default(),
            rooms: Gauge::default(),
            commits: ByOutcome::default(),
            commit_seconds: Histogram::new(exponential_buckets(0.0001, 2.0, 16)),
            rooms_rebuilt: Counter::default(),
            games: ByOutcome::default(),
            queue: Gauge::default(),
            match_seconds: Histogram::new(exponential_buckets(0.001, 2.0, 16)),
            recorded: ByOutcome::default(),
        }
    }
}

/// Counts one more of an outcome.
pub fn count(family: &ByOutcome, outcome: &'static str) {
    family.get_or_create(&Outcome { outcome }).inc();
}

impl Metrics {
    /// The registry with every metric under its public name.
    pub fn registry(&self) -> Registry {
        let mut r = Registry::with_prefix("overcookied");
        r.register("ws_connections", "Open WebSockets", self.connections.clone());
        r.register("ws_closed", "WebSockets closed, by reason", self.closed.clone());
        r.register("ws_frames_received", "Frames received", self.frames_in.clone());
        r.register("ws_frames_sent", "Frames handed to sockets", self.frames_out.clone());
        r.register("ws_dropped", "Deliveries dropped for slow clients", self.dropped.clone());
        r.register("inputs", "Inputs of players, by what became of them", self.inputs.clone());
        r.register("rooms", "Rooms hosted here", self.rooms.clone());
        r.register("commits", "Commits of rooms, by outcome", self.commits.clone());
        r.register("commit_seconds", "How long a commit took", self.commit_seconds.clone());
        r.register("rooms_rebuilt", "Rooms rebuilt after a panic", self.rooms_rebuilt.clone());
        r.register("games", "Games ended, by reason", self.games.clone());
        r.register("queue_length", "Players waiting for an opponent", self.queue.clone());
        r.register("match_seconds", "From joining to being seated", self.match_seconds.clone());
        r.register("results", "Finished games, by what became of them", self.recorded.clone());
        r
    }
}
