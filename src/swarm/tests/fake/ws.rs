//! The fake server's WebSocket.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

use super::Shared;
use super::world::Order;
use crate::ids::PlayerId;

const TICK: Duration = Duration::from_millis(100);

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
    let (line, mut orders) = mpsc::unbounded_channel();
    world.lock().attach(player, line);
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
                Some(Ok(Message::Text(text))) => read(&text, player, &world),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return,
            },
        }
    }
}

fn read(text: &str, player: PlayerId, world: &Shared) {
    let message: Value = serde_json::from_str(text).unwrap();
    let kind = message["type"].as_str().unwrap();
    if kind == "JOIN_QUEUE" {
        if let Some(room) = world.lock().join(player) {
            tokio::spawn(run_clock(room, world.clone()));
        }
        return;
    }
    let n = message["payload"]["n"].as_u64().unwrap() as u32;
    world.lock().input(player, n, kind == "COOKIE_CLICK");
}

async fn run_clock(room: usize, world: Shared) {
    let mut ticks = tokio::time::interval(TICK);
    while !world.lock().rooms[room].over {
        ticks.tick().await;
        world.lock().tick(room);
    }
}
