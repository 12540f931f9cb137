//! Drives one player: turns its actions into socket calls and what happens into events.

use std::future::pending;
use std::net::IpAddr;
use std::pin::Pin;
use std::time::Instant;

use futures_util::future::BoxFuture;
use tokio::time::Sleep;

use super::ledger::Ledger;
use super::player::{Action, Ending, Event, Player};
use super::progress::{Progress, Told};
use super::socket::Socket;
use super::target::Target;

/// Where a player connects, and as whom.
pub(super) struct Route {
    pub(super) target: Target,
    pub(super) from: IpAddr,
    pub(super) token: String,
}

enum Wire {
    None,
    Opening(BoxFuture<'static, Result<Socket, Ending>>),
    Open(Box<Socket>),
}

/// Plays until the player is finished.
pub(super) async fn drive(mut player: Player, route: Route, progress: &Progress) -> Ledger {
    let mut wire = Wire::None;
    let mut actions = Vec::new();
    let mut told = Told::default();
    let mut sleep = Box::pin(tokio::time::sleep_until(Instant::now().into()));
    player.step(Event::Wake, Instant::now(), &mut actions);
    loop {
        while !actions.is_empty() {
            let batch = std::mem::take(&mut actions);
            if let Some(lost) = perform(batch, &mut wire, &route).await {
                match lost {
                    Done::Finished => return player.into_ledger(),
                    Done::Gone(ending) => {
                        player.step(Event::Gone(ending), Instant::now(), &mut actions);
                    }
                }
            }
        }
        told.tell(player.ledger(), progress);
        rearm(sleep.as_mut(), player.wake_at(Instant::now()));
        wait(&mut wire, &mut sleep, &mut player, &mut actions).await;
    }
}

enum Done {
    Finished,
    Gone(Ending),
}

async fn perform(actions: Vec<Action>, wire: &mut Wire, route: &Route) -> Option<Done> {
    for action in actions {
        match action {
            Action::Connect => *wire = Wire::Opening(Box::pin(open(route))),
            Action::Drop => *wire = Wire::None,
            Action::Send(text) => {
                if let Wire::Open(socket) = wire
                    && let Err(ending) = socket.send(text).await
                {
                    *wire = Wire::None;
                    return Some(Done::Gone(ending));
                }
            }
            Action::Finish => {
                if let Wire::Open(socket) = std::mem::replace(wire, Wire::None) {
                    socket.close().await;
                }
                return Some(Done::Finished);
            }
        }
    }
    None
}

fn open(route: &Route) -> impl Future<Output = Result<Socket, Ending>> + Send + use<> {
    let (target, from, token) = (route.target.clone(), route.from, route.token.clone());
    async move { Socket::open(&target, from, &token).await }
}

async fn wait(
    wire: &mut Wire,
    sleep: &mut Pin<Box<Sleep>>,
    player: &mut Player,
    actions: &mut Vec<Action>,
) {
    let ended = tokio::select! {
        biased;
        frame = next(wire) => match frame {
            Ok(Some(text)) => {
                player.step(Event::Frame(&text), Instant::now(), actions);
                return;
            }
            Ok(None) => return,
            Err(ending) => ending,
        },
        () = sleep.as_mut() => {
            player.step(Event::Wake, Instant::now(), actions);
            return;
        }
    };
    *wire = Wire::None;
    player.step(Event::Gone(ended), Instant::now(), actions);
}

/// The next text of the wire; `None`: it has just been opened.
async fn next(
    wire: &mut Wire,
) -> Result<Option<tokio_tungstenite::tungstenite::Utf8Bytes>, Ending> {
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

fn rearm(sleep: Pin<&mut Sleep>, at: Instant) {
    let at = tokio::time::Instant::from_std(at);
    if sleep.deadline() != at {
        sleep.reset(at);
    }
}
