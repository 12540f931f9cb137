//! The Session: the actor of one connection, frames in and frames out.
//!
//! | message | from | what it does |
//! | --- | --- | --- |
//! | frames | the client | [`read`]: limits first, then what the player says |
//! | [`Notice`](crate::manager::Notice) | the manager | lobby answers, seats, closing |
//! | [`Delivery`](crate::room::Delivery) | the room | frames to write |
//!
//! Identity is settled before the actor starts. There is one way out: [`Session::close`] for the
//! reasons of the server, and `stopped` for all of them, which tells manager and room once.
//! This folder alone knows the WebSocket crate.

pub mod bounded;
pub mod frames;
mod pulse;
pub mod rate;
mod read;
mod seat;
#[cfg(test)]
mod tests;
#[cfg(test)]
pub(crate) mod without_socket;
mod write;

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use actix::{Actor, ActorContext, ActorFutureExt, Addr, AsyncContext, WrapFuture};
use actix_web::{HttpRequest, HttpResponse, web};
use actix_web_actors::ws;
use tokio::time::Instant;

use crate::auth::{self, SignedOut};
use crate::games::Catalogue;
use crate::ids::{ConnectionId, PlayerId, RoomId};
use crate::manager::{Connect, Disconnect, GameManager, Refusal, Welcome, Wish};
use crate::protocol::{CloseReason, Hello, MAX_MESSAGE_BYTES, PROTOCOL_VERSION, ServerMsg};
use crate::room::RoomCommand;
use crate::telemetry::{Metrics, count};
use crate::wall_clock;

use bounded::Bounded;
use frames::{Accept, Reader, close_frame};
use rate::Limiter;
use seat::Seated;

/// What a player, and whoever shares a client address, may still ask for.
pub trait Credit {
    /// Counts a game that the player asks for; `false`: that is one too many for now.
    fn take_game(&self) -> bool;
    /// A client that has not even answered that it is there had a place, and a turn of every limit.
    fn never_answered(&self);
    /// A client went away before it had answered that: it made this pod open a connection for nothing.
    fn left_at_once(&self);
}

/// What a connection is before its Session starts.
pub struct Upgrade {
    /// The connection's name.
    pub connection: ConnectionId,
    /// What the client has proved.
    pub session: auth::Session,
    /// Asked before the player asks for a game.
    pub credit: Box<dyn Credit>,
    /// Dropped when the connection ends: gives back the client address's place.
    pub place: Box<dyn Any>,
}

/// What every Session works with.
#[derive(Clone)]
pub struct SessionDeps {
    /// The manager of this pod.
    pub manager: Addr<GameManager>,
    /// Who has signed out since.
    pub signed_out: SignedOut,
    /// Every game: which message types are inputs.
    pub catalogue: Arc<Catalogue>,
    /// What is counted.
    pub metrics: Metrics,
}

/// The actor of one connection. See the [module](self).
pub struct Session {
    upgrade: Upgrade,
    deps: SessionDeps,
    reader: Reader,
    limiter: Limiter,
    /// When it began.
    since: Instant,
    /// When the last frame of any kind came.
    heard: Instant,
    lobby: Lobby,
    seat: Option<Seated>,
    /// What the player has asked of the lobby last, and when, until a game has begun or is over.
    asked_for: Option<(Wish, Instant)>,
    /// The last room that this connection knows to be over.
    known_over: Option<RoomId>,
    closing: Option<CloseReason>,
}

/// Whether the manager knows this connection yet.
enum Lobby {
    /// Not yet: what the client says meanwhile waits here.
    Knocking {
        /// What the client has said.
        early: Vec<crate::protocol::ClientMsg>,
        /// How often it was told to wait.
        notices: u32,
        /// Since when it is asked whether it is there; `None` while the manager is asked.
        unanswered: Option<Instant>,
    },
    /// Known, with the number of this connection of its player.
    Inside(Welcome),
}

/// The first frame of the server.
const ARE_YOU_THERE: &[u8] = b"there?";
/// How long a client waits for `HELLO` before it gives an attempt up.
const GIVEN_UP: Duration = Duration::from_secs(1);
/// How often the manager is asked again while the store is away.
const KNOCK_AGAIN: Duration = Duration::from_millis(250);
/// How often the client is told to wait.
const NOTICE: Duration = Duration::from_secs(1);
/// When it is sent to another pod: soon, as long as this pod alone may have lost the store; later, when
/// the outage has lasted, so that nobody goes round in circles.
const SENT_ON_FIRST: Duration = Duration::from_secs(1);
const SENT_ON: Duration = Duration::from_secs(10);

/// Messages a client may send before the manager has answered.
const EARLY_MESSAGES: usize = 16;

/// Starts the Session of a connection, and answers the upgrade.
///
/// # Errors
/// When the request is no WebSocket handshake (RFC 6455, section 4.2.1).
pub fn start(
    upgrade: Upgrade,
    deps: SessionDeps,
    request: &HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, actix_web::Error> {
    let session = Session::new(upgrade, deps);
    let bytes = Bounded::new(payload, MAX_MESSAGE_BYTES);
    ws::WsResponseBuilder::new(session, request, bytes).frame_size(MAX_MESSAGE_BYTES).start()
}

type Context = ws::WebsocketContext<Session>;

impl Session {
    fn new(upgrade: Upgrade, deps: SessionDeps) -> Self {
        let now = Instant::now();
        Self {
            upgrade,
            deps,
            reader: Reader::new(Accept::GAME),
            limiter: Limiter::new(now.into_std()),
            since: now,
            heard: now,
            lobby: Lobby::Knocking { early: Vec::new(), notices: 0, unanswered: Some(now) },
            seat: None,
            asked_for: None,
            known_over: None,
            closing: None,
        }
    }

    fn player(&self) -> PlayerId {
        self.upgrade.session.player.id
    }

    /// Ends the connection for a reason of the server.
    fn close(&mut self, reason: CloseReason, ctx: &mut Context) {
        if self.closing.is_none() {
            self.closing = Some(reason);
            ctx.close(Some(close_frame(reason)));
            ctx.stop();
        }
    }

    /// The client has answered that it is there, or was: an answer that this server, standing still,
    /// has read late may be that of an attempt which was given up for another one. Whoever is there
    /// all the same comes back at once.
    fn on_pong(&mut self, ctx: &mut Context) {
        let Lobby::Knocking { unanswered, .. } = &mut self.lobby else { return };
        match unanswered.take() {
            None => {}
            Some(since) if since.elapsed() > GIVEN_UP => self.close(CloseReason::GoingAway, ctx),
            Some(_) => self.knock(ctx),
        }
    }

    /// For how long the client has not answered that it is there; `None` when it has.
    fn unanswered(&self) -> Option<Duration> {
        match &self.lobby {
            Lobby::Knocking { unanswered, .. } => unanswered.map(|since| since.elapsed()),
            Lobby::Inside(_) => None,
        }
    }

    /// The client has gone before it answered for the first time.
    fn left_at_once(&self) -> bool {
        let by_itself = matches!(self.closing, None | Some(CloseReason::Goodbye));
        by_itself && matches!(self.lobby, Lobby::Knocking { notices: 0, unanswered: Some(_), .. })
    }

    /// Asks the client whether it is there. Every WebSocket client answers by itself (RFC 6455, 5.5.2).
    /// The manager is asked when the answer comes: a client that gave this attempt up, while this
    /// server or the store was slow, must not take the player's seat from the attempt that followed.
    fn ask_client(&mut self, ctx: &mut Context) {
        if let Lobby::Knocking { unanswered, .. } = &mut self.lobby {
            *unanswered = Some(Instant::now());
            ctx.ping(ARE_YOU_THERE);
        }
    }

    fn knock(&mut self, ctx: &mut Context) {
        if self.closing.is_some() {
            return;
        }
        let connect = Connect {
            connection: self.upgrade.connection,
            player: self.upgrade.session.player.clone(),
            notices: ctx.address().recipient(),
        };
        let asked = self.deps.manager.send(connect).into_actor(self);
        ctx.spawn(asked.map(|answer, session, ctx| match answer {
            Ok(Ok(welcome)) => session.enter(welcome, ctx),
            Ok(Err(Refusal::Replaced)) => session.close(CloseReason::Replaced, ctx),
            Ok(Err(Refusal::Unavailable { away })) => session.knock_again(away, ctx),
            Ok(Err(Refusal::GoingAway)) | Err(_) => session.close(CloseReason::GoingAway, ctx),
        }));
    }

    /// The store is away. Another pod may have it, so the client is sent on after a while; a
    /// notice each second says until then that somebody is here.
    fn knock_again(&mut self, away: Duration, ctx: &mut Context) {
        let Lobby::Knocking { notices, .. } = &mut self.lobby else { return };
        let waited = self.since.elapsed();
        // `away` grows while the client waits: so it waits about as long as it was away before.
        let patience = away.saturating_sub(waited).clamp(SENT_ON_FIRST, SENT_ON);
        if waited >= patience {
            return self.close(CloseReason::GoingAway, ctx);
        }
        if waited >= *notices * NOTICE {
            *notices += 1;
            let reason = "the store does not answer".to_owned();
            self.say(&ServerMsg::Paused { reason }, ctx);
        }
        ctx.run_later(KNOCK_AGAIN, Self::ask_client);
    }

    fn enter(&mut self, welcome: Welcome, ctx: &mut Context) {
        let hello = Hello {
            protocol: PROTOCOL_VERSION,
            player_id: self.player(),
            server_time: wall_clock::millis(),
            room_id: welcome.room,
        };
        self.say(&ServerMsg::Hello(hello), ctx);
        if let Some(room) = welcome.room {
            self.sit_down(room, ctx);
        }
        let before = std::mem::replace(&mut self.lobby, Lobby::Inside(welcome));
        if let Lobby::Knocking { early, .. } = before {
            for message in early {
                self.on_message(message, ctx);
            }
        }
    }
}

impl Actor for Session {
    type Context = Context;

    fn started(&mut self, ctx: &mut Context) {
        self.deps.metrics.connections.inc();
        self.start_pulse(ctx);
        self.ask_client(ctx);
    }

    /// Every way out leads through here, once.
    fn stopped(&mut self, _: &mut Context) {
        let reason = self.closing.unwrap_or(CloseReason::Goodbye);
        self.deps.metrics.connections.dec();
        count(&self.deps.metrics.closed, reason.label());
        if self.left_at_once() {
            self.upgrade.credit.left_at_once();
        }
        let (connection, player) = (self.upgrade.connection, self.player());
        if let Some(seat) = &self.seat {
            seat.tell(RoomCommand::Detach { player, connection });
        }
        // Beyond the bound of the mailbox: one message, the last one of the connection's life.
        self.deps.manager.do_send(Disconnect { connection, player });
        tracing::debug!(%connection, %player, reason = reason.label(), "a connection ended");
    }
}
