//! The echo server and its actor: a Session without a game.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use actix::{Actor, ActorContext, StreamHandler};
use actix_web::dev::Server;
use actix_web::{App, HttpRequest, HttpServer, web};
use actix_web_actors::ws::{
    self, Message, ProtocolError, WebsocketContext as Context, WsResponseBuilder,
};
use overcookied::protocol::CloseReason;
use overcookied::session::bounded::Bounded;
use overcookied::session::frames::{Accept, Incoming, Reader, close_frame};
use overcookied::session::rate::Limiter;

/// Whom the server is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(dead_code, reason = "the example and the tests each use one mode")]
pub(crate) enum Mode {
    /// Long messages, binary too, and as many as the suite likes.
    Autobahn,
    /// The limits of the game.
    Game,
}

impl Mode {
    fn accept(self) -> Accept {
        match self {
            Mode::Autobahn => Accept { message_bytes: 16 * 1024 * 1024, binary: true },
            Mode::Game => Accept::GAME,
        }
    }

    fn limiter(self) -> Option<Limiter> {
        (self == Mode::Game).then(|| Limiter::new(Instant::now()))
    }
}

/// Listens on 127.0.0.1. The server runs while the second value is polled.
pub(crate) fn bind(port: u16, mode: Mode) -> anyhow::Result<(SocketAddr, Server)> {
    let upgrade = move |request: HttpRequest, body: web::Payload| async move {
        let accept = mode.accept();
        let echo = Echo { reader: Reader::new(accept), limiter: mode.limiter() };
        let bytes = Bounded::new(body, accept.message_bytes);
        WsResponseBuilder::new(echo, &request, bytes).frame_size(accept.message_bytes).start()
    };
    let server = HttpServer::new(move || App::new().route("/", web::get().to(upgrade)))
        .workers(1)
        // The connection ends with the close frame. With any other value the server reads on for a
        // while, and with less than half a second, the step of its clock, for ever.
        .client_disconnect_timeout(Duration::ZERO)
        .disable_signals()
        .bind(("127.0.0.1", port))?;
    let address = server.addrs()[0];
    Ok((address, server.run()))
}

struct Echo {
    reader: Reader,
    limiter: Option<Limiter>,
}

impl Actor for Echo {
    type Context = Context<Self>;
}

impl StreamHandler<Result<Message, ProtocolError>> for Echo {
    fn handle(&mut self, item: Result<Message, ProtocolError>, ctx: &mut Self::Context) {
        if self.limiter.as_mut().is_some_and(|limiter| !limiter.allow(Instant::now())) {
            return end(ctx, close_frame(CloseReason::TooManyMessages));
        }
        match self.reader.read(item) {
            Ok(None | Some(Incoming::Pong)) => {}
            Ok(Some(Incoming::Text(text))) => ctx.text(text),
            Ok(Some(Incoming::Binary(bytes))) => ctx.binary(bytes),
            Ok(Some(Incoming::Ping(bytes))) => ctx.pong(&bytes),
            Ok(Some(Incoming::Close(Some(code)))) => end(ctx, ws::CloseCode::from(code).into()),
            Ok(Some(Incoming::Close(None))) => end(ctx, ws::CloseCode::Normal.into()),
            Err(reason) => end(ctx, close_frame(reason)),
        }
    }
}

fn end(ctx: &mut Context<Echo>, reason: ws::CloseReason) {
    ctx.close(Some(reason));
    ctx.stop();
}
