//! The program: configuration, logs, the app, and the signal that ends it.

use std::process::ExitCode;

use overcookied::app::App;
use overcookied::config::{Cli, Command, Config, Errand, ServeArgs};
use overcookied::{operator, shutdown, swarm, telemetry};

fn main() -> ExitCode {
    let cli = Cli::read(std::env::args_os()).unwrap_or_else(|error| error.exit());
    match cli.into_command() {
        Command::Serve(args) => serve(*args),
        Command::Swarm(args) => swarm::args::execute(args),
        Command::Status(args) => operate(args.into()),
        Command::Room(args) => operate(args.into()),
        Command::Player(args) => operate(args.into()),
        Command::Outbox(args) => match args.order() {
            Ok((place, order)) => operator::execute(operator::outbox(place, order)),
            Err(error) => refuse(&error),
        },
        Command::Keys(args) => {
            let (file, order) = args.order();
            operator::execute(operator::keys(file, order))
        }
        Command::History(args) => match args.order() {
            Ok((recorded, order)) => operator::execute(operator::history(recorded, order)),
            Err(error) => refuse(&error),
        },
        Command::Leaderboard(args) => match args.boards() {
            Ok(boards) => operator::execute(operator::rebuild_leaderboards(boards)),
            Err(error) => refuse(&error),
        },
        Command::Tables(args) => match args.order() {
            Ok((settings, order)) => operator::execute(operator::tables(settings, order)),
            Err(error) => refuse(&error),
        },
    }
}

/// Does what an operator asks for. A setting that cannot be used is refused with status 2.
fn operate(errand: Errand) -> ExitCode {
    let order = errand.order;
    match errand.valkey() {
        Ok(valkey) => operator::execute(operator::on_pods(valkey, order)),
        Err(error) => refuse(&error),
    }
}

/// Serves until a signal comes. A setting that cannot be used is refused with status 2.
fn serve(args: ServeArgs) -> ExitCode {
    let config = match Config::new(args) {
        Ok(config) => config,
        Err(error) => return refuse(&error),
    };
    let telemetry = match telemetry::init(&config.logs) {
        Ok(telemetry) => telemetry,
        Err(error) => return refuse(&error),
    };
    let served = actix::System::new().block_on(async {
        let app = App::start(&config).await?;
        app.run_until(shutdown::signalled()).await??;
        anyhow::Ok(())
    });
    drop(telemetry);
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("overcookied: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn refuse(error: &dyn std::error::Error) -> ExitCode {
    eprintln!("overcookied: {error}");
    ExitCode::from(2)
}
