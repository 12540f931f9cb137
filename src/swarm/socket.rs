//! The socket of one player: opened from a given address, read and written without letting
//! anything wait for ever.

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::http::header::AUTHORIZATION;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Message, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Bytes, Error, Utf8Bytes};

use super::player::Ending;
use super::stamped::Stamped;
use super::target::Target;

const READ_BUFFER: usize = 4096;
const MAX_MESSAGE: usize = 64 * 1024;
/// A server that takes no bytes for so long is as good as gone.
const SEND_WITHIN: Duration = Duration::from_secs(1);
const GOODBYE_WITHIN: Duration = Duration::from_millis(500);

/// What comes out of a socket.
#[derive(Debug)]
pub(super) enum Heard {
    /// A text frame, and when the kernel had it.
    Text(Utf8Bytes, Instant),
    /// The answer to a ping.
    Pong,
}

/// An open WebSocket.
pub(super) struct Socket {
    stream: WebSocketStream<Stamped>,
}

impl Socket {
    /// Connects from an address and upgrades with the token.
    pub(super) async fn open(target: &Target, from: IpAddr, token: &str) -> Result<Self, Ending> {
        let tcp = TcpSocket::new_v4().map_err(|_| Ending::Refused(None))?;
        Self::open_on(tcp, target, from, token).await
    }

    /// The same on a TCP socket with settings of its own.
    pub(super) async fn open_on(
        tcp: TcpSocket,
        target: &Target,
        from: IpAddr,
        token: &str,
    ) -> Result<Self, Ending> {
        let failed = |_| Ending::Refused(None);
        tcp.bind(SocketAddr::new(from, 0)).map_err(failed)?;
        let tcp = tcp.connect(target.address).await.map_err(failed)?;
        tcp.set_nodelay(true).map_err(failed)?;
        let url = format!("ws://{}/ws", target.authority);
        let mut request = url.into_client_request().map_err(|error| refused(&error))?;
        let bearer = HeaderValue::from_str(&format!("Bearer {token}"));
        request.headers_mut().insert(AUTHORIZATION, bearer.map_err(|_| Ending::Refused(None))?);
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER)
            .write_buffer_size(0)
            .max_message_size(Some(MAX_MESSAGE))
            .max_frame_size(Some(MAX_MESSAGE));
        let tcp = Stamped::new(tcp);
        let upgraded =
            tokio_tungstenite::client_async_with_config(request, tcp, Some(config)).await;
        let (stream, _) = upgraded.map_err(|error| refused(&error))?;
        Ok(Self { stream })
    }

    /// The next text frame, or the answer to a ping. Pings of the server are answered on the way.
    /// Cancel-safe.
    pub(super) async fn next(&mut self) -> Result<Heard, Ending> {
        loop {
            match self.stream.next().await {
                Some(Ok(Message::Text(text))) => {
                    return Ok(Heard::Text(text, self.stream.get_ref().arrived()));
                }
                Some(Ok(Message::Pong(_))) => return Ok(Heard::Pong),
                Some(Ok(Message::Close(frame))) => {
                    return Err(frame.map_or(Ending::Dropped, |f| Ending::Closed(f.code.into())));
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Err(Ending::Dropped),
            }
        }
    }

    /// Sends a text frame.
    pub(super) async fn send(&mut self, text: String) -> Result<(), Ending> {
        self.write(Message::text(text)).await
    }

    /// Sends a ping.
    pub(super) async fn ping(&mut self) -> Result<(), Ending> {
        self.write(Message::Ping(Bytes::new())).await
    }

    async fn write(&mut self, message: Message) -> Result<(), Ending> {
        let sent = self.stream.send(message);
        match tokio::time::timeout(SEND_WITHIN, sent).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Ending::Dropped),
        }
    }

    /// Says goodbye, and waits a moment for the answer.
    pub(super) async fn close(mut self) {
        let goodbye = CloseFrame { code: CloseCode::Normal, reason: "".into() };
        let farewell = async {
            // It is over either way.
            let _ = self.stream.close(Some(goodbye)).await;
            while let Some(Ok(_)) = self.stream.next().await {}
        };
        let _ = tokio::time::timeout(GOODBYE_WITHIN, farewell).await;
    }

    /// The TCP stream beneath, for loads that speak no WebSocket.
    pub(super) fn into_tcp(self) -> TcpStream {
        self.stream.into_inner().into_tcp()
    }
}

fn refused(error: &Error) -> Ending {
    match error {
        Error::Http(response) => Ending::Refused(Some(response.status().as_u16())),
        _ => Ending::Refused(None),
    }
}
