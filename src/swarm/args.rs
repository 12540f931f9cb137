//! `overcookied swarm`: its arguments, and what it prints.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, Subcommand};
use tokio::task::JoinHandle;

use super::loads::{echo, flood, idle, stall};
use super::{Options, Progress, SwarmError, run};

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
    duels: DuelArgs,
}

#[derive(Args, Clone, Debug)]
struct DuelArgs {
    /// The server; only this machine is played against.
    #[arg(long, default_value = "http://127.0.0.1:8080")]
    url: String,
    /// Duels, all at once.
    #[arg(long, default_value_t = 10)]
    duels: usize,
    /// Clicks a second of each player.
    #[arg(long, default_value_t = 5.0)]
    rate: f64,
    /// Decides names, delays and reactions.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Seconds after which a player who is not finished counts as stuck.
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
    /// Process id of the server, to measure its processor time.
    #[arg(long)]
    watch: Option<u32>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// Loads that play no duel.
#[derive(Subcommand, Clone, Debug)]
enum Load {
    /// Holds connections that do nothing.
    Idle(idle::IdleArgs),
    /// Clients that send but never read.
    Stall(stall::StallArgs),
    /// Clients that send small frames as fast as they can.
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
    let options = Options {
        url: args.url.clone(),
        duels: args.duels,
        rate: args.rate,
        seed: args.seed,
        timeout: Duration::from_secs(args.timeout),
        spread: args.spread,
        golden_share: args.golden_share,
        ramp: args.ramp,
        watch: args.watch,
    };
    let progress = Arc::new(Progress::default());
    let telling = tell(Arc::clone(&progress));
    let report = run(&options, &progress).await;
    telling.abort();
    let report = report?;
    print(&if args.json { report.json() + "\n" } else { report.to_string() });
    Ok(if report.is_clean() { ExitCode::SUCCESS } else { ExitCode::from(BROKEN) })
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
        let Cli { swarm } = Cli::parse_from(["x", "--duels", "3", "--golden-share", "0", "--json"]);
        assert!(swarm.load.is_none() && swarm.duels.json);
        assert_eq!((swarm.duels.duels, swarm.duels.golden_share), (3, 0.0));
        let Cli { swarm } = Cli::parse_from(["x", "flood", "--connections", "4", "--seconds", "9"]);
        assert!(matches!(swarm.load, Some(Load::Flood(_))));
    }

    #[test]
    fn a_load_takes_no_arguments_of_the_duels() {
        assert!(Cli::try_parse_from(["x", "--duels", "3", "idle"]).is_err());
    }
}
