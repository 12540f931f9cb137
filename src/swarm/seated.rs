//! Looks after everybody once all games are over: nobody may sit in a live one.
//!
//! Each player opens one fresh connection and is either in no game or told the end of its last one.

use std::time::Duration;

use futures_util::stream::{self, StreamExt};
use tokio::time::{Instant, sleep, timeout_at};

use super::checks;
use super::ledger::Ledger;
use super::player::Ending;
use super::run::Veteran;
use super::socket::{Heard, Socket};
use super::target::Targets;
use super::verdict::{Class, Fault, Violation};
use super::wire::{Frame, GameOver};
use crate::ids::RoomId;

/// A pod that was killed, or a store that is away, is waited for so long.
const KNOWN_WITHIN: Duration = Duration::from_secs(30);
/// What the room of a `HELLO` has become is told within this.
const TOLD_WITHIN: Duration = Duration::from_secs(5);
const TRY_AGAIN: Duration = Duration::from_millis(200);
const AT_ONCE: usize = 32;

/// Looks after everybody, except the players whose last game never ended: those were reported.
pub(super) async fn check(targets: &Targets, players: &[Veteran]) -> Vec<Violation> {
    let accounts = checks::accounts(players.iter().flat_map(|player| &player.ledgers));
    let over = |player: &Veteran, room| accounts[&player.player()].has_ended(room);
    let ended = |p: &&Veteran| p.last().place.is_none_or(|place| over(p, place.room));
    let ended: Vec<&Veteran> = players.iter().filter(ended).collect();
    let looks: Vec<_> =
        ended.iter().enumerate().map(|(i, player)| look(targets, i, player)).collect();
    let faults: Vec<Option<Fault>> = stream::iter(looks).buffered(AT_ONCE).collect().await;
    let mut found = Vec::new();
    for (player, fault) in ended.iter().zip(faults) {
        found.extend(checks::name(player.last(), fault.into_iter().collect()));
    }
    found
}

async fn look(targets: &Targets, first: usize, player: &Veteran) -> Option<Fault> {
    let deadline = Instant::now() + KNOWN_WITHIN;
    for connection in first.. {
        let target = targets.nth(connection);
        let standing = async {
            let mut socket = Socket::open(target, player.from, &player.token).await?;
            let standing = ask(&mut socket).await;
            socket.close().await;
            standing
        };
        match timeout_at(deadline, standing).await {
            Ok(Ok(standing)) => return judge(&player.ledgers, standing),
            Ok(Err(_)) => sleep(TRY_AGAIN).await,
            Err(_) => break,
        }
    }
    let text = "cannot connect any more after the games".to_owned();
    Some(Fault::new(Class::Stuck, text))
}

/// What a fresh connection is told.
#[derive(Debug)]
enum Standing {
    /// In no game.
    Free,
    /// The game is over.
    Over(Box<GameOver>),
    /// The game goes on.
    Live(RoomId),
    /// Named in `HELLO`, but nothing was said of it.
    Nothing(RoomId),
}

async fn ask(socket: &mut Socket) -> Result<Standing, Ending> {
    let room = loop {
        if let Some(Frame::Hello(hello)) = frame(socket).await? {
            match hello.room_id {
                Some(room) => break room,
                None => return Ok(Standing::Free),
            }
        }
    };
    let until = Instant::now() + TOLD_WITHIN;
    loop {
        match timeout_at(until, frame(socket)).await {
            Err(_) => return Ok(Standing::Nothing(room)),
            Ok(told) => match told? {
                Some(Frame::GameOver(over)) => return Ok(Standing::Over(over)),
                Some(Frame::GameStart(start)) => return Ok(Standing::Live(start.room_id)),
                _ => {}
            },
        }
    }
}

/// The next frame; `None` for one that cannot be read.
async fn frame(socket: &mut Socket) -> Result<Option<Frame>, Ending> {
    match socket.next().await? {
        Heard::Text(text, _) => Ok(Frame::read(&text).ok()),
        Heard::Pong => Ok(None),
    }
}

fn judge(ledgers: &[Ledger], standing: Standing) -> Option<Fault> {
    let (class, text) = match standing {
        Standing::Free => return None,
        Standing::Over(again) => {
            let mut told = ledgers.iter().filter_map(|ledger| ledger.over.as_ref());
            let told = told.find(|told| told.room_id == again.room_id && **told != *again)?;
            (Class::Mismatch, format!("was told {told:?}, and later {again:?}"))
        }
        Standing::Live(room) => {
            (Class::StillSeated, format!("sits in the live game {room} after all games"))
        }
        Standing::Nothing(room) => {
            (Class::StillSeated, format!("sits in game {room}, of which nothing is told"))
        }
    };
    Some(Fault::new(class, text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{PlayerId, Seat};

    fn class(over: Option<GameOver>, standing: Standing) -> Option<Class> {
        let mut ledger = Ledger::new(PlayerId::random(), "Ada".to_owned());
        ledger.over = over;
        let ended = Ledger::new(ledger.player, "Ada".to_owned());
        judge(&[ledger, ended], standing).map(|fault| fault.class)
    }

    #[test]
    fn a_player_is_free_or_told_the_same_end_again() {
        let room = RoomId::random();
        let over = GameOver {
            room_id: room,
            role: Seat::P1,
            opponent: PlayerId::random(),
            winner: "draw".to_owned(),
            reason: "time".to_owned(),
            p1_score: 1,
            p2_score: 1,
            p1_clicks: 1,
            p2_clicks: 1,
            ack: 1,
        };
        let again = |over: &GameOver| Standing::Over(Box::new(over.clone()));
        let other = GameOver { p2_score: 2, ..over.clone() };
        assert_eq!(class(Some(over.clone()), Standing::Free), None);
        assert_eq!(class(Some(over.clone()), again(&over)), None);
        assert_eq!(class(None, again(&over)), None);
        assert_eq!(class(Some(over.clone()), again(&other)), Some(Class::Mismatch));
        assert_eq!(class(Some(over.clone()), Standing::Live(room)), Some(Class::StillSeated));
        assert_eq!(class(Some(over), Standing::Nothing(room)), Some(Class::StillSeated));
    }
}
