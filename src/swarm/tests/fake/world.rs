//! Everything the fake server knows: who waits, who plays, who has played.

use std::cell::Cell;
use std::collections::HashMap;

use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedSender;

use super::Manners;
use super::room::{Room, length};
use crate::ids::PlayerId;

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
    /// The room of each player, until the player joins again after its end.
    seats: HashMap<PlayerId, usize>,
    /// Somebody who joined again has been forgotten.
    forgot: bool,
    /// Whether somebody has asked for totals.
    gave_totals: Cell<bool>,
    /// Every connection of a player, the newest last.
    lines: HashMap<PlayerId, Vec<UnboundedSender<Order>>>,
}

impl World {
    /// `true` once.
    pub(super) fn was_first_asked_for_totals(&self) -> bool {
        !self.gave_totals.replace(true)
    }

    pub(super) fn new(manners: Manners) -> Self {
        Self {
            manners,
            waiting: None,
            rooms: Vec::new(),
            seats: HashMap::new(),
            forgot: false,
            gave_totals: Cell::new(false),
            lines: HashMap::new(),
        }
    }

    pub(super) fn manners(&self) -> Manners {
        self.manners
    }

    /// How long a game is.
    pub(super) fn game_seconds(&self) -> u64 {
        length(self.manners).as_secs()
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

    /// A connection has ended: who waited on it does not wait any more.
    pub(super) fn detach(&mut self, player: PlayerId, generation: usize) {
        if self.lines[&player].len() == generation {
            self.waiting.take_if(|waiting| *waiting == player);
        }
    }

    /// Whether inputs of a connection are taken.
    pub(super) fn listens_to(&self, player: PlayerId, generation: usize) -> bool {
        self.manners == Manners::CountsTheOlder || self.lines[&player].len() == generation
    }

    pub(super) fn leave(&mut self, player: PlayerId) {
        if self.room_of(player).is_none() {
            if self.manners != Manners::RevivesWhoLeft {
                self.waiting.take_if(|waiting| *waiting == player);
            }
            self.send(player, "QUEUE_LEFT", json!({ "game": "cookie", "waiting": 0 }));
        }
    }

    /// Seats the player with whoever waits: the number of the new room.
    pub(super) fn join(&mut self, player: PlayerId) -> Option<usize> {
        if self.room_of(player).is_some_and(|room| !self.rooms[room].over) {
            return None;
        }
        let again = self.seats.remove(&player).is_some();
        if self.manners == Manners::ForgetsWhoJoinsAgain && again && !self.forgot {
            self.forgot = true;
            self.send(player, "QUEUED", json!({ "game": "cookie", "waiting": 1 }));
            return None;
        }
        match self.waiting.take() {
            Some(other) if other != player && self.manners != Manners::ForgetsTheQueue => {
                Some(self.pair(other, player))
            }
            _ => {
                self.waiting = Some(player);
                self.send(player, "QUEUED", json!({ "game": "cookie", "waiting": 1 }));
                None
            }
        }
    }

    fn pair(&mut self, first: PlayerId, second: PlayerId) -> usize {
        let room = self.rooms.len();
        self.rooms.push(Room::new([first, second], self.manners));
        let plays = self.seats.contains_key(&first);
        let untold = plays && self.manners == Manners::PairsOnTwoPods;
        for player in [first, second].into_iter().filter(|player| !untold || *player == second) {
            self.seats.insert(player, room);
            self.tell_start(room, player);
        }
        let twice = matches!(self.manners, Manners::RevivesWhoWasMatched | Manners::PairsOnTwoPods);
        self.waiting = (twice && !plays).then_some(first);
        room
    }

    pub(super) fn input(&mut self, player: PlayerId, game: &str, n: u32, golden: bool) {
        let Some(room) = self.room_of(player) else { return };
        if self.rooms[room].id.to_string() != game {
            return;
        }
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
        if self.manners == Manners::FreesTheNextGame {
            self.free_again(room);
        }
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
            if self.manners == Manners::DropsAtTheEnd {
                self.order(player, Order::Drop);
            }
        }
    }

    pub(super) fn room_of(&self, player: PlayerId) -> Option<usize> {
        self.seats.get(&player).copied()
    }

    /// The games of a player that are over, the newest first.
    pub(super) fn played(&self, player: PlayerId) -> Vec<&Room> {
        self.rooms.iter().rev().filter(|room| room.over && room.players.contains(&player)).collect()
    }

    /// The end of the game that the players of a room played before is repeated late, and whatever
    /// they sit in by now is taken for it.
    fn free_again(&mut self, room: usize) {
        let [first, second] = self.rooms[room].players;
        let late = self.rooms[room].version >= 9 && !self.rooms[room].freed;
        if late && !self.played(first).is_empty() {
            self.rooms[room].freed = true;
            self.seats.remove(&first);
            self.seats.remove(&second);
        }
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

fn merge(into: &mut Value, from: Value) {
    if let (Value::Object(into), Value::Object(from)) = (into, from) {
        into.extend(from);
    }
}
