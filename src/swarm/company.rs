//! Who waits for a game beside whom: tells a player whom the queue has lost from one for whom there
//! is nobody left.
//!
//! The queue is served in order. Lost is who waits beside somebody else for too long, and who is
//! passed over by players who clearly came later. Who waits alone, when everybody else has finished,
//! is the odd one out, and that is nobody's fault.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Who asked so much later came later, whatever way the two joins took. A ticket is given up two
/// seconds after its pod was heard of last, and asked for again: that may cost an honest place.
const CLEARLY_LATER: Duration = Duration::from_secs(3);

/// Where a player stands, as far as those matter who wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// Neither in the queue nor in a game.
    Between,
    /// In the queue, by a `JOIN_QUEUE` of this moment.
    Waits { since: Instant },
    /// In a game for which it first asked at this moment, if it did.
    Plays { asked: Option<Instant> },
}

/// What has become of a player who waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Others waited too, or were matched, but this one was not.
    Lost,
    /// There is nobody else any more.
    OddOneOut,
}

/// Somebody who waits.
#[derive(Debug)]
struct Waiter {
    /// Since when somebody else has waited too, without a break.
    beside: Option<Instant>,
    /// When somebody who came clearly later was matched first.
    passed_over: Option<Instant>,
}

/// Everybody who plays.
#[derive(Debug)]
pub(super) struct Company {
    patience: Duration,
    clearly_later: Duration,
    /// Players who have not finished.
    unfinished: usize,
    /// By when they joined, and their numbers.
    waiting: BTreeMap<(Instant, usize), Waiter>,
}

impl Company {
    /// So many players. Who is not matched within the patience though it could have been is lost.
    pub(super) fn new(players: usize, patience: Duration) -> Self {
        let clearly_later = CLEARLY_LATER.min(patience);
        Self { patience, clearly_later, unfinished: players, waiting: BTreeMap::new() }
    }

    /// A player stands otherwise than before.
    pub(super) fn change(&mut self, who: usize, from: Standing, to: Standing, now: Instant) {
        if let Standing::Waits { since } = from {
            self.waiting.remove(&(since, who));
        }
        match to {
            Standing::Waits { since } => {
                let beside = (!self.waiting.is_empty()).then_some(now);
                self.waiting.insert((since, who), Waiter { beside, passed_over: None });
            }
            Standing::Plays { asked: Some(asked) } => self.pass_over(asked, now),
            Standing::Plays { asked: None } | Standing::Between => {}
        }
        // One of two who wait has just lost, or found, the other one.
        if self.waiting.len() <= 2 {
            let several = self.waiting.len() == 2;
            for waiter in self.waiting.values_mut() {
                waiter.beside = several.then(|| waiter.beside.unwrap_or(now));
            }
        }
    }

    fn pass_over(&mut self, asked: Instant, now: Instant) {
        let later = self.clearly_later;
        let earlier = self.waiting.iter_mut().take_while(|((since, _), _)| *since + later <= asked);
        for (_, waiter) in earlier {
            waiter.passed_over.get_or_insert(now);
        }
    }

    /// A player has finished, and does not wait any more.
    fn finish(&mut self) {
        self.unfinished = self.unfinished.saturating_sub(1);
    }

    /// What has become of a player who joined at a moment; `None`: it may be matched yet.
    pub(super) fn verdict(&self, who: usize, since: Instant, now: Instant) -> Option<Verdict> {
        let waiter = self.waiting.get(&(since, who))?;
        let due = [waiter.beside, waiter.passed_over].into_iter().flatten().min();
        match due {
            Some(at) => (now >= at + self.patience).then_some(Verdict::Lost),
            None => (self.unfinished == 1).then_some(Verdict::OddOneOut),
        }
    }
}

/// One player's part in the company.
pub(super) struct Part<'a> {
    company: &'a Mutex<Company>,
    who: usize,
    standing: Standing,
}

impl<'a> Part<'a> {
    /// A player who has just come.
    pub(super) fn of(who: usize, company: &'a Mutex<Company>) -> Self {
        Self { company, who, standing: Standing::Between }
    }

    /// The player stands so now.
    pub(super) fn stand(&mut self, standing: Standing, now: Instant) {
        if self.standing != standing {
            let from = std::mem::replace(&mut self.standing, standing);
            self.lock().change(self.who, from, standing, now);
        }
    }

    /// Whether the player waits, so that its verdict is to be asked for now and then.
    pub(super) fn waits(&self) -> bool {
        matches!(self.standing, Standing::Waits { .. })
    }

    /// What has become of the player, if it waits.
    pub(super) fn verdict(&self, now: Instant) -> Option<Verdict> {
        let Standing::Waits { since } = self.standing else { return None };
        self.lock().verdict(self.who, since, now)
    }

    /// The player has finished.
    pub(super) fn leave(mut self, now: Instant) {
        self.stand(Standing::Between, now);
        self.lock().finish();
    }

    fn lock(&self) -> MutexGuard<'a, Company> {
        self.company.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// Players 0, 1, 2 …, each with the standing it took last.
    struct Table {
        company: Company,
        standing: Vec<Standing>,
        start: Instant,
    }

    impl Table {
        fn of(players: usize) -> Self {
            let company = Company::new(players, 30 * SECOND);
            Self { company, standing: vec![Standing::Between; players], start: Instant::now() }
        }

        fn at(&self, second: u32) -> Instant {
            self.start + second * SECOND
        }

        fn stands(&mut self, who: usize, to: Standing, second: u32) {
            let from = std::mem::replace(&mut self.standing[who], to);
            self.company.change(who, from, to, self.at(second));
        }

        fn joins(&mut self, who: usize, second: u32) {
            self.stands(who, Standing::Waits { since: self.at(second) }, second);
        }

        fn plays(&mut self, who: usize, asked: u32, second: u32) {
            self.stands(who, Standing::Plays { asked: Some(self.at(asked)) }, second);
        }

        fn finishes(&mut self, who: usize, second: u32) {
            self.stands(who, Standing::Between, second);
            self.company.finish();
        }

        fn verdict(&self, who: usize, second: u32) -> Option<Verdict> {
            let Standing::Waits { since } = self.standing[who] else { return None };
            self.company.verdict(who, since, self.at(second))
        }
    }

    #[test]
    fn two_who_wait_beside_each_other_for_too_long_are_lost_both() {
        let mut table = Table::of(4);
        table.joins(0, 0);
        table.joins(1, 5);
        assert_eq!((table.verdict(0, 34), table.verdict(1, 34)), (None, None));
        assert_eq!(table.verdict(0, 35), Some(Verdict::Lost));
        assert_eq!(table.verdict(1, 35), Some(Verdict::Lost));
    }

    #[test]
    fn who_waits_alone_waits_without_a_bound_while_others_may_come() {
        let mut table = Table::of(3);
        table.joins(0, 0);
        assert_eq!(table.verdict(0, 500), None);
        table.joins(1, 500);
        table.plays(1, 500, 501);
        assert_eq!(table.verdict(0, 600), Some(Verdict::Lost), "the other one came later");
    }

    #[test]
    fn the_last_one_is_the_odd_one_out_only_when_all_others_have_finished() {
        let mut table = Table::of(3);
        table.joins(0, 0);
        table.plays(1, 0, 1);
        table.plays(2, 0, 1);
        table.finishes(1, 10);
        assert_eq!(table.verdict(0, 10), None, "one may come back for a partner");
        table.finishes(2, 10);
        assert_eq!(table.verdict(0, 10), Some(Verdict::OddOneOut));
    }

    #[test]
    fn who_was_passed_over_is_lost_and_no_odd_one_out() {
        let mut table = Table::of(3);
        table.joins(0, 0);
        for who in [1, 2] {
            table.plays(who, 3, 4);
            table.finishes(who, 8);
        }
        assert_eq!(table.verdict(0, 33), None, "the news of its match may be late");
        assert_eq!(table.verdict(0, 34), Some(Verdict::Lost));
    }

    #[test]
    fn who_came_a_little_later_passes_nobody_over_and_who_joins_again_is_behind_the_others() {
        let mut table = Table::of(3);
        table.joins(0, 0);
        table.plays(1, 2, 3);
        table.plays(2, 9, 9);
        table.joins(0, 10);
        table.finishes(1, 20);
        table.finishes(2, 20);
        assert_eq!(table.verdict(0, 60), Some(Verdict::OddOneOut));
    }

    #[test]
    fn company_that_goes_away_again_does_not_count() {
        let mut table = Table::of(3);
        table.joins(0, 0);
        for second in (0..60).step_by(2) {
            table.joins(1, second);
            assert_eq!(table.verdict(0, second + 1), None);
            table.stands(1, Standing::Between, second + 1);
        }
        assert_eq!(table.verdict(0, 60), None);
    }
}
