//! A player on a real WebSocket, who says what the test says and waits for what it names.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::helpers::{PATIENCE, TestApp};

/// Who may connect.
#[derive(Clone, Debug)]
pub(crate) struct Guest {
    pub(crate) id: String,
    pub(crate) token: String,
}

/// A player who is connected.
pub(crate) struct TestPlayer {
    pub(crate) guest: Guest,
    socket: WebSocketStream<TcpStream>,
    /// What came and was not waited for; told when a test fails.
    seen: Vec<String>,
}

fn http() -> reqwest::Client {
    overcookied::tls::choose();
    reqwest::Client::builder().no_proxy().timeout(PATIENCE).build().unwrap()
}

/// `GET` with a token, if there is one: the status and the JSON.
pub(crate) async fn get(address: SocketAddr, path: &str, token: Option<&str>) -> (u16, Value) {
    let mut request = http().get(format!("http://{address}{path}"));
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    (status, answer.json().await.unwrap_or(Value::Null))
}

/// `POST` of nothing with a token, as JSON: the status.
pub(crate) async fn post_empty(address: SocketAddr, path: &str, token: &str) -> u16 {
    let request = http().post(format!("http://{address}{path}")).bearer_auth(token);
    let answer = request.header("Content-Type", "application/json").send().await.unwrap();
    answer.status().as_u16()
}

/// `POST /api/auth/guest`: the status and the JSON.
pub(crate) async fn post_guest(address: SocketAddr, body: &Value) -> (u16, Value) {
    let url = format!("http://{address}/api/auth/guest");
    let answer = http().post(url).json(body).send().await.unwrap();
    let status = answer.status().as_u16();
    (status, answer.json().await.unwrap_or(Value::Null))
}

impl Guest {
    pub(crate) async fn sign_in(address: SocketAddr, name: &str) -> Self {
        let (status, body) = post_guest(address, &json!({ "name": name })).await;
        assert_eq!(status, 201, "{body}");
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        Self { id: text(&body["player"]["id"]), token: text(&body["token"]) }
    }

    /// Opens a WebSocket without waiting for anything on it.
    pub(crate) async fn connect(&self, address: SocketAddr) -> TestPlayer {
        self.try_connect(address, Ipv4Addr::LOCALHOST.into()).await.unwrap()
    }

    /// The same from an address of this machine; the status when it is refused.
    pub(crate) async fn try_connect(
        &self,
        address: SocketAddr,
        from: IpAddr,
    ) -> Result<TestPlayer, u16> {
        let tcp = TcpSocket::new_v4().unwrap();
        tcp.bind(SocketAddr::new(from, 0)).unwrap();
        let tcp = tcp.connect(address).await.unwrap();
        tcp.set_nodelay(true).unwrap();
        let mut request = format!("ws://{address}/ws").into_client_request().unwrap();
        let bearer = format!("Bearer {}", self.token).parse().unwrap();
        request.headers_mut().insert("Authorization", bearer);
        let upgrade = tokio_tungstenite::client_async(request, tcp);
        match timeout(PATIENCE, upgrade).await.expect("the upgrade is not answered") {
            Ok((socket, _)) => Ok(TestPlayer { guest: self.clone(), socket, seen: Vec::new() }),
            Err(Error::Http(answer)) => Err(answer.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }
}

impl TestPlayer {
    /// A new guest, connected and greeted.
    pub(crate) async fn new(app: &TestApp, name: &str) -> Self {
        Self::greeted(app.guest(name).await, app.address).await
    }

    /// A guest, connected and greeted.
    pub(crate) async fn greeted(guest: Guest, address: SocketAddr) -> Self {
        let mut player = guest.connect(address).await;
        player.expect("HELLO").await;
        player
    }

    pub(crate) async fn send(&mut self, kind: &str, payload: Value) {
        self.send_text(&json!({ "type": kind, "payload": payload }).to_string()).await;
    }

    pub(crate) async fn send_text(&mut self, text: &str) {
        let sent = timeout(PATIENCE, self.socket.send(Message::text(text))).await;
        sent.expect("the server takes nothing").expect("the server has closed");
    }

    pub(crate) async fn click(&mut self, n: u32) {
        self.send("CLICK", json!({ "n": n })).await;
    }

    /// Clicks and waits until it is acknowledged: the update that says so.
    pub(crate) async fn click_safely(&mut self, n: u32) -> Value {
        self.click(n).await;
        self.until(&format!("ack {n}"), |kind, p| kind == "UPDATE" && p["ack"] == n).await
    }

    /// The next frame, whatever it is.
    pub(crate) async fn next(&mut self) -> (String, Value) {
        match self.frame().await {
            Ok(frame) => frame,
            Err(code) => panic!("closed with {code:?} after {:#?}", self.seen),
        }
    }

    /// The next frame; `None` when the connection ends without one.
    pub(crate) async fn first(&mut self) -> Option<(String, Value)> {
        self.frame().await.ok()
    }

    /// The payload of the next frame of a type. Others are passed over.
    pub(crate) async fn expect(&mut self, kind: &str) -> Value {
        self.until(kind, |other, _| other == kind).await
    }

    /// The payload of the next frame that is the one meant.
    pub(crate) async fn until(
        &mut self,
        what: &str,
        mut is_it: impl FnMut(&str, &Value) -> bool,
    ) -> Value {
        let waiting = async {
            loop {
                let (kind, payload) = match self.frame().await {
                    Ok(frame) => frame,
                    Err(code) => break Err(code),
                };
                if is_it(&kind, &payload) {
                    break Ok(payload);
                }
                self.seen.push(format!("{kind} {payload}"));
            }
        };
        match timeout(PATIENCE, waiting).await {
            Ok(Ok(payload)) => payload,
            Ok(Err(code)) => panic!("{what}: closed with {code:?} after {:#?}", self.seen),
            Err(_) => panic!("{what} did not come, but {:#?}", self.seen),
        }
    }

    /// The code the server closes with; `None` when the connection ends without.
    pub(crate) async fn closed(&mut self) -> Option<u16> {
        let waiting = async {
            loop {
                if let Err(code) = self.frame().await {
                    break code;
                }
            }
        };
        timeout(PATIENCE, waiting).await.expect("the server does not close")
    }

    /// The code the server closes with, however long it takes.
    pub(crate) async fn closed_at_last(&mut self) -> Option<u16> {
        loop {
            match self.socket.next().await {
                Some(Ok(Message::Close(close))) => return close.map(|c| c.code.into()),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return None,
            }
        }
    }

    async fn frame(&mut self) -> Result<(String, Value), Option<u16>> {
        loop {
            match timeout(PATIENCE, self.socket.next()).await.expect("the server said nothing") {
                Some(Ok(Message::Text(text))) => {
                    let mut frame: Value = serde_json::from_str(&text).unwrap();
                    let kind = frame["type"].as_str().unwrap().to_owned();
                    return Ok((kind, frame["payload"].take()));
                }
                Some(Ok(Message::Close(close))) => return Err(close.map(|c| c.code.into())),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Err(None),
            }
        }
    }

    /// Leaves without a goodbye.
    pub(crate) fn vanish(self) -> Guest {
        self.guest
    }
}

/// Two players in one game, and the `GAME_START` of the first.
pub(crate) struct Pair {
    pub(crate) ada: TestPlayer,
    pub(crate) bob: TestPlayer,
    pub(crate) start: Value,
    clicks: u32,
}

impl Pair {
    /// Two new guests who are in a game with each other. The queue must be empty.
    pub(crate) async fn in_play(app: &TestApp) -> Self {
        Self::at(app.address).await
    }

    /// The same at an address.
    pub(crate) async fn at(address: SocketAddr) -> Self {
        let mut ada = TestPlayer::greeted(Guest::sign_in(address, "Ada").await, address).await;
        let mut bob = TestPlayer::greeted(Guest::sign_in(address, "Bob").await, address).await;
        ada.send("JOIN_QUEUE", json!({})).await;
        ada.expect("QUEUED").await;
        bob.send("JOIN_QUEUE", json!({})).await;
        let start = ada.expect("GAME_START").await;
        let other = bob.expect("GAME_START").await;
        assert_eq!(start["opponent"], bob.guest.id.as_str(), "somebody else was waiting");
        assert_eq!(start["roomId"], other["roomId"]);
        Self { ada, bob, start, clicks: 0 }
    }

    pub(crate) fn room(&self) -> &str {
        self.start["roomId"].as_str().unwrap()
    }

    /// The game goes on: a click of the first is acknowledged, and the second sees it. Only for
    /// pairs who click in no other way.
    pub(crate) async fn goes_on(&mut self) {
        self.clicks += 1;
        let clicks = self.clicks;
        self.ada.click_safely(clicks).await;
        let score = if self.start["role"] == "p1" { "p1Score" } else { "p2Score" };
        let what = format!("{score} {clicks}");
        self.bob
            .until(&what, |kind, p| {
                kind == "UPDATE" && p[score].as_u64().is_some_and(|s| s >= u64::from(clicks))
            })
            .await;
    }
}
