//! A WebSocket client that writes whatever bytes it is given, and its own server.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::echo::{self, Mode};

pub(crate) const FIN: u8 = 0x80;
pub(crate) const CONTINUE: u8 = 0x0;
pub(crate) const TEXT: u8 = 0x1;
pub(crate) const BINARY: u8 = 0x2;
pub(crate) const CLOSE: u8 = 0x8;
pub(crate) const PING: u8 = 0x9;
pub(crate) const PONG: u8 = 0xa;

/// Longer than any machine takes: only a server that never answers fails by it.
const PATIENCE: Duration = Duration::from_secs(30);

/// A frame as a client must write it: masked, its length as short as can be.
pub(crate) fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![first];
    match payload.len() {
        short @ 0..=125 => frame.push(0x80 | short as u8),
        medium @ 126..=0xffff => {
            frame.push(0x80 | 126);
            frame.extend((medium as u16).to_be_bytes());
        }
        long => {
            frame.push(0x80 | 127);
            frame.extend((long as u64).to_be_bytes());
        }
    }
    let mask = [0x37, 0xfa, 0x21, 0x3d];
    frame.extend(mask);
    frame.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    frame
}

/// A connection to a server of its own, which goes with it.
pub(crate) struct Client {
    /// The server's answer to the upgrade.
    pub(crate) response: String,
    socket: TcpStream,
    server: actix_web::dev::ServerHandle,
}

impl Client {
    pub(crate) async fn connect() -> Self {
        Self::connect_offering("").await
    }

    /// Connects and offers WebSocket extensions, if not empty.
    pub(crate) async fn connect_offering(extensions: &str) -> Self {
        let (address, server) = echo::bind(0, Mode::Game).unwrap();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        let mut socket = TcpStream::connect(address).await.unwrap();
        let mut request = format!(
            "GET / HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        );
        if !extensions.is_empty() {
            request += &format!("Sec-WebSocket-Extensions: {extensions}\r\n");
        }
        request += "\r\n";
        socket.write_all(request.as_bytes()).await.unwrap();
        let mut response = Vec::new();
        while !response.ends_with(b"\r\n\r\n") {
            response.push(timeout(PATIENCE, socket.read_u8()).await.unwrap().unwrap());
        }
        let response = String::from_utf8(response).unwrap();
        assert!(response.starts_with("HTTP/1.1 101"), "{response}");
        Self { response, socket, server: handle }
    }

    /// Writes bytes. The server may have closed already: what it said is read afterwards.
    pub(crate) async fn send(&mut self, bytes: &[u8]) {
        let _ = timeout(PATIENCE, self.socket.write_all(bytes)).await.unwrap();
    }

    /// The next frame: its first byte and its payload. `None`: the connection has ended.
    pub(crate) async fn frame(&mut self) -> Option<(u8, Vec<u8>)> {
        timeout(PATIENCE, self.read_frame()).await.expect("the server said nothing").ok()
    }

    async fn read_frame(&mut self) -> std::io::Result<(u8, Vec<u8>)> {
        let first = self.socket.read_u8().await?;
        let length = match self.socket.read_u8().await? {
            126 => usize::from(self.socket.read_u16().await?),
            127 => self.socket.read_u64().await? as usize,
            short => usize::from(short),
        };
        let mut payload = vec![0; length];
        self.socket.read_exact(&mut payload).await?;
        Ok((first, payload))
    }

    /// The next frame, which is a text.
    pub(crate) async fn text(&mut self) -> String {
        let (first, payload) = self.frame().await.expect("the connection has ended");
        assert_eq!(first, FIN | TEXT);
        String::from_utf8(payload).unwrap()
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

impl Drop for Client {
    fn drop(&mut self) {
        drop(self.server.stop(false));
    }
}
