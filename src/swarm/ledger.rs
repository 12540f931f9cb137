//! What one player did and saw, written down as it happened.
//!
//! Pure. It judges only what can be judged at once (an acknowledgement that falls); everything
//! else waits for the checks at the end, when both players' ledgers are there.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::clicks::Due;
use super::gaps::Gap;
use super::link::Cause;
use super::takeover::Fate;
use super::verdict::{Class, Fault};
use super::wire::{GameOver, Kind};
use crate::ids::{PlayerId, RoomId, Seat};

/// An acknowledgement that rose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ack {
    /// The highest number that is safe.
    pub n: u32,
    /// The version that said so.
    pub version: u64,
    /// When it arrived.
    pub at: Instant,
}

/// A state as it arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Its version.
    pub version: u64,
    /// When it arrived.
    pub at: Instant,
    /// Points of both seats.
    pub scores: (u64, u64),
}

/// Where the player sits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The game.
    pub room: RoomId,
    /// The seat.
    pub seat: Seat,
    /// Who sits in the other one.
    pub opponent: PlayerId,
}

/// A time in which the player wanted a game.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// When `JOIN_QUEUE` was sent.
    pub from: Instant,
    /// When the player was told that it left the queue, or sat down.
    pub to: Option<Instant>,
}

/// A time in which the player was kept from its game.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offline {
    /// When the connection was lost, or thrown away.
    pub from: Instant,
    /// Until when the player wanted to be away, if it did.
    pub wished_until: Option<Instant>,
    /// When the player knew the state of the game, or its end, again.
    pub to: Option<Instant>,
}

/// The ledger of one player and one of its games, from the end of the game before.
#[derive(Clone, Debug)]
pub struct Ledger {
    /// Who this is.
    pub player: PlayerId,
    /// The name given at sign-in.
    pub name: String,
    /// When `JOIN_QUEUE` was first sent.
    pub first_joined_at: Option<Instant>,
    /// When `JOIN_QUEUE` was last sent before the game began.
    pub joined_at: Option<Instant>,
    /// How often the player left the queue and was told so.
    pub leaves: u32,
    /// When the player wanted this game, in order.
    pub wanted: Vec<Wanted>,
    /// The player waited when all others had finished: there was no opponent for it any more.
    pub odd_one_out: bool,
    /// When the first `GAME_START` came.
    pub started_at: Option<Instant>,
    /// When a state said first that the countdown is over.
    pub playing_at: Option<Instant>,
    /// Where the player sat.
    pub place: Option<Place>,
    /// Whether golden cookies were claimed in this game.
    pub golden: bool,
    /// When each input was first sent; the first entry is number 1.
    pub sent: Vec<Instant>,
    /// How many of them claimed a golden cookie.
    pub claims: u32,
    /// Repeats sent.
    pub repeats: u64,
    /// The highest number sent before the countdown was known to be over: up to it, inputs may be
    /// worth nothing.
    pub early: u32,
    /// The highest number acknowledged by a state of the countdown: up to it, inputs are worth
    /// nothing.
    pub worthless: u32,
    /// Every acknowledgement that rose, in order.
    pub acks: Vec<Ack>,
    /// Every state that came, in order of version.
    pub seen: Vec<Seen>,
    /// The result as it was told.
    pub over: Option<GameOver>,
    /// When it was told.
    pub over_at: Option<Instant>,
    /// Connections given up while they were needed, by cause.
    pub losses: BTreeMap<Cause, u32>,
    /// When the player was kept from its game, in order.
    pub offline: Vec<Offline>,
    /// When acknowledgements did not go on, in order.
    pub gaps: Vec<Gap>,
    /// What became of the older connection of each takeover by a second tab.
    pub(super) fates: Vec<Fate>,
    /// Clicks sent on older connections after a takeover.
    pub ghosts: u32,
    /// How long each takeover took: from opening the newer connection to knowing the state on it.
    pub takeovers: Vec<Duration>,
    /// The acknowledgement told last, which is less than the highest when one was taken back.
    told: u32,
    /// What was wrong at once.
    pub faults: Vec<Fault>,
}

impl Ledger {
    /// An empty ledger.
    pub fn new(player: PlayerId, name: String) -> Self {
        Self {
            player,
            name,
            first_joined_at: None,
            joined_at: None,
            leaves: 0,
            wanted: Vec::new(),
            odd_one_out: false,
            started_at: None,
            playing_at: None,
            place: None,
            golden: false,
            sent: Vec::new(),
            claims: 0,
            repeats: 0,
            early: 0,
            worthless: 0,
            acks: Vec::new(),
            seen: Vec::new(),
            over: None,
            over_at: None,
            losses: BTreeMap::new(),
            offline: Vec::new(),
            gaps: Vec::new(),
            fates: Vec::new(),
            ghosts: 0,
            takeovers: Vec::new(),
            told: 0,
            faults: Vec::new(),
        }
    }

    /// The highest number that was acknowledged.
    pub fn acked(&self) -> u32 {
        self.acks.last().map_or(0, |ack| ack.n)
    }

    /// How many inputs were acknowledged between two moments.
    pub fn acked_between(&self, from: Instant, to: Instant) -> u32 {
        let before = |moment: Instant| {
            let upto = self.acks.partition_point(|ack| ack.at <= moment);
            upto.checked_sub(1).map_or(0, |last| self.acks[last].n)
        };
        before(to) - before(from)
    }

    /// Writes down that `JOIN_QUEUE` was sent.
    pub(super) fn write_join(&mut self, now: Instant) {
        self.first_joined_at.get_or_insert(now);
        self.joined_at = Some(now);
        if self.wanted.last().is_none_or(|wanted| wanted.to.is_some()) {
            self.wanted.push(Wanted { from: now, to: None });
        }
    }

    /// Writes down that the player left the queue and was told so.
    pub(super) fn write_leave(&mut self, now: Instant) {
        self.leaves += 1;
        self.stop_wanting(now);
    }

    /// Writes down that the player knows where it sits.
    pub(super) fn write_place(&mut self, place: Place, now: Instant) {
        self.place = Some(place);
        self.started_at = Some(now);
        self.stop_wanting(now);
    }

    fn stop_wanting(&mut self, now: Instant) {
        if let Some(last) = self.wanted.last_mut() {
            last.to.get_or_insert(now);
        }
    }

    /// Whether the player wanted a game at a moment.
    pub fn wanted_at(&self, at: Instant) -> bool {
        self.wanted.iter().any(|w| w.from <= at && w.to.is_none_or(|to| at <= to))
    }

    /// Whether this game and one that began and ended at these moments were on at the same time.
    pub(super) fn overlaps(&self, from: Instant, to: Option<Instant>) -> bool {
        let before = |end: Option<Instant>, begin| end.is_some_and(|end| end <= begin);
        self.started_at.is_some_and(|started| !before(self.over_at, from) && !before(to, started))
    }

    /// Writes down that an input was sent.
    pub(super) fn write_sent(&mut self, due: Due, now: Instant) {
        if self.playing_at.is_none() {
            self.early = self.early.max(due.n);
        }
        if due.repeat {
            self.repeats += 1;
            return;
        }
        self.sent.push(now);
        self.claims += u32::from(due.kind != Kind::Click);
    }

    /// Writes down a state that was not older than the last one.
    pub(super) fn write_state(&mut self, mut seen: Seen) {
        if let Some(last) = self.seen.last().copied() {
            let fell = seen.scores.0 < last.scores.0 || seen.scores.1 < last.scores.1;
            if fell {
                let text = format!(
                    "points fell from {:?} in version {} to {:?} in version {}",
                    last.scores, last.version, seen.scores, seen.version
                );
                self.fault(Class::Lost, text);
            }
            if last.version == seen.version {
                seen.at = last.at;
                self.seen.pop();
            }
        }
        self.seen.push(seen);
    }

    /// Writes down an acknowledgement, and complains when it is less than the one before.
    pub(super) fn write_ack(&mut self, ack: Ack) {
        let (last, told) = (self.acked(), std::mem::replace(&mut self.told, ack.n));
        if ack.n < told {
            let text = format!("version {} acknowledges {} after {told}", ack.version, ack.n);
            self.fault(Class::Lost, text);
        } else if ack.n as usize > self.sent.len() {
            let text = format!(
                "version {} acknowledges {}, but only {} were sent",
                ack.version,
                ack.n,
                self.sent.len()
            );
            self.fault(Class::Doubled, text);
        } else if ack.n > last {
            self.acks.push(ack);
        }
    }

    /// How often the player came back to a game after a loss of the connection.
    pub fn reconnects(&self) -> usize {
        self.absences().count()
    }

    /// How long each loss of the connection kept the player from the game.
    pub fn absences(&self) -> impl Iterator<Item = Duration> {
        let lost = self.offline.iter().filter(|offline| offline.wished_until.is_none());
        lost.filter_map(|offline| Some(offline.to?.saturating_duration_since(offline.from)))
    }

    /// How long each return from an absence of the player's own will took.
    pub fn returns(&self) -> impl Iterator<Item = Duration> {
        let back =
            |offline: &Offline| Some(offline.to?.saturating_duration_since(offline.wished_until?));
        self.offline.iter().filter_map(back)
    }

    /// Whether the player is away of its own will, or not yet back from it.
    pub fn is_away(&self) -> bool {
        self.offline.last().is_some_and(|last| last.to.is_none() && last.wished_until.is_some())
    }

    /// Writes down the loss of a connection, or of an attempt at one.
    pub(super) fn write_loss(&mut self, cause: Cause, now: Instant) {
        *self.losses.entry(cause).or_default() += 1;
        if self.place.is_some() {
            self.write_offline(None, now);
        }
    }

    /// Writes down that the player goes away until a moment.
    pub(super) fn write_absence(&mut self, until: Instant, now: Instant) {
        self.write_offline(Some(until), now);
    }

    fn write_offline(&mut self, wished_until: Option<Instant>, now: Instant) {
        if self.offline.last().is_none_or(|last| last.to.is_some()) {
            self.offline.push(Offline { from: now, wished_until, to: None });
        }
    }

    /// Writes down that the player knows the state of the game, or its end, again.
    pub(super) fn write_return(&mut self, now: Instant) {
        if let Some(last) = self.offline.last_mut() {
            last.to.get_or_insert(now);
        }
    }

    pub(super) fn fault(&mut self, class: Class, text: String) {
        self.faults.push(Fault { class, text });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_sent(count: usize, now: Instant) -> Ledger {
        let mut ledger = Ledger::new(PlayerId::random(), "Ada".to_owned());
        for n in 1..=count as u32 {
            ledger.write_sent(Due { n, kind: Kind::Click, repeat: false }, now);
        }
        ledger
    }

    fn classes(ledger: &Ledger) -> Vec<Class> {
        ledger.faults.iter().map(|fault| fault.class).collect()
    }

    #[test]
    fn an_acknowledgement_that_falls_is_a_loss() {
        let at = Instant::now();
        let mut ledger = with_sent(5, at);
        ledger.write_ack(Ack { n: 5, version: 3, at });
        ledger.write_ack(Ack { n: 5, version: 4, at });
        assert!(ledger.faults.is_empty());
        ledger.write_ack(Ack { n: 4, version: 5, at });
        ledger.write_ack(Ack { n: 4, version: 6, at });
        assert_eq!(classes(&ledger), [Class::Lost], "said once");
        assert_eq!(ledger.acked(), 5);
    }

    #[test]
    fn an_acknowledgement_of_what_was_never_sent_is_a_double() {
        let at = Instant::now();
        let mut ledger = with_sent(2, at);
        ledger.write_ack(Ack { n: 3, version: 1, at });
        assert_eq!(classes(&ledger), [Class::Doubled]);
    }

    #[test]
    fn a_loss_and_an_absence_are_told_apart() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut ledger = with_sent(0, start);
        let (room, opponent) = (RoomId::random(), PlayerId::random());
        ledger.place = Some(Place { room, seat: Seat::P1, opponent });
        ledger.write_loss(Cause::Dropped, at(0));
        ledger.write_loss(Cause::Refused, at(50));
        ledger.write_return(at(100));
        ledger.write_absence(at(1200), at(200));
        assert!(ledger.is_away());
        ledger.write_loss(Cause::Refused, at(1210));
        ledger.write_return(at(1250));
        ledger.write_return(at(1300));
        assert!(!ledger.is_away());
        assert_eq!(ledger.absences().collect::<Vec<_>>(), [Duration::from_millis(100)]);
        assert_eq!(ledger.returns().collect::<Vec<_>>(), [Duration::from_millis(50)]);
    }

    #[test]
    fn points_that_fall_are_a_loss() {
        let at = Instant::now();
        let mut ledger = with_sent(0, at);
        ledger.write_state(Seen { version: 1, at, scores: (3, 4) });
        ledger.write_state(Seen { version: 2, at, scores: (3, 5) });
        assert!(ledger.faults.is_empty());
        ledger.write_state(Seen { version: 3, at, scores: (2, 5) });
        assert_eq!(classes(&ledger), [Class::Lost]);
    }

    #[test]
    fn acknowledgements_are_counted_between_two_moments() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut ledger = with_sent(9, start);
        for (n, ms) in [(2, 10), (3, 20), (7, 30)] {
            ledger.write_ack(Ack { n, version: u64::from(n), at: at(ms) });
        }
        assert_eq!(ledger.acked_between(at(0), at(9)), 0);
        assert_eq!(ledger.acked_between(at(15), at(30)), 5);
        assert_eq!(ledger.acked_between(at(0), at(100)), 7);
    }
}
