//! Runs seeds. `OVERCOOKIED_SEED=N` runs one and prints all that happens;
//! `OVERCOOKIED_SEEDS=FROM..TO` runs others than the usual ones.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use super::{Report, run};

/// The seeds of a quick run, among the other tests.
const SEEDS: Range<u64> = 0..40;

/// From so many seeds on, each rare thing must have occurred.
const ENOUGH: u64 = 1_000;

/// What a simulation is for: each must occur at least once in a thousand.
const RARE: &[&str] = &[
    "a call was done after its caller had given up",
    "a call was done twice",
    "a client came back to its game",
    "a client did not read for a while",
    "a client was sent away with 1012",
    "a client was told what is missing",
    "a commit was fenced",
    "a game had been recorded already",
    "a delivery was dropped for a client that does not read",
    "a game was paused",
    "a paused game went on",
    "a message between pods was lost",
    "a pod was cut off from its clients",
    "a pod was cut off from the others",
    "a pod was cut off from the store",
    "a pod was drained",
    "a pod was frozen",
    "a pod was killed",
    "a reply was lost",
    "a room that was given up was claimed",
    "a room was taken from a pod that lived",
    "a room was taken from a pod that was well",
    "a room was taken over",
    "a room was taken over: its host had given it up",
    "a room was taken over: its host had left",
    "a room was taken over: its host was silent",
    "a room was taken over: it had no commits",
    "a room was taken over: nobody asked for it",
    "the store took no commits of a pod",
    "all pods were restarted, one after the other",
    "an input came after the end",
    "an input came twice",
    "an input of an older connection was refused",
    "an input was missing before another",
    "an older connection was shut out",
    "GAME_OVER was learned after coming back",
];

fn seeds() -> Range<u64> {
    let Ok(range) = std::env::var("OVERCOOKIED_SEEDS") else { return SEEDS };
    let (from, to) = range.split_once("..").expect("OVERCOOKIED_SEEDS is FROM..TO");
    from.parse().expect("a number")..to.parse().expect("a number")
}

/// The verdict on a seed, with what is needed to run it again.
fn tell(report: &Report) -> Option<String> {
    let broken = report.broken.as_ref()?;
    Some(format!(
        "{lines}\n\nseed {seed} breaks a rule: {rule}\n{text}\nweather: {weather:?}\nalone: \
         OVERCOOKIED_SEED={seed} cargo test --lib simulation::tests::seeds -- --nocapture\n",
        lines = report.last_lines.join("\n"),
        seed = report.seed,
        rule = broken.rule,
        text = broken.text,
        weather = report.weather,
    ))
}

#[test]
fn seeds_break_no_rule() {
    if let Ok(seed) = std::env::var("OVERCOOKIED_SEED") {
        let report = run(seed.parse().expect("OVERCOOKIED_SEED is a number"), true);
        eprintln!("{:#?}\nhash {:016x}", report.counts, report.hash);
        assert!(report.broken.is_none(), "{}", tell(&report).unwrap_or_default());
        return;
    }
    let (seeds, began) = (seeds(), Instant::now());
    let (next, reports) = (AtomicU64::new(seeds.start), Mutex::new(BTreeMap::new()));
    let threads = std::env::var("OVERCOOKIED_THREADS").ok().and_then(|n| n.parse().ok());
    std::thread::scope(|scope| {
        for _ in 0..threads.unwrap_or(2) {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds.end {
                        return;
                    }
                    let report = run(seed, false);
                    reports.lock().unwrap().insert(seed, report);
                }
            });
        }
    });
    let reports = reports.into_inner().unwrap();
    judge(&reports, seeds, began);
}

fn judge(reports: &BTreeMap<u64, Report>, seeds: Range<u64>, began: Instant) {
    let mut counts: BTreeMap<&str, (u64, u64)> = RARE.iter().map(|name| (*name, (0, 0))).collect();
    let mut slowest: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for (seed, report) in reports {
        for (name, times) in &report.counts {
            let (all, runs) = counts.entry(name).or_default();
            (*all, *runs) = (*all + times, *runs + 1);
        }
        for (name, millis) in &report.longest {
            let longest = slowest.entry(name).or_default();
            *longest = (*longest).max((*millis, *seed));
        }
    }
    let took = began.elapsed();
    eprintln!("{} seeds in {took:.1?}", reports.len());
    eprintln!("{:>10} {:>7}  what", "times", "seeds");
    for (name, (times, runs)) in &counts {
        eprintln!("{times:>10} {runs:>7}  {name}");
    }
    for (name, (millis, seed)) in slowest {
        eprintln!("{millis:>7} ms at most  {name} (seed {seed})");
    }
    let broken: Vec<String> = reports.values().filter_map(tell).collect();
    assert!(
        broken.is_empty(),
        "{}\n{} of {} seeds break a rule",
        broken[..broken.len().min(3)].join("\n----\n"),
        broken.len(),
        reports.len(),
    );
    if seeds.end - seeds.start >= ENOUGH {
        let never: Vec<_> = RARE.iter().filter(|name| counts[**name].0 == 0).collect();
        assert!(never.is_empty(), "the simulation is too tame, never: {never:#?}");
    }
}

#[test]
fn a_seed_gives_the_same_run_each_time() {
    for seed in 0..6 {
        let (first, second) = (run(seed, false), run(seed, false));
        assert_eq!(first.hash, second.hash, "seed {seed} ran differently the second time");
        assert_eq!(first.counts, second.counts);
    }
}
