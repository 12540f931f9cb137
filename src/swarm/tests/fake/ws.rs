//! The fake server's WebSocket.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

use super::world::Order;
use super::{Manners, Shared};
use crate::ids::PlayerId;

const TICK: Duration = Duration::from_millis(100);
const PAUSE: Duration = Duration::from_millis(700);

pub(super) async fn serve(stream: TcpStream, world: Shared) {
    let mut token = String::new();
    // The callback's type is the crate's: its error is a whole response.
    #[allow(clippy::result_large_err)]
    let read_token = |request: &Request, response: Response| {
        let header = request.headers().get("authorization").unwrap().to_str().unwrap();
        token = header.strip_prefix("Bearer ").unwrap().to_owned();
        Ok(response)
    };
    let Ok(mut socket) = tokio_tungstenite::accept_hdr_async(stream, read_token).await else {
        return;
    };
    let player: PlayerId = token.parse().unwrap();
    let (line, orders) = mpsc::unbounded_channel();
    if world.lock().manners() == Manners::PausesFirst {
        for _ in 0..2 {
            let paused = r#"{"type":"PAUSED","payload":{"reason":"no store"}}"#;
            if socket.send(Message::text(paused)).await.is_err() {
                return;
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
    let generation = world.lock().attach(player, line);
    converse(socket, orders, (player, generation), &world).await;
    world.lock().detach(player, generation);
}

async fn converse(
    mut socket: WebSocketStream<TcpStream>,
    mut orders: mpsc::UnboundedReceiver<Order>,
    who: (PlayerId, usize),
    world: &Shared,
) {
    loop {
        tokio::select! {
            order = orders.recv() => match order {
                Some(Order::Send(text)) => {
                    if socket.send(Message::text(text)).await.is_err() {
                        return;
                    }
                }
                Some(Order::Close(code)) => {
                    let frame = CloseFrame { code: code.into(), reason: "".into() };
                    let _ = socket.close(Some(frame)).await;
                    return;
                }
                Some(Order::Drop) | None => return,
            },
            message = socket.next() => match message {
                Some(Ok(Message::Text(text))) => read(&text, who, world),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return,
            },
        }
    }
}

fn read(text: &str, (player, generation): (PlayerId, usize), world: &Shared) {
    let message: Value = serde_json::from_str(text).unwrap();
    let kind = message["type"].as_str().unwrap();
    if kind == "JOIN_QUEUE" {
        if let Some(room) = world.lock().join(player) {
            tokio::spawn(run_clock(room, world.clone()));
        }
        return;
    }
    if kind == "LEAVE_QUEUE" {
        return world.lock().leave(player);
    }
    if !world.lock().listens_to(player, generation) {
        return;
    }
    let n = message["payload"]["n"].as_u64().unwrap() as u32;
    let game = message["payload"]["roomId"].as_str().unwrap();
    world.lock().input(player, game, n, kind == "COOKIE_CLICK");
}

async fn run_clock(room: usize, world: Shared) {
    let mut ticks = tokio::time::interval(TICK);
    while !world.lock().rooms[room].over {
        ticks.tick().await;
        world.lock().tick(room);
    }
}
