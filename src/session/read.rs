//! The read pump: frames of the client, limits first, then what the player says.

use actix::{ActorContext, StreamHandler};
use actix_web_actors::ws;
use tokio::time::Instant;

use super::frames::Incoming;
use super::{Context, EARLY_MESSAGES, Lobby, Session};
use crate::manager::Wish;
use crate::protocol::{ClientMsg, CloseReason, ErrorCode, ParseError, ServerMsg};

impl StreamHandler<Result<ws::Message, ws::ProtocolError>> for Session {
    /// The limit comes before anything else is done with a frame: it is what bounds the memory of
    /// a connection that floods, because the buffer before this handler has no bound of its own.
    fn handle(&mut self, frame: Result<ws::Message, ws::ProtocolError>, ctx: &mut Context) {
        if self.closing.is_some() {
            return;
        }
        self.heard = Instant::now();
        self.deps.metrics.frames_in.inc();
        if !self.limiter.allow(self.heard.into_std()) {
            return self.close(CloseReason::TooManyMessages, ctx);
        }
        match self.reader.read(frame) {
            Ok(Some(Incoming::Text(text))) => self.on_text(&text, ctx),
            Ok(Some(Incoming::Ping(payload))) => ctx.pong(&payload),
            Ok(Some(Incoming::Close(code))) => self.on_goodbye(code, ctx),
            Ok(Some(Incoming::Pong)) => self.on_pong(ctx),
            Ok(Some(Incoming::Binary(_)) | None) => {}
            Err(reason) => self.close(reason, ctx),
        }
    }

    /// The socket is gone, or the client has half-closed it; either way there is nobody left.
    fn finished(&mut self, ctx: &mut Context) {
        self.close(CloseReason::Goodbye, ctx);
    }
}

impl Session {
    fn on_text(&mut self, text: &str, ctx: &mut Context) {
        match ClientMsg::parse(text, |kind| self.deps.catalogue.input_kind(kind)) {
            Ok(message) => self.on_message(message, ctx),
            Err(ParseError { code, message }) => self.say_error(code, message, ctx),
        }
    }

    pub(super) fn on_message(&mut self, message: ClientMsg, ctx: &mut Context) {
        if let Lobby::Knocking { early, .. } = &mut self.lobby {
            if early.len() < EARLY_MESSAGES {
                early.push(message);
            }
            return;
        }
        match message {
            ClientMsg::JoinQueue { game } => self.wish(Wish::Join { game }, ctx),
            ClientMsg::LeaveQueue => self.wish(Wish::Leave, ctx),
            ClientMsg::Practice { game, strength } => {
                self.wish(Wish::Practice { game, strength }, ctx);
            }
            ClientMsg::QuitGame => self.quit(ctx),
            ClientMsg::Input(input) => self.input(input, ctx),
        }
    }

    pub(super) fn say_error(&mut self, code: ErrorCode, message: String, ctx: &mut Context) {
        self.say(&ServerMsg::Error { code, message, from: None }, ctx);
    }

    /// The close handshake of RFC 6455, section 5.5.1: the same code goes back.
    fn on_goodbye(&mut self, code: Option<u16>, ctx: &mut Context) {
        self.closing = Some(CloseReason::Goodbye);
        ctx.close(code.map(|code| ws::CloseReason { code: code.into(), description: None }));
        ctx.stop();
    }
}
