//! How long things took, from both ledgers of a game: the players share one clock.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use serde::Serialize;

use super::gaps::Gap;
use super::ledger::{Ledger, Seen};
use super::takeover::Fate;
use crate::ids::{PlayerId, RoomId};

/// The longest time told apart, in microseconds.
const MAX_MICROS: u64 = 120_000_000;

/// Durations in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Spread {
    /// How many were measured.
    pub count: u64,
    /// Half were at most this.
    pub p50: f64,
    /// 99 of 100 were at most this.
    pub p99: f64,
    /// The longest.
    pub max: f64,
}

/// All that is measured.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Latency {
    /// From sending a click until the kernel of who clicked has the state that acknowledges it. Clicks during
    /// which a player wanted to be away are not timed.
    pub click_to_ack: Spread,
    /// From sending a click until the opponent's kernel has the first state that includes it.
    pub click_to_opponent: Spread,
    /// From the second player's `JOIN_QUEUE` to `GAME_START` at both.
    pub join_to_start: Spread,
    /// From losing the connection to knowing the state of the game again.
    pub absence: Spread,
    /// From the end of an absence of the player's own will to knowing the state again.
    pub comeback: Spread,
    /// From opening a second tab to knowing the state there.
    pub takeover: Spread,
    /// From the second tab's `HELLO` to 4002 at the first one.
    pub replaced: Spread,
}

/// The gaps between acknowledgements.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GapSpreads {
    /// All of them.
    pub all: Spread,
    /// Those of players whose connection stayed.
    pub survivor: Spread,
    /// Those of players who had to connect again.
    pub reconnected: Spread,
}

/// Measures the gaps of every ledger.
pub(super) fn measure_gaps(ledgers: &[Ledger]) -> GapSpreads {
    let of = |wanted: fn(&Gap) -> bool| {
        let mut watch = Watch::new();
        let gaps = ledgers.iter().flat_map(|ledger| &ledger.gaps).filter(|gap| wanted(gap));
        gaps.for_each(|gap| watch.note(Some(gap.length())));
        watch.spread()
    };
    GapSpreads {
        all: of(|_| true),
        survivor: of(|gap| !gap.reconnected),
        reconnected: of(|gap| gap.reconnected),
    }
}

/// Measures every game of the ledgers.
pub(super) fn measure(ledgers: &[Ledger]) -> Latency {
    let seated = ledgers.iter().filter_map(|l| Some(((l.player, l.place?.room), l)));
    let of_game: HashMap<(PlayerId, RoomId), &Ledger> = seated.collect();
    let (mut own, mut shown, mut start) = (Watch::new(), Watch::new(), Watch::new());
    let (mut absence, mut comeback) = (Watch::new(), Watch::new());
    let (mut takeover, mut replaced) = (Watch::new(), Watch::new());
    for ledger in ledgers {
        acknowledged(ledger).for_each(|(_, took)| own.note(Some(took)));
        ledger.absences().for_each(|away| absence.note(Some(away)));
        ledger.returns().for_each(|back| comeback.note(Some(back)));
        ledger.takeovers.iter().for_each(|took| takeover.note(Some(*took)));
        ledger.fates.iter().for_each(|fate| match fate {
            Fate::Replaced(after) => replaced.note(Some(*after)),
            Fate::Broke | Fate::Undecided => {}
        });
        let opponent = ledger.place.and_then(|place| of_game.get(&(place.opponent, place.room)));
        let Some(opponent) = opponent else { continue };
        shown_to(ledger, opponent, &mut shown);
        // Once for each game.
        if ledger.player < opponent.player {
            start.note(join_to_start(ledger, opponent));
        }
    }
    Latency {
        click_to_ack: own.spread(),
        click_to_opponent: shown.spread(),
        join_to_start: start.spread(),
        absence: absence.spread(),
        comeback: comeback.spread(),
        takeover: takeover.spread(),
        replaced: replaced.spread(),
    }
}

/// When each click was sent that is timed, and how long its acknowledgement took.
pub(super) fn acknowledged(ledger: &Ledger) -> impl Iterator<Item = (Instant, Duration)> {
    let before = [0].into_iter().chain(ledger.acks.iter().map(|ack| ack.n));
    let sent = before
        .zip(&ledger.acks)
        .flat_map(|(first, ack)| newly(ledger, first, ack.n).iter().map(|sent| (*sent, ack.at)));
    let timed = sent.filter(|(sent, at)| !was_away(ledger, *sent, *at));
    timed.map(|(sent, at)| (sent, at.duration_since(sent)))
}

/// Whether a player wanted to be away at some time between two moments.
fn was_away(ledger: &Ledger, from: Instant, to: Instant) -> bool {
    let wished = ledger.offline.iter().filter(|offline| offline.wished_until.is_some());
    wished.into_iter().any(|o| o.from < to && o.to.is_none_or(|back| back > from))
}

fn shown_to(ledger: &Ledger, opponent: &Ledger, watch: &mut Watch) {
    let mut first = 0;
    for ack in &ledger.acks {
        let at = opponent.seen.partition_point(|seen: &Seen| seen.version < ack.version);
        let shown = opponent.seen.get(at);
        for sent in newly(ledger, first, ack.n) {
            let shown = shown.filter(|seen| {
                !was_away(opponent, *sent, seen.at) && !was_away(ledger, *sent, seen.at)
            });
            watch.note(shown.map(|seen| seen.at.saturating_duration_since(*sent)));
        }
        first = ack.n;
    }
}

fn newly(ledger: &Ledger, first: u32, last: u32) -> &[Instant] {
    ledger.sent.get(first as usize..last as usize).unwrap_or_default()
}

fn join_to_start(a: &Ledger, b: &Ledger) -> Option<Duration> {
    let joined = a.joined_at?.max(b.joined_at?);
    let started = a.started_at?.max(b.started_at?);
    Some(started.saturating_duration_since(joined))
}

/// Gathers durations.
pub(super) struct Watch(Option<Histogram<u64>>);

impl Default for Watch {
    fn default() -> Self {
        Self::new()
    }
}

impl Watch {
    fn new() -> Self {
        Self(Histogram::new_with_bounds(1, MAX_MICROS, 3).ok())
    }

    pub(super) fn note(&mut self, took: Option<Duration>) {
        if let (Some(histogram), Some(took)) = (&mut self.0, took) {
            histogram.saturating_record(took.as_micros() as u64);
        }
    }

    pub(super) fn spread(&self) -> Spread {
        let Some(histogram) = &self.0 else { return Spread::default() };
        let ms = |micros: u64| micros as f64 / 1000.0;
        Spread {
            count: histogram.len(),
            p50: ms(histogram.value_at_quantile(0.5)),
            p99: ms(histogram.value_at_quantile(0.99)),
            max: ms(histogram.max()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::clicks::Due;
    use super::super::gaps::GapEnd;
    use super::super::ledger::{Ack, Offline, Place};
    use super::super::wire::Kind;
    use super::*;
    use crate::ids::Seat;

    #[test]
    fn a_click_is_timed_to_the_version_that_includes_it_on_both_screens() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut a = Ledger::new(PlayerId::random(), "Ada".to_owned());
        let mut b = Ledger::new(PlayerId::random(), "Bob".to_owned());
        let room = RoomId::random();
        a.place = Some(Place { room, seat: Seat::P1, opponent: b.player });
        b.place = Some(Place { room, seat: Seat::P2, opponent: a.player });
        (a.joined_at, b.joined_at) = (Some(at(0)), Some(at(5)));
        (a.started_at, b.started_at) = (Some(at(9)), Some(at(8)));
        let due = |n| Due { n, kind: Kind::Click, repeat: false };
        a.write_sent(due(1), at(100));
        a.write_sent(due(2), at(110));
        a.write_ack(Ack { n: 2, version: 7, at: at(130) });
        for (version, ms) in [(6, 120), (8, 150)] {
            b.write_state(Seen { version, at: at(ms), scores: (0, 0) });
        }
        let Latency { click_to_ack, click_to_opponent, join_to_start, .. } = measure(&[a, b]);
        let near = |found: f64, ms: f64| (found - ms).abs() < 0.1;
        assert!(near(click_to_ack.p50, 20.0) && near(click_to_ack.max, 30.0), "{click_to_ack:?}");
        assert!(near(click_to_opponent.p50, 40.0) && near(click_to_opponent.max, 50.0));
        assert!(near(join_to_start.max, 4.0) && join_to_start.count == 1);
    }

    #[test]
    fn a_click_that_had_to_wait_for_a_player_who_was_away_is_not_timed() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut ledger = Ledger::new(PlayerId::random(), "Ada".to_owned());
        for (n, ms) in [(1, 100), (2, 2000)] {
            ledger.write_sent(Due { n, kind: Kind::Click, repeat: false }, at(ms));
        }
        let back = Some(at(1100));
        ledger.offline = vec![Offline { from: at(105), wished_until: back, to: back }];
        ledger.write_ack(Ack { n: 1, version: 2, at: at(1200) });
        ledger.write_ack(Ack { n: 2, version: 3, at: at(2010) });
        let own = measure(&[ledger]).click_to_ack;
        assert!(own.count == 1 && own.max < 11.0, "{own:?}");
    }

    #[test]
    fn gaps_of_survivors_and_of_the_reconnected_are_told_apart() {
        let begin = Instant::now();
        let gap = |ms, reconnected| {
            let end = begin + Duration::from_millis(ms);
            Gap { begin, end, reconnected, paused: Duration::ZERO, ended: GapEnd::Ack }
        };
        let mut ledger = Ledger::new(PlayerId::random(), "Ada".to_owned());
        ledger.gaps = vec![gap(500, false), gap(900, true), gap(1200, true)];
        let GapSpreads { all, survivor, reconnected } = measure_gaps(&[ledger]);
        assert_eq!((all.count, survivor.count, reconnected.count), (3, 1, 2));
        assert!((survivor.max - 500.0).abs() < 1.0 && (reconnected.max - 1200.0).abs() < 2.0);
    }
}
