//! Drives one player: turns its actions into socket calls and what happens into events.

use std::future::pending;
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use tokio::time::Sleep;

use super::company::{Company, Part};
use super::gap_log::GapLog;
use super::ledger::Ledger;
use super::player::{Action, Ending, Event, Player};
use super::progress::{Progress, Told};
use super::socket::{Heard, Socket};
use super::target::Targets;

/// How often a player who waits looks at whether it has been lost.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Where a player connects, and as whom.
pub(super) struct Route {
    pub(super) targets: Targets,
    /// The number of the next connection. The first one has the number of the player.
    pub(super) next: usize,
    pub(super) from: IpAddr,
    pub(super) token: String,
}

/// What all players share.
pub(super) struct Shared {
    pub(super) progress: Arc<Progress>,
    pub(super) gap_log: GapLog,
    /// Locked for a moment when somebody joins the queue or leaves it, and now and then by who waits.
    pub(super) company: Mutex<Company>,
}

enum Wire {
    None,
    Opening(BoxFuture<'static, Result<Socket, Ending>>),
    Open(Box<Socket>),
}

struct Wires {
    route: Route,
    wire: Wire,
    older: Option<Box<Socket>>,
}

/// Plays until the player is finished.
///
/// # Errors
/// When a gap cannot be written to its file.
pub(super) async fn drive(
    mut player: Player,
    route: Route,
    shared: &Shared,
) -> io::Result<Vec<Ledger>> {
    let mut part = Part::of(route.next, &shared.company);
    let mut wires = Wires { route, wire: Wire::None, older: None };
    let mut actions = Vec::new();
    let mut scribe = Scribe::default();
    let mut sleep = Box::pin(tokio::time::sleep_until(Instant::now().into()));
    player.step(Event::Wake, Instant::now(), &mut actions);
    loop {
        let finished = perform(&mut actions, &mut wires, &mut player).await;
        scribe.write(&player, shared)?;
        let now = Instant::now();
        if finished {
            part.leave(now);
            scribe.told.finish(&shared.progress);
            return Ok(player.into_ledgers());
        }
        part.stand(player.standing(), now);
        let look = part.waits().then_some(now + LOOK_EVERY);
        rearm(sleep.as_mut(), look.into_iter().fold(player.wake_at(now), Instant::min));
        tokio::select! {
            biased;
            heard = next(&mut wires.wire) => {
                if heard.is_err() {
                    wires.wire = Wire::None;
                }
                tell(&mut player, heard, &mut actions);
            }
            heard = next_of_older(&mut wires.older) => {
                if heard.is_err() {
                    wires.older = None;
                }
                tell_of_older(&mut player, &heard, &mut actions);
            }
            () = sleep.as_mut() => {
                let now = Instant::now();
                let event = part.verdict(now).map_or(Event::Wake, Event::Queue);
                player.step(event, now, &mut actions);
            }
        }
    }
}

/// Tells others what is new in a player's ledgers.
#[derive(Default)]
struct Scribe {
    told: Told,
    /// Games that are told to their end, and the gaps of the next that are written.
    games: usize,
    gaps: usize,
}

impl Scribe {
    fn write(&mut self, player: &Player, shared: &Shared) -> io::Result<()> {
        while let Some(past) = player.past().get(self.games) {
            self.write_game(past, shared)?;
            self.told.end_game(&shared.progress);
            (self.games, self.gaps) = (self.games + 1, 0);
        }
        self.write_game(player.ledger(), shared)
    }

    fn write_game(&mut self, ledger: &Ledger, shared: &Shared) -> io::Result<()> {
        self.told.tell(ledger, &shared.progress);
        shared.gap_log.write(ledger, self.gaps)?;
        self.gaps = ledger.gaps.len();
        Ok(())
    }
}

fn tell(player: &mut Player, heard: Result<Option<Heard>, Ending>, actions: &mut Vec<Action>) {
    let now = Instant::now();
    match heard {
        Ok(Some(Heard::Text(text, arrived))) => {
            player.step(Event::Frame { text: &text, arrived }, now, actions);
        }
        Ok(Some(Heard::Pong)) => player.step(Event::Pong, now, actions),
        Ok(None) => {}
        Err(ending) => player.step(Event::Gone(ending), now, actions),
    }
}

/// What the older connection is told does not matter any more, only that it answers and how it
/// ends.
fn tell_of_older(player: &mut Player, heard: &Result<Heard, Ending>, actions: &mut Vec<Action>) {
    let now = Instant::now();
    match heard {
        Ok(Heard::Pong) => player.step(Event::OlderPong, now, actions),
        Ok(Heard::Text(..)) => {}
        Err(ending) => player.step(Event::OlderGone(*ending), now, actions),
    }
}

/// Does what the player wants, and what it wants next should that fail. `true`: it has finished.
async fn perform(actions: &mut Vec<Action>, wires: &mut Wires, player: &mut Player) -> bool {
    while !actions.is_empty() {
        for action in std::mem::take(actions) {
            let failed = match action {
                Action::Finish => {
                    wires.say_goodbye().await;
                    return true;
                }
                action => wires.perform(action).await,
            };
            if let Some(event) = failed {
                player.step(event, Instant::now(), actions);
            }
        }
    }
    false
}

impl Wires {
    async fn perform(&mut self, action: Action) -> Option<Event<'static>> {
        match action {
            Action::Connect => self.wire = Wire::Opening(self.open()),
            Action::Drop => self.wire = Wire::None,
            Action::DropOlder => self.older = None,
            Action::SetAside => {
                if let Wire::Open(socket) = std::mem::replace(&mut self.wire, Wire::None) {
                    self.older = Some(socket);
                }
            }
            Action::Send(_) | Action::Ping => return self.write(action).await,
            Action::SendOlder(_) | Action::PingOlder => return self.write_to_older(action).await,
            Action::Finish => {}
        }
        None
    }

    async fn write(&mut self, action: Action) -> Option<Event<'static>> {
        let Wire::Open(socket) = &mut self.wire else { return None };
        let written = match action {
            Action::Send(text) => socket.send(text).await,
            _ => socket.ping().await,
        };
        written.err().map(|ending| {
            self.wire = Wire::None;
            Event::Gone(ending)
        })
    }

    async fn write_to_older(&mut self, action: Action) -> Option<Event<'static>> {
        let socket = self.older.as_mut()?;
        let written = match action {
            Action::SendOlder(text) => socket.send(text).await,
            _ => socket.ping().await,
        };
        // A failed write does not tell how the connection ended: the next read does.
        written.err().and(None)
    }

    fn open(&mut self) -> BoxFuture<'static, Result<Socket, Ending>> {
        let Route { targets, next, from, token } = &mut self.route;
        let (target, from, token) = (targets.nth(*next).clone(), *from, token.clone());
        *next += 1;
        Box::pin(async move { Socket::open(&target, from, &token).await })
    }

    async fn say_goodbye(&mut self) {
        self.older = None;
        if let Wire::Open(socket) = std::mem::replace(&mut self.wire, Wire::None) {
            socket.close().await;
        }
    }
}

/// What the wire says next; `None`: it has just been opened.
async fn next(wire: &mut Wire) -> Result<Option<Heard>, Ending> {
    match wire {
        Wire::None => pending().await,
        Wire::Opening(opening) => {
            let socket = opening.as_mut().await?;
            *wire = Wire::Open(Box::new(socket));
            Ok(None)
        }
        Wire::Open(socket) => socket.next().await.map(Some),
    }
}

async fn next_of_older(older: &mut Option<Box<Socket>>) -> Result<Heard, Ending> {
    match older {
        Some(socket) => socket.next().await,
        None => pending().await,
    }
}

fn rearm(sleep: Pin<&mut Sleep>, at: Instant) {
    let at = tokio::time::Instant::from_std(at);
    if sleep.deadline() != at {
        sleep.reset(at);
    }
}
