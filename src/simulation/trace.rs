//! What happened in a simulation: its last lines for people, all of it as one number to compare,
//! how often the rare things occurred, and the first rule that was broken.

use std::collections::{BTreeMap, VecDeque};
use std::hash::{DefaultHasher, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Lines that are kept.
const LINES: usize = 50;

/// How often rare things occurred.
pub(super) type Counts = BTreeMap<&'static str, u64>;

/// The trace of one simulation. Cloning gives another handle to the same trace.
#[derive(Clone)]
pub(super) struct Trace(Arc<Mutex<Inner>>);

struct Inner {
    began: Instant,
    lines: VecDeque<String>,
    hasher: DefaultHasher,
    print: bool,
    counts: Counts,
    longest: Counts,
    broken: Option<Breach>,
}

/// A broken rule.
#[derive(Clone, Debug)]
pub(super) struct Breach {
    /// The rule.
    pub(super) rule: &'static str,
    /// How it was broken.
    pub(super) text: String,
}

impl Trace {
    /// An empty trace, printed as it grows or not.
    pub(super) fn new(print: bool) -> Self {
        Self(Arc::new(Mutex::new(Inner {
            began: Instant::now(),
            lines: VecDeque::with_capacity(LINES + 1),
            hasher: DefaultHasher::new(),
            print,
            counts: Counts::new(),
            longest: Counts::new(),
            broken: None,
        })))
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Something happened.
    pub(super) fn line(&self, text: std::fmt::Arguments<'_>) {
        let mut inner = self.lock();
        let line = format!("{:>6} {text}", inner.began.elapsed().as_millis());
        inner.hasher.write(line.as_bytes());
        if inner.print {
            eprintln!("{}", brief(&line));
        }
        inner.lines.push_back(line);
        if inner.lines.len() > LINES {
            inner.lines.pop_front();
        }
    }

    /// Something rare happened.
    pub(super) fn sometimes(&self, what: &'static str) {
        *self.lock().counts.entry(what).or_default() += 1;
    }

    /// How long something took, if nothing took longer.
    pub(super) fn longest(&self, what: &'static str, took: Duration) {
        let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        let mut inner = self.lock();
        let longest = inner.longest.entry(what).or_default();
        *longest = millis.max(*longest);
    }

    /// A rule was broken. The first one counts; what follows may follow from it.
    pub(super) fn breach(&self, rule: &'static str, text: String) {
        self.line(format_args!("BROKEN: {rule}: {text}"));
        self.lock().broken.get_or_insert(Breach { rule, text });
    }

    pub(super) fn broken(&self) -> Option<Breach> {
        self.lock().broken.clone()
    }

    pub(super) fn counts(&self) -> Counts {
        self.lock().counts.clone()
    }

    pub(super) fn longest_of_all(&self) -> Counts {
        self.lock().longest.clone()
    }

    /// Everything that happened, as one number.
    pub(super) fn hash(&self) -> u64 {
        self.lock().hasher.finish()
    }

    pub(super) fn last_lines(&self) -> Vec<String> {
        self.lock().lines.iter().map(|line| brief(line)).collect()
    }
}

/// A line with a frame in it, for people.
fn brief(line: &str) -> String {
    if !line.contains("\"payload\":") {
        return line.to_owned();
    }
    let line = line.replace(['"', '{', '}'], "").replace("payload:", "").replace("type:", "");
    let fields = line.split(',').map(|field| field.chars().take(60).collect::<String>());
    fields.collect::<Vec<_>>().join(" ")
}

/// An id, short enough for a line.
pub(super) fn short(id: impl std::fmt::Display) -> String {
    id.to_string().chars().take(8).collect()
}
