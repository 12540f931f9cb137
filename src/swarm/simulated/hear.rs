//! What a client makes of what it is told, and what it must not be told.

use std::collections::btree_map::Entry;
use std::time::{Duration, Instant};

use rand::RngExt;

use super::super::wire::{Frame, GameOver, GameStart, Hello, ServerError};
use super::game::Game;
use super::line::Line;
use super::{Client, Goal, Heard, Lobby, Read};
use crate::protocol::CloseReason;

impl Client {
    pub(super) fn hear(&mut self, heard: Heard, now: Instant) {
        match heard {
            Heard::Frame(Read(frame)) => {
                self.line.hear(now);
                self.read(frame, now);
            }
            Heard::Closed(Some(code)) if code == CloseReason::GoingAway.code() => {
                self.events.push("a client was sent away with 1012");
                self.lose(Line::after_going_away, now);
            }
            Heard::Closed(Some(code)) if code == CloseReason::Replaced.code() => {
                // Nobody opened the page again since this connection was made: it lost against an
                // older attempt of its own. People press "play here".
                self.events.push("a client lost its seat to its own older attempt");
                self.lose(Line::after_loss, now);
            }
            Heard::Closed(Some(code)) if code != 1000 && code != 1001 => {
                self.breach("no client may be closed for what it did", format!("with {code}"));
                self.lose(Line::after_loss, now);
            }
            Heard::Ping(_) => self.line.hear(now),
            Heard::Closed(_) | Heard::Broken => self.lose(Line::after_loss, now),
        }
    }

    pub(super) fn breach(&mut self, rule: &'static str, text: String) {
        self.breaches.push((rule, format!("player {}: {text}", self.player)));
    }

    fn read(&mut self, frame: Frame, now: Instant) {
        match frame {
            Frame::Hello(hello) => self.hello(&hello, now),
            Frame::Queued => self.queued(now),
            Frame::GameStart(start) => self.game_start(&start, now),
            Frame::Update(update) => {
                let wrong = self.game.as_mut().and_then(|game| game.update(&update, now));
                self.went_back(wrong);
            }
            Frame::CookieSpawn(spawn) => {
                if let Some(game) = &mut self.game {
                    game.see_cookie(spawn.cookie, now);
                }
            }
            Frame::Paused => {
                self.events.push("a game was paused");
                if let Some(game) = &mut self.game {
                    game.pause();
                }
            }
            Frame::GameOver(over) => self.game_over(*over, now),
            Frame::Error(error) => self.refused(&error, now),
            Frame::QueueLeft => self.queue_left(now),
            Frame::Other => {}
        }
    }

    fn went_back(&mut self, wrong: Option<String>) {
        if let Some(wrong) = wrong {
            self.breach("what a player has seen is never undone", wrong);
        }
    }

    fn hello(&mut self, hello: &Hello, now: Instant) {
        self.line.hello();
        if hello.player_id != self.player {
            self.breach("a player is taken for nobody else", format!("for {}", hello.player_id));
        }
        match (hello.room_id, &self.game) {
            (Some(room), Some(game)) if room == game.room => {
                self.events.push("a client came back to its game");
            }
            (announced, _) => {
                self.announced = announced;
                self.forgotten = self.game.take().map(|game| game.room);
            }
        }
        // A place in the queue is asked for again: it may have gone with its pod.
        self.lobby = self.lobby_after(now);
        self.waits_since = now;
    }

    fn queued(&mut self, now: Instant) {
        self.line.proves_useful();
        self.announced = None;
        if self.lobby == Lobby::Joining {
            self.lobby = Lobby::Queued;
            self.waits_since = now;
        }
    }

    fn queue_left(&mut self, now: Instant) {
        if self.lobby == Lobby::Leaving {
            self.lobby = Lobby::Resting { until: now + Duration::from_millis(300) };
        }
    }

    fn game_start(&mut self, start: &GameStart, now: Instant) {
        self.line.proves_useful();
        self.announced = None;
        self.lobby = Lobby::Resting { until: now };
        if self.overs.contains_key(&start.room_id) {
            let text = format!("GAME_START of {}", start.room_id);
            return self.breach("a game that is over does not go on", text);
        }
        let room = self.game.as_ref().map(|game| game.room);
        if let Some(room) = room.filter(|room| *room != start.room_id) {
            let text = format!("in {room}, is told of {}", start.room_id);
            return self.breach("nobody plays two games at once", text);
        }
        if room.is_none() {
            self.begun += 1;
            self.game = Some(Game::new(start, &self.habits, &mut self.rng, now));
        }
        if self.game.as_ref().is_some_and(|game| game.paused) {
            self.events.push("a paused game went on");
        }
        let wrong = self.game.as_mut().and_then(|game| game.start(start, now));
        self.went_back(wrong);
    }

    fn game_over(&mut self, over: GameOver, now: Instant) {
        let room = over.room_id;
        self.announced = None;
        match self.game.take_if(|game| game.room == room) {
            Some(game) => {
                if !game.synced {
                    self.events.push("GAME_OVER was learned after coming back");
                }
                self.judge(&game, &over);
                let rest = match self.goal {
                    Goal::Whims => self.rng.random_range(0..600),
                    _ => 0,
                };
                self.lobby = Lobby::Resting { until: now + Duration::from_millis(rest) };
            }
            None => {
                if !self.overs.contains_key(&room) {
                    self.events.push("a player learned the end of a game that was never seen");
                }
                // Whoever wants something of the queue while in a game is told of the game instead.
                self.lobby = self.lobby_after(now);
            }
        }
        match self.overs.entry(room) {
            Entry::Vacant(place) => drop(place.insert(over)),
            Entry::Occupied(known) if *known.get() == over => {}
            Entry::Occupied(known) => {
                let text = format!("{:?}, and then {over:?}", known.get());
                self.breach("a result is told the same way each time", text);
            }
        }
    }

    /// Every acknowledged click counts exactly once, and none that was not made.
    fn judge(&mut self, game: &Game, over: &GameOver) {
        let (clicks, points) = (over.clicks(game.seat), over.points(game.seat));
        let (worth, most) = (u64::from(clicks), if game.golden { 2 } else { 1 });
        let told = format!(
            "{}: {} acknowledged, {} made with {} claims, {clicks} counted, {points} points",
            game.room, game.acked, game.made, game.claims
        );
        if clicks < game.acked || over.ack < game.acked {
            self.breach("every acknowledged click counts", told);
        } else if clicks > game.made {
            self.breach("no click counts that was not made", told);
        } else if points > most * worth {
            self.breach("every click counts once", told);
        } else if points + u64::from(game.claims) < worth {
            self.breach("every click counts", told);
        }
    }

    fn refused(&mut self, error: &ServerError, now: Instant) {
        match (error.code.as_str(), error.from) {
            ("resend", Some(from)) => {
                self.events.push("a client was told what is missing");
                if let Some(game) = &mut self.game {
                    game.resend_from(from, now);
                }
            }
            ("queue_unavailable", _) => {
                let until = now + Duration::from_millis(500);
                // Who could not leave waits still.
                let waits = self.lobby == Lobby::Leaving;
                self.lobby = if waits { Lobby::Queued } else { Lobby::Resting { until } };
            }
            ("not_in_game", _) => {
                self.announced = None;
                if let Some(game) = &self.game {
                    let text = format!("in {}", game.room);
                    self.breach("a player in a game is not told to be in none", text);
                }
            }
            (code, _) => self.breach("no client is refused", format!("{code}: {}", error.message)),
        }
    }
}
