//! A WebSocket that writes whatever bytes it is given.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::helpers::PATIENCE;

pub(crate) const FIN: u8 = 0x80;
pub(crate) const CONTINUE: u8 = 0x0;
pub(crate) const TEXT: u8 = 0x1;
pub(crate) const BINARY: u8 = 0x2;
pub(crate) const CLOSE: u8 = 0x8;
pub(crate) const PING: u8 = 0x9;
pub(crate) const PONG: u8 = 0xa;

/// A handshake with everything right, without who it is.
pub(crate) const HANDSHAKE: &str = "Upgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

/// A frame as a client must write it: masked, its length as short as can be.
pub(crate) fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![first];
    match payload.len() {
        short @ 0..=125 => frame.push(0x80 | short as u8),
        medium => {
            frame.push(0x80 | 126);
            frame.extend(u16::try_from(medium).unwrap().to_be_bytes());
        }
    }
    let mask = [0x37, 0xfa, 0x21, 0x3d];
    frame.extend(mask);
    frame.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    frame
}

/// An answer to a request that was to become a WebSocket.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Everything up to the empty line, in lower case.
    pub(crate) head: String,
    pub(crate) socket: TcpStream,
}

/// Asks for a WebSocket with these headers and reads the head of the answer.
pub(crate) async fn ask(address: SocketAddr, headers: &str) -> Answer {
    let socket = TcpStream::connect(address).await.unwrap();
    ask_on(socket, headers).await
}

/// The same on a socket with settings of its own.
pub(crate) async fn ask_on(mut socket: TcpStream, headers: &str) -> Answer {
    let request = format!("GET /ws HTTP/1.1\r\nHost: localhost:1\r\n{headers}\r\n");
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(timeout(PATIENCE, socket.read_u8()).await.expect("no answer").unwrap());
    }
    let head = String::from_utf8(head).unwrap().to_ascii_lowercase();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Answer { status, head, socket }
}

impl Answer {
    /// The body, which has a length.
    pub(crate) async fn body(mut self) -> String {
        let length = self.head.split("content-length: ").nth(1).and_then(|l| l.split('\r').next());
        let mut body = vec![0; length.unwrap().parse().unwrap()];
        timeout(PATIENCE, self.socket.read_exact(&mut body)).await.expect("no body").unwrap();
        String::from_utf8(body).unwrap()
    }
}

/// An open WebSocket.
pub(crate) struct RawSocket {
    socket: TcpStream,
}

impl RawSocket {
    /// Opens one with a token.
    pub(crate) async fn open(address: SocketAddr, token: &str) -> Self {
        let mut opened = Self::unanswered(address, token).await;
        // The answer to the server's first ping, before it has come.
        opened.send(&frame(FIN | PONG, b"")).await;
        opened
    }

    /// Opens one that has not answered the server's first ping.
    pub(crate) async fn unanswered(address: SocketAddr, token: &str) -> Self {
        let answer = ask(address, &format!("{HANDSHAKE}Authorization: Bearer {token}\r\n")).await;
        assert_eq!(answer.status, 101, "{}", answer.head);
        Self { socket: answer.socket }
    }

    /// Writes bytes. The server may have closed already: what it said is read afterwards.
    pub(crate) async fn send(&mut self, bytes: &[u8]) {
        let written = timeout(PATIENCE, self.socket.write_all(bytes)).await;
        let _ = written.expect("the server takes nothing");
    }

    /// The next frame: its first byte and its payload. `None`: the connection has ended.
    pub(crate) async fn frame(&mut self) -> Option<(u8, Vec<u8>)> {
        timeout(PATIENCE, self.read_frame()).await.expect("the server said nothing").ok()
    }

    async fn read_frame(&mut self) -> std::io::Result<(u8, Vec<u8>)> {
        let first = self.socket.read_u8().await?;
        let length = match self.socket.read_u8().await? {
            126 => usize::from(self.socket.read_u16().await?),
            127 => usize::try_from(self.socket.read_u64().await?).unwrap(),
            short => usize::from(short),
        };
        let mut payload = vec![0; length];
        self.socket.read_exact(&mut payload).await?;
        Ok((first, payload))
    }

    /// Reads texts until one is of this type.
    pub(crate) async fn expect(&mut self, kind: &str) -> serde_json::Value {
        loop {
            let (first, payload) = self.frame().await.expect("the connection has ended");
            if first == FIN | TEXT {
                let mut frame: serde_json::Value = serde_json::from_slice(&payload).unwrap();
                if frame["type"] == kind {
                    return frame["payload"].take();
                }
            } else {
                assert_ne!(first, FIN | CLOSE, "closed: {payload:?}");
            }
        }
    }

    /// Reads up to the close frame and gives its code; `None` when the connection ends without.
    pub(crate) async fn close_code(&mut self) -> Option<u16> {
        while let Some((first, payload)) = self.frame().await {
            if first == FIN | CLOSE {
                return payload.first_chunk().map(|bytes| u16::from_be_bytes(*bytes));
            }
        }
        None
    }
}
