//! What a run of the swarm found.

use std::collections::BTreeMap;
use std::fmt;
use std::time::{Duration, Instant};

use serde::Serialize;

use super::latency::{Latency, Spread};
use super::ledger::Ledger;
use super::link::Cause;
use super::meter::Usage;
use super::verdict::{Class, Violation};

/// So many violations are spelled out; all are counted.
const SPELLED_OUT: usize = 20;

/// What a run of the swarm found.
#[derive(Debug)]
pub struct Report {
    /// Every player's ledger, in the order of the player ids.
    pub ledgers: Vec<Ledger>,
    /// Every broken promise.
    pub violations: Vec<Violation>,
    /// How long things took.
    pub latency: Latency,
    /// What the watched process used while everybody played.
    pub usage: Option<Usage>,
    /// How long the run took.
    pub took: Duration,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Summary<'a> {
    players: usize,
    games: usize,
    seconds: f64,
    clicks: usize,
    acknowledged: u64,
    counted: u64,
    repeats: u64,
    reconnects: u64,
    losses: BTreeMap<Cause, u64>,
    violations: BTreeMap<&'static str, usize>,
    latency_ms: &'a Latency,
    server: Option<Usage>,
    details: &'a [Violation],
}

impl Report {
    /// Whether every promise was kept.
    pub fn is_clean(&self) -> bool {
        self.violations.is_empty()
    }

    /// How many violations of a class there are.
    pub fn count(&self, class: Class) -> usize {
        self.violations.iter().filter(|v| v.class == class).count()
    }

    /// How many inputs of all players were acknowledged between two moments.
    pub fn acked_between(&self, from: Instant, to: Instant) -> u64 {
        self.ledgers.iter().map(|ledger| u64::from(ledger.acked_between(from, to))).sum()
    }

    /// The report as one JSON object.
    pub fn json(&self) -> String {
        // String keys and finite numbers: writing them cannot fail.
        serde_json::to_string(&self.summary()).unwrap_or_default()
    }

    fn summary(&self) -> Summary<'_> {
        let sum = |of: fn(&Ledger) -> u64| self.ledgers.iter().map(of).sum();
        let mut losses = BTreeMap::new();
        for (cause, count) in self.ledgers.iter().flat_map(|ledger| &ledger.losses) {
            *losses.entry(*cause).or_default() += u64::from(*count);
        }
        let rooms = self.ledgers.iter().filter_map(|ledger| ledger.place.map(|p| p.room));
        Summary {
            players: self.ledgers.len(),
            games: rooms.collect::<std::collections::HashSet<_>>().len(),
            seconds: self.took.as_secs_f64(),
            clicks: self.ledgers.iter().map(|ledger| ledger.sent.len()).sum(),
            acknowledged: sum(|ledger| u64::from(ledger.acked())),
            counted: sum(|ledger| {
                let over = ledger.over.as_ref();
                over.map_or(0, |over| u64::from(over.clicks(over.role)))
            }),
            repeats: sum(|ledger| ledger.repeats),
            reconnects: sum(|ledger| ledger.reconnects() as u64),
            losses,
            violations: Class::ALL.iter().map(|c| (c.label(), self.count(*c))).collect(),
            latency_ms: &self.latency,
            server: self.usage,
            details: &self.violations[..self.violations.len().min(SPELLED_OUT)],
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Summary { players, games, seconds, clicks, acknowledged, counted, .. } = self.summary();
        let Summary { repeats, reconnects, losses, server, .. } = self.summary();
        writeln!(f, "{players} players in {games} games, {seconds:.1} s")?;
        writeln!(f, "clicks {clicks}, acknowledged {acknowledged}, counted {counted}")?;
        writeln!(f, "reconnects {reconnects}, repeats {repeats}, connections lost {losses:?}")?;
        row(f, "click to ack", &self.latency.click_to_ack)?;
        row(f, "click to opponent", &self.latency.click_to_opponent)?;
        row(f, "join to start", &self.latency.join_to_start)?;
        if self.latency.absence.count > 0 {
            row(f, "connection lost to back in the game", &self.latency.absence)?;
        }
        if let Some(usage) = server {
            writeln!(
                f,
                "server: {:.2} s of processor time for {} clicks in {:.1} s: {:.1} us each",
                usage.cpu_seconds, usage.messages, usage.seconds, usage.cpu_micros_per_message
            )?;
        }
        let counts: Vec<String> =
            Class::ALL.iter().map(|c| format!("{} {}", c.label(), self.count(*c))).collect();
        writeln!(f, "violations: {}", counts.join(", "))?;
        for violation in self.violations.iter().take(SPELLED_OUT) {
            writeln!(f, "  {violation}")?;
        }
        Ok(())
    }
}

fn row(f: &mut fmt::Formatter<'_>, name: &str, spread: &Spread) -> fmt::Result {
    let Spread { count, p50, p99, max } = spread;
    writeln!(f, "{name}: p50 {p50:.2} ms, p99 {p99:.2} ms, max {max:.2} ms ({count})")
}
