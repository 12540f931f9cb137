//! A trivial duel.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::Manners;
use crate::ids::{PlayerId, RoomId};

/// How long inputs are not taken by a server that stalls.
const STALL: Duration = Duration::from_millis(500);
/// No game ends before both seats have so many inputs, so that a slow machine plays one too.
const FEWEST_INPUTS: u32 = 7;
const BONUS: Duration = Duration::from_millis(300);

pub(super) struct Room {
    pub(super) id: RoomId,
    manners: Manners,
    stalled_until: Option<Instant>,
    pub(super) told_of_another: bool,
    /// The end of an earlier game of its players has been repeated.
    pub(super) freed: bool,
    began: Instant,
    pub(super) players: [PlayerId; 2],
    pub(super) acks: [u32; 2],
    pub(super) points: [u64; 2],
    pub(super) version: u64,
    cookie_open: bool,
    bonus: Option<(usize, Instant)>,
    pub(super) inputs: u32,
    pub(super) over: bool,
}

pub(super) fn length(manners: Manners) -> Duration {
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
        Manners::KeepsTheOlder
        | Manners::CountsTheOlder
        | Manners::MatchesTwice
        | Manners::RevivesWhoWasMatched
        | Manners::RevivesWhoLeft
        | Manners::PairsOnTwoPods => 0,
        _ => FEWEST_INPUTS,
    }
}

impl Room {
    pub(super) fn new(players: [PlayerId; 2], manners: Manners) -> Self {
        Self {
            id: RoomId::random(),
            manners,
            stalled_until: None,
            told_of_another: false,
            freed: false,
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

    pub(super) fn time_is_up(&self) -> bool {
        self.began.elapsed() >= length(self.manners)
            && self.acks.iter().all(|ack| *ack >= fewest_inputs(self.manners))
    }

    fn game_time(&self) -> u64 {
        let end = length(self.manners);
        let last = if self.time_is_up() { end } else { end - Duration::from_millis(1) };
        self.began.elapsed().min(last).as_millis() as u64
    }

    pub(super) fn seat(&self, player: PlayerId) -> usize {
        usize::from(self.players[1] == player)
    }

    /// Once, after some inputs, none are taken for a while.
    pub(super) fn stalls(&mut self) -> bool {
        if self.manners == Manners::Stalls && self.inputs >= 9 {
            let until = *self.stalled_until.get_or_insert_with(|| Instant::now() + STALL);
            return Instant::now() < until;
        }
        false
    }

    pub(super) fn count(&mut self, seat: usize, golden: bool, manners: Manners) {
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

    pub(super) fn state(&self, player: PlayerId) -> Value {
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

    pub(super) fn table(&self, player: PlayerId) -> Value {
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

    pub(super) fn result(&self) -> Value {
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
