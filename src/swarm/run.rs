//! One run of the swarm: sign in, play, judge.

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use super::click_log;
use super::company::Company;
use super::drive::{Route, Shared, drive};
use super::duel::Style;
use super::gap_log::GapLog;
use super::habits::Habits;
use super::ledger::Ledger;
use super::meter;
use super::player::{Brief, Player};
use super::progress::Progress;
use super::report::Report;
use super::rest::{GameNumbers, Guest, Rest};
use super::target::{Spread, Targets};
use super::{SwarmError, checks, latency, recorded, seated};
use crate::ids::PlayerId;

/// With a steady rate of joins, players sign in and connect so long before they join.
const HEAD_START: Duration = Duration::from_secs(3);

/// What to play.
#[derive(Clone, Debug)]
pub struct Options {
    /// The servers, each `http://host:port` on this machine. Connections go round them.
    pub urls: Vec<String>,
    /// How many duels, all at once.
    pub duels: usize,
    /// How many games each player plays, one after the other.
    pub games: usize,
    /// Clicks a second of each player.
    pub rate: f64,
    /// Decides names, delays and reactions.
    pub seed: u64,
    /// A player whose game is not over so long after it came, or after its last game, is stuck.
    pub timeout: Duration,
    /// Source addresses (127.0.0.1, .2, …); 0: as many as the server's limit asks for.
    pub spread: usize,
    /// The share of games in which golden cookies are claimed, 0 to 1.
    pub golden_share: f64,
    /// New players a second.
    pub ramp: f64,
    /// Joins a second, at a steady rate, by players who are connected already; 0: whoever comes
    /// joins at once.
    pub joins_per_second: f64,
    /// What players do besides playing.
    pub habits: Habits,
    /// Longer waits for an acknowledgement than this are gaps.
    pub gap_threshold: Duration,
    /// Where gaps are written to as they happen.
    pub gaps: Option<PathBuf>,
    /// Where clicks are written to at the end.
    pub clicks: Option<PathBuf>,
    /// How many games may end as void.
    pub allow_void: usize,
    /// Whether the server is asked what it has recorded of the games.
    pub asks_for_results: bool,
    /// Who waits so long beside somebody else who waits, or after somebody was matched who came
    /// clearly later, is lost.
    pub queue_patience: Duration,
    /// The server's process, to be measured while everybody plays.
    pub watch: Option<u32>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            urls: vec!["http://127.0.0.1:8080".to_owned()],
            duels: 10,
            games: 1,
            rate: 5.0,
            seed: 1,
            timeout: Duration::from_secs(180),
            spread: 0,
            golden_share: 0.5,
            ramp: 200.0,
            joins_per_second: 0.0,
            habits: Habits::default(),
            gap_threshold: Duration::from_millis(300),
            gaps: None,
            clicks: None,
            allow_void: 0,
            asks_for_results: true,
            queue_patience: Duration::from_secs(30),
            watch: None,
        }
    }
}

/// A player who has played.
pub(super) struct Veteran {
    /// Of each of its games; the last one may be without a game.
    pub(super) ledgers: Vec<Ledger>,
    pub(super) token: String,
    pub(super) from: IpAddr,
}

impl Veteran {
    /// Whose ledgers these are. A player who has finished has at least one.
    pub(super) fn player(&self) -> PlayerId {
        self.last().player
    }

    /// The ledger of the last game.
    pub(super) fn last(&self) -> &Ledger {
        &self.ledgers[self.ledgers.len() - 1]
    }
}

/// Plays, and judges what came of it.
///
/// # Errors
/// When the options make no sense, or the server cannot be reached or will not sign players in.
pub async fn run(options: &Options, progress: &Arc<Progress>) -> Result<Report, SwarmError> {
    check(options)?;
    let began = Instant::now();
    let gap_log = GapLog::open(options.gaps.as_deref()).map_err(SwarmError::Gaps)?;
    let targets = Targets::find(&options.urls).await?;
    // A second tab is a second connection, for a while.
    let tabs = if options.habits.two_tabs > 0.0 { 2 } else { 1 };
    let spread = Spread::new(options.spread, 2 * options.duels * tabs);
    let rest = Arc::new(Rest::new(targets.clone(), spread)?);
    let numbers = rest.game_numbers().await?;
    let players = 2 * options.duels as u64;
    let watching =
        options.watch.map(|pid| tokio::spawn(meter::watch(pid, players, Arc::clone(progress))));
    let company = Mutex::new(Company::new(2 * options.duels, options.queue_patience));
    let shared = Arc::new(Shared { progress: Arc::clone(progress), gap_log, company });
    let run = Run { options, numbers, targets, spread, began };
    let mut veterans = run.play(&rest, &shared).await?;
    let usage = match watching {
        Some(watching) => watching.await?,
        None => None,
    };
    veterans.sort_by_key(Veteran::player);
    let mut late = match options.asks_for_results {
        true => recorded::check(&rest, &veterans).await?,
        false => Vec::new(),
    };
    late.extend(seated::check(&run.targets, &veterans).await);
    let ledgers: Vec<Ledger> = veterans.into_iter().flat_map(|veteran| veteran.ledgers).collect();
    let terms = checks::Terms {
        grace: Duration::from_secs(numbers.grace_seconds),
        allow_void: options.allow_void,
    };
    let (mut violations, endings) = checks::check_play(&ledgers, &terms);
    violations.extend(late);
    if let Some(path) = &options.clicks {
        click_log::write(path, &ledgers).map_err(SwarmError::Clicks)?;
    }
    let latency = latency::measure(&ledgers);
    let gaps = latency::measure_gaps(&ledgers);
    Ok(Report { ledgers, violations, endings, latency, gaps, usage, took: began.elapsed() })
}

fn check(options: &Options) -> Result<(), SwarmError> {
    let Habits { absences, two_tabs, leaves, .. } = options.habits;
    let sound = options.duels > 0
        && options.duels <= 5000
        && (1..=1000).contains(&options.games)
        && (0.1..=100.0).contains(&options.rate)
        && (0.0..=1.0).contains(&options.golden_share)
        && options.ramp >= 1.0;
    let text = "1 to 5000 duels, 1 to 1000 games, 0.1 to 100 clicks a second, a share of 0 to 1, \
                a ramp from 1 up";
    let habits = (0.0..=60.0).contains(&absences)
        && (0.0..=60.0).contains(&two_tabs)
        && (0.0..=0.9).contains(&leaves)
        && (0.0..=1000.0).contains(&options.joins_per_second);
    let more = "up to 60 absences and second tabs a minute, 0 to 0.9 of the joins taken back, \
                up to 1000 joins a second";
    match (sound, habits) {
        (true, true) => Ok(()),
        (true, false) => Err(SwarmError::Usage(more.to_owned())),
        (false, _) => Err(SwarmError::Usage(text.to_owned())),
    }
}

struct Run<'a> {
    options: &'a Options,
    numbers: GameNumbers,
    targets: Targets,
    spread: Spread,
    began: Instant,
}

impl Run<'_> {
    async fn play(
        &self,
        rest: &Arc<Rest>,
        shared: &Arc<Shared>,
    ) -> Result<Vec<Veteran>, SwarmError> {
        let mut players = JoinSet::new();
        for i in 0..2 * self.options.duels {
            let begin = self.begin(i);
            let seat = Seating {
                begin,
                name: format!("swarm {} {i}", self.options.seed % 100_000),
                from: self.spread.of(i),
                targets: self.targets.clone(),
                number: i,
            };
            let brief = self.brief(i, begin);
            players.spawn(one(seat, brief, Arc::clone(rest), Arc::clone(shared)));
        }
        let mut veterans = Vec::with_capacity(players.len());
        // One who cannot sign in leaves an opponent without a game: the whole run is off.
        while let Some(joined) = players.join_next().await {
            veterans.push(joined??);
        }
        Ok(veterans)
    }

    fn begin(&self, i: usize) -> Instant {
        let steady = self.options.joins_per_second;
        let rate = if steady > 0.0 { steady } else { self.options.ramp };
        self.began + Duration::from_secs_f64(i as f64 / rate)
    }

    fn brief(&self, i: usize, begin: Instant) -> Brief {
        let GameNumbers { seconds, countdown_seconds, .. } = self.numbers;
        let steady = self.options.joins_per_second > 0.0;
        Brief {
            games: self.options.games,
            style: Style { rate: self.options.rate, ends_at: 1000 * (seconds + countdown_seconds) },
            golden_share: self.options.golden_share,
            seed: self.options.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ i as u64,
            habits: self.options.habits,
            gap_threshold: self.options.gap_threshold,
            joins_from: if steady { begin + HEAD_START } else { begin },
            timeout: self.options.timeout,
        }
    }
}

struct Seating {
    begin: Instant,
    name: String,
    from: IpAddr,
    targets: Targets,
    number: usize,
}

async fn one(
    seat: Seating,
    brief: Brief,
    rest: Arc<Rest>,
    shared: Arc<Shared>,
) -> Result<Veteran, SwarmError> {
    use std::sync::atomic::Ordering::Relaxed;
    tokio::time::sleep_until(seat.begin.into()).await;
    let deadline = seat.begin + brief.timeout;
    let guest: Guest = rest.sign_in(seat.from, &seat.name, deadline.into()).await?;
    shared.progress.signed_in.fetch_add(1, Relaxed);
    let Guest { id, name, token } = guest;
    let player = Player::new(brief, Ledger::new(id, name), Instant::now());
    let Seating { from, targets, number, .. } = seat;
    let route = Route { targets, next: number, from, token: token.clone() };
    let ledgers = drive(player, route, &shared).await.map_err(SwarmError::Gaps)?;
    Ok(Veteran { ledgers, token, from })
}
