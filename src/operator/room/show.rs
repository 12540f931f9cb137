//! `room show`: a room as it was committed last.

use std::fmt::Write;
use std::time::Duration;

use serde::Serialize;
use serde_json::value::RawValue;

use crate::cluster::{Pods, StoredRoom, Unavailable};
use crate::games::GameTime;
use crate::ids::{BySeat, PlayerId, PodId, RoomId, Seat, Strength};
use crate::operator::{Failure, Stores, text};
use crate::room::{Ending, RoomState};

/// A room, for programs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Shown {
    room: RoomId,
    ended: bool,
    host: Option<Host>,
    epoch: u64,
    version: u64,
    format: u32,
    idle_ms: Option<u64>,
    /// Who sits here, as the store knows it without the snapshot.
    players: BySeat<Option<PlayerId>>,
    /// What the snapshot says; `None` when it cannot be read.
    state: Option<State>,
    /// Why it cannot.
    unreadable: Option<String>,
    snapshot_bytes: usize,
    /// The snapshot, if it is JSON.
    snapshot: Option<Box<RawValue>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Host {
    pub(super) pod: PodId,
    /// `None` when it is gone.
    pub(super) heartbeat_age_ms: Option<u64>,
    /// Where it listens, if it says so.
    pub(super) address: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct State {
    game: &'static str,
    game_time_ms: GameTime,
    ending: Option<Ending>,
    seats: BySeat<Sitting>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Sitting {
    player: PlayerId,
    name: String,
    bot: Option<Strength>,
    points: u64,
    clicks: u32,
    /// Since which game time nobody is attached.
    absent_since_ms: Option<GameTime>,
}

pub(in crate::operator) async fn show(
    stores: &Stores,
    room: RoomId,
    json: bool,
) -> Result<String, Failure> {
    let stored = stores.stored(room).await?;
    let host = match stored.host {
        Some(pod) => Some(host(stores, pod).await?),
        None => None,
    };
    let state = stores.restore(room, &stored);
    let shown = Shown::new(room, &stored, host, state);
    if json {
        let text = serde_json::to_string(&shown).map_err(std::io::Error::from)?;
        return Ok(text + "\n");
    }
    Ok(shown.table() + &snapshot(&stored))
}

async fn host(stores: &Stores, pod: PodId) -> Result<Host, Unavailable> {
    let age = stores.store.age(pod).await?;
    let living = stores.store.living().await?;
    let address = living.into_iter().find(|living| living.said.pod == pod);
    Ok(Host {
        pod,
        heartbeat_age_ms: age.map(text::millis),
        address: address.map(|living| living.said.address),
    })
}

/// The snapshot with a line for each of its values, if it is JSON.
fn snapshot(stored: &StoredRoom) -> String {
    let read = serde_json::from_slice::<serde_json::Value>(&stored.snapshot);
    match read.and_then(|value| serde_json::to_string_pretty(&value)) {
        Ok(json) => {
            // JSON has no control characters but line ends, save those that it need not escape.
            json.lines().map(text::plain).fold(String::new(), |all, line| all + &line + "\n")
        }
        Err(_) => format!("{} bytes that are no JSON\n", stored.snapshot.len()),
    }
}

impl Shown {
    pub(super) fn new(
        room: RoomId,
        stored: &StoredRoom,
        host: Option<Host>,
        state: Result<RoomState, String>,
    ) -> Self {
        let (state, unreadable) = match state {
            Ok(state) => (Some(State::of(&state)), None),
            Err(why) => (None, Some(why)),
        };
        Self {
            room,
            ended: stored.ended,
            host,
            epoch: stored.epoch.0,
            version: stored.version.0,
            format: stored.format,
            idle_ms: stored.idle.map(text::millis),
            players: stored.players,
            state,
            unreadable,
            snapshot_bytes: stored.snapshot.len(),
            snapshot: serde_json::from_slice(&stored.snapshot).ok(),
        }
    }

    /// For people. The snapshot comes after it.
    pub(super) fn table(&self) -> String {
        let mut lines = vec![
            line("room", self.room),
            line("state", if self.ended { "ended" } else { "open" }),
            line(
                "host",
                self.host.as_ref().map_or("nobody".to_owned(), |host| host.line(self.ended)),
            ),
            line("epoch", self.epoch),
            line("version", self.version),
            line("format", self.format),
        ];
        if let Some(idle) = self.idle_ms {
            let idle = text::duration(Duration::from_millis(idle));
            lines.push(line("idle", format!("committed or claimed {idle} ago")));
        }
        match &self.state {
            Some(state) => state.lines(&mut lines),
            None => {
                for (seat, player) in self.players.iter() {
                    let who = player.map_or("a bot".to_owned(), |player| player.to_string());
                    lines.push(line(name(seat), who));
                }
            }
        }
        if let Some(why) = &self.unreadable {
            lines.push(line("unreadable", text::plain(why)));
        }
        lines.push(line("snapshot", format!("{} bytes", self.snapshot_bytes)));
        text::table(&lines)
    }
}

impl Host {
    /// Who ended a room need not live any more.
    fn line(&self, ended: bool) -> String {
        let mut line = self.pod.to_string();
        if ended {
            return line + ", until it ended";
        }
        if let Some(address) = &self.address {
            let _ = write!(line, " at {}", text::plain(address));
        }
        match self.heartbeat_age_ms {
            Some(age) => {
                let age = text::duration(Duration::from_millis(age));
                let _ = write!(line, ", heartbeat {age} ago");
            }
            None => line.push_str(", which is gone"),
        }
        line
    }
}

impl State {
    fn of(state: &RoomState) -> Self {
        let points = state.table.points();
        Self {
            game: state.table.name(),
            game_time_ms: state.time,
            ending: state.ending,
            seats: BySeat::from_fn(|seat| {
                let sitting = &state.seats[seat];
                Sitting {
                    player: sitting.player.id,
                    name: sitting.player.name.clone(),
                    bot: sitting.bot,
                    points: points[seat],
                    clicks: sitting.consumed,
                    absent_since_ms: sitting.absent_since,
                }
            }),
        }
    }

    fn lines(&self, lines: &mut Vec<[String; 2]>) {
        lines.push(line("game", self.game));
        lines.push(line("game time", seconds(self.game_time_ms)));
        if let Some(Ending { reason, winner }) = self.ending {
            let winner = winner.map_or("nobody", name);
            lines.push(line("ending", format!("{}, won by {winner}", word(&reason))));
        }
        for (seat, sitting) in self.seats.iter() {
            lines.push(line(name(seat), sitting.line()));
        }
    }
}

impl Sitting {
    fn line(&self) -> String {
        let who = match self.bot {
            Some(strength) => format!("a bot, {}", word(&strength)),
            None => self.player.to_string(),
        };
        let there = match (self.bot, self.absent_since_ms) {
            (Some(_), _) => String::new(),
            (None, None) => ", attached".to_owned(),
            (None, Some(since)) => format!(", away since {}", seconds(since)),
        };
        let name = text::plain(&self.name);
        format!("{name} ({who}), {} points, {} clicks{there}", self.points, self.clicks)
    }
}

fn line(name: &str, value: impl ToString) -> [String; 2] {
    [name.to_owned(), value.to_string()]
}

fn name(seat: Seat) -> &'static str {
    match seat {
        Seat::P1 => "p1",
        Seat::P2 => "p2",
    }
}

/// Game time, exactly.
fn seconds(time: GameTime) -> String {
    format!("{}.{:03} s", time.0 / 1000, time.0 % 1000)
}

/// The word that something has on the wire and in the store.
fn word(value: &impl Serialize) -> String {
    let json = serde_json::to_value(value).unwrap_or_default();
    json.as_str().unwrap_or_default().to_owned()
}
