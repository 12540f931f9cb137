//! The simulation: real actors of several pods on virtual time, and everything around them made to
//! go wrong by dice, so that each run can be had again from its seed.
//!
//! | part | what it is |
//! | --- | --- |
//! | [`world`], [`agenda`], [`ending`] | the loop, what is yet to happen, and how it ends |
//! | [`pod`] | the actors of one pod, which can be frozen and killed |
//! | [`clients`], [`post`] | clients, Sessions without sockets, and the network between them |
//! | [`stores`], [`line`], [`bus`] | the ports, and what goes wrong on the way to them |
//! | [`weather`], [`nemesis`], [`dice`] | what goes wrong, and when |
//! | [`book`], [`recorded`], [`trace`] | what must hold, and what happened |
//!
//! What it does not have: HTTP and its upgrade, real stores (their contract tests stand for them),
//! several threads within a pod, clocks that run at different speeds, a stop between two
//! instructions (a pod is frozen or killed between two polls of its actors).

mod agenda;
mod book;
mod bus;
mod clients;
mod dice;
mod ending;
mod line;
mod nemesis;
mod pod;
mod post;
mod recorded;
mod stores;
mod tests;
mod trace;
mod weather;
mod world;

use dice::Dice;
use trace::{Breach, Counts, Trace};
use weather::Weather;
use world::World;

use crate::randomness::seeded;

/// What came of one simulation.
struct Report {
    seed: u64,
    weather: Weather,
    broken: Option<Breach>,
    last_lines: Vec<String>,
    counts: Counts,
    /// What took how long at most, in milliseconds.
    longest: Counts,
    hash: u64,
}

/// Runs the simulation of a seed, on this thread.
fn run(seed: u64, print: bool) -> Report {
    let _seeded = seeded::from(seed);
    let system = actix::System::with_tokio_rt(|| {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        // Without a clock nothing can be simulated, and nothing else is asked of it.
        runtime.enable_time().start_paused(true).build().expect("a runtime needs no resources")
    });
    system.block_on(async {
        let (dice, trace) = (Dice::new(seed), Trace::new(print));
        let weather = Weather::roll(&dice, pod::RULES.end().0);
        trace.line(format_args!("seed {seed}: {weather:?}"));
        let mut world = World::new(dice, trace.clone(), weather.clone());
        std::future::poll_fn(|cx| world.poll(cx)).await;
        drop(world);
        Report {
            seed,
            weather,
            broken: trace.broken(),
            last_lines: trace.last_lines(),
            counts: trace.counts(),
            longest: trace.longest_of_all(),
            hash: trace.hash(),
        }
    })
}
