//! A bare echo server on the same WebSocket crate, with the same socket options and one worker:
//! what `scripts/bench` compares the server's processor time with. It is no part of the product.
//!
//! `bare_echo [PORT]` prints the address it listens on (port 0 by default) and serves until killed.

use std::any::Any;
use std::io::Write;
use std::time::Duration;

use actix::{Actor, StreamHandler};
use actix_web::dev::Extensions;
use actix_web::{App, Error, HttpRequest, HttpResponse, HttpServer, rt, web};
use actix_web_actors::ws;
use socket2::SockRef;

const USER_TIMEOUT: Duration = Duration::from_secs(10);
const SEND_BUFFER: usize = 32 * 1024;

struct Echo;

impl Actor for Echo {
    type Context = ws::WebsocketContext<Self>;
}

impl StreamHandler<Result<ws::Message, ws::ProtocolError>> for Echo {
    fn handle(&mut self, item: Result<ws::Message, ws::ProtocolError>, ctx: &mut Self::Context) {
        match item {
            Ok(ws::Message::Text(text)) => ctx.text(text),
            Ok(ws::Message::Ping(bytes)) => ctx.pong(&bytes),
            Ok(ws::Message::Close(reason)) => ctx.close(reason),
            _ => {}
        }
    }
}

async fn upgrade(request: HttpRequest, body: web::Payload) -> Result<HttpResponse, Error> {
    ws::start(Echo, &request, body)
}

/// The options that the server itself sets on every socket.
fn on_connect(connection: &dyn Any, _: &mut Extensions) {
    let Some(tcp) = connection.downcast_ref::<rt::net::TcpStream>() else { return };
    let socket = SockRef::from(tcp);
    let set = socket
        .set_tcp_user_timeout(Some(USER_TIMEOUT))
        .and_then(|()| socket.set_send_buffer_size(SEND_BUFFER))
        .and_then(|()| socket.set_tcp_nodelay(true));
    if let Err(error) = set {
        // A comparison with other options would be none.
        let _ = writeln!(std::io::stderr(), "cannot set the socket's options: {error}");
        std::process::exit(1);
    }
}

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let port = std::env::args().nth(1).and_then(|port| port.parse().ok()).unwrap_or(0);
    let server = HttpServer::new(|| App::new().route("/ws", web::get().to(upgrade)))
        .workers(1)
        .on_connect(on_connect)
        .bind(("127.0.0.1", port))?;
    let mut out = std::io::stdout();
    for address in server.addrs() {
        writeln!(out, "listening on {address}")?;
    }
    out.flush()?;
    server.run().await
}
