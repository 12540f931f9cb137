//! Who may write a room: the one rule that every rooms store on one machine applies.
//!
//! Kept free of any store, so that it is read and tested in one place.

use std::time::Duration;

use crate::ids::{Epoch, PodId, Version};
use crate::planted::Fault;

/// How long an ended room is kept: long enough for a player who was away to learn how it ended.
pub(super) const KEEP_ENDED: Duration = Duration::from_secs(10 * 60);

/// How long the directory keeps a player after the last touch.
pub(super) const KEEP_PLAYER: Duration = Duration::from_secs(30 * 60);

/// What a store knows of a room's hosting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Held {
    pub(super) host: Option<PodId>,
    pub(super) epoch: Epoch,
    pub(super) version: Version,
    pub(super) ended: bool,
}

/// What becomes of a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Judged {
    /// The writer does not host the room.
    Fenced,
    /// It is written.
    Taken,
    /// A later attempt of the same host in the same epoch is stored already, or one of them has
    /// ended the room. Nothing is written and the answer is a success: every attempt carries all
    /// of the room, so what is stored holds what this one would have stored.
    Overtaken,
}

/// Judges a commit of `host` in `epoch` with number `version`.
///
/// Epoch and version order commits together, the epoch first: after a claim the new host's commits
/// are newer than all of the old one's, whatever their numbers.
pub(super) fn judge(stored: &Held, host: PodId, epoch: Epoch, version: Version) -> Judged {
    if Fault::NoEpochCheck.is_planted() {
        return Judged::Taken;
    }
    if stored.epoch == epoch && stored.host == Some(host) {
        let overtaken = stored.ended || version <= stored.version;
        return if overtaken { Judged::Overtaken } else { Judged::Taken };
    }
    if stored.ended || stored.epoch >= epoch { Judged::Fenced } else { Judged::Taken }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(stored: (Option<PodId>, u64, u64, bool), by: (PodId, u64, u64)) -> Judged {
        let (host, epoch, version, ended) = stored;
        let held = Held { host, epoch: Epoch(epoch), version: Version(version), ended };
        judge(&held, by.0, Epoch(by.1), Version(by.2))
    }

    #[test]
    fn only_the_host_of_the_stored_epoch_or_a_later_epoch_may_write() {
        let (us, them) = (PodId::random(), PodId::random());
        assert_eq!(judged((Some(us), 2, 7, false), (us, 2, 8)), Judged::Taken);
        assert_eq!(judged((Some(them), 2, 7, false), (us, 2, 8)), Judged::Fenced);
        assert_eq!(judged((None, 2, 7, false), (us, 2, 8)), Judged::Fenced);
        assert_eq!(judged((Some(us), 3, 7, false), (us, 2, 8)), Judged::Fenced);
        assert_eq!(judged((Some(them), 2, 7, false), (us, 3, 8)), Judged::Taken);
        assert_eq!(judged((Some(them), 2, 7, false), (us, 3, 5)), Judged::Taken);
    }

    #[test]
    fn an_ended_room_takes_nothing_from_anybody() {
        let (us, them) = (PodId::random(), PodId::random());
        assert_eq!(judged((Some(us), 2, 7, true), (us, 3, 8)), Judged::Fenced);
        assert_eq!(judged((Some(us), 2, 7, true), (them, 2, 8)), Judged::Fenced);
    }

    #[test]
    fn the_host_whose_ending_commit_was_not_answered_learns_that_it_succeeded() {
        let us = PodId::random();
        assert_eq!(judged((Some(us), 2, 7, true), (us, 2, 8)), Judged::Overtaken);
    }

    #[test]
    fn an_attempt_that_a_later_one_has_overtaken_succeeds_without_being_written() {
        let us = PodId::random();
        assert_eq!(judged((Some(us), 2, 7, false), (us, 2, 7)), Judged::Overtaken);
        assert_eq!(judged((Some(us), 2, 7, false), (us, 2, 3)), Judged::Overtaken);
    }
}
