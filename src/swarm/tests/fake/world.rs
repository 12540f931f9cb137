//! Everything the fake server knows: who waits, who plays, who has played.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedSender;

use super::Manners;
use crate::ids::{PlayerId, RoomId};

/// How long inputs are not taken by a server that stalls.
const STALL: Duration = Duration::from_millis(500);
/// No game ends before both seats have so many inputs, so that a slow machine plays one too.
const FEWEST_INPUTS: u32 = 7;
const BONUS: Duration = Duration::from_millis(300);

/// What a connection is to do.
#[derive(Debug)]
pub(super) enum Order {
    Send(String),
    Drop,
    Close(u16),
}

pub(super) struct World {
    manners: Manners,
    waiting: Option<PlayerId>,
    pub(super) rooms: Vec<Room>,
    /// Every connection of a player, the newest last.
    lines: HashMap<PlayerId, Vec<UnboundedSender<Order>>>,
}

pub(super) struct Room {
    id: RoomId,
    manners: Manners,
    stalled_until: Option<Instant>,
    told_of_another: bool,
    began: Instant,
    pub(super) players: [PlayerId; 2],
    acks: [u32; 2],
    pub(super) points: [u64; 2],
    version: u64,
    cookie_open: bool,
    bonus: Option<(usize, Instant)>,
    inputs: u32,
    pub(super) over: bool,
}

impl World {
    pub(super) fn new(manners: Manners) -> Self {
        Self { manners, waiting: None, rooms: Vec::new(), lines: HashMap::new() }
    }

    pub(super) fn manners(&self) -> Manners {
        self.manners
    }

    /// How long a game is.
    pub(super) fn game_seconds(&self) -> u64 {
        game(self.manners).as_secs()
    }

    /// Takes a connection in: the number of this connection of its player.
    pub(super) fn attach(&mut self, player: PlayerId, line: UnboundedSender<Order>) -> usize {
        let keeps = matches!(self.manners, Manners::KeepsTheOlder | Manners::CountsTheOlder);
        if !keeps {
            self.order(player, Order::Close(4002));
        }
        let lines = self.lines.entry(player).or_default();
        lines.push(line);
        let generation = lines.len();
        let room = self.room_of(player);
        let room_id = room.map(|i| self.rooms[i].id);
        let hello =
            json!({ "protocol": 1, "playerId": player, "serverTime": 0, "roomId": room_id });
        self.send(player, "HELLO", hello);
        match room {
            Some(i) if self.rooms[i].over && self.manners != Manners::KeepsSeated => {
                self.tell_end(i, player);
            }
            Some(i) => self.tell_start(i, player),
            None => {}
        }
        generation
    }

    /// Whether inputs of a connection are taken.
    pub(super) fn listens_to(&self, player: PlayerId, generation: usize) -> bool {
        self.manners == Manners::CountsTheOlder || self.lines[&player].len() == generation
    }

    pub(super) fn leave(&mut self, player: PlayerId) {
        if self.room_of(player).is_none() {
            self.waiting.take_if(|waiting| *waiting == player);
            self.send(player, "QUEUE_LEFT", json!({ "game": "cookie", "waiting": 0 }));
        }
    }

    /// Seats the player with whoever waits: the number of the new room.
    pub(super) fn join(&mut self, player: PlayerId) -> Option<usize> {
        if self.room_of(player).is_some() {
            return None;
        }
        match self.waiting.take() {
            Some(other) if other != player && self.manners != Manners::ForgetsTheQueue => {
                let room = self.rooms.len();
                self.rooms.push(Room::new([other, player], self.manners));
                self.tell_start(room, other);
                self.tell_start(room, player);
                Some(room)
            }
            _ => {
                self.waiting = Some(player);
                self.send(player, "QUEUED", json!({ "game": "cookie", "waiting": 1 }));
                None
            }
        }
    }

    pub(super) fn input(&mut self, player: PlayerId, n: u32, golden: bool) {
        let Some(room) = self.room_of(player) else { return };
        let seat = usize::from(self.rooms[room].players[1] == player);
        let game = &mut self.rooms[room];
        let ended = game.over || game.time_is_up();
        game.inputs += 1;
        let rough = game.inputs.is_multiple_of(9);
        if ended || n <= game.acks[seat] || game.stalls() {
            return;
        }
        if n > game.acks[seat] + 1 || rough && self.manners == Manners::MissesInputs {
            let from = game.acks[seat] + 1;
            let gap = json!({ "code": "resend", "message": "inputs are missing", "from": from });
            return self.send(player, "ERROR", gap);
        }
        if rough && self.manners == Manners::DropsConnections {
            return self.order(player, Order::Drop);
        }
        if rough && self.manners == Manners::GoesAway {
            return self.order(player, Order::Close(1012));
        }
        game.count(seat, golden, self.manners);
        self.tell_state(room);
    }

    pub(super) fn tick(&mut self, room: usize) {
        let game = &mut self.rooms[room];
        if !game.time_is_up() || self.manners == Manners::NeverEnds {
            if self.manners == Manners::MatchesTwice && game.version >= 9 && !game.told_of_another {
                game.told_of_another = true;
                let mut other = Room::new(game.players, self.manners);
                std::mem::swap(&mut other.id, &mut game.id);
                self.tell_start(room, self.rooms[room].players[0]);
                self.rooms[room].id = other.id;
            }
            self.tell_state(room);
            return;
        }
        game.over = true;
        if self.manners == Manners::LosesAClick {
            game.acks[0] -= 1;
            game.points[0] -= 1;
        }
        for player in self.rooms[room].players {
            self.tell_end(room, player);
        }
    }

    pub(super) fn room_of(&self, player: PlayerId) -> Option<usize> {
        self.rooms.iter().position(|room| room.players.contains(&player))
    }

    fn tell_start(&self, room: usize, player: PlayerId) {
        let game = &self.rooms[room];
        let mut start = game.state(player);
        merge(&mut start, game.table(player));
        self.send(player, "GAME_START", start);
    }

    fn tell_state(&mut self, room: usize) {
        let game = &mut self.rooms[room];
        game.version += 1;
        for player in self.rooms[room].players {
            let mut state = self.rooms[room].state(player);
            if self.manners == Manners::FallsBack && self.rooms[room].version == 12 {
                state["ack"] = json!(0);
            }
            self.send(player, "UPDATE", state);
        }
    }

    fn tell_end(&self, room: usize, player: PlayerId) {
        let game = &self.rooms[room];
        let mut end = game.result();
        merge(&mut end, game.table(player));
        end["ack"] = json!(game.acks[game.seat(player)]);
        if self.manners == Manners::TellsTwoStories && player == game.players[1] {
            end["p1Score"] = json!(game.points[0] + 1);
        }
        self.send(player, "GAME_OVER", end);
    }

    fn send(&self, player: PlayerId, kind: &str, payload: Value) {
        self.order(player, Order::Send(json!({ "type": kind, "payload": payload }).to_string()));
    }

    fn order(&self, player: PlayerId, order: Order) {
        if let Some(line) = self.lines.get(&player).and_then(|lines| lines.last()) {
            // A connection that is gone will come back.
            let _ = line.send(order);
        }
    }
}

fn game(manners: Manners) -> Duration {
    Duration::from_secs(match manners {
        // The older connection has three seconds to be closed in.
        Manners::KeepsTheOlder => 6,
        Manners::CountsTheOlder => 3,
        _ => 1,
    })
}

fn fewest_inputs(manners: Manners) -> u32 {
    match manners {
        // Players of the swarm may have stopped for good.
        Manners::KeepsTheOlder | Manners::CountsTheOlder | Manners::MatchesTwice => 0,
        _ => FEWEST_INPUTS,
    }
}

impl Room {
    fn new(players: [PlayerId; 2], manners: Manners) -> Self {
        Self {
            id: RoomId::random(),
            manners,
            stalled_until: None,
            told_of_another: false,
            began: Instant::now(),
            players,
            acks: [0; 2],
            points: [0; 2],
            version: 1,
            cookie_open: true,
            bonus: None,
            inputs: 0,
            over: false,
        }
    }

    fn time_is_up(&self) -> bool {
        self.began.elapsed() >= game(self.manners)
            && self.acks.iter().all(|ack| *ack >= fewest_inputs(self.manners))
    }

    fn game_time(&self) -> u64 {
        let end = game(self.manners);
        let last = if self.time_is_up() { end } else { end - Duration::from_millis(1) };
        self.began.elapsed().min(last).as_millis() as u64
    }

    fn seat(&self, player: PlayerId) -> usize {
        usize::from(self.players[1] == player)
    }

    /// Once, after some inputs, none are taken for a while.
    fn stalls(&mut self) -> bool {
        if self.manners == Manners::Stalls && self.inputs >= 9 {
            let until = *self.stalled_until.get_or_insert_with(|| Instant::now() + STALL);
            return Instant::now() < until;
        }
        false
    }

    fn count(&mut self, seat: usize, golden: bool, manners: Manners) {
        self.acks[seat] += 1;
        if golden {
            if std::mem::take(&mut self.cookie_open) {
                self.bonus = Some((seat, Instant::now() + BONUS));
            }
            return;
        }
        let doubled = self.bonus.is_some_and(|(s, until)| s == seat && Instant::now() < until);
        let sinful = self.acks[seat] == 5;
        self.points[seat] += match manners {
            Manners::GivesNoPoint if sinful => 0,
            Manners::CountsTwice if sinful => 2,
            _ if doubled => 2,
            _ => 1,
        };
    }

    fn state(&self, player: PlayerId) -> Value {
        json!({
            "timeRemaining": 1,
            "gameTime": self.game_time(),
            "countdown": 0,
            "p1Score": self.points[0],
            "p2Score": self.points[1],
            "cookie": self.cookie_open.then(|| json!({ "cookie": 1, "x": 50, "y": 50 })),
            "bonusUntil": null,
            "version": self.version,
            "ack": self.acks[self.seat(player)],
        })
    }

    fn table(&self, player: PlayerId) -> Value {
        let seat = self.seat(player);
        let role = if seat == 0 { "p1" } else { "p2" };
        json!({
            "roomId": self.id,
            "game": "cookie",
            "role": role,
            "opponent": self.players[1 - seat],
        })
    }

    fn reason(&self) -> &'static str {
        if self.manners == Manners::Voids { "void" } else { "time" }
    }

    fn winner(&self) -> Option<usize> {
        match self.points[0].cmp(&self.points[1]) {
            std::cmp::Ordering::Greater => Some(0),
            std::cmp::Ordering::Less => Some(1),
            std::cmp::Ordering::Equal => None,
        }
    }

    fn result(&self) -> Value {
        json!({
            "winner": self.winner().map_or("draw".to_owned(), |s| self.players[s].to_string()),
            "reason": self.reason(),
            "p1Score": self.points[0],
            "p2Score": self.points[1],
            "p1Clicks": self.acks[0],
            "p2Clicks": self.acks[1],
        })
    }

    /// The game in the history of one of its players.
    pub(super) fn entry(&self, player: PlayerId) -> Value {
        let (own, other) = (self.seat(player), 1 - self.seat(player));
        let result = match self.winner() {
            _ if self.manners == Manners::Voids => "void",
            Some(winner) if winner == own => "win",
            Some(_) => "loss",
            None => "draw",
        };
        json!({
            "gameId": self.id,
            "game": "cookie",
            "result": result,
            "reason": self.reason(),
            "points": self.points[own],
            "opponentPoints": self.points[other],
            "clicks": self.acks[own],
            "opponentClicks": self.acks[other],
            "opponent": { "id": self.players[other], "name": "x", "picture": null },
        })
    }

    /// Points, wins and draws of one of its players.
    pub(super) fn totals(&self, player: PlayerId) -> (u64, u64, u64) {
        if self.manners == Manners::Voids {
            return (0, 0, 0);
        }
        let own = self.seat(player);
        let won = self.winner() == Some(own);
        (self.points[own], won.into(), self.winner().is_none().into())
    }
}

fn merge(into: &mut Value, from: Value) {
    if let (Value::Object(into), Value::Object(from)) = (into, from) {
        into.extend(from);
    }
}
