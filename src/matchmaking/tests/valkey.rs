//! Matchmaking in Valkey keeps the contract, on one server, in a cluster and in Redis 7.0; and
//! what only that side must bear.

use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use proptest::test_runner::{Config, TestRunner};
use redis::Value;
use serde_json::json;
use tokio::time::{Instant, sleep};

use super::interleavings::{follow, step};
use super::{Side, contract, every_promise, profile, ticket, try_all};
use crate::cluster::Valkey;
use crate::cluster::valkey::Call;
use crate::cluster::valkey::scripts::Script;
use crate::cluster::valkey::tests::servers::{Program, Server};
use crate::cluster::valkey::tests::sides::{redis, settings, six_nodes, valkey};
use crate::ids::{BySeat, PlayerId, RoomId, TicketId};
use crate::matchmaking::{
    Cursor, Founder, Founding, Joined, Left, Matchmaking, Profile, Record, ValkeyMatchmaking,
};

/// The tests' time runs so much faster than it says: tickets live two thousand seconds, and a
/// second that passes takes a thousand from each. So it does not matter how long a test takes.
const SPEED: u32 = 1000;

/// Takes so many milliseconds from all tickets.
static LATER: Script = Script::new(
    "later",
    "local all = redis.call('HGETALL', KEYS[1])
    for i = 1, #all, 2 do
        local ticket = cjson.decode(all[i + 1])
        ticket.renewed = ticket.renewed - ARGV[1]
        redis.call('HSET', KEYS[1], all[i], cjson.encode(ticket))
    end",
);

/// Longer than anything takes that is not broken.
const PATIENCE: Duration = Duration::from_secs(20);

struct Fast {
    valkey: Valkey,
    queue: ValkeyMatchmaking,
}

/// Queues of the test's own, in real time.
async fn connect(urls: &str) -> Valkey {
    Valkey::connect(settings(urls)).await.unwrap()
}

async fn fast(urls: &str) -> Fast {
    let valkey = connect(urls).await;
    let life = Duration::from_secs(2) * SPEED;
    Fast { queue: ValkeyMatchmaking::new(valkey.clone()).with_ticket_life(life), valkey }
}

impl Side for Fast {
    fn queue(&self) -> &dyn Matchmaking {
        &self.queue
    }

    fn pass(&self, time: Duration) -> BoxFuture<'_, ()> {
        let millis = u64::try_from((time * SPEED).as_millis()).unwrap();
        let call = Call::script(&LATER).key(self.valkey.keys().tickets()).number(millis);
        async move { self.valkey.run(call).map(|done| done.map(drop).unwrap()).await }.boxed()
    }
}

async fn keeps_the_contract(urls: &str) {
    every_promise!(try_all!(fast(urls).await));
}

#[tokio::test]
#[ignore = "starts a server"]
async fn one_valkey_keeps_the_contract() {
    keeps_the_contract(&valkey().url()).await;
}

#[tokio::test]
#[ignore = "starts servers"]
async fn a_cluster_keeps_the_contract() {
    keeps_the_contract(&six_nodes().urls()).await;
}

#[tokio::test]
#[ignore = "starts a server"]
async fn redis_7_keeps_the_contract() {
    keeps_the_contract(&redis().url()).await;
}

fn interleavings(urls: &str) {
    let config = Config { cases: 64, failure_persistence: None, ..Config::default() };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let steps = proptest::collection::vec(step(), 1..150);
    let follows = |steps| runtime.block_on(async { follow(&fast(urls).await, steps).await });
    TestRunner::new(config).run(&steps, follows).unwrap_or_else(|error| panic!("{error}"));
}

#[test]
#[ignore = "starts a server"]
fn nobody_is_matched_twice_or_with_himself_or_lost_in_one_valkey() {
    interleavings(&valkey().url());
}

#[test]
#[ignore = "starts servers"]
fn nobody_is_matched_twice_or_with_himself_or_lost_in_a_cluster() {
    interleavings(&six_nodes().urls());
}

#[test]
#[ignore = "starts a server"]
fn nobody_is_matched_twice_or_with_himself_or_lost_in_redis_7() {
    interleavings(&redis().url());
}

async fn join(queue: &ValkeyMatchmaking, player: &Profile) -> TicketId {
    let ticket = ticket(player);
    let id = ticket.id;
    assert!(matches!(queue.join(ticket).await.unwrap(), Joined::Queued { .. }));
    assert_eq!(queue.renew(vec![(player.id, id)]).await.unwrap(), []);
    id
}

async fn pair(queue: &ValkeyMatchmaking) -> Vec<Founding> {
    queue.pair("cookie".to_owned()).await.unwrap()
}

/// The whole walk.
async fn all_records(queue: &ValkeyMatchmaking) -> Vec<Record> {
    let (mut all, mut from) = (Vec::new(), Cursor::default());
    for _ in 0..1000 {
        let (some, next) = queue.records(from).await.unwrap();
        all.extend(some);
        if next == Cursor::default() {
            return all;
        }
        from = next;
    }
    panic!("the walk does not end");
}

fn practice(player: &Profile, seed: u64) -> Founding {
    let founder = |player: &Profile| Founder { player: player.clone(), bot: None };
    let seats = BySeat { p1: founder(player), p2: founder(&profile("ben")) };
    Founding { room: RoomId::random(), game: "cookie".to_owned(), seats, seed }
}

#[tokio::test]
#[ignore = "starts a server"]
async fn a_ticket_dies_two_seconds_after_it_was_renewed_last() {
    let queue = ValkeyMatchmaking::new(connect(&valkey().url()).await);
    let (anna, ben) = (profile("anna"), profile("ben"));
    let ticket_id = join(&queue, &anna).await;
    assert!(queue.renew(vec![(anna.id, ticket_id)]).await.unwrap().is_empty());
    let renewed = Instant::now();
    while queue.join(ticket(&ben)).await.unwrap() != (Joined::Queued { waiting: 1 }) {
        assert!(renewed.elapsed() < PATIENCE, "it lives for ever");
        sleep(Duration::from_millis(50)).await;
    }
    assert!(renewed.elapsed() > Duration::from_millis(1900), "it died too soon");
    assert_eq!(queue.renew(vec![(anna.id, ticket_id)]).await.unwrap(), [anna.id]);
    assert!(pair(&queue).await.is_empty());
}

#[tokio::test]
#[ignore = "starts a server"]
async fn the_lock_of_a_dead_pod_holds_nobody_up() {
    let valkey = connect(&valkey().url()).await;
    let queue = ValkeyMatchmaking::new(valkey.clone());
    let lock = valkey.keys().lock("cookie");
    let dead = Call::command("SET").key(lock.clone()).arg("dead").arg("PX").number(600_000);
    valkey.run(dead).await.unwrap();
    let mut slowest = Duration::ZERO;
    for _ in 0..20 {
        join(&queue, &profile("anna")).await;
        join(&queue, &profile("ben")).await;
        let start = Instant::now();
        assert_eq!(pair(&queue).await.len(), 1);
        slowest = slowest.max(start.elapsed());
    }
    println!("under a dead pod's lock the slowest of 20 pairings took {slowest:?}");
    // A busy machine may take longer than that, but never as long as the lock.
    assert!(slowest < Duration::from_secs(1), "pairing took {slowest:?}");
    // And it is not taken away from its owner.
    let held = valkey.run(Call::command("GET").key(lock)).await.unwrap();
    assert_eq!(held, Value::BulkString(b"dead".to_vec()));
}

#[tokio::test]
#[ignore = "starts a server"]
async fn the_lock_is_given_back() {
    let valkey = connect(&valkey().url()).await;
    let queue = ValkeyMatchmaking::new(valkey.clone());
    let lock = valkey.keys().lock("cookie");
    let (mut times, start) = (Vec::new(), Instant::now());
    for n in 0..200 {
        join(&queue, &profile("anna")).await;
        if n % 2 == 1 {
            let start = Instant::now();
            assert_eq!(pair(&queue).await.len(), 1);
            times.push(start.elapsed());
        }
        let held = valkey.run(Call::command("EXISTS").key(lock.clone())).await.unwrap();
        assert_eq!(held, Value::Int(0));
    }
    times.sort();
    println!(
        "200 joins and 100 pairs took {:?}; a pairing: p50 {:?}, max {:?}",
        start.elapsed(),
        times[times.len() / 2],
        times[times.len() - 1]
    );
}

#[tokio::test]
#[ignore = "starts a server"]
async fn pairing_that_no_replica_has_is_not_told_but_found() {
    let server = Server::start(Program::Valkey);
    let valkey = Valkey::connect(settings(&server.url()).waiting_for(1)).await.unwrap();
    let queue = ValkeyMatchmaking::new(valkey);
    let (anna, ben) = (profile("anna"), profile("ben"));
    join(&queue, &anna).await;
    join(&queue, &ben).await;
    assert!(queue.pair("cookie".to_owned()).await.is_err());
    let seats = queue.seats_of(vec![anna.id, ben.id]).await.unwrap();
    assert_eq!(seats.len(), 2);
    let founding = queue.founding(seats[0].1).await.unwrap().unwrap();
    assert_eq!([founding.seats.p1.player, founding.seats.p2.player], [anna, ben]);
}

#[tokio::test]
#[ignore = "starts a server"]
async fn names_and_seeds_are_kept_to_the_letter() {
    let queue = ValkeyMatchmaking::new(connect(&valkey().url()).await);
    let names = [
        r#"a "quoted" \name\ / with slashes"#,
        "żółć 🍪 \u{202e}rtl",
        "line\nbreak\ttab\u{0}nul\u{7f}",
        "{\"json\":[1,2]}",
        "",
        " ",
    ];
    for name in names {
        let odd = Profile { picture: None, ..profile(name) };
        let plain =
            Profile { picture: Some("https://example/ä?q=\"1\"&x".to_owned()), ..profile("b") };
        join(&queue, &odd).await;
        join(&queue, &plain).await;
        let made = pair(&queue).await.remove(0);
        assert_eq!([&made.seats.p1.player, &made.seats.p2.player], [&odd, &plain]);
        assert_eq!(queue.founding(made.room).await.unwrap(), Some(made.clone()));
        queue.free(made.room, vec![odd.id, plain.id]).await.unwrap();
    }
    for seed in [0, (1 << 53) + 1, u64::MAX] {
        let founding = practice(&profile("anna"), seed);
        assert_eq!(queue.seat(founding.clone()).await.unwrap(), None);
        assert_eq!(queue.founding(founding.room).await.unwrap(), Some(founding));
    }
}

#[tokio::test]
#[ignore = "starts a server"]
async fn a_walk_sees_every_record_and_its_age() {
    let queue = ValkeyMatchmaking::new(connect(&valkey().url()).await);
    let mut rooms = Vec::new();
    for seed in 0..300 {
        let founding = practice(&profile("anna"), seed);
        rooms.push(founding.room);
        queue.seat(founding).await.unwrap();
    }
    let (some, next) = queue.records(Cursor::default()).await.unwrap();
    assert!(some.len() < 200 && next != Cursor::default(), "{} at once", some.len());
    sleep(Duration::from_millis(30)).await;
    let seen = all_records(&queue).await;
    assert!(seen.iter().all(|record| record.age >= Duration::from_millis(30)));
    assert!(seen.iter().all(|record| record.age < PATIENCE * 10));
    let mut seen: Vec<_> = seen.iter().map(|record| record.founding.room).collect();
    seen.sort();
    seen.dedup();
    rooms.sort();
    assert_eq!(seen, rooms);
}

#[tokio::test]
#[ignore = "starts a server"]
async fn many_who_are_gone_do_not_keep_the_others_waiting() {
    let side = fast(&valkey().url()).await;
    for n in 0..500 {
        join(&side.queue, &profile(&n.to_string())).await;
    }
    side.pass(Duration::from_secs(3)).await;
    let (anna, ben) = (profile("anna"), profile("ben"));
    join(&side.queue, &anna).await;
    join(&side.queue, &ben).await;
    let mut calls = 0;
    let made = loop {
        calls += 1;
        assert!(calls <= 5, "they wait behind the dead");
        if let Some(made) = pair(&side.queue).await.pop() {
            break made;
        }
    };
    assert_eq!([made.seats.p1.player, made.seats.p2.player], [anna, ben]);
}

/// Writes something where only matchmaking should.
async fn put(valkey: &Valkey, key: String, field: &str, value: impl AsRef<[u8]>) {
    valkey.run(Call::command("HSET").key(key).arg(field).arg(value)).await.unwrap();
}

#[tokio::test]
#[ignore = "starts a server"]
async fn broken_tickets_are_skipped_and_removed() {
    let valkey = connect(&valkey().url()).await;
    let queue = ValkeyMatchmaking::new(valkey.clone());
    let keys = valkey.keys();
    let now: u64 = {
        let answer = valkey.run(Call::command("TIME")).await.unwrap();
        let (seconds, _): (u64, u64) = ::redis::from_redis_value(answer).unwrap();
        seconds * 1000
    };
    let whole = |id: &str| {
        json!({"ticket": "t", "game": "cookie", "pod": "p", "renewed": now,
            "player": {"id": id, "name": "eve", "picture": null}})
    };
    let with = |change: fn(&mut serde_json::Value)| {
        move |id: &str| {
            let mut ticket = whole(id);
            change(&mut ticket);
            ticket.to_string().into_bytes()
        }
    };
    type Broken<'a> = Box<dyn Fn(&str) -> Vec<u8> + 'a>;
    let broken: Vec<Broken<'_>> = vec![
        Box::new(|_| Vec::new()),
        Box::new(|_| b"\xff\xfe".to_vec()),
        Box::new(|_| b"null".to_vec()),
        Box::new(|_| b"[]".to_vec()),
        Box::new(|_| "[".repeat(100_000).into_bytes()),
        Box::new(|id| whole(id).to_string().replace(&now.to_string(), "NaN").into_bytes()),
        Box::new(|id| whole(id).to_string().replace(&now.to_string(), "1e999").into_bytes()),
        Box::new(with(|ticket| ticket["renewed"] = json!(1e15))),
        Box::new(with(|ticket| ticket["renewed"] = json!("now"))),
        Box::new(with(|ticket| ticket["player"] = json!(7))),
        Box::new(with(|ticket| ticket["player"]["id"] = json!(PlayerId::random()))),
        Box::new(with(|ticket| ticket["player"]["name"] = json!(["eve"]))),
        Box::new(with(|ticket| ticket["game"] = json!(null))),
        Box::new(with(|ticket| ticket["ticket"] = json!({}))),
    ];
    let mut members: Vec<String> = Vec::new();
    for text in &broken {
        let id = PlayerId::random().to_string();
        put(&valkey, keys.tickets(), &id, text(&id)).await;
        members.push(id);
    }
    put(&valkey, keys.tickets(), "nobody", whole("nobody").to_string()).await;
    members.extend(["nobody".to_owned(), String::new(), PlayerId::random().to_string()]);
    for (score, member) in members.iter().enumerate() {
        let add = Call::command("ZADD").key(keys.queue("cookie"));
        valkey.run(add.number(score as u64).arg(member)).await.unwrap();
    }
    // An honest one whose seat is nonsense, and one whose renewing must not suffer.
    let (anna, ben) = (profile("anna"), profile("ben"));
    put(&valkey, keys.seated(), &anna.id.to_string(), "the kitchen").await;
    assert!(queue.seats_of(vec![anna.id]).await.unwrap().is_empty());
    let id = join(&queue, &anna).await;
    let renewed = members.iter().filter_map(|member| member.parse().ok());
    let renewed = renewed.map(|player| (player, id)).chain([(anna.id, id)]).collect();
    let gone = queue.renew(renewed).await.unwrap();
    assert!(!gone.contains(&anna.id) && gone.len() == broken.len() + 1, "{gone:?}");
    join(&queue, &ben).await;
    let made = pair(&queue).await;
    assert_eq!(made.len(), 1, "{made:?}");
    assert_eq!([&made[0].seats.p1.player, &made[0].seats.p2.player], [&anna, &ben]);
    for (command, key) in [("ZCARD", keys.queue("cookie")), ("HLEN", keys.tickets())] {
        let left = valkey.run(Call::command(command).key(key)).await.unwrap();
        assert_eq!(left, Value::Int(0), "{command}");
    }
}

#[tokio::test]
#[ignore = "starts a server"]
async fn broken_records_are_removed_and_those_of_another_version_left_alone() {
    let valkey = connect(&valkey().url()).await;
    let queue = ValkeyMatchmaking::new(valkey.clone());
    let matches = valkey.keys().matches();
    let good = practice(&profile("anna"), 1);
    queue.seat(good.clone()).await.unwrap();
    let foreign = [
        ("no room", b"\xff".to_vec()),
        (&RoomId::random().to_string(), b"{\"format\":1}".to_vec()),
        (&RoomId::random().to_string(), b"{\"format\":\"1\"}".to_vec()),
        // A whole record, in the place of another.
        (
            &RoomId::random().to_string(),
            json!({"format": 1, "at": 1, "founding": good}).to_string().into_bytes(),
        ),
    ]
    .map(|(room, text)| (room.to_owned(), text));
    for (room, text) in &foreign {
        put(&valkey, matches.clone(), room, text).await;
    }
    let broken: RoomId = foreign[1].0.parse().unwrap();
    assert_eq!(queue.founding(broken).await.unwrap(), None);
    let newer = RoomId::random();
    let text = json!({"format": 2, "table": []}).to_string();
    put(&valkey, matches.clone(), &newer.to_string(), text).await;

    let seen = all_records(&queue).await;
    assert_eq!(seen.into_iter().map(|record| record.founding).collect::<Vec<_>>(), [good]);
    let left = valkey.run(Call::command("HLEN").key(matches)).await.unwrap();
    assert_eq!(left, Value::Int(2), "the good one and the newer one");
    // Whether that room exists is for those to say who can read its record.
    assert!(queue.founding(newer).await.is_err());
}

#[tokio::test]
#[ignore = "starts a server"]
async fn freeing_takes_a_ticket_that_was_left_over() {
    let valkey = connect(&valkey().url()).await;
    let queue = ValkeyMatchmaking::new(valkey.clone());
    let founding = practice(&profile("anna"), 1);
    let anna = &founding.seats.p1.player;
    queue.seat(founding.clone()).await.unwrap();
    put(&valkey, valkey.keys().tickets(), &anna.id.to_string(), "left over").await;
    queue.free(founding.room, vec![anna.id]).await.unwrap();
    let left = valkey.run(Call::command("HLEN").key(valkey.keys().tickets())).await.unwrap();
    assert_eq!(left, Value::Int(0));
    let id = join(&queue, anna).await;
    let left = queue.leave("cookie".to_owned(), anna.id, id).await.unwrap();
    assert_eq!(left, Left::Left { waiting: 0 });
}
