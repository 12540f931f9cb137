//! The commits of a room, one at a time.
//!
//! What changes while a commit is under way goes into the next one. A commit whose outcome is
//! unknown is followed by another with a higher version, so a reply that was lost harms nothing.

use std::time::Duration;

use actix::{ActorContext, ActorFutureExt, AsyncContext, Context, WrapFuture};
use tokio::time::Instant;

use super::delivery::Link;
use super::messages::Stopped;
use super::{GameRoom, Tenure};
use crate::cluster::{Commit, CommitError, Progress, Unavailable};
use crate::games::Outputs;
use crate::ids::{BySeat, ConnectionId, Epoch, Version};
use crate::planted::Fault;
use crate::telemetry::count;
use crate::wall_clock;

/// Where the commits of a room stand.
pub(super) struct Commits {
    epoch: Epoch,
    /// The highest version ever tried.
    tried: Version,
    /// Something has changed since the last commit began.
    pub(super) wanted: bool,
    /// A commit is under way.
    under_way: bool,
    /// The store has confirmed the end.
    pub(super) ended: bool,
    /// The store has lost the room, and not all of it is back yet: what there is of it is here alone.
    pub(super) lost: bool,
    /// The room is to be given up after the next commit.
    pub(super) releasing: bool,
    /// The last state that the store has confirmed, as it is told.
    pub(super) told: Told,
    failing: Option<Failing>,
}

/// A confirmed state, as players may see it.
#[derive(Clone, Debug, Default)]
pub(super) struct Told {
    pub(super) version: Version,
    /// The inside of a JSON object; empty before the first commit.
    pub(super) view: String,
}

/// Commits have failed in a row.
struct Failing {
    since: Instant,
    times: u32,
    next_try: Instant,
    next_notice: Instant,
}

/// What a commit will tell, once it is confirmed.
pub(super) struct Staged {
    pub(super) version: Version,
    pub(super) view: String,
    pub(super) outputs: Outputs,
    pub(super) acks: BySeat<u32>,
    /// The connections that get a `GAME_START` instead of an update. One that attaches later
    /// waits for the next commit, which includes what the connection before it still did.
    pub(super) starts: BySeat<Option<ConnectionId>>,
    ended: bool,
    releasing: bool,
    began: Instant,
}

impl Commits {
    pub(super) fn since(tenure: Tenure) -> Self {
        Self {
            epoch: tenure.epoch,
            tried: tenure.version,
            wanted: false,
            under_way: false,
            ended: false,
            lost: false,
            releasing: false,
            told: Told::default(),
            failing: None,
        }
    }

    pub(super) fn is_failing(&self) -> bool {
        self.failing.is_some()
    }

    pub(super) fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// How long commits have failed in a row.
    pub(super) fn failing_for(&self) -> Duration {
        self.failing.as_ref().map_or(Duration::ZERO, |failing| failing.since.elapsed())
    }

    /// When a failed commit is tried again.
    pub(super) fn next_try(&self) -> Option<Instant> {
        self.failing.as_ref().filter(|_| !self.under_way).map(|failing| failing.next_try)
    }

    /// When the players are told again that the game is paused.
    pub(super) fn next_notice(&self) -> Option<Instant> {
        self.failing.as_ref().map(|failing| failing.next_notice)
    }

    /// Whether that is now; the next one is due a second later.
    pub(super) fn notice_is_due(&mut self) -> bool {
        let now = Instant::now();
        match &mut self.failing {
            Some(failing) if failing.next_notice <= now => {
                failing.next_notice = now + NOTICE;
                true
            }
            _ => false,
        }
    }

    /// The tenure as of one more attempt, under whatever number it is made.
    pub(super) fn next_attempt(&mut self) -> Tenure {
        self.under_way = true;
        self.tried = self.tried.next();
        Tenure { epoch: self.epoch, version: self.tried }
    }

    /// The store answers: what has failed until now says nothing of the next try.
    pub(super) fn try_at_once(&mut self) {
        if let Some(failing) = &mut self.failing {
            let now = Instant::now();
            (failing.since, failing.times, failing.next_try) = (now, 0, now);
        }
    }

    fn fail(&mut self) {
        let now = Instant::now();
        let failing = self.failing.get_or_insert(Failing {
            since: now,
            times: 0,
            next_try: now,
            next_notice: now + NOTICE,
        });
        failing.times += 1;
        let delay = FIRST_RETRY * 2u32.saturating_pow(failing.times.min(6) - 1);
        failing.next_try = now + delay.min(LAST_RETRY);
    }
}

/// How often players hear that their game is paused.
const NOTICE: Duration = Duration::from_secs(1);

const FIRST_RETRY: Duration = Duration::from_millis(50);
/// A failover is over at a moment that nobody tells: a game stands still for up to this much longer.
const LAST_RETRY: Duration = Duration::from_millis(400);

impl GameRoom {
    /// Begins a commit if something has changed and none is under way.
    pub(super) fn commit_if_wanted(&mut self, ctx: &mut Context<Self>) {
        let waiting = self.commits.next_try().is_some_and(|at| at > Instant::now());
        if !self.commits.wanted || self.commits.under_way || self.commits.ended || waiting {
            return;
        }
        if self.commits.lost {
            return self.restore(ctx);
        }
        let format = self.deps.format.get();
        let snapshot = match self.state.snapshot(format) {
            Ok(snapshot) => snapshot,
            Err(error) => {
                // A fault of the game, like a panic: the manager rebuilds the room once.
                tracing::error!(room = %self.id, %error, "a game's state cannot be written");
                return ctx.stop();
            }
        };
        let staged = self.stage();
        let commit = Commit {
            room: self.id,
            host: self.deps.host,
            epoch: self.commits.epoch,
            version: staged.version,
            format,
            snapshot,
            finished: staged.ended.then(|| self.state.finished(wall_clock::millis())),
        };
        if Fault::AcknowledgeBeforeCommit.is_planted() {
            self.deliver(&staged);
        }
        let answer =
            tokio::time::timeout(self.deps.patience.commit, self.deps.rooms.commit(commit));
        let answer = async move {
            answer.await.unwrap_or_else(|_| Err(Unavailable("no answer in time".to_owned()).into()))
        };
        ctx.spawn(
            answer
                .into_actor(self)
                .map(move |answer, room, ctx| room.on_committed(staged, answer, ctx)),
        );
    }

    fn stage(&mut self) -> Staged {
        self.commits.wanted = false;
        self.commits.under_way = true;
        self.commits.tried = self.commits.tried.next();
        Staged {
            version: self.commits.tried,
            view: self.state.table.view(self.state.time),
            outputs: self.state.table.take_outputs(),
            acks: self.state.seats.map(|seat| seat.consumed),
            starts: self.links.map(Link::start_owed_to),
            ended: self.state.ending.is_some(),
            releasing: self.commits.releasing,
            began: Instant::now(),
        }
    }

    fn on_committed(
        &mut self,
        staged: Staged,
        answer: Result<(), CommitError>,
        ctx: &mut Context<Self>,
    ) {
        self.commits.under_way = false;
        self.deps.metrics.commit_seconds.observe(staged.began.elapsed().as_secs_f64());
        match answer {
            Ok(()) => self.on_taken(staged, ctx),
            Err(CommitError::Fenced) => self.on_fenced(ctx),
            Err(CommitError::Missing) => self.on_missing(ctx),
            Err(CommitError::Unavailable(error)) => self.on_unavailable(&error, ctx),
        }
    }

    fn on_taken(&mut self, staged: Staged, ctx: &mut Context<Self>) {
        count(&self.deps.metrics.commits, "taken");
        self.deps.vitals.committed();
        if self.commits.failing.take().is_some() {
            tracing::info!(room = %self.id, "the store is back");
        }
        self.advance();
        self.deliver(&staged);
        self.commits.told = Told { version: staged.version, view: staged.view };
        if staged.ended {
            self.commits.ended = true;
            self.conclude(ctx);
        } else if staged.releasing {
            self.give_up(ctx);
        } else {
            self.settle(ctx);
        }
    }

    pub(super) fn on_fenced(&mut self, ctx: &mut Context<Self>) {
        count(&self.deps.metrics.commits, "fenced");
        tracing::warn!(room = %self.id, "fenced: another pod hosts this room");
        self.stop(Stopped::Fenced, ctx);
        self.tell_all(Progress::Moved);
    }

    /// Whether it was written is unknown. Nothing is acknowledged; the players are told, their
    /// clock stands, and the next try takes a higher version.
    pub(super) fn on_unavailable(&mut self, error: &Unavailable, ctx: &mut Context<Self>) {
        count(&self.deps.metrics.commits, "unavailable");
        self.commits.under_way = false;
        let was_failing = self.commits.is_failing();
        self.commits.fail();
        self.commits.wanted = true;
        self.advance();
        if self.commits.releasing && !self.commits.lost {
            self.stop(Stopped::Released, ctx);
            return self.tell_all(Progress::Moved);
        }
        if !was_failing {
            tracing::warn!(room = %self.id, %error, "a commit failed; the game is paused");
            self.pause();
        }
        self.settle(ctx);
    }

    /// Gives the room back to the store, so that the next host need not suspect anybody.
    fn give_up(&mut self, ctx: &mut Context<Self>) {
        let answer = self.deps.rooms.release(self.id, self.deps.host, self.commits.epoch);
        let bounded = tokio::time::timeout(self.deps.patience.commit, answer);
        ctx.spawn(bounded.into_actor(self).map(|answer, room, ctx| {
            if !matches!(answer, Ok(Ok(()))) {
                tracing::warn!(room = %room.id, "the room could not be released");
            }
            room.stop(Stopped::Released, ctx);
            room.tell_all(Progress::Moved);
        }));
    }
}
