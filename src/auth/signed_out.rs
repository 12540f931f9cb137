//! Sessions that are over before their tokens expire, as this pod knows them.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, PoisonError, RwLock, RwLockWriteGuard};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::Session;
use crate::cluster::{SIGN_OUTS_AT_ONCE, SignOut, SignOuts};
use crate::ids::{PlayerId, SessionId};
use crate::wall_clock;

/// How often the pods' common store is asked for new ones.
const POLL: Duration = Duration::from_millis(500);
/// How often it is asked at the start.
const FIRST_LOOKS: u32 = 10;
/// How often those whose tokens have expired are forgotten.
const TIDY: Duration = Duration::from_secs(60);
/// For how long a sign-out of this pod is told again, each time it tidies: a failover of the store may
/// have lost it.
const TOLD_AGAIN: Duration = Duration::from_secs(600);
/// Sign-outs that wait for a store that does not answer. One more is lost to other pods.
const WAITING: usize = 4096;
/// Sign-outs that are kept, some 100 MB of them. Beyond that those go whose tokens expire first.
pub const MOST_SIGN_OUTS: usize = 1_000_000;

/// Knows who has signed out. Cloning shares it.
#[derive(Clone, Debug)]
pub struct SignedOut {
    known: Arc<RwLock<Known>>,
    to_keep: mpsc::Sender<SignOut>,
}

/// Every entry goes when the last token it is about has expired.
#[derive(Debug, Default)]
struct Known {
    sessions: HashMap<SessionId, SignOut>,
    /// Sessions of these that began until then are over.
    players: HashMap<PlayerId, SignOut>,
}

impl SignedOut {
    /// Knows nobody yet. The watch does the work.
    pub fn new(store: Arc<dyn SignOuts>) -> (Self, Watch) {
        let (to_keep, waiting) = mpsc::channel(WAITING);
        let known: Arc<RwLock<Known>> = Arc::default();
        let shared = known.clone();
        (
            Self { known, to_keep },
            Watch {
                store,
                known: shared,
                waiting,
                unkept: Vec::new(),
                ours: VecDeque::new(),
                next: 0,
            },
        )
    }

    /// Knows of nobody, for ever.
    #[cfg(test)]
    pub(crate) fn nobody() -> Self {
        Self::new(Arc::new(crate::cluster::MemoryStore::new())).0
    }

    /// Whether this session is over.
    pub fn contains(&self, session: &Session) -> bool {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.sessions.contains_key(&session.id)
            || known
                .players
                .get(&session.player.id)
                .is_some_and(|out| session.signed_in_at <= out.at)
    }

    /// Ends a session here at once, and everywhere within a second.
    pub fn add(&self, out: SignOut) {
        self.known.write().unwrap_or_else(PoisonError::into_inner).add(out);
        if self.to_keep.try_send(out).is_err() {
            tracing::warn!("too many sign-outs wait: other pods do not hear of one");
        }
    }
}

impl Known {
    fn add(&mut self, out: SignOut) {
        match out.session {
            Some(session) => {
                self.sessions.insert(session, out);
            }
            None => {
                let known = self.players.entry(out.player).or_insert(out);
                if known.at < out.at {
                    *known = out;
                }
            }
        }
    }

    fn all(&self) -> Vec<SignOut> {
        self.sessions.values().chain(self.players.values()).copied().collect()
    }

    fn tidy(&mut self, now: u64, most: usize) {
        self.sessions.retain(|_, out| out.until >= now);
        self.players.retain(|_, out| out.until >= now);
        let too_many = (self.sessions.len() + self.players.len()).saturating_sub(most);
        if too_many > 0 {
            tracing::warn!(too_many, "more sign-outs than can be kept: the oldest are forgotten");
            // Some more at once, since it is dear.
            self.forget(too_many + most / 20);
        }
    }

    /// Forgets so many: those that expire first.
    fn forget(&mut self, many: usize) {
        let mut ends: Vec<_> = self.all().iter().map(|out| out.until).collect();
        ends.sort_unstable();
        let last = ends[many - 1];
        // Of those that expire at the same time only as many as it takes.
        let mut left = many - ends.partition_point(|end| *end < last);
        let mut stays = |out: &SignOut| {
            let is_one = out.until == last && left > 0;
            left -= usize::from(is_one);
            out.until >= last && !is_one
        };
        self.sessions.retain(|_, out| stays(out));
        self.players.retain(|_, out| stays(out));
    }
}

/// Reads what is new, and keeps what is begun here.
pub struct Watch {
    store: Arc<dyn SignOuts>,
    known: Arc<RwLock<Known>>,
    waiting: mpsc::Receiver<SignOut>,
    /// What the store has not taken yet.
    unkept: Vec<SignOut>,
    /// What was begun here, and when.
    ours: VecDeque<(Instant, SignOut)>,
    next: u64,
}

impl Watch {
    /// Works for as long as somebody may sign out here.
    pub async fn run(mut self) {
        let mut poll = interval(POLL);
        poll.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut tidied = Instant::now();
        loop {
            tokio::select! {
                out = self.waiting.recv() => match out {
                    Some(out) => {
                        self.begun(out);
                        self.keep().await;
                    }
                    None => return,
                },
                _ = poll.tick() => {
                    self.keep().await;
                    self.look().await;
                }
            }
            if tidied.elapsed() >= TIDY {
                tidied = Instant::now();
                self.known().tidy(wall_clock::millis() / 1000, MOST_SIGN_OUTS);
                self.tell_again().await;
            }
        }
    }

    /// Reads all there is before anybody is let in, unless the store does not answer for long.
    pub async fn look_first(&mut self) {
        for _ in 0..FIRST_LOOKS {
            if self.look().await {
                return;
            }
            tokio::time::sleep(POLL).await;
        }
        tracing::warn!("who has signed out is not known yet");
    }

    /// Reads what is new. `false`: the store did not answer.
    pub async fn look(&mut self) -> bool {
        loop {
            let new = match self.store.new_sign_outs(self.next).await {
                Ok(new) => new,
                Err(error) => {
                    tracing::debug!(%error, "sign-outs cannot be read now");
                    return false;
                }
            };
            self.next = new.next;
            for out in new.outs {
                self.known().add(out);
            }
            if new.empty {
                // It has lost everything: whoever knows something says it again.
                let all = self.known().all();
                self.give(&all).await;
            }
            if !new.more {
                return true;
            }
        }
    }

    async fn tell_again(&mut self) {
        while self.ours.front().is_some_and(|(at, _)| at.elapsed() > TOLD_AGAIN) {
            self.ours.pop_front();
        }
        let ours: Vec<_> = self.ours.iter().map(|(_, out)| *out).collect();
        self.give(&ours).await;
    }

    fn begun(&mut self, out: SignOut) {
        self.unkept.push(out);
        self.ours.push_back((Instant::now(), out));
        if self.ours.len() > WAITING {
            self.ours.pop_front();
        }
    }

    async fn keep(&mut self) {
        while let Ok(out) = self.waiting.try_recv() {
            self.begun(out);
        }
        let unkept = std::mem::take(&mut self.unkept);
        let given = self.give(&unkept).await;
        self.unkept.extend_from_slice(&unkept[given..]);
        self.unkept.truncate(WAITING);
    }

    /// How many of them the store has taken.
    async fn give(&self, outs: &[SignOut]) -> usize {
        let mut given = 0;
        for some in outs.chunks(SIGN_OUTS_AT_ONCE) {
            if let Err(error) = self.store.sign_out(some.to_vec()).await {
                tracing::warn!(%error, waiting = outs.len() - given, "a sign-out waits");
                break;
            }
            given += some.len();
        }
        given
    }

    fn known(&self) -> RwLockWriteGuard<'_, Known> {
        self.known.write().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn out(until: u64) -> SignOut {
        let session = Some(SessionId::random());
        SignOut { player: PlayerId::random(), session, at: 0, until }
    }

    #[test]
    fn no_more_are_kept_than_there_is_room_for_and_the_oldest_go_first() {
        let mut known = Known::default();
        for until in [50, 10, 20, 20, 20, 40, 30] {
            known.add(out(until));
        }
        known.add(SignOut { session: None, ..out(15) });
        known.tidy(11, 4);
        let mut kept: Vec<_> = known.all().iter().map(|out| out.until).collect();
        kept.sort_unstable();
        assert_eq!(kept, [20, 30, 40, 50]);
        known.tidy(11, 4);
        assert_eq!(known.all().len(), 4);
        known.tidy(41, 4);
        assert_eq!(known.all().len(), 1, "what has expired goes anyway");
    }
}
