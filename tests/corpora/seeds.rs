//! The snapshots that fuzzing begins with: rooms at different times of different games.

use std::fs;
use std::path::Path;

use overcookied::games::{Catalogue, GameTime};
use overcookied::ids::{BySeat, Generation, PlayerId, RoomId, Seat, Strength};
use overcookied::matchmaking::{Founder, Founding, Profile};
use overcookied::room::RoomState;
use overcookied::room::snapshot::READABLE;
use uuid::Uuid;

const GRACE: u64 = 15_000;
/// Clicks, claims, comings and goings, and waits in between, as `properties::snapshots` reads them.
const SCRIPT: &[u8] = b"\0\x00\x04\xf8\x0d\x48\x07\x0f\xa3\xaa\xfc\x02\x06";

/// Writes them. To be done again when the format of snapshots changes.
#[test]
#[ignore = "writes to fuzz/corpus"]
fn snapshots() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/snapshots");
    fs::create_dir_all(&folder).unwrap();
    let write = |name: String, room: &RoomState, script: &[u8]| {
        let snapshot = room.snapshot(*READABLE.last().unwrap()).unwrap();
        fs::write(folder.join(name), [&snapshot, script].concat()).unwrap();
    };
    let bots = [None, Some(Strength::Easy), Some(Strength::Medium), Some(Strength::Hard)];
    for (seed, bot) in (1..).zip(bots) {
        let mut room = found(bot, seed);
        let against = bot.map_or("person".to_owned(), |bot| format!("{bot:?}").to_lowercase());
        for seconds in [0, 5, 12, 40, 64, 65] {
            play(&mut room, seconds * 1_000);
            write(format!("seed-{against}-{seconds}"), &room, b"");
            write(format!("seed-{against}-{seconds}-goes-on"), &room, SCRIPT);
        }
    }
    let ends: [(&str, End); 3] = [
        ("quit", |room| room.quit(Seat::P2)),
        ("void", RoomState::void),
        ("away", |room| room.leave(Seat::P1)),
    ];
    for (name, end) in ends {
        let mut room = found(None, 9);
        play(&mut room, 20_000);
        end(&mut room);
        write(format!("seed-{name}"), &room, SCRIPT);
    }
}

/// How a game comes to its end.
type End = fn(&mut RoomState);

fn found(bot: Option<Strength>, seed: u64) -> RoomState {
    let founder = |name: &str, number, bot| {
        let id = PlayerId::from(Uuid::from_u128(number));
        let picture = Some("https://pictures.example/1".to_owned());
        Founder { player: Profile { id, name: name.to_owned(), picture }, bot }
    };
    let seats = BySeat { p1: founder("Ada", 1, None), p2: founder("Bo \u{1f36a}", 2, bot) };
    let room = RoomId::from(Uuid::from_u128(3));
    let founding = Founding { room, game: "cookie".to_owned(), seats, seed };
    RoomState::found(founding, &Catalogue::new(Default::default())).unwrap()
}

/// Whoever is no bot clicks ten times a second, and claims what appears.
fn play(room: &mut RoomState, until: u64) {
    while room.time < GameTime(until) && room.ending.is_none() {
        room.advance(room.time + 100, GRACE);
        let claim = (1..10).map(|cookie| format!(r#"{{"cookie":{cookie}}}"#));
        let claims = room.time.0.is_multiple_of(7_000);
        for (seat, _) in room.persons().iter().filter(|(_, person)| person.is_some()) {
            room.attach(seat, Generation(1));
            let inputs = claim.clone().map(|claim| ("COOKIE_CLICK", claim));
            let inputs = inputs.filter(|_| claims);
            for (kind, payload) in inputs.chain([("CLICK", "{}".to_owned())]) {
                let n = room.seats[seat].consumed + 1;
                room.input(seat, Generation(1), n, (kind, &payload));
            }
        }
    }
}
