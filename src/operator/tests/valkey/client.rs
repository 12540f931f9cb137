//! Servers in this process, and players on real WebSockets, who say what the test says and wait for
//! what it names.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use p256::pkcs8::{EncodePrivateKey, LineEnding};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use crate::app::App;
use crate::cluster::ValkeySettings;
use crate::cluster::valkey::tests::servers::free_port;
use crate::config::tests::parse;
use crate::ids::PlayerId;

/// Longer than anything takes that is not broken.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);

/// What pods that share a Valkey have in common.
pub(super) struct Shared<'a> {
    pub(super) valkey: ValkeySettings,
    pub(super) folder: &'a Path,
    pub(super) keys: String,
}

pub(super) fn session_key() -> String {
    let key = p256::SecretKey::random(&mut rand_core::OsRng);
    key.to_pkcs8_pem(LineEnding::LF).unwrap().to_string()
}

/// A pod. It is told to stop when this is dropped.
pub(super) struct Pod {
    pub(super) address: SocketAddr,
    metrics: u16,
    _stop: oneshot::Sender<()>,
}

impl Pod {
    /// A pod with games that outlast the test.
    pub(super) fn start(shared: &Shared<'_>) -> Self {
        let metrics = free_port();
        let options = [
            "--port=0".to_owned(),
            format!("--metrics-port={metrics}"),
            "--public-url=http://localhost:1".to_owned(),
            "--game-seconds=600".to_owned(),
            "--countdown-seconds=0".to_owned(),
            format!("--session-keys={}", shared.keys),
            format!("--data-dir={}", shared.folder.display()),
            format!("--results-db={}", shared.folder.join("results.sqlite3").display()),
            "--valkey-url=redis://unused".to_owned(),
        ];
        let options: Vec<&str> = options.iter().map(String::as_str).collect();
        let mut config = parse(&options).unwrap();
        config.valkey = Some(shared.valkey.clone());
        let (stop, stopped) = oneshot::channel();
        let (started, address) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            actix::System::new().block_on(async move {
                let app = App::start(&config).await.unwrap();
                started.send(app.address()).unwrap();
                let _ = app.run_until(stopped).await;
            });
        });
        let address = address.recv_timeout(PATIENCE).expect("the pod does not start");
        Self { address, metrics, _stop: stop }
    }

    /// A number of this pod's metrics; 0 while it has not been counted.
    pub(super) async fn counts(&self, name: &str) -> u64 {
        let url = format!("http://127.0.0.1:{}/metrics", self.metrics);
        let text = http().get(url).send().await.unwrap().text().await.unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok());
        line.unwrap_or_default()
    }
}

fn http() -> reqwest::Client {
    crate::tls::choose();
    reqwest::Client::builder().no_proxy().timeout(PATIENCE).build().unwrap()
}

/// A player who is connected, and comes back whenever the connection breaks.
pub(super) struct Player {
    pub(super) id: PlayerId,
    token: String,
    address: SocketAddr,
    socket: WebSocketStream<TcpStream>,
}

/// How long a client waits for an answer before it says the same again.
const AGAIN: Duration = Duration::from_secs(1);

impl Player {
    /// A new guest, connected.
    pub(super) async fn new(pod: &Pod, name: &str) -> Self {
        let address = pod.address;
        let url = format!("http://{address}/api/auth/guest");
        let answer = http().post(url).json(&json!({ "name": name })).send().await.unwrap();
        let signed_in: Value = answer.error_for_status().unwrap().json().await.unwrap();
        let id = signed_in["player"]["id"].as_str().unwrap().parse().unwrap();
        let token = signed_in["token"].as_str().unwrap().to_owned();
        let socket = connect(address, &token).await;
        Self { id, token, address, socket }
    }

    /// Says something again and again until a frame of a type comes that is the one meant: its
    /// payload. Others are passed over.
    pub(super) async fn says_until(
        &mut self,
        (say, payload): (&str, Value),
        kind: &str,
        is_it: impl Fn(&Value) -> bool,
    ) -> Value {
        let text = json!({ "type": say, "payload": payload }).to_string();
        let heard = async {
            loop {
                // Whether it was sent is seen by the answer.
                let _ = self.socket.send(Message::text(text.clone())).await;
                if let Ok(heard) = timeout(AGAIN, self.next_that(kind, &is_it)).await {
                    return heard;
                }
            }
        };
        timeout(PATIENCE, heard).await.unwrap_or_else(|_| panic!("no {kind} after {say}"))
    }

    /// The payload of the next frame of a type.
    pub(super) async fn hears(&mut self, kind: &str) -> Value {
        let next = timeout(PATIENCE, self.next_that(kind, &|_| true));
        next.await.unwrap_or_else(|_| panic!("no {kind} comes"))
    }

    async fn next_that(&mut self, kind: &str, is_it: &impl Fn(&Value) -> bool) -> Value {
        loop {
            match self.socket.next().await {
                Some(Ok(Message::Text(text))) => {
                    let mut frame: Value = serde_json::from_str(&text).unwrap();
                    if frame["type"] == kind && is_it(&frame["payload"]) {
                        return frame["payload"].take();
                    }
                }
                Some(Ok(Message::Close(_)) | Err(_)) | None => {
                    self.socket = connect(self.address, &self.token).await;
                }
                Some(Ok(_)) => {}
            }
        }
    }

    /// The newest game of this player's history.
    pub(super) async fn last_result(&self) -> Value {
        let url = format!("http://{}/api/history", self.address);
        let answer = http().get(url).bearer_auth(&self.token).send().await.unwrap();
        let mut history: Value = answer.error_for_status().unwrap().json().await.unwrap();
        history["games"][0].take()
    }
}

async fn connect(address: SocketAddr, token: &str) -> WebSocketStream<TcpStream> {
    let mut request = format!("ws://{address}/ws").into_client_request().unwrap();
    let bearer = format!("Bearer {token}").parse().unwrap();
    request.headers_mut().insert("Authorization", bearer);
    let tcp = TcpStream::connect(address).await.unwrap();
    let (socket, _) = tokio_tungstenite::client_async(request, tcp).await.unwrap();
    socket
}
