//! The player's duty towards the wire, in time that only these tests move.

use std::time::Duration;

use super::*;
use crate::ids::{PlayerId, Seat};

const MS: Duration = Duration::from_millis(1);

struct Bench {
    player: Player,
    now: Instant,
    id: PlayerId,
    room: RoomId,
    opponent: PlayerId,
    version: u64,
}

impl Bench {
    fn new() -> Self {
        let now = Instant::now();
        let brief = Brief {
            style: Style { rate: 10.0, ends_at: 65_000 },
            golden_share: 0.0,
            seed: 7,
            deadline: now + Duration::from_secs(600),
        };
        let id = PlayerId::random();
        let player = Player::new(brief, Ledger::new(id, "Ada".to_owned()), now);
        let (room, opponent) = (RoomId::random(), PlayerId::random());
        Self { player, now, id, room, opponent, version: 0 }
    }

    /// A player whose game has passed its countdown.
    fn playing() -> Self {
        let mut bench = Self::new();
        bench.step(Event::Wake);
        bench.hello(false);
        bench.start(6000, 0);
        bench
    }

    fn step(&mut self, event: Event<'_>) -> Vec<Action> {
        let mut out = Vec::new();
        self.player.step(event, self.now, &mut out);
        out
    }

    fn frame(&mut self, text: &str) -> Vec<Action> {
        self.step(Event::Frame(text))
    }

    fn hello(&mut self, in_game: bool) -> Vec<Action> {
        let room = if in_game { format!("\"{}\"", self.room) } else { "null".to_owned() };
        let id = self.id;
        self.frame(&format!(
            r#"{{"type":"HELLO","payload":{{"protocol":1,"playerId":"{id}","serverTime":1,"roomId":{room}}}}}"#
        ))
    }

    fn state(&mut self, game_time: u64, ack: u32) -> String {
        self.version += 1;
        let countdown = if game_time < 5000 { 5 } else { 0 };
        format!(
            r#""timeRemaining":1,"gameTime":{game_time},"countdown":{countdown},"p1Score":{ack},"p2Score":0,"cookie":null,"bonusUntil":null,"version":{},"ack":{ack}"#,
            self.version
        )
    }

    fn start(&mut self, game_time: u64, ack: u32) -> Vec<Action> {
        let (room, opponent) = (self.room, self.opponent);
        let state = self.state(game_time, ack);
        self.frame(&format!(
            r#"{{"type":"GAME_START","payload":{{"roomId":"{room}","role":"p1","opponent":"{opponent}",{state}}}}}"#
        ))
    }

    fn update(&mut self, game_time: u64, ack: u32) -> Vec<Action> {
        let state = self.state(game_time, ack);
        self.frame(&format!(r#"{{"type":"UPDATE","payload":{{{state}}}}}"#))
    }

    /// Lets time pass, waking the player when it asks for it. What it did.
    fn pass(&mut self, time: Duration) -> Vec<Action> {
        let end = self.now + time;
        let mut out = Vec::new();
        let mut wakes = 0;
        while self.player.wake_at(self.now) <= end {
            self.now = self.player.wake_at(self.now).max(self.now);
            out.extend(self.step(Event::Wake));
            if out.last() == Some(&Action::Finish) {
                break;
            }
            wakes += 1;
            assert!(wakes < 1000, "it asks to be woken without end");
        }
        self.now = end;
        out
    }

    fn faults(&self) -> Vec<Class> {
        self.player.ledger().faults.iter().map(|fault| fault.class).collect()
    }
}

fn numbers(actions: &[Action]) -> Vec<u32> {
    let number = |action: &Action| match action {
        Action::Send(text) => {
            let n = text.split(r#""n":"#).nth(1)?;
            n.split(',').next()?.parse().ok()
        }
        _ => None,
    };
    actions.iter().filter_map(number).collect()
}

#[test]
fn it_connects_at_once_and_joins_after_hello() {
    let mut bench = Bench::new();
    assert_eq!(bench.step(Event::Wake), [Action::Connect]);
    assert_eq!(bench.hello(false), [Action::Send(wire::join_queue())]);
    assert!(bench.pass(30_000 * MS).is_empty(), "waiting for an opponent is no fault");
}

#[test]
fn it_numbers_its_clicks_from_one_and_keeps_its_rate() {
    let mut bench = Bench::playing();
    let mut sent = Vec::new();
    for second in 1..=5 {
        sent.extend(numbers(&bench.pass(1000 * MS)));
        bench.update(6000 + 1000 * second, sent.len() as u32);
    }
    let expected: Vec<u32> = (1..=sent.len() as u32).collect();
    assert_eq!(sent, expected);
    assert!((45..=55).contains(&sent.len()), "{} clicks in 5 s", sent.len());
}

#[test]
fn silence_in_a_game_means_a_new_connection_and_the_rest_is_sent_again() {
    let mut bench = Bench::playing();
    let first = bench.pass(1000 * MS);
    let sent = numbers(&first).len() as u32;
    bench.update(7000, sent - 3);
    let actions = bench.pass(1500 * MS);
    let dropped = actions.iter().position(|action| *action == Action::Drop).unwrap();
    assert_eq!(actions[dropped + 1], Action::Connect);
    assert_eq!(bench.player.ledger().losses[&Cause::Silence], 1);
    bench.hello(true);
    assert!(bench.pass(500 * MS).is_empty(), "nothing is sent before the state is known");
    let back = bench.start(8000, sent - 1);
    assert_eq!(numbers(&back), [sent]);
    assert_eq!(bench.player.ledger().absences, [500 * MS], "from the loss to the state");
    let repeats = numbers(&bench.pass(1000 * MS));
    assert!(repeats.len() <= 21, "{} in a second", repeats.len());
}

#[test]
fn an_acknowledgement_that_does_not_come_means_a_new_connection() {
    let mut bench = Bench::playing();
    let mut actions = Vec::new();
    for second in 1..=4 {
        actions.extend(bench.pass(900 * MS));
        bench.update(6000 + second * 900, 0);
    }
    assert!(actions.contains(&Action::Drop));
    assert_eq!(bench.player.ledger().losses[&Cause::NoAck], 1);
}

#[test]
fn while_paused_it_neither_clicks_nor_complains_of_missing_acknowledgements() {
    let mut bench = Bench::playing();
    bench.pass(300 * MS);
    let sent = bench.player.ledger().sent.len();
    for _ in 0..10 {
        assert!(bench.frame(r#"{"type":"PAUSED","payload":{"reason":"moving"}}"#).is_empty());
        assert!(bench.pass(1000 * MS).is_empty());
    }
    bench.start(6300, 0);
    assert!(bench.pass(900 * MS).len() > 5);
    assert!(bench.player.ledger().sent.len() > sent);
    assert_eq!(bench.faults(), []);
}

#[test]
fn nothing_is_sent_again_into_a_countdown() {
    let mut bench = Bench::playing();
    bench.pass(500 * MS);
    bench.step(Event::Gone(Ending::Dropped));
    bench.hello(true);
    assert_eq!(numbers(&bench.start(4900, 0)), [] as [u32; 0]);
    assert_eq!(numbers(&bench.update(5000, 0)), [1]);
}

#[test]
fn a_server_that_misses_inputs_gets_them_again() {
    let mut bench = Bench::playing();
    let sent = numbers(&bench.pass(800 * MS));
    assert!(sent.len() > 4);
    let error = r#"{"type":"ERROR","payload":{"code":"resend","message":"gap","from":3}}"#;
    bench.frame(error);
    assert_eq!(numbers(&bench.pass(60 * MS))[0], 3);
    assert_eq!(bench.faults(), []);
}

#[test]
fn an_older_state_is_ignored() {
    let mut bench = Bench::playing();
    bench.pass(800 * MS);
    bench.update(6500, 5);
    bench.version -= 2;
    bench.update(6400, 2);
    assert_eq!(bench.faults(), []);
    assert_eq!(bench.player.ledger().acked(), 5);
}

#[test]
fn a_state_after_a_reconnect_that_forgets_clicks_is_a_loss() {
    let mut bench = Bench::playing();
    bench.pass(800 * MS);
    bench.update(6500, 5);
    bench.step(Event::Gone(Ending::Dropped));
    bench.hello(true);
    bench.start(6400, 4);
    assert_eq!(bench.faults(), [Class::Lost, Class::Lost], "points and acknowledgement");
}

#[test]
fn a_game_that_the_server_has_forgotten_is_stuck() {
    let mut bench = Bench::playing();
    bench.step(Event::Gone(Ending::Closed(1012)));
    assert_eq!(bench.hello(false), [Action::Finish]);
    assert_eq!(bench.faults(), [Class::Stuck]);
}

#[test]
fn a_close_that_forbids_coming_back_is_obeyed() {
    for code in [1000, 1002, 1003, 1007, 1009, 4001, 4002] {
        let mut bench = Bench::playing();
        assert_eq!(bench.step(Event::Gone(Ending::Closed(code))), [Action::Finish], "{code}");
        assert_eq!(bench.faults(), [Class::Stuck]);
    }
}

#[test]
fn an_end_that_comes_on_return_is_taken() {
    let mut bench = Bench::playing();
    bench.step(Event::Gone(Ending::Dropped));
    bench.hello(true);
    let (room, opponent, id) = (bench.room, bench.opponent, bench.id);
    let over = format!(
        r#"{{"type":"GAME_OVER","payload":{{"roomId":"{room}","role":"p1","opponent":"{opponent}","winner":"{id}","reason":"time","p1Score":1,"p2Score":0,"p1Clicks":1,"p2Clicks":0,"ack":1}}}}"#
    );
    assert_eq!(bench.frame(&over), [Action::Finish]);
    let told = bench.player.into_ledger().over.unwrap();
    assert_eq!((told.role, told.p1_score), (Seat::P1, 1));
}

#[test]
fn whoever_is_not_finished_in_time_is_stuck() {
    let mut bench = Bench::new();
    bench.step(Event::Wake);
    bench.hello(false);
    assert_eq!(bench.pass(600_000 * MS), [Action::Finish]);
    assert_eq!(bench.faults(), [Class::Stuck]);
}
