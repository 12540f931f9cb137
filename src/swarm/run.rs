//! One run of the swarm: sign in, play, judge.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use super::drive::{Route, drive};
use super::duel::Style;
use super::ledger::Ledger;
use super::meter::{Sample, Usage};
use super::player::{Brief, Player};
use super::progress::Progress;
use super::recorded;
use super::report::Report;
use super::rest::{GameNumbers, Guest, Rest};
use super::target::{Spread, Target};
use super::{SwarmError, checks, latency};

/// What to play.
#[derive(Clone, Debug)]
pub struct Options {
    /// The server, `http://host:port`, on this machine.
    pub url: String,
    /// How many duels, all at once.
    pub duels: usize,
    /// Clicks a second of each player.
    pub rate: f64,
    /// Decides names, delays and reactions.
    pub seed: u64,
    /// A player who has not finished after this is stuck.
    pub timeout: Duration,
    /// Source addresses (127.0.0.1, .2, …); 0: as many as the server's limit asks for.
    pub spread: usize,
    /// The share of games in which golden cookies are claimed, 0 to 1.
    pub golden_share: f64,
    /// New players a second.
    pub ramp: f64,
    /// The server's process, to be measured while everybody plays.
    pub watch: Option<u32>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            url: "http://127.0.0.1:8080".to_owned(),
            duels: 10,
            rate: 5.0,
            seed: 1,
            timeout: Duration::from_secs(180),
            spread: 0,
            golden_share: 0.5,
            ramp: 200.0,
            watch: None,
        }
    }
}

/// A player who has played.
pub(super) struct Veteran {
    pub(super) ledger: Ledger,
    pub(super) token: String,
    pub(super) from: IpAddr,
}

/// Plays, and judges what came of it.
///
/// # Errors
/// When the options make no sense, or the server cannot be reached or will not sign players in.
pub async fn run(options: &Options, progress: &Arc<Progress>) -> Result<Report, SwarmError> {
    check(options)?;
    let began = Instant::now();
    let target = Target::find(&options.url).await?;
    let spread = Spread::new(options.spread, 2 * options.duels);
    let rest = Arc::new(Rest::new(target.clone(), spread)?);
    let numbers = rest.game_numbers().await?;
    let watching = options
        .watch
        .map(|pid| tokio::spawn(watch(pid, 2 * options.duels as u64, Arc::clone(progress))));
    let run = Run { options, numbers, target, spread, began };
    let mut veterans = run.play(&rest, progress).await?;
    let usage = match watching {
        Some(watching) => watching.await?,
        None => None,
    };
    veterans.sort_by_key(|veteran| veteran.ledger.player);
    let recorded = recorded::check(&rest, &veterans).await?;
    let ledgers: Vec<Ledger> = veterans.into_iter().map(|veteran| veteran.ledger).collect();
    let mut violations = checks::check_play(&ledgers);
    violations.extend(recorded);
    let latency = latency::measure(&ledgers);
    Ok(Report { ledgers, violations, latency, usage, took: began.elapsed() })
}

fn check(options: &Options) -> Result<(), SwarmError> {
    let sound = options.duels > 0
        && options.duels <= 5000
        && (0.1..=100.0).contains(&options.rate)
        && (0.0..=1.0).contains(&options.golden_share)
        && options.ramp >= 1.0;
    let text = "1 to 5000 duels, 0.1 to 100 clicks a second, a share of 0 to 1, a ramp from 1 up";
    if sound { Ok(()) } else { Err(SwarmError::Usage(text.to_owned())) }
}

struct Run<'a> {
    options: &'a Options,
    numbers: GameNumbers,
    target: Target,
    spread: Spread,
    began: Instant,
}

impl Run<'_> {
    async fn play(
        &self,
        rest: &Arc<Rest>,
        progress: &Arc<Progress>,
    ) -> Result<Vec<Veteran>, SwarmError> {
        let mut players = JoinSet::new();
        for i in 0..2 * self.options.duels {
            let brief = self.brief(i);
            let seat = Seating {
                begin: self.began + Duration::from_secs_f64(i as f64 / self.options.ramp),
                name: format!("swarm {} {i}", self.options.seed % 100_000),
                from: self.spread.of(i),
                target: self.target.clone(),
            };
            players.spawn(one(seat, brief, Arc::clone(rest), Arc::clone(progress)));
        }
        let mut veterans = Vec::with_capacity(players.len());
        // One who cannot sign in leaves an opponent without a game: the whole run is off.
        while let Some(joined) = players.join_next().await {
            veterans.push(joined??);
        }
        Ok(veterans)
    }

    fn brief(&self, i: usize) -> Brief {
        let GameNumbers { seconds, countdown_seconds } = self.numbers;
        Brief {
            style: Style { rate: self.options.rate, ends_at: 1000 * (seconds + countdown_seconds) },
            golden_share: self.options.golden_share,
            seed: self.options.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ i as u64,
            deadline: self.began + self.options.timeout,
        }
    }
}

struct Seating {
    begin: Instant,
    name: String,
    from: IpAddr,
    target: Target,
}

async fn one(
    seat: Seating,
    brief: Brief,
    rest: Arc<Rest>,
    progress: Arc<Progress>,
) -> Result<Veteran, SwarmError> {
    use std::sync::atomic::Ordering::Relaxed;
    tokio::time::sleep_until(seat.begin.into()).await;
    let guest: Guest = rest.sign_in(seat.from, &seat.name, brief.deadline.into()).await?;
    progress.signed_in.fetch_add(1, Relaxed);
    let Guest { id, name, token } = guest;
    let player = Player::new(brief, Ledger::new(id, name), Instant::now());
    let route = Route { target: seat.target, from: seat.from, token: token.clone() };
    let ledger = drive(player, route, &progress).await;
    progress.finished.fetch_add(1, Relaxed);
    Ok(Veteran { ledger, token, from: seat.from })
}

/// Measures a process from a second after everybody plays until the first player is done.
async fn watch(pid: u32, players: u64, progress: Arc<Progress>) -> Option<Usage> {
    let mut every = tokio::time::interval(Duration::from_millis(250));
    let look = || Sample::of(pid).map(|sample| (sample, progress.acked()));
    let mut all_play_since: Option<Instant> = None;
    let (mut first, mut last) = (None, None);
    while progress.finished() == 0 {
        every.tick().await;
        if progress.started() < players || progress.acked() < players {
            continue;
        }
        let since = *all_play_since.get_or_insert_with(Instant::now);
        if since.elapsed() >= Duration::from_secs(1) && progress.finished() == 0 {
            last = look();
            first = first.or(last);
        }
    }
    let ((first, before), (last, after)) = (first?, last?);
    Some(Usage::between(&first, &last, after - before))
}
