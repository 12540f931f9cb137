//! Snapshots of rooms: the room that one describes is written and read again as it is, and can be
//! played to its end.
//!
//! The snapshot comes first. Behind a zero byte may follow how many of its numbers are others than they
//! were, which and how, and then what is done in the room.

use std::sync::LazyLock;

use overcookied::games::Catalogue;
use overcookied::ids::{Generation, RoomId, Seat};
use overcookied::room::RoomState;
use overcookied::room::snapshot::{READABLE, write_off};
use uuid::Uuid;

use super::edits;

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::new(Default::default()));
static ROOM: LazyLock<RoomId> = LazyLock::new(|| RoomId::from(Uuid::from_u128(1)));
/// Of an absence, in milliseconds.
const GRACE: u64 = 15_000;
/// A game may last two hours. Most are over long before.
const STEPS: usize = 400;
/// Nobody lets a room wait longer, in milliseconds of its time.
const LONGEST_WAIT: u64 = 2_000;

/// A snapshot, and what comes after it.
pub fn check(bytes: &[u8]) -> bool {
    let mut parts = bytes.splitn(2, |byte| *byte == 0);
    let (snapshot, rest) = (parts.next().unwrap_or_default(), parts.next().unwrap_or(&[0]));
    let (count, rest) = rest.split_first().unwrap_or((&0, &[]));
    let (edits, script) = rest.split_at(rest.len().min(usize::from(count % 8) * 3));
    let snapshot = edits::numbers(snapshot, edits);
    let Ok(mut room) = restore(&snapshot) else { return false };
    check_copies(&room);
    let record = write_off(*ROOM, &snapshot).unwrap();
    assert_eq!(record.game, room.table.name(), "what is left when it cannot be played");
    let mut twin = restore(&snapshot).unwrap();
    pass(&mut room, &mut twin, 0);
    for step in script {
        act(&mut room, *step);
        act(&mut twin, *step);
        pass(&mut room, &mut twin, u64::from(step >> 3) * 50);
    }
    for _ in 0..STEPS {
        if room.ending.is_some() {
            break;
        }
        let wait = room.next_wake(GRACE) - room.time;
        pass(&mut room, &mut twin, wait.min(LONGEST_WAIT));
    }
    check_copies(&room);
    true
}

fn restore(snapshot: &[u8]) -> Result<RoomState, ()> {
    RoomState::restore(*ROOM, snapshot, &CATALOGUE).map_err(drop)
}

/// In every format, whoever reads it has the same room.
fn check_copies(room: &RoomState) {
    for format in READABLE {
        let snapshot = room.snapshot(*format).unwrap();
        let copy = restore(&snapshot).expect("a room's own snapshot can be read");
        assert_eq!(snapshot, copy.snapshot(*format).unwrap());
        assert_eq!(room.time, copy.time);
        assert_eq!(room.seats, copy.seats);
        assert_eq!(room.ending, copy.ending);
        assert_eq!(room.table.points(), copy.table.points());
        assert_eq!(room.table.view(room.time), copy.table.view(room.time));
        assert_eq!(room.next_wake(GRACE), copy.next_wake(GRACE));
    }
}

/// Lets time pass in both, in the twin with a stop on the way, which changes nothing.
fn pass(room: &mut RoomState, twin: &mut RoomState, wait: u64) {
    let now = room.time + wait;
    room.advance(now, GRACE);
    twin.advance(twin.time + wait / 2, GRACE);
    twin.advance(now, GRACE);
    check_twins(room, twin);
    for room in [room, twin] {
        let told = room.table.take_outputs();
        assert!(told.frames.iter().all(|frame| frame.text.starts_with('{')));
        if room.ending.is_none() {
            assert!(room.next_wake(GRACE) > room.time, "whoever waits for that never waits");
        }
        let _ = Seat::BOTH.map(|seat| room.table.rhythm(seat));
    }
}

/// How often time was looked at changes nothing but when the end was noticed.
fn check_twins(room: &RoomState, twin: &RoomState) {
    assert_eq!(room.ending, twin.ending);
    assert_eq!(room.table.points(), twin.table.points());
    assert_eq!(room.seats.map(|seat| seat.consumed), twin.seats.map(|seat| seat.consumed));
    if room.ending.is_none() {
        let [room, twin] = [room, twin].map(|room| room.snapshot(READABLE[0]).unwrap());
        assert_eq!(room, twin);
    }
}

/// Somebody does something.
fn act(room: &mut RoomState, step: u8) {
    let seat = if step & 4 == 0 { Seat::P1 } else { Seat::P2 };
    let generation = room.seats[seat].generation;
    let n = room.seats[seat].consumed.saturating_add(1);
    match step & 3 {
        0 => drop(room.input(seat, generation, n, ("CLICK", "{}"))),
        1 => {
            let claim = format!(r#"{{"cookie":{}}}"#, step >> 3);
            room.input(seat, generation, n, ("COOKIE_CLICK", &claim));
        }
        2 => room.attach(seat, Generation(generation.0.saturating_add(1))),
        _ if step >> 3 == 0 => room.quit(seat),
        _ => room.leave(seat),
    }
}
