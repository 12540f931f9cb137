//! Sessions on real sockets whose room panics, or is lost. The game that panics exists in these tests alone.

mod client;
mod lost_match;
mod silence;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::app::App;
use crate::cluster::MatchMade;
use crate::config::tests::parse;
use crate::ids::{PlayerId, RoomId};
use crate::room::remote::Hint;

const PATIENCE: Duration = Duration::from_secs(20);

struct Player {
    id: PlayerId,
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Player {
    async fn in_queue(app: &App, name: &str) -> Self {
        let url = format!("http://{}/api/auth/guest", app.address());
        crate::tls::choose();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let body = json!({ "name": name });
        let answer: Value =
            client.post(url).json(&body).send().await.unwrap().json().await.unwrap();
        let bearer = format!("Bearer {}", answer["token"].as_str().unwrap());
        let mut request = format!("ws://{}/ws", app.address()).into_client_request().unwrap();
        request.headers_mut().insert("Authorization", bearer.parse().unwrap());
        let (socket, _) = tokio_tungstenite::connect_async(request).await.unwrap();
        let mut player = Self { id: PlayerId::random(), socket };
        let hello = player.hears("HELLO", |kind, _| kind == "HELLO").await;
        player.id = hello["playerId"].as_str().unwrap().parse().unwrap();
        player.says("JOIN_QUEUE", json!({ "game": "fragile" })).await;
        player
    }

    async fn says(&mut self, kind: &str, payload: Value) {
        let text = json!({ "type": kind, "payload": payload }).to_string();
        self.socket.send(Message::text(text)).await.unwrap();
    }

    async fn hears(&mut self, what: &str, is_it: impl Fn(&str, &Value) -> bool) -> Value {
        let waiting = async {
            loop {
                let Message::Text(text) = self.socket.next().await.unwrap().unwrap() else {
                    continue;
                };
                let mut frame: Value = serde_json::from_str(&text).unwrap();
                if is_it(frame["type"].as_str().unwrap(), &frame["payload"]) {
                    return frame["payload"].take();
                }
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.unwrap_or_else(|_| panic!("no {what}"))
    }

    async fn starts(&mut self) -> Value {
        self.hears("GAME_START", |kind, _| kind == "GAME_START").await
    }

    async fn is_acknowledged(&mut self, n: u32) {
        self.hears(&format!("ack {n}"), |kind, p| kind == "UPDATE" && p["ack"] == n).await;
    }
}

async fn app(data: &TempDir) -> App {
    let data_dir = format!("--data-dir={}", data.path().display());
    let config = parse(&["--port=0", "--metrics-port=0", &data_dir]).unwrap();
    App::start(&config).await.unwrap()
}

#[actix::test]
async fn who_waits_waits_on_when_the_store_has_lost_the_match() {
    let data = tempfile::tempdir().unwrap();
    let app = app(&data).await;
    let mut ada = Player::in_queue(&app, "Ada").await;
    ada.hears("QUEUED", |kind, _| kind == "QUEUED").await;
    let lost = MatchMade { room: RoomId::random(), players: vec![ada.id] };
    app.manager().send(Hint::MatchMade(lost)).await.unwrap();
    ada.hears("QUEUED", |kind, _| kind == "QUEUED").await;
    let mut bob = Player::in_queue(&app, "Bob").await;
    ada.starts().await;
    bob.starts().await;
    app.run_until(async {}).await.unwrap();
}

#[actix::test]
async fn a_client_without_numbers_plays_on_in_a_room_that_was_rebuilt_and_neighbours_notice_nothing()
 {
    let data = tempfile::tempdir().unwrap();
    let app = app(&data).await;
    let mut ada = Player::in_queue(&app, "Ada").await;
    let mut bob = Player::in_queue(&app, "Bob").await;
    ada.starts().await;
    bob.starts().await;
    let mut carol = Player::in_queue(&app, "Carol").await;
    let mut dave = Player::in_queue(&app, "Dave").await;
    let neighbour = carol.starts().await["roomId"].clone();
    dave.starts().await;

    ada.says("POKE", json!({})).await;
    ada.is_acknowledged(1).await;
    // What the room had not made safe when it died is lost to a client that keeps nothing.
    ada.says("PANIC", json!({})).await;
    let start = ada.starts().await;
    assert_eq!((&start["ack"], &start["resumed"]), (&json!(1), &json!(true)));
    bob.starts().await;
    ada.says("POKE", json!({})).await;
    ada.is_acknowledged(2).await;

    carol.says("POKE", json!({})).await;
    let update = carol.hears("ack 1", |kind, p| {
        assert_ne!(kind, "GAME_START", "{neighbour} was disturbed");
        kind == "UPDATE" && p["ack"] == 1
    });
    update.await;
    app.run_until(async {}).await.unwrap();
}
