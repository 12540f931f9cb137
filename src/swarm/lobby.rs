//! A player's way through the queue: joining, leaving, joining again, and noticing that nobody
//! answers; and the player's own account of whether it wants a game.
//!
//! Pure. It never joins again on a healthy connection without having left: that would heal, and so
//! hide, a place in the queue that the server has lost.

use std::time::{Duration, Instant};

use super::habits::Whims;
use super::link::Cause;

/// What was asked is answered within this.
const ANSWER_WITHIN: Duration = Duration::from_millis(1500);
/// The server says nothing to who waits, so the player pings.
const PING_EVERY: Duration = Duration::from_secs(2);
/// No frame for so long while waiting, not even the answer to a ping.
const SILENCE: Duration = Duration::from_secs(5);
/// The queue could not be reached: ask again after this.
const ASK_AGAIN: Duration = Duration::from_millis(500);

/// What the player wants of the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    Join,
    Leave,
    Ping,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Neither in the queue nor on the way there.
    Outside,
    /// Joins at this moment.
    Joins(Instant),
    /// Has joined, and leaves at this moment, if at all.
    Waits { since: Instant, leaves: Option<Instant>, ping: Instant },
    /// Has asked to leave.
    Leaves,
}

/// The player's place in front of the game.
#[derive(Debug)]
pub(super) struct Lobby {
    state: State,
    /// Something was asked and is not answered.
    asked: bool,
    /// The player has joined since its last game, and has not been told that it left.
    wants: bool,
}

impl Lobby {
    pub(super) fn new() -> Self {
        Self { state: State::Outside, asked: false, wants: false }
    }

    /// The connection is up and the server knows of no game: joins, not before a moment. What was
    /// asked on an earlier connection may still lead to a game.
    pub(super) fn enter(&mut self, at: Instant) {
        self.turn(State::Joins(at));
    }

    /// The connection is up and the server knows of a game: waits to be told of it.
    pub(super) fn stand_back(&mut self) {
        self.turn(State::Outside);
    }

    /// The server has told once more how an earlier game ended: instead of an answer, if it was
    /// asked something.
    pub(super) fn hear_an_old_end(&mut self, now: Instant) {
        match self.state {
            State::Outside => self.enter(now),
            _ if self.asked => self.enter(now + ASK_AGAIN),
            _ => {}
        }
    }

    /// The server says that the player is in no game.
    pub(super) fn is_in_no_game(&mut self, now: Instant) {
        if self.state == State::Outside {
            self.enter(now);
        }
    }

    fn turn(&mut self, state: State) {
        (self.state, self.asked) = (state, false);
    }

    /// The server says that the player waits.
    pub(super) fn queued(&mut self) {
        if matches!(self.state, State::Waits { .. }) {
            self.asked = false;
        }
    }

    /// The server says that the player has left the queue. `false`: it had not asked to.
    pub(super) fn left(&mut self, joins_again: Instant) -> bool {
        let asked = self.state == State::Leaves;
        if asked {
            *self = Self { state: State::Joins(joins_again), ..Self::new() };
        }
        asked
    }

    /// The queue cannot be reached.
    pub(super) fn unavailable(&mut self, now: Instant) {
        if self.state != State::Outside {
            self.enter(now + ASK_AGAIN);
        }
    }

    /// A game has begun. `false`: the player had not asked for one.
    pub(super) fn seated(&mut self) -> bool {
        std::mem::replace(self, Self::new()).wants
    }

    /// When the player joined, while it waits.
    pub(super) fn waits_since(&self) -> Option<Instant> {
        match self.state {
            State::Waits { since, .. } => Some(since),
            _ => None,
        }
    }

    /// What is due now.
    pub(super) fn act(&mut self, whims: &mut Whims, now: Instant) -> Option<Wish> {
        match &mut self.state {
            State::Joins(at) if now >= *at => {
                let leaves = whims.changes_mind().map(|after| now + after);
                self.state = State::Waits { since: now, leaves, ping: now + PING_EVERY };
                (self.asked, self.wants) = (true, true);
                Some(Wish::Join)
            }
            State::Waits { leaves: Some(at), .. } if now >= *at => {
                self.state = State::Leaves;
                self.asked = true;
                Some(Wish::Leave)
            }
            State::Waits { ping, .. } if now >= *ping => {
                *ping = now + PING_EVERY;
                Some(Wish::Ping)
            }
            _ => None,
        }
    }

    /// How long the server may be silent, and what it is when it is silent for longer.
    pub(super) fn patience(&self) -> Option<(Duration, Cause)> {
        match self.state {
            _ if self.asked => Some((ANSWER_WITHIN, Cause::Silence)),
            State::Waits { .. } => Some((SILENCE, Cause::QueueSilence)),
            _ => None,
        }
    }

    /// When something is due next.
    pub(super) fn wake_at(&self) -> Option<Instant> {
        match self.state {
            State::Joins(at) => Some(at),
            State::Waits { leaves, ping, .. } => Some(leaves.map_or(ping, |at| at.min(ping))),
            State::Outside | State::Leaves => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_pcg::Pcg64Mcg;

    use super::super::habits::Habits;
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    fn whims(leaves: f64) -> Whims {
        Whims::new(Habits { leaves, ..Habits::default() }, Pcg64Mcg::seed_from_u64(1))
    }

    #[test]
    fn it_joins_not_before_its_moment_and_pings_while_it_waits() {
        let (now, mut whims, mut lobby) = (Instant::now(), whims(0.0), Lobby::new());
        lobby.enter(now + 50 * MS);
        assert_eq!(lobby.act(&mut whims, now), None);
        assert_eq!(lobby.act(&mut whims, now + 50 * MS), Some(Wish::Join));
        assert_eq!(lobby.patience(), Some((ANSWER_WITHIN, Cause::Silence)));
        lobby.queued();
        assert_eq!(lobby.patience(), Some((SILENCE, Cause::QueueSilence)));
        assert_eq!(lobby.wake_at(), Some(now + 2050 * MS));
        assert_eq!(lobby.act(&mut whims, now + 2050 * MS), Some(Wish::Ping));
        assert_eq!(lobby.waits_since(), Some(now + 50 * MS));
        assert!(lobby.seated());
        assert_eq!((lobby.patience(), lobby.wake_at()), (None, None));
    }

    #[test]
    fn a_game_is_asked_for_by_a_join_which_holds_beyond_the_connection_but_for_one_game_alone() {
        let (now, mut whims, mut lobby) = (Instant::now(), whims(0.0), Lobby::new());
        lobby.enter(now);
        lobby.act(&mut whims, now);
        lobby.enter(now + 900 * MS);
        assert!(lobby.seated());
        lobby.enter(now + 900 * MS);
        assert!(!lobby.seated(), "nobody has asked for another one");
    }

    #[test]
    fn an_end_that_is_told_again_in_place_of_an_answer_makes_it_ask_again() {
        let (now, mut whims, mut lobby) = (Instant::now(), whims(0.0), Lobby::new());
        lobby.stand_back();
        assert_eq!(lobby.wake_at(), None);
        lobby.hear_an_old_end(now);
        assert_eq!(lobby.act(&mut whims, now), Some(Wish::Join));
        lobby.hear_an_old_end(now);
        assert_eq!((lobby.patience(), lobby.wake_at()), (None, Some(now + ASK_AGAIN)));
        assert_eq!(lobby.act(&mut whims, now + ASK_AGAIN), Some(Wish::Join));
        lobby.queued();
        lobby.hear_an_old_end(now + ASK_AGAIN);
        assert_eq!(lobby.waits_since(), Some(now + ASK_AGAIN), "it has its place");
    }

    #[test]
    fn who_changes_its_mind_leaves_and_joins_again() {
        let (now, mut whims, mut lobby) = (Instant::now(), whims(1.0), Lobby::new());
        lobby.enter(now);
        assert_eq!(lobby.act(&mut whims, now), Some(Wish::Join));
        let leaves = lobby.wake_at().unwrap();
        assert!(leaves <= now + 30 * MS);
        assert_eq!(lobby.act(&mut whims, leaves), Some(Wish::Leave));
        lobby.queued();
        assert_eq!(
            lobby.patience(),
            Some((ANSWER_WITHIN, Cause::Silence)),
            "that answers the join"
        );
        assert!(lobby.left(leaves + 100 * MS));
        assert_eq!(lobby.patience(), None);
        assert_eq!(lobby.act(&mut whims, leaves + 100 * MS), Some(Wish::Join));
    }

    #[test]
    fn a_game_that_begins_after_leaving_is_not_expected_but_one_that_crosses_it_is() {
        let (now, mut whims) = (Instant::now(), whims(1.0));
        let leaving = |whims: &mut Whims| {
            let mut lobby = Lobby::new();
            lobby.enter(now);
            lobby.act(whims, now);
            assert_eq!(lobby.act(whims, now + 30 * MS), Some(Wish::Leave));
            lobby
        };
        assert!(leaving(&mut whims).seated());
        let mut lobby = leaving(&mut whims);
        lobby.left(now + 900 * MS);
        assert!(!lobby.seated());
    }

    #[test]
    fn a_queue_that_cannot_be_reached_is_asked_again() {
        let (now, mut whims, mut lobby) = (Instant::now(), whims(0.0), Lobby::new());
        lobby.enter(now);
        lobby.act(&mut whims, now);
        lobby.unavailable(now);
        assert_eq!(lobby.patience(), None);
        assert_eq!(lobby.act(&mut whims, now + 500 * MS), Some(Wish::Join));
    }
}
