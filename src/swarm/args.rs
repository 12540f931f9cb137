//! `overcookied swarm`: its arguments, and what it prints.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, Subcommand};
use tokio::task::JoinHandle;

use super::loads::{echo, flood, idle, stall};
use super::{Habits, Options, Progress, SwarmError, run};

/// A promise was broken.
const BROKEN: u8 = 1;
/// The swarm could not play.
const UNUSABLE: u8 = 2;

/// Plays duels over real sockets and checks that no click is lost or doubled.
#[derive(Args, Clone, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub struct SwarmArgs {
    #[command(subcommand)]
    load: Option<Load>,
    #[command(flatten)]
    duels: Box<DuelArgs>,
}

#[derive(Args, Clone, Debug)]
struct DuelArgs {
    /// A server, or a balancer in front of several; only this machine is played against. Given
    /// several times, connections go round.
    #[arg(long, default_value = "http://127.0.0.1:8080")]
    url: Vec<String>,
    /// Duels, all at once.
    #[arg(long, default_value_t = 10)]
    duels: usize,
    /// Games of each player, one after the other: whoever has finished one joins again at once.
    #[arg(long, default_value_t = 1)]
    games: usize,
    /// Clicks a second of each player.
    #[arg(long, default_value_t = 5.0)]
    rate: f64,
    /// Decides names, delays and reactions.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Seconds after its coming, and after each game, when a player whose next game is not over
    /// counts as stuck.
    #[arg(long, default_value_t = 180)]
    timeout: u64,
    /// Source addresses (127.0.0.1, .2, ...); 0: as many as the server's limit asks for.
    #[arg(long, default_value_t = 0)]
    spread: usize,
    /// Share of the games in which golden cookies are claimed.
    #[arg(long, default_value_t = 0.5)]
    golden_share: f64,
    /// New players a second.
    #[arg(long, default_value_t = 200.0)]
    ramp: f64,
    /// Joins a second at a steady rate, by players who are connected already; 0: as they come.
    #[arg(long, default_value_t = 0.0)]
    joins_per_second: f64,
    /// How often a minute a player goes away without a word, for 1, 5 or 20 s.
    #[arg(long, value_name = "RATE", default_value_t = 0.0)]
    absences: f64,
    /// How often a minute a player opens a second connection, which takes over.
    #[arg(long, value_name = "RATE", default_value_t = 0.0)]
    two_tabs: f64,
    /// Seconds within which the first connection must be closed then; more where the faults of a
    /// test keep pods from hearing of it.
    #[arg(long, value_name = "SECONDS", default_value_t = 3)]
    replaced_within: u64,
    /// The share of joins that are taken back, and repeated a moment later; up to 0.9.
    #[arg(long, value_name = "SHARE", default_value_t = 0.0)]
    leaves: f64,
    /// How many games may end as void without being a violation.
    #[arg(long, value_name = "N", default_value_t = 0)]
    allow_void: usize,
    /// Do not ask what was recorded of the games: somebody else looks at it.
    #[arg(long)]
    no_results: bool,
    /// Append every gap between acknowledgements to this file, one JSON object a line.
    #[arg(long, value_name = "FILE")]
    gaps: Option<PathBuf>,
    /// Milliseconds without an acknowledgement that make a gap, while the player clicks.
    #[arg(long, value_name = "MS", default_value_t = 300)]
    gap_threshold: u64,
    /// Write every click to this file at the end, a line each: when it was sent, in milliseconds since 1970,
    /// and how many its acknowledgement took.
    #[arg(long, value_name = "FILE")]
    clicks: Option<PathBuf>,
    /// Process id of the server, to measure its processor time.
    #[arg(long)]
    watch: Option<u32>,
    /// Write the whole report to this file as one JSON object; without a name, print that instead
    /// of the report.
    #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = STDOUT)]
    json: Option<PathBuf>,
}

/// The name of a file that means standard output.
const STDOUT: &str = "-";

/// Loads that play no duel.
#[derive(Subcommand, Clone, Debug)]
enum Load {
    /// Holds connections that do nothing.
    Idle(idle::IdleArgs),
    /// Clients that send but never read.
    Stall(stall::StallArgs),
    /// Clients that flood: with frames, connections, slow requests or silence.
    Flood(flood::FloodArgs),
    /// Messages to a bare echo server, to compare with.
    Echo(echo::EchoArgs),
}

/// Runs the subcommand on a runtime of its own, on this thread. 0: every promise was kept, 1: one
/// was broken, 2: the server cannot be used that way.
pub fn execute(args: SwarmArgs) -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return complain(&error.to_string()),
    };
    let done = runtime.block_on(async {
        match args.load {
            None => duels(&args.duels).await,
            Some(Load::Idle(args)) => idle::run(&args).await.map(|report| show(&report)),
            Some(Load::Stall(args)) => stall::run(&args).await.map(|report| show(&report)),
            Some(Load::Flood(args)) => flood::run(&args).await.map(|report| show(&report)),
            Some(Load::Echo(args)) => echo::run(&args).await.map(|report| show(&report)),
        }
    });
    done.unwrap_or_else(|error| complain(&error.to_string()))
}

async fn duels(args: &DuelArgs) -> Result<ExitCode, SwarmError> {
    let progress = Arc::new(Progress::default());
    let telling = tell(Arc::clone(&progress));
    let report = run(&args.options(), &progress).await;
    telling.abort();
    let report = report?;
    match &args.json {
        Some(path) if path == Path::new(STDOUT) => print(&(report.json() + "\n")),
        Some(path) => {
            std::fs::write(path, report.json() + "\n")
                .map_err(|error| SwarmError::Usage(format!("{}: {error}", path.display())))?;
            print(&report.to_string());
        }
        None => print(&report.to_string()),
    }
    Ok(if report.is_clean() { ExitCode::SUCCESS } else { ExitCode::from(BROKEN) })
}

impl DuelArgs {
    fn options(&self) -> Options {
        Options {
            urls: self.url.clone(),
            duels: self.duels,
            games: self.games,
            rate: self.rate,
            seed: self.seed,
            timeout: Duration::from_secs(self.timeout),
            spread: self.spread,
            golden_share: self.golden_share,
            ramp: self.ramp,
            joins_per_second: self.joins_per_second,
            habits: Habits {
                absences: self.absences,
                two_tabs: self.two_tabs,
                replaced_within: Duration::from_secs(self.replaced_within),
                leaves: self.leaves,
                ..Habits::default()
            },
            gap_threshold: Duration::from_millis(self.gap_threshold),
            gaps: self.gaps.clone(),
            clicks: self.clicks.clone(),
            allow_void: self.allow_void,
            asks_for_results: !self.no_results,
            watch: self.watch,
            ..Options::default()
        }
    }
}

/// Says how far it is: on one line of a terminal, else every two seconds.
fn tell(progress: Arc<Progress>) -> JoinHandle<()> {
    let terminal = std::io::stderr().is_terminal();
    // Back to the start of the line, and the rest of it cleared.
    let (every, begin, end) = if terminal { (200, "\r", "\x1b[K") } else { (2000, "", "\n") };
    tokio::spawn(async move {
        let mut ticks = tokio::time::interval(Duration::from_millis(every));
        loop {
            ticks.tick().await;
            // Nobody to tell: the report at the end says it all.
            let _ = write!(std::io::stderr(), "{begin}{progress}{end}");
        }
    })
}

fn show(report: &impl serde::Serialize) -> ExitCode {
    match serde_json::to_string(report) {
        Ok(text) => {
            print(&(text + "\n"));
            ExitCode::SUCCESS
        }
        Err(error) => complain(&error.to_string()),
    }
}

fn print(text: &str) {
    if std::io::stderr().is_terminal() {
        // Away with the line that said how far it was.
        let _ = write!(std::io::stderr(), "\r\x1b[K");
    }
    // A closed pipe is the reader's wish.
    let _ = std::io::stdout().write_all(text.as_bytes());
}

fn complain(text: &str) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "swarm: {text}");
    ExitCode::from(UNUSABLE)
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser};

    use super::*;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        swarm: SwarmArgs,
    }

    #[test]
    fn the_arguments_are_sound() {
        Cli::command().debug_assert();
        let Cli { swarm } =
            Cli::parse_from(["x", "--duels", "3", "--games", "2", "--golden-share", "0", "--json"]);
        assert!(swarm.load.is_none());
        let Options { duels, games, golden_share, .. } = swarm.duels.options();
        assert_eq!((duels, games, golden_share), (3, 2, 0.0));
        assert_eq!(swarm.duels.json.unwrap(), Path::new(STDOUT));
        for kind in ["messages", "empty", "pings", "fragments", "connections", "heads", "silent"] {
            let Cli { swarm } = Cli::parse_from(["x", "flood", "--kind", kind, "--seconds", "9"]);
            assert!(matches!(swarm.load, Some(Load::Flood(_))), "{kind}");
        }
        assert!(Cli::try_parse_from(["x", "flood", "--kind", "water"]).is_err());
    }

    #[test]
    fn several_servers_and_a_file_for_the_report_may_be_named() {
        let urls = ["--url", "http://127.0.0.1:1", "--url", "http://127.0.0.1:2"];
        let more = ["--json", "r.json", "--gaps", "g.jsonl", "--two-tabs", "2"];
        let Cli { swarm } = Cli::parse_from(["x"].iter().chain(&urls).chain(&more));
        let options = swarm.duels.options();
        assert_eq!((options.urls.len(), options.habits.two_tabs), (2, 2.0));
        assert_eq!(
            (options.gaps, swarm.duels.json),
            (Some("g.jsonl".into()), Some("r.json".into()))
        );
        let Cli { swarm } = Cli::parse_from(["x", "--json", "--url", "http://127.0.0.1:3"]);
        assert_eq!((swarm.duels.json.unwrap(), swarm.duels.url.len()), (STDOUT.into(), 1));
    }

    #[test]
    fn a_load_takes_no_arguments_of_the_duels() {
        assert!(Cli::try_parse_from(["x", "--duels", "3", "idle"]).is_err());
    }
}
