//! The player's duty towards the wire, in time that only these tests move.

mod games;

use super::super::gaps::GapEnd;
use super::super::wire;
use super::*;
use crate::ids::{PlayerId, RoomId, Seat};

const MS: Duration = Duration::from_millis(1);
const QUEUED: &str = r#"{"type":"QUEUED","payload":{"game":"cookie","waiting":1}}"#;

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
        Self::with(Habits::default())
    }

    fn with(habits: Habits) -> Self {
        Self::of(1, habits)
    }

    fn of(games: usize, habits: Habits) -> Self {
        let now = Instant::now();
        let brief = Brief {
            games,
            style: Style { rate: 10.0, ends_at: 65_000 },
            golden_share: 0.0,
            seed: 7,
            habits,
            gap_threshold: Duration::from_millis(300),
            joins_from: now,
            timeout: Duration::from_secs(600),
        };
        let id = PlayerId::random();
        let player = Player::new(brief, Ledger::new(id, "Ada".to_owned()), now);
        let (room, opponent) = (RoomId::random(), PlayerId::random());
        Self { player, now, id, room, opponent, version: 0 }
    }

    /// A player whose game has passed its countdown.
    fn playing() -> Self {
        Self::new().plays()
    }

    fn plays(self) -> Self {
        let mut bench = self;
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
        self.step(Event::Frame { text, arrived: self.now })
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
        self.update_read_late(game_time, ack, Duration::ZERO)
    }

    fn update_read_late(&mut self, game_time: u64, ack: u32, by: Duration) -> Vec<Action> {
        let state = self.state(game_time, ack);
        let text = format!(r#"{{"type":"UPDATE","payload":{{{state}}}}}"#);
        self.step(Event::Frame { text: &text, arrived: self.now - by })
    }

    /// The end of the game, with so many points for either.
    fn over(&mut self, points: u32) -> Vec<Action> {
        let (room, opponent) = (self.room, self.opponent);
        self.frame(&format!(
            r#"{{"type":"GAME_OVER","payload":{{"roomId":"{room}","role":"p1","opponent":"{opponent}","winner":"draw","reason":"time","p1Score":{points},"p2Score":{points},"p1Clicks":1,"p2Clicks":1,"ack":1}}}}"#
        ))
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
            assert!(wakes < 5000, "it asks to be woken without end");
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
    bench.frame(QUEUED);
    for _ in 0..15 {
        assert_eq!(bench.pass(2000 * MS), [Action::Ping], "waiting for an opponent is no fault");
        bench.step(Event::Pong);
    }
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
    assert_eq!(
        bench.player.ledger().absences().collect::<Vec<_>>(),
        [500 * MS],
        "from the loss to the state"
    );
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
fn a_load_that_reads_late_measures_the_server_and_not_itself() {
    let mut bench = Bench::playing();
    bench.pass(1000 * MS);
    bench.update_read_late(7000, 1, 900 * MS);
    let ack = bench.player.ledger().acks[0];
    assert_eq!((ack.n, bench.now - ack.at), (1, 900 * MS));
    assert!(!bench.pass(1000 * MS).contains(&Action::Drop), "the server was not silent");
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
fn clicks_of_the_countdown_and_those_that_may_be_are_noted() {
    let mut bench = Bench::new();
    bench.step(Event::Wake);
    bench.hello(false);
    bench.start(0, 0);
    let early = numbers(&bench.pass(1000 * MS)).len() as u32;
    assert!(early > 5, "{early} clicks in the first second of the countdown");
    bench.update(4900, early - 2);
    bench.update(5000, early - 1);
    bench.pass(500 * MS);
    let ledger = bench.player.ledger();
    assert_eq!((ledger.worthless, ledger.early), (early - 2, early));
    assert!(ledger.sent.len() as u32 > early);
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
    assert_eq!(bench.over(1), [Action::Finish]);
    let told = bench.player.into_ledgers().remove(0).over.unwrap();
    assert_eq!((told.role, told.p1_score), (Seat::P1, 1));
}

#[test]
fn whoever_is_not_finished_in_time_is_stuck() {
    let mut bench = Bench::new();
    bench.step(Event::Wake);
    bench.hello(false);
    assert_eq!(bench.pass(600_000 * MS).last(), Some(&Action::Finish));
    assert_eq!(bench.faults(), [Class::Stuck]);
}

const PAUSED: &str = r#"{"type":"PAUSED","payload":{"reason":"no store"}}"#;

#[test]
fn an_attempt_that_hears_paused_waits_for_its_hello() {
    let mut bench = Bench::playing();
    bench.step(Event::Gone(Ending::Closed(1012)));
    assert_eq!(bench.pass(100 * MS), [Action::Connect]);
    for _ in 0..9 {
        bench.frame(PAUSED);
        assert_eq!(bench.pass(1000 * MS), []);
    }
    bench.hello(true);
    bench.start(6100, 0);
    assert!(!numbers(&bench.pass(500 * MS)).is_empty(), "it plays on");
    assert_eq!(bench.player.ledger().losses.len(), 1, "only the close");
}

#[test]
fn a_survivors_gap_and_the_gap_of_one_who_reconnects_are_written_down() {
    let mut bench = Bench::playing();
    let sent = numbers(&bench.pass(500 * MS)).len() as u32;
    bench.update(6500, 1);
    bench.pass(300 * MS);
    bench.frame(PAUSED);
    bench.pass(500 * MS);
    bench.update(6600, 2);
    let gap = bench.player.ledger().gaps[1];
    assert_eq!((gap.length(), gap.paused, gap.reconnected), (800 * MS, 500 * MS, false));
    bench.step(Event::Gone(Ending::Dropped));
    bench.pass(600 * MS);
    bench.hello(true);
    bench.start(6700, sent);
    let gap = bench.player.ledger().gaps[2];
    assert_eq!((gap.length(), gap.reconnected, gap.ended), (600 * MS, true, GapEnd::Ack));
    assert_eq!(bench.player.ledger().gaps.len(), 3, "the first is that of the test's beginning");
}

#[test]
fn who_goes_away_drops_the_connection_without_a_word_and_comes_back_after_the_time() {
    let absence_lengths = [2000 * MS; 3];
    let mut bench = Bench::with(Habits { absences: 60.0, absence_lengths, ..Habits::default() });
    bench = bench.plays();
    let mut actions = Vec::new();
    while !actions.contains(&Action::Drop) {
        let sent = bench.player.ledger().sent.len() as u32;
        bench.update(6500, sent);
        actions = bench.pass(100 * MS);
    }
    let sent = bench.player.ledger().sent.len();
    assert_eq!(bench.pass(1800 * MS), [], "neither clicks nor attempts");
    assert_eq!(bench.pass(200 * MS), [Action::Connect]);
    bench.hello(true);
    bench.start(9000, sent as u32);
    assert!(bench.player.ledger().gaps.is_empty());
    assert!(bench.player.ledger().losses.is_empty());
    assert_eq!(bench.player.ledger().returns().count(), 1);
    let over = bench.pass(500 * MS);
    assert!(!over.is_empty(), "it clicks again");
}

/// A player with two connections, the newer of which has been told the state.
fn two_tabs() -> (Bench, u32) {
    let mut bench = Bench::with(Habits { two_tabs: 60.0, ..Habits::default() }).plays();
    let mut actions = Vec::new();
    while !actions.contains(&Action::SetAside) {
        let sent = bench.player.ledger().sent.len() as u32;
        bench.update(6500, sent);
        actions = bench.pass(50 * MS);
    }
    assert_eq!(actions[actions.len() - 2..], [Action::SetAside, Action::Connect]);
    let sent = bench.player.ledger().sent.len() as u32;
    assert_eq!(bench.hello(true), [Action::PingOlder]);
    let ghost = Action::SendOlder(wire::input(wire::Kind::Click, sent + 1, bench.room));
    assert_eq!(bench.start(6600, sent), [ghost]);
    (bench, sent)
}

#[test]
fn the_older_tab_clicks_in_vain_until_it_is_closed_and_then_the_newer_one_plays_on() {
    let (mut bench, sent) = two_tabs();
    let actions = bench.pass(400 * MS);
    assert!(numbers(&actions).is_empty(), "the newer one makes no clicks meanwhile");
    assert!(actions.iter().any(|action| matches!(action, Action::SendOlder(_))));
    bench.step(Event::OlderGone(Ending::Closed(4002)));
    bench.update(6700, sent);
    bench.pass(1000 * MS);
    bench.update(6800, sent);
    assert_eq!(numbers(&bench.pass(900 * MS))[0], sent + 1);
    assert_eq!(bench.faults(), []);
    assert_eq!(bench.player.ledger().fates.len(), 1);
    assert!(bench.player.ledger().gaps.is_empty(), "the hush is no gap");
}

#[test]
fn a_click_of_the_older_tab_that_counts_is_a_double() {
    let (mut bench, sent) = two_tabs();
    bench.update(6700, sent + 1);
    assert_eq!(bench.faults(), [Class::Doubled]);
}

#[test]
fn an_older_tab_that_stays_open_is_found_out() {
    let (mut bench, sent) = two_tabs();
    for _ in 0..8 {
        bench.step(Event::OlderPong);
        bench.pass(500 * MS);
        bench.update(6700, sent);
    }
    assert_eq!(bench.faults(), [Class::NotReplaced]);
}

#[test]
fn who_is_matched_into_a_second_game_is_found_out() {
    let mut bench = Bench::playing();
    bench.room = RoomId::random();
    bench.start(6100, 0);
    assert_eq!(bench.faults(), [Class::MatchedTwice]);
}

#[test]
fn who_waits_and_is_told_that_it_is_lost_says_so() {
    let mut bench = Bench::new();
    bench.step(Event::Wake);
    bench.hello(false);
    bench.frame(QUEUED);
    assert_eq!(bench.player.standing(), Standing::Waits { since: bench.now });
    assert_eq!(bench.step(Event::Queue(Verdict::Lost)), [Action::Finish]);
    assert_eq!(bench.faults(), [Class::LostFromQueue]);
}

#[test]
fn a_join_that_is_not_answered_and_a_queue_that_does_not_answer_mean_a_new_connection() {
    let mut bench = Bench::new();
    bench.step(Event::Wake);
    bench.hello(false);
    assert_eq!(bench.pass(1500 * MS), [Action::Drop, Action::Connect]);
    assert_eq!(bench.hello(false), [Action::Send(wire::join_queue())]);
    bench.frame(QUEUED);
    assert_eq!(bench.pass(5000 * MS).last(), Some(&Action::Connect));
    let losses = &bench.player.ledger().losses;
    assert_eq!((losses[&Cause::Silence], losses[&Cause::QueueSilence]), (1, 1));
}

#[test]
fn a_player_whom_an_attempt_of_its_own_replaces_was_wronged() {
    let mut bench = Bench::playing();
    bench.step(Event::Gone(Ending::Dropped));
    assert!(bench.pass(1200 * MS).contains(&Action::Drop), "no HELLO within a second");
    bench.hello(true);
    bench.start(6100, 0);
    assert_eq!(bench.step(Event::Gone(Ending::Closed(4002))), [Action::Finish]);
    assert_eq!(bench.faults(), [Class::Stuck]);
}
