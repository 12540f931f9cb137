//! Logs, traces, and every metric name.
//!
//! Labels come from enums only, never from ids. Nothing secret is logged: no token, cookie, query
//! string or client address.

use std::io::{self, IsTerminal};
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{ExporterBuildError, SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;
use tracing::Subscriber;
use tracing_subscriber::filter::{LevelFilter, ParseError, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::{SubscriberInitExt, TryInitError};
use tracing_subscriber::{EnvFilter, Layer};

use crate::config::{LogFormat, Logs};
use crate::tls;

#[cfg(test)]
mod tests;

/// How long the last spans may take to leave when the program ends.
const LAST_SPANS: Duration = Duration::from_secs(3);

/// A label that says what became of something.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Outcome {
    /// One of a few fixed words.
    pub outcome: &'static str,
}

/// A label that says whether capacity was spent on reading or on writing.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Units {
    /// `read` or `write`.
    pub kind: &'static str,
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
    /// Rooms hosted elsewhere that players of this pod sit in.
    pub remote_rooms: Gauge,
    /// Rooms that this pod took over from another, by cause: silent, no commits, released, left,
    /// swept.
    pub takeovers: ByOutcome,
    /// From the first unanswered command to the room being hosted here, in seconds.
    pub resume_seconds: Histogram,
    /// Rooms restored from memory because the store had lost them.
    pub rooms_restored: Counter,
    /// Pods that live, as this one last saw it.
    pub pods: Gauge,
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
    /// Age of the oldest finished game that this pod has taken from the outbox and not recorded, in
    /// seconds, where pods share one.
    pub outbox_age_seconds: Gauge<f64, AtomicU64>,
    /// Snapshots of rooms that this pod was asked for and cannot read: of a newer format, of an
    /// unknown game, or damaged.
    pub snapshots_unreadable: Counter,
    /// HTTP responses, by class of status: 1xx, 2xx, 3xx, 4xx, 5xx.
    pub responses: ByOutcome,
    /// Attempts to open a WebSocket: taken, draining, unauthenticated, origin, address, handshake,
    /// failed.
    pub upgrades: ByOutcome,
    /// Guests who got a session.
    pub guests: Counter,
    /// Returns from providers, by what became of them: signed in, denied, expired, forged, failed,
    /// taken.
    pub logins: ByOutcome,
    /// From sending oneself a message over the bus to reading it, in seconds.
    pub bus_lag_seconds: Histogram,
    /// Times the bus was subscribed to anew, because it had fallen silent or broken.
    pub bus_resubscriptions: Counter,
    /// Messages between pods: sent, dropped, received, unreadable.
    pub bus_messages: ByOutcome,
    /// Publications on the bus; one carries many messages when there is much to say.
    pub bus_publishes: Counter,
    /// Requests to DynamoDB, attempts that were repeated included.
    pub dynamodb_requests: Counter,
    /// Capacity units that DynamoDB said it has spent on them: read, write.
    pub dynamodb_units: Family<Units, Counter<f64, AtomicU64>>,
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
            remote_rooms: Gauge::default(),
            takeovers: ByOutcome::default(),
            resume_seconds: Histogram::new(exponential_buckets(0.01, 2.0, 12)),
            rooms_restored: Counter::default(),
            pods: Gauge::default(),
            commits: ByOutcome::default(),
            commit_seconds: Histogram::new(exponential_buckets(0.0001, 2.0, 16)),
            rooms_rebuilt: Counter::default(),
            games: ByOutcome::default(),
            queue: Gauge::default(),
            match_seconds: Histogram::new(exponential_buckets(0.001, 2.0, 16)),
            recorded: ByOutcome::default(),
            outbox_age_seconds: Gauge::default(),
            snapshots_unreadable: Counter::default(),
            responses: ByOutcome::default(),
            upgrades: ByOutcome::default(),
            guests: Counter::default(),
            logins: Family::default(),
            bus_lag_seconds: Histogram::new(exponential_buckets(0.0001, 2.0, 16)),
            bus_resubscriptions: Counter::default(),
            bus_messages: ByOutcome::default(),
            bus_publishes: Counter::default(),
            dynamodb_requests: Counter::default(),
            dynamodb_units: Family::default(),
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
        r.register("remote_rooms", "Rooms elsewhere with players here", self.remote_rooms.clone());
        r.register("takeovers", "Rooms taken over, by cause", self.takeovers.clone());
        r.register("resume_seconds", "From silence to a new host", self.resume_seconds.clone());
        r.register("rooms_restored", "Rooms the store had lost", self.rooms_restored.clone());
        r.register("pods", "Pods that live", self.pods.clone());
        r.register("commits", "Commits of rooms, by outcome", self.commits.clone());
        r.register("commit_seconds", "How long a commit took", self.commit_seconds.clone());
        r.register("rooms_rebuilt", "Rooms rebuilt after a panic", self.rooms_rebuilt.clone());
        r.register("games", "Games ended, by reason", self.games.clone());
        r.register("queue_length", "Players waiting for an opponent", self.queue.clone());
        r.register("match_seconds", "From joining to being seated", self.match_seconds.clone());
        r.register("results", "Finished games, by what became of them", self.recorded.clone());
        let outbox_age = self.outbox_age_seconds.clone();
        r.register("outbox_age_seconds", "Age of the oldest result in hand", outbox_age);
        let unreadable = self.snapshots_unreadable.clone();
        r.register("snapshots_unreadable", "Snapshots that cannot be read", unreadable);
        r.register("http_responses", "HTTP responses, by class of status", self.responses.clone());
        r.register("ws_upgrades", "Attempts to open a WebSocket", self.upgrades.clone());
        r.register("guests", "Guests who got a session", self.guests.clone());
        r.register("logins", "Returns from providers, by outcome", self.logins.clone());
        r.register("bus_lag_seconds", "Round trip of the bus", self.bus_lag_seconds.clone());
        let resubscriptions = self.bus_resubscriptions.clone();
        r.register("bus_resubscriptions", "Times the bus was rebuilt", resubscriptions);
        r.register("bus_messages", "Messages between pods, by outcome", self.bus_messages.clone());
        r.register("bus_publishes", "Publications on the bus", self.bus_publishes.clone());
        r.register("dynamodb_requests", "Requests to DynamoDB", self.dynamodb_requests.clone());
        r.register("dynamodb_units", "Capacity units spent", self.dynamodb_units.clone());
        r
    }
}

/// Why logs and traces could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The filter is not one.
    #[error("RUST_LOG: {0}")]
    Filter(#[from] ParseError),
    /// The exporter could not be made.
    #[error("OTEL_EXPORTER_OTLP_ENDPOINT: {0}")]
    Exporter(#[from] ExporterBuildError),
    /// Something has set up logging already.
    #[error(transparent)]
    Twice(#[from] TryInitError),
}

/// Keeps traces flowing. Dropping it sends the last ones, which takes 3 s at most.
#[derive(Debug)]
#[must_use = "dropping it ends the export of traces"]
pub struct Telemetry {
    traces: Option<SdkTracerProvider>,
}

impl Drop for Telemetry {
    fn drop(&mut self) {
        if let Some(traces) = self.traces.take()
            && let Err(error) = traces.shutdown_with_timeout(LAST_SPANS)
        {
            tracing::warn!(%error, "the last traces could not be sent");
        }
    }
}

/// Sets up logs on standard error and, if there is a collector, the export of traces. Once per
/// process.
pub fn init(logs: &Logs) -> Result<Telemetry, TelemetryError> {
    let filter = EnvFilter::try_new(&logs.filter)?;
    let traces = logs.otlp_endpoint.as_deref().map(exporter).transpose()?;
    tracing_subscriber::registry()
        .with(lines(logs.format).with_filter(filter))
        .with(traces.as_ref().map(spans))
        .try_init()?;
    Ok(Telemetry { traces })
}

/// One line for each event: for people, or one JSON object for machines.
fn lines<S>(format: LogFormat) -> Box<dyn Layer<S> + Send + Sync>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let layer = tracing_subscriber::fmt::layer().with_writer(io::stderr);
    match format {
        LogFormat::Text => layer.with_ansi(io::stderr().is_terminal()).boxed(),
        LogFormat::Json => layer.json().flatten_event(true).boxed(),
    }
}

/// The layer that turns our own spans into traces. Nobody else's: the exporter's client has spans
/// too, and would trace itself for ever.
fn spans<S>(traces: &SdkTracerProvider) -> impl Layer<S>
where
    S: Subscriber + for<'a> LookupSpan<'a> + Send + Sync,
{
    let ours = Targets::new().with_target(env!("CARGO_CRATE_NAME"), LevelFilter::INFO);
    tracing_opentelemetry::layer()
        .with_tracer(traces.tracer(env!("CARGO_PKG_NAME")))
        .with_filter(ours)
}

/// Sends spans in batches, from a thread of its own, to `/v1/traces` of a collector.
fn exporter(endpoint: &str) -> Result<SdkTracerProvider, ExporterBuildError> {
    let url = format!("{}/v1/traces", endpoint.trim_end_matches('/'));
    tls::choose();
    let exporter = SpanExporter::builder().with_http().with_endpoint(url).build()?;
    let resource = Resource::builder().with_service_name(env!("CARGO_PKG_NAME")).build();
    Ok(SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build())
}
