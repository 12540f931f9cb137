//! How a simulation ends: in the middle of its weather, or after it has cleared up, when everything
//! must come to an end and everybody must be able to play again.

use std::time::Duration;

use tokio::time::Instant;

use super::world::World;
use crate::swarm::simulated::Goal;

/// From clearing up until everybody plays again.
const PLAYS_AGAIN: Duration = Duration::from_secs(30);
/// Until that game is over too.
const OVER_AGAIN: Duration = Duration::from_secs(15);
/// How often it is looked.
const LOOK: Duration = Duration::from_millis(100);

/// How far a simulation has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Everything goes wrong.
    Weather,
    /// Nothing does any more: every game ends, and nobody joins another one.
    Calm { since: Instant },
    /// Everybody joins.
    Again { since: Instant, cleared: Instant },
    /// That game is played to its end.
    Last { since: Instant },
    /// It is over.
    Over,
}

/// How a simulation ends.
pub(super) struct Ending {
    stage: Stage,
    next: Instant,
}

impl Ending {
    /// The weather lasts for so long.
    pub(super) fn after(lasts: Duration) -> Self {
        Self { stage: Stage::Weather, next: Instant::now() + lasts }
    }

    /// When to look again.
    pub(super) fn next(&self) -> Instant {
        self.next
    }

    pub(super) fn is_over(&self) -> bool {
        self.stage == Stage::Over
    }
}

impl World {
    /// Looks whether the next stage has come.
    pub(super) fn go_on(&mut self, now: Instant) {
        self.ending.next = now + LOOK;
        let outages = self.outages.clone();
        self.ending.stage = match self.ending.stage {
            Stage::Weather if !self.weather.clears_up => self.end(false),
            Stage::Weather => {
                self.clear_up();
                self.clients.some_go_away(self.weather.leave_for_good, &outages);
                self.clients.set_goal(Goal::Rest, &outages);
                Stage::Calm { since: now }
            }
            Stage::Calm { since } => match self.left_over() {
                None => {
                    self.trace.line(format_args!("all is over; everybody joins again"));
                    self.clients.set_goal(Goal::Play, &outages);
                    Stage::Again { since: now, cleared: since }
                }
                Some(left) if now - since > PLAYS_AGAIN => {
                    self.late("every game ends within 30 s", &left)
                }
                Some(_) => {
                    self.clients.hear_of_matches(since);
                    Stage::Calm { since }
                }
            },
            Stage::Again { since, cleared } => {
                if self.clients.have_begun() {
                    self.note_times(since - cleared, now - since);
                    Stage::Last { since: now }
                } else if now - cleared > PLAYS_AGAIN {
                    self.late("everybody can be matched again within 30 s", "nobody matched all")
                } else {
                    Stage::Again { since, cleared }
                }
            }
            Stage::Last { since } => match self.left_over() {
                None => self.end(true),
                Some(left) if now - since > OVER_AGAIN => self.late("the last game ends", &left),
                Some(_) => Stage::Last { since },
            },
            Stage::Over => Stage::Over,
        };
    }

    fn note_times(&self, calm: Duration, matched: Duration) {
        self.trace.longest("until everything had ended", calm);
        self.trace.longest("until everybody was matched again", matched);
    }

    fn late(&self, rule: &'static str, left: &str) -> Stage {
        self.trace.breach(rule, format!("{left}\n{}", self.clients.stuck()));
        Stage::Over
    }

    fn end(&self, all_recorded: bool) -> Stage {
        self.clients.check(all_recorded);
        self.count_metrics();
        Stage::Over
    }

    /// What has not come to its end, in words.
    fn left_over(&self) -> Option<String> {
        let open = self.shared.book.open();
        let (tickets, seated, foundings) = self.shared.matchmaking.left_over();
        let waiting = self.shared.store.outbox_length();
        let free = self.clients.are_free();
        let all = open.is_empty() && tickets + seated + foundings + waiting == 0 && free;
        (!all).then(|| {
            format!(
                "open rooms: {open:?}, tickets: {tickets}, seated: {seated}, founding records: \
                 {foundings}, outbox: {waiting}, everybody free: {free}"
            )
        })
    }
}
