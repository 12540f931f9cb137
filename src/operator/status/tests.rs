//! What the tables look like, and how rooms are counted.

use super::*;

fn id<T: From<uuid::Uuid>>(n: u128) -> T {
    uuid::Uuid::from_u128(n).into()
}

fn quiet() -> Status {
    Status {
        pods: Vec::new(),
        rooms: Rooms::default(),
        queues: vec![Queue { game: "cookie".to_owned(), waiting: 0 }],
        outbox: Outbox { waiting: 0, oldest_ms: None, set_aside: 0 },
        seats: Seats::default(),
        founding_records: FoundingRecords::default(),
        complete: true,
    }
}

#[test]
fn where_nothing_is_it_is_said_in_a_few_lines() {
    let expected = "\
no pod lives

rooms     0 open, 0 without a living host
queue     0 waiting for cookie
outbox    0 waiting, 0 set aside
seats     0 taken, 0 without a room, 0 in a room that has ended
founding  0 records, 0 without a room
";
    assert_eq!(quiet().table(), expected);
}

#[test]
fn pods_come_first_and_what_needs_looking_after_stands_below_its_count() {
    let pod = |n, address: &str, heartbeat_age_ms, rooms| PodLine {
        id: id(n),
        address: address.to_owned(),
        heartbeat_age_ms,
        snapshot_formats: vec![1, 2],
        bus_formats: vec![1],
        rooms,
    };
    let status = Status {
        pods: vec![pod(1, "127.0.0.1:8081", 120, 4), pod(2, "10.0.0.12:8080\x1b[2J", 2_400, 0)],
        rooms: Rooms {
            open: 7,
            without_living_host: 3,
            oldest_commit: Some(Idle { room: id(0xa), ago_ms: 61_500 }),
            hosts: vec![
                HostLine { pod: None, living: false, rooms: 1 },
                HostLine { pod: Some(id(1)), living: true, rooms: 4 },
                HostLine { pod: Some(id(3)), living: false, rooms: 2 },
            ],
            unreadable: vec![Unreadable { room: Some(id(0xb)), why: "no epoch".to_owned() }],
        },
        queues: vec![Queue { game: "cookie".to_owned(), waiting: 2 }],
        outbox: Outbox { waiting: 5, oldest_ms: Some(900), set_aside: 1 },
        seats: Seats {
            taken: 14,
            without_room: vec![Seated { player: id(0xc), room: id(0xd) }],
            in_ended_room: Vec::new(),
        },
        founding_records: FoundingRecords {
            total: 8,
            without_room: vec![Unfounded { room: id(0xe), age_ms: Some(12_340) }],
            unreadable: vec![Unreadable { room: None, why: "nothing".to_owned() }],
        },
        complete: false,
    };
    let expected = r"
POD                                   ADDRESS                  HEARTBEAT   SNAPSHOTS  BUS  ROOMS
00000000-0000-0000-0000-000000000001  127.0.0.1:8081           120 ms ago  1, 2       1    4
00000000-0000-0000-0000-000000000002  10.0.0.12:8080\u{1b}[2J  2.4 s ago   1, 2       1    0

rooms     7 open, 3 without a living host, oldest commit 1 min 1 s ago (room 00000000-0000-0000-0000-00000000000a)
  1 released
  2 of pod 00000000-0000-0000-0000-000000000003, which is gone
  room 00000000-0000-0000-0000-00000000000b cannot be read: no epoch
queue     2 waiting for cookie
outbox    5 waiting, the oldest since 900 ms, 1 set aside
seats     14 taken, 1 without a room, 0 in a room that has ended
  player 00000000-0000-0000-0000-00000000000c in room 00000000-0000-0000-0000-00000000000d, which is gone
founding  8 records, 1 without a room
  room 00000000-0000-0000-0000-00000000000e, written 12.3 s ago
  record of no room cannot be read: nothing
There are more rooms or seats than are looked at: the counts are too low.
";
    assert_eq!(format!("\n{}", status.table()), expected);
}

#[test]
fn rooms_are_counted_by_host_and_those_without_a_living_one_together() {
    let (alive, gone): (PodId, PodId) = (id(1), id(2));
    let open = |host, millis| Seen::Open { host, idle: Duration::from_millis(millis) };
    let seen = [
        open(Some(alive), 10),
        open(Some(alive), 900),
        open(Some(gone), 80),
        open(None, 70),
        Seen::Ended,
        Seen::Absent,
        Seen::Unreadable("why".to_owned()),
    ];
    let rooms = (1..).zip(seen).map(|(n, seen)| (id(n), seen)).collect();
    let counted = Rooms::count(&rooms, &BTreeSet::from([alive]));
    let host = |pod, living, rooms| HostLine { pod, living, rooms };
    let expected = Rooms {
        open: 4,
        without_living_host: 2,
        oldest_commit: Some(Idle { room: id(2), ago_ms: 900 }),
        hosts: vec![host(None, false, 1), host(Some(alive), true, 2), host(Some(gone), false, 1)],
        unreadable: vec![Unreadable { room: Some(id(7)), why: "why".to_owned() }],
    };
    assert_eq!(counted, expected);
}

#[test]
fn programs_read_every_number_by_a_name() {
    let json = serde_json::to_value(quiet()).unwrap();
    let expected = serde_json::json!({
        "pods": [],
        "rooms": {
            "open": 0, "withoutLivingHost": 0, "oldestCommit": null, "hosts": [], "unreadable": [],
        },
        "queues": [{ "game": "cookie", "waiting": 0 }],
        "outbox": { "waiting": 0, "oldestMs": null, "setAside": 0 },
        "seats": { "taken": 0, "withoutRoom": [], "inEndedRoom": [] },
        "foundingRecords": { "total": 0, "withoutRoom": [], "unreadable": [] },
        "complete": true,
    });
    assert_eq!(json, expected);
}
