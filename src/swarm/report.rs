//! What a run of the swarm found.

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::time::{Duration, Instant};

use serde::Serialize;

use super::checks::Endings;
use super::latency::{GapSpreads, Latency, Spread};
use super::ledger::Ledger;
use super::link::Cause;
use super::meter::Usage;
use super::takeover::Fate;
use super::verdict::{Class, Violation};

/// So many violations are spelled out for a person; a program gets all of them.
const SPELLED_OUT: usize = 20;

/// What a run of the swarm found.
#[derive(Debug)]
pub struct Report {
    /// Every player's ledgers, game after game, in the order of the player ids.
    pub ledgers: Vec<Ledger>,
    /// Every broken promise.
    pub violations: Vec<Violation>,
    /// Games by the way they ended.
    pub endings: Endings,
    /// How long things took.
    pub latency: Latency,
    /// The gaps between acknowledgements.
    pub gaps: GapSpreads,
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
    /// Players for whom there was no opponent left.
    odd_ones_out: usize,
    seconds: f64,
    clicks: usize,
    acknowledged: u64,
    counted: u64,
    repeats: u64,
    reconnects: u64,
    losses: BTreeMap<Cause, u64>,
    endings: Endings,
    /// Absences of the players' own will.
    absences: u64,
    /// Joins taken back.
    leaves: u64,
    tabs: Tabs,
    /// Joins a second, from the first join of the first player to that of the last.
    joins_per_second: f64,
    violations: BTreeMap<&'static str, usize>,
    latency_ms: &'a Latency,
    gaps_ms: &'a GapSpreads,
    server: Option<Usage>,
    details: &'a [Violation],
}

/// Second tabs, by what became of the first.
#[derive(Debug, Default, Serialize)]
struct Tabs {
    opened: u64,
    replaced: u64,
    broke: u64,
    undecided: u64,
    /// Clicks sent on a first tab after the second one had taken over.
    ghosts: u64,
}

impl Tabs {
    fn count(ledgers: &[Ledger]) -> Self {
        let ghosts = ledgers.iter().map(|ledger| u64::from(ledger.ghosts)).sum();
        let mut tabs = Self { ghosts, ..Self::default() };
        for fate in ledgers.iter().flat_map(|ledger| &ledger.fates) {
            tabs.opened += 1;
            *match fate {
                Fate::Replaced(_) => &mut tabs.replaced,
                Fate::Broke => &mut tabs.broke,
                Fate::Undecided => &mut tabs.undecided,
            } += 1;
        }
        tabs
    }
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
        let wished = |ledger: &Ledger| {
            ledger.offline.iter().filter(|offline| offline.wished_until.is_some()).count() as u64
        };
        let players = self.ledgers.iter().map(|ledger| ledger.player);
        let rooms = self.ledgers.iter().filter_map(|ledger| ledger.place.map(|p| p.room));
        Summary {
            players: players.collect::<HashSet<_>>().len(),
            games: rooms.collect::<HashSet<_>>().len(),
            odd_ones_out: self.ledgers.iter().filter(|ledger| ledger.odd_one_out).count(),
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
            endings: self.endings,
            absences: self.ledgers.iter().map(wished).sum(),
            leaves: sum(|ledger| u64::from(ledger.leaves)),
            tabs: Tabs::count(&self.ledgers),
            joins_per_second: self.joins_per_second(),
            violations: Class::ALL.iter().map(|c| (c.label(), self.count(*c))).collect(),
            latency_ms: &self.latency,
            gaps_ms: &self.gaps,
            server: self.usage,
            details: &self.violations,
        }
    }

    fn joins_per_second(&self) -> f64 {
        let joins = || self.ledgers.iter().filter_map(|ledger| ledger.first_joined_at);
        let (Some(first), Some(last)) = (joins().min(), joins().max()) else { return 0.0 };
        let seconds = last.duration_since(first).as_secs_f64();
        if seconds > 0.0 { (joins().count() - 1) as f64 / seconds } else { 0.0 }
    }

    fn write_habits(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Summary { absences, leaves, tabs, .. } = self.summary();
        if absences + leaves + tabs.opened > 0 {
            let Tabs { opened, replaced, broke, undecided, ghosts } = tabs;
            writeln!(
                f,
                "absences {absences}, joins taken back {leaves}, second tabs {opened} \
                 (first one replaced {replaced}, broke {broke}, undecided {undecided}; {ghosts} clicks on it after that)"
            )?;
        }
        Ok(())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Summary { players, games, seconds, clicks, acknowledged, counted, .. } = self.summary();
        let Summary { repeats, reconnects, losses, server, joins_per_second, .. } = self.summary();
        let odd = match self.summary().odd_ones_out {
            0 => "",
            _ => ", the last one without an opponent for its next game",
        };
        writeln!(
            f,
            "{players} players in {games} games{odd}, {seconds:.1} s, {joins_per_second:.1} joins/s"
        )?;
        let Endings { time, forfeits, void_explained, void, other } = self.endings;
        writeln!(
            f,
            "ended by time {time}, forfeit {forfeits}, void {void} (and {void_explained} with both \
             players away), otherwise {other}"
        )?;
        writeln!(f, "clicks {clicks}, acknowledged {acknowledged}, counted {counted}")?;
        writeln!(f, "reconnects {reconnects}, repeats {repeats}, connections lost {losses:?}")?;
        self.write_habits(f)?;
        row(f, "click to ack", &self.latency.click_to_ack)?;
        row(f, "click to opponent", &self.latency.click_to_opponent)?;
        row(f, "join to start", &self.latency.join_to_start)?;
        let Latency { absence, comeback, takeover, replaced, .. } = &self.latency;
        rare_row(f, "connection lost to back in the game", absence)?;
        rare_row(f, "end of an absence to back in the game", comeback)?;
        rare_row(f, "second tab opened to in the game", takeover)?;
        rare_row(f, "second tab greeted to first one closed", replaced)?;
        rare_row(f, "gaps", &self.gaps.all)?;
        rare_row(f, "gaps of survivors", &self.gaps.survivor)?;
        rare_row(f, "gaps of the reconnected", &self.gaps.reconnected)?;
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

fn rare_row(f: &mut fmt::Formatter<'_>, name: &str, spread: &Spread) -> fmt::Result {
    if spread.count > 0 { row(f, name, spread) } else { Ok(()) }
}

fn row(f: &mut fmt::Formatter<'_>, name: &str, spread: &Spread) -> fmt::Result {
    let Spread { count, p50, p99, max } = spread;
    writeln!(f, "{name}: p50 {p50:.2} ms, p99 {p99:.2} ms, max {max:.2} ms ({count})")
}
