//! The way from one pod to the stores, and what goes wrong on it.
//!
//! A call is done by the store when its request arrives, whether anybody still waits for the answer
//! or not: giving up on a call does not undo it. So a pod that dies leaves calls behind, and a call
//! may be done long after its caller has tried again.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::FutureExt;
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::agenda::Agenda;
use super::dice::Dice;
use super::trace::Trace;
use super::weather::Weather;
use crate::cluster::{Answer, Unavailable};

/// How long a caller waits for an answer, as on a real store.
const DEADLINE: Duration = Duration::from_millis(300);

/// The way from one pod to the stores. Cloning gives another handle to the same way.
#[derive(Clone)]
pub(super) struct Line {
    pub(super) agenda: Agenda,
    pub(super) dice: Dice,
    pub(super) trace: Trace,
    pub(super) weather: Weather,
    /// The pod, for the trace.
    pub(super) name: Arc<str>,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    dead: AtomicBool,
    cut: AtomicBool,
    off_bus: AtomicBool,
    no_commits: AtomicBool,
}

/// What becomes of one call.
struct Fate {
    /// How long the request takes.
    there: Duration,
    /// How long the reply takes.
    back: Duration,
    request_lost: bool,
    reply_lost: bool,
    twice: bool,
}

impl Line {
    pub(super) fn new(
        (agenda, dice, trace): (Agenda, Dice, Trace),
        weather: Weather,
        name: &str,
    ) -> Self {
        Self { agenda, dice, trace, weather, name: name.into(), state: Arc::default() }
    }

    /// The pod is dead: it calls nobody any more. What is under way arrives.
    pub(super) fn die(&self) {
        self.state.dead.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_dead(&self) -> bool {
        self.state.dead.load(Ordering::Relaxed)
    }

    /// Nothing gets through from now on, or everything does again.
    pub(super) fn cut(&self, cut: bool) {
        self.state.cut.store(cut, Ordering::Relaxed);
    }

    /// No commit of the pod gets through, though all else does, or they do again.
    pub(super) fn take_no_commits(&self, none: bool) {
        self.state.no_commits.store(none, Ordering::Relaxed);
    }

    /// The pod hears nothing on the bus and is not heard, or is again.
    pub(super) fn cut_off_bus(&self, cut: bool) {
        self.state.off_bus.store(cut, Ordering::Relaxed);
    }

    pub(super) fn is_off_bus(&self) -> bool {
        self.state.off_bus.load(Ordering::Relaxed)
    }

    /// Whether everything gets through, but for what always goes wrong.
    pub(super) fn is_well(&self) -> bool {
        let grey = self.state.no_commits.load(Ordering::Relaxed);
        !(self.is_dead() || self.is_cut() || self.is_off_bus() || grey)
    }

    fn is_cut(&self) -> bool {
        self.state.cut.load(Ordering::Relaxed)
    }

    fn fate(&self, name: &str) -> Fate {
        let faults = self.weather.store_faults(name);
        let happens = |often| self.dice.chance(self.weather.now(often));
        let late = happens(faults.late);
        let grey = name == "commit" && self.state.no_commits.load(Ordering::Relaxed);
        Fate {
            there: if late { self.dice.millis(20, 3_000) } else { self.dice.millis(1, 3) },
            back: self.dice.millis(1, 3),
            request_lost: happens(faults.request_lost) || self.is_cut() || grey,
            reply_lost: happens(faults.reply_lost),
            twice: happens(faults.twice),
        }
    }

    /// Calls a store that answers at once, over this line.
    pub(super) fn call<T, E>(
        &self,
        name: &'static str,
        store: impl Fn() -> Answer<T, E> + Send + 'static,
    ) -> Answer<T, E>
    where
        T: Send + 'static,
        E: From<Unavailable> + Send + 'static,
    {
        let line = self.clone();
        async move {
            let (reply, wait) = oneshot::channel();
            line.send(name, store, reply);
            let deadline = Instant::now() + DEADLINE;
            match tokio::time::timeout_at(deadline, wait).await {
                Ok(Ok(answer)) => return answer,
                Ok(Err(_)) => tokio::time::sleep_until(deadline).await,
                Err(_) => {}
            }
            line.trace.line(format_args!("{} {name}: no answer", line.name));
            Err(Unavailable("no answer in time".to_owned()).into())
        }
        .boxed()
    }

    fn send<T, E>(
        &self,
        name: &'static str,
        store: impl Fn() -> Answer<T, E> + Send + 'static,
        reply: oneshot::Sender<Result<T, E>>,
    ) where
        T: Send + 'static,
        E: From<Unavailable> + Send + 'static,
    {
        if self.is_dead() {
            return;
        }
        let fate = self.fate(name);
        if fate.request_lost {
            return self.trace.line(format_args!("{} {name}: the request is lost", self.name));
        }
        let line = self.clone();
        self.agenda.after(fate.there, move || line.arrive(name, &store, &fate, reply));
    }

    fn arrive<T, E>(
        &self,
        name: &'static str,
        store: &(impl Fn() -> Answer<T, E> + Send + 'static),
        fate: &Fate,
        reply: oneshot::Sender<Result<T, E>>,
    ) where
        T: Send + 'static,
        E: From<Unavailable> + Send + 'static,
    {
        if self.is_dead() && self.weather.pods == 1 {
            // The store of a pod alone dies with it.
            return;
        }
        if reply.is_closed() {
            self.trace.sometimes("a call was done after its caller had given up");
        }
        if fate.twice {
            self.trace.sometimes("a call was done twice");
            let _ = store().now_or_never();
        }
        let Some(answer) = store().now_or_never() else { return };
        if fate.reply_lost || self.is_cut() {
            self.trace.sometimes("a reply was lost");
            return self.trace.line(format_args!("{} {name}: the reply is lost", self.name));
        }
        self.agenda.after(fate.back, move || {
            let _ = reply.send(answer);
        });
    }
}
