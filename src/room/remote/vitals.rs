//! Which pods live, as far as this one can tell, and whether it is fit to judge.
//!
//! Many rooms of one dead pod are suspected at the same moment; all of them share one question to
//! the store.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};
use tokio::time::Instant;

use crate::cluster::{Pods, Unavailable};
use crate::ids::PodId;

/// A heartbeat older than this makes a pod suspect.
pub const SUSPECT_AFTER: Duration = Duration::from_millis(600);

/// Hosts have put their rooms back into a store that lost them within this time: the longest pause
/// between two tries of a commit, and some more.
const FILLED_WITHIN: Duration = Duration::from_secs(2);

/// An answer is shared by all who ask within this time.
const FRESH: Duration = Duration::from_millis(40);

type Age = Shared<BoxFuture<'static, Result<Option<Duration>, Unavailable>>>;

/// Which pods live. See the [module](self).
pub struct Vitals {
    pods: Arc<dyn Pods>,
    own: Mutex<Own>,
    asked: Mutex<HashMap<PodId, (Instant, Age)>>,
}

/// This pod's own heartbeat.
#[derive(Clone, Copy, Debug, Default)]
struct Own {
    /// When the last heartbeat that arrived was sent.
    renewed: Option<Instant>,
    /// When heartbeats arrived again after a gap.
    back: Option<Instant>,
    /// When a commit was last taken.
    committed: Option<Instant>,
    /// Other pods live.
    accompanied: bool,
    /// Since when they have arrived without a gap.
    steady_since: Option<Instant>,
}

impl Vitals {
    /// Nothing is known yet, so nobody is suspected.
    pub fn new(pods: Arc<dyn Pods>) -> Self {
        let own = Mutex::new(Own::default());
        Self { pods, own, asked: Mutex::default() }
    }

    /// The store has taken a heartbeat of this pod's that was sent then.
    pub fn renewed(&self, sent: Instant) {
        let mut own = lock(&self.own);
        let gap = own.renewed.is_none_or(|before| sent - before > SUSPECT_AFTER);
        if gap {
            own.steady_since = Some(sent);
            own.back = own.renewed.and(Some(Instant::now()));
        }
        own.renewed = Some(sent);
    }

    /// Whether other pods live, as of the last look at the list of pods. Just after an outage they
    /// may not be on it again yet.
    pub fn set_accompanied(&self, others: bool) {
        if others || !self.is_just_back() {
            lock(&self.own).accompanied = others;
        }
    }

    /// Whether there is another pod that players could be sent to.
    pub fn is_accompanied(&self) -> bool {
        lock(&self.own).accompanied
    }

    /// The store has taken a commit of a room that is hosted here.
    pub fn committed(&self) {
        lock(&self.own).committed = Some(Instant::now());
    }

    /// When this pod was last seen to reach any part of the store. In a cluster that loses the part
    /// with the heartbeats, games in the others go on.
    pub fn last_reached(&self) -> Option<Instant> {
        let own = *lock(&self.own);
        own.renewed.max(own.committed)
    }

    /// Whether the store, or this pod, was away until a moment ago. A store that has lost everything
    /// does not know yet then what the hosts of rooms are putting back.
    pub fn is_just_back(&self) -> bool {
        lock(&self.own).back.is_some_and(|at| at.elapsed() < FILLED_WITHIN)
    }

    /// When a heartbeat last arrived.
    pub fn last_renewed(&self) -> Option<Instant> {
        lock(&self.own).renewed
    }

    /// Whether this pod may suspect others: its own heartbeat is young, and has been steady for as
    /// long as makes a pod suspect. A pod that was frozen or cut off sees old heartbeats everywhere.
    pub fn may_suspect(&self) -> bool {
        let own = *lock(&self.own);
        own.renewed.is_some_and(|at| at.elapsed() <= SUSPECT_AFTER)
            && own.steady_since.is_some_and(|at| at.elapsed() >= SUSPECT_AFTER)
    }

    /// Whether a pod looks dead to this one, which must be fit to judge.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn looks_dead(&self, pod: PodId) -> Result<bool, Unavailable> {
        let age = self.age(pod).await?;
        Ok(self.may_suspect() && age.is_none_or(|age| age > SUSPECT_AFTER))
    }

    /// How old the heartbeat of a pod is; `None` when it has none any more.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn age(&self, pod: PodId) -> Result<Option<Duration>, Unavailable> {
        let age = {
            let mut asked = lock(&self.asked);
            asked.retain(|_, (at, _)| at.elapsed() < FRESH);
            let ask = || (Instant::now(), self.pods.age(pod).shared());
            asked.entry(pod).or_insert_with(ask).1.clone()
        };
        age.await
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing that can panic happens under these locks.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
