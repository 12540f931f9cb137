//! Matchmaking of many pods, in Valkey.
//!
//! Whatever must happen at once is one script (`src/cluster/valkey/lua/matchmaking/`), and time is
//! the server's. All keys lie in one slot. A call that fails may have been done: nobody depends on
//! its reply, since who sits where is asked anyway.

mod stored;
mod survey;

use std::time::Duration;

use futures_util::FutureExt;
use rand_core::{OsRng, RngCore};
use redis::{FromRedisValue, Value};
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use self::stored::{NoRecord, read_record, ticket_text};
pub use self::survey::Noted;
use super::{Cursor, Founding, Joined, Left, Matchmaking, Record, Ticket};
use crate::cluster::valkey::{Call, scripts};
use crate::cluster::{Answer, Unavailable, Valkey};
use crate::ids::{PlayerId, RoomId, TicketId};
use crate::planted::Fault;

/// How long a ticket lives without being renewed.
const TICKET_LIFE: Duration = Duration::from_secs(2);

/// Pairs made in one call.
const PAIRS_AT_ONCE: usize = 20;

/// How long pairing waits for whoever pairs at the moment. The lock saves work and protects
/// nothing, so it is not worth more.
const LOCK_PATIENCE: Duration = Duration::from_millis(5);

/// The pause between two attempts to get the lock.
const LOCK_PAUSE: Duration = Duration::from_millis(1);

/// How long the lock of a pod that died stays, in milliseconds.
const LOCK_LIFE: u64 = 2000;

/// Tickets renewed in one call, so that none holds the server up.
const RENEWED_AT_ONCE: usize = 500;

/// Rooms asked about in one call.
const ROOMS_AT_ONCE: usize = 500;

/// Founding records asked for at once, about.
const RECORDS_AT_ONCE: u64 = 64;

/// Where to go on, the server's time, and some rooms with their founding records.
type Scanned = (u64, u64, Vec<(Vec<u8>, Vec<u8>)>);

/// Matchmaking of many pods. Cloning gives another handle to the same queues.
#[derive(Clone)]
pub struct ValkeyMatchmaking {
    valkey: Valkey,
    ticket_life: Duration,
}

impl ValkeyMatchmaking {
    /// The queues in this Valkey.
    pub fn new(valkey: Valkey) -> Self {
        Self { valkey, ticket_life: TICKET_LIFE }
    }

    /// Tickets live so long without being renewed, in place of two seconds. Every pod must have the
    /// same.
    #[must_use]
    pub fn with_ticket_life(self, ticket_life: Duration) -> Self {
        Self { ticket_life, ..self }
    }

    /// Runs when the answer is first asked for, and not before.
    fn answer<T, F>(&self, work: impl FnOnce(Self) -> F + Send + 'static) -> Answer<T, Unavailable>
    where
        F: Future<Output = Result<T, Unavailable>> + Send + 'static,
    {
        let this = self.clone();
        async move { work(this).await }.boxed()
    }

    /// A script with the keys that all of them know, in their order.
    fn script(&self, script: &'static scripts::Script) -> Call {
        let keys = self.valkey.keys();
        Call::script(script).key(keys.seated()).key(keys.tickets()).key(keys.matches())
    }

    fn life(&self) -> u64 {
        u64::try_from(self.ticket_life.as_millis()).unwrap_or(u64::MAX)
    }

    async fn join_now(self, ticket: Ticket) -> Result<Joined, Unavailable> {
        let call = self
            .script(&scripts::JOIN)
            .key(self.valkey.keys().queue(&ticket.game))
            .arg(ticket.player.id.to_string())
            .arg(ticket_text(&ticket))
            .number(self.life());
        match seated_or(self.valkey.run(call).await?)? {
            Ok(room) => Ok(Joined::Seated(room)),
            Err(waiting) => Ok(Joined::Queued { waiting }),
        }
    }

    async fn leave_now(
        self,
        game: String,
        player: PlayerId,
        ticket: TicketId,
    ) -> Result<Left, Unavailable> {
        let call = self
            .script(&scripts::LEAVE)
            .key(self.valkey.keys().queue(&game))
            .arg(player.to_string())
            .arg(ticket.to_string())
            .arg(game)
            .number(self.life());
        match seated_or(self.valkey.run(call).await?)? {
            Ok(room) => Ok(Left::Seated(room)),
            Err(waiting) => Ok(Left::Left { waiting }),
        }
    }

    async fn renew_now(
        self,
        tickets: Vec<(PlayerId, TicketId)>,
    ) -> Result<Vec<PlayerId>, Unavailable> {
        let mut gone = Vec::new();
        for some in tickets.chunks(RENEWED_AT_ONCE) {
            let mut call = self.script(&scripts::RENEW).number(self.life());
            for (player, ticket) in some {
                call = call.arg(player.to_string()).arg(ticket.to_string());
            }
            for player in read::<Vec<String>>(self.valkey.run(call).await?)? {
                gone.push(id(&player)?);
            }
        }
        Ok(gone)
    }

    async fn pair_now(self, game: String) -> Result<Vec<Founding>, Unavailable> {
        let token = Uuid::new_v4().to_string();
        // Not to have got it is no reason not to pair.
        drop(timeout(LOCK_PATIENCE, self.lock(&game, &token)).await);
        let keys = self.valkey.keys();
        let mut call = self
            .script(&scripts::PAIR)
            .key(keys.queue(&game))
            .key(keys.lock(&game))
            .arg(game)
            .number(self.life())
            .arg(token);
        for _ in 0..PAIRS_AT_ONCE {
            call = call.arg(RoomId::random().to_string()).number(OsRng.next_u64());
        }
        let made: Vec<Vec<u8>> = read(self.valkey.run_durably(call).await?)?;
        let made: Vec<Founding> = made
            .iter()
            .map(|text| serde_json::from_slice(text).map_err(strange))
            .collect::<Result<_, _>>()?;
        if Fault::PairingInTwoSteps.is_planted() {
            for founding in made.clone() {
                self.clone().seat_now(founding).await?;
            }
        }
        Ok(made)
    }

    /// Takes the lock, sooner or later. The pairing script gives it back.
    async fn lock(&self, game: &str, token: &str) {
        loop {
            let call = Call::command("SET")
                .key(self.valkey.keys().lock(game))
                .arg(token)
                .arg("NX")
                .arg("PX")
                .number(LOCK_LIFE);
            if matches!(self.valkey.run(call).await, Ok(Value::Okay)) {
                return;
            }
            sleep(LOCK_PAUSE).await;
        }
    }

    async fn seat_now(self, founding: Founding) -> Result<Option<RoomId>, Unavailable> {
        let mut call = self
            .script(&scripts::SEAT)
            .key(self.valkey.keys().queue(&founding.game))
            .arg(founding.room.to_string())
            .arg(serde_json::to_vec(&founding).map_err(strange)?);
        for player in founding.people() {
            call = call.arg(player.to_string());
        }
        // A host that says so once more wants to know that it lasts.
        let taken: Option<String> = read(self.valkey.run_durably(call).await?)?;
        taken.map(|room| id(&room)).transpose()
    }

    async fn seats_now(
        self,
        players: Vec<PlayerId>,
    ) -> Result<Vec<(PlayerId, RoomId)>, Unavailable> {
        if players.is_empty() {
            return Ok(Vec::new());
        }
        let mut call = Call::command("HMGET").key(self.valkey.keys().seated());
        for player in &players {
            call = call.arg(player.to_string());
        }
        let rooms: Vec<Option<Vec<u8>>> = read(self.valkey.run(call).await?)?;
        // What is no room is no seat; joining removes it.
        let room = |text: &Vec<u8>| std::str::from_utf8(text).ok()?.parse().ok();
        let seat = |(player, text): (PlayerId, Option<Vec<u8>>)| Some((player, room(&text?)?));
        Ok(players.into_iter().zip(rooms).filter_map(seat).collect())
    }

    async fn founding_now(self, room: RoomId) -> Result<Option<Founding>, Unavailable> {
        let call = Call::command("HGET").key(self.valkey.keys().matches()).arg(room.to_string());
        let Some(text) = read::<Option<Vec<u8>>>(self.valkey.run(call).await?)? else {
            return Ok(None);
        };
        match read_record(room.to_string().as_bytes(), &text) {
            Ok((founding, _)) => Ok(Some(founding)),
            Err(other @ NoRecord::Format(_)) => Err(strange(other)),
            Err(NoRecord::Broken(why)) => {
                self.forget(room.to_string().as_bytes(), &text, &why).await;
                Ok(None)
            }
        }
    }

    async fn confirm_now(self, room: RoomId) -> Result<bool, Unavailable> {
        let call = self.script(&scripts::CONFIRM).arg(room.to_string());
        read(self.valkey.run_durably(call).await?)
    }

    async fn unrecorded_now(self, rooms: Vec<RoomId>) -> Result<Vec<RoomId>, Unavailable> {
        let mut unrecorded = Vec::new();
        for some in rooms.chunks(ROOMS_AT_ONCE) {
            let script = self.script(&scripts::UNRECORDED);
            let call = some.iter().fold(script, |call, room| call.arg(room.to_string()));
            for room in read::<Vec<String>>(self.valkey.run(call).await?)? {
                unrecorded.push(id(&room)?);
            }
        }
        Ok(unrecorded)
    }

    async fn records_now(self, from: Cursor) -> Result<(Vec<Record>, Cursor), Unavailable> {
        let (next, now, found) = self.scan(from).await?;
        let mut records = Vec::new();
        for (room, text) in found {
            match read_record(&room, &text) {
                Ok((founding, written)) => {
                    let age = Duration::from_millis(now.saturating_sub(written));
                    records.push(Record { founding, age });
                }
                // Those who can read it look after it.
                Err(NoRecord::Format(_)) => {}
                Err(NoRecord::Broken(why)) => self.forget(&room, &text, &why).await,
            }
        }
        Ok((records, Cursor(next)))
    }

    async fn scan(&self, from: Cursor) -> Result<Scanned, Unavailable> {
        let call = self.script(&scripts::RECORDS).number(from.0).number(RECORDS_AT_ONCE);
        read(self.valkey.run(call).await?)
    }

    /// Removes a record that nobody can read, so that it is not met again.
    async fn forget(&self, room: &[u8], text: &[u8], why: &str) {
        let room_text = String::from_utf8_lossy(room);
        tracing::error!(room = ?room_text, why, "removed a founding record that is none");
        let call = self.script(&scripts::FORGET).arg(room).arg(text);
        if let Err(error) = self.valkey.run(call).await {
            tracing::warn!(%error, "it may still be there");
        }
    }

    async fn free_now(self, room: RoomId, players: Vec<PlayerId>) -> Result<(), Unavailable> {
        let mut call = self.script(&scripts::FREE).arg(room.to_string());
        for player in players {
            call = call.arg(player.to_string());
        }
        self.valkey.run(call).await.map(drop)
    }
}

impl Matchmaking for ValkeyMatchmaking {
    fn join(&self, ticket: Ticket) -> Answer<Joined, Unavailable> {
        self.answer(move |this| this.join_now(ticket))
    }

    fn leave(&self, game: String, player: PlayerId, ticket: TicketId) -> Answer<Left, Unavailable> {
        self.answer(move |this| this.leave_now(game, player, ticket))
    }

    fn renew(&self, tickets: Vec<(PlayerId, TicketId)>) -> Answer<Vec<PlayerId>, Unavailable> {
        self.answer(move |this| this.renew_now(tickets))
    }

    fn pair(&self, game: String) -> Answer<Vec<Founding>, Unavailable> {
        self.answer(move |this| this.pair_now(game))
    }

    fn seat(&self, founding: Founding) -> Answer<Option<RoomId>, Unavailable> {
        self.answer(move |this| this.seat_now(founding))
    }

    fn seats_of(&self, players: Vec<PlayerId>) -> Answer<Vec<(PlayerId, RoomId)>, Unavailable> {
        self.answer(move |this| this.seats_now(players))
    }

    fn founding(&self, room: RoomId) -> Answer<Option<Founding>, Unavailable> {
        self.answer(move |this| this.founding_now(room))
    }

    fn confirm(&self, room: RoomId) -> Answer<bool, Unavailable> {
        self.answer(move |this| this.confirm_now(room))
    }

    fn unrecorded(&self, rooms: Vec<RoomId>) -> Answer<Vec<RoomId>, Unavailable> {
        self.answer(move |this| this.unrecorded_now(rooms))
    }

    fn records(&self, from: Cursor) -> Answer<(Vec<Record>, Cursor), Unavailable> {
        self.answer(move |this| this.records_now(from))
    }

    fn free(&self, room: RoomId, players: Vec<PlayerId>) -> Answer<(), Unavailable> {
        self.answer(move |this| this.free_now(room, players))
    }
}

/// Reads `{'seated', room}` or `{.., how many wait}`.
fn seated_or(answer: Value) -> Result<Result<RoomId, u32>, Unavailable> {
    let (what, value): (String, String) = read(answer)?;
    match what.as_str() {
        "seated" => Ok(Ok(id(&value)?)),
        _ => Ok(Err(value.parse().unwrap_or(u32::MAX))),
    }
}

fn read<T: FromRedisValue>(answer: Value) -> Result<T, Unavailable> {
    redis::from_redis_value(answer).map_err(strange)
}

fn id<T: std::str::FromStr<Err: std::fmt::Display>>(text: &str) -> Result<T, Unavailable> {
    text.parse().map_err(strange)
}

/// An answer that no script of this version gives.
fn strange(error: impl std::fmt::Display) -> Unavailable {
    Unavailable(format!("a strange answer: {error}"))
}
