//! A Session without a socket: bytes of a client in, bytes for it out, and the client's end of the
//! frames. For the simulation, which plays over no network but its own.

use actix_http::ws::{CloseCode, Codec, OpCode, Parser};
use actix_web::error::PayloadError;
use actix_web_actors::ws;
use bytes::{Bytes, BytesMut};
use futures_util::Stream;

use super::bounded::Bounded;
use super::{Credit, Session, SessionDeps, Upgrade};
use crate::protocol::MAX_MESSAGE_BYTES;

/// The credit of somebody who may ask for anything.
pub(crate) struct Unlimited;

impl Credit for Unlimited {
    fn take_game(&self) -> bool {
        true
    }

    fn never_answered(&self) {}

    fn left_at_once(&self) {}
}

/// The bytes that a Session writes. It lives as long as this stream is polled.
pub(crate) fn run(
    upgrade: Upgrade,
    deps: SessionDeps,
    bytes: impl Stream<Item = Result<Bytes, PayloadError>> + Unpin + 'static,
) -> impl Stream<Item = Result<Bytes, actix_web::Error>> {
    let bytes = Bounded::new(bytes, MAX_MESSAGE_BYTES);
    let codec = Codec::new().max_size(MAX_MESSAGE_BYTES);
    ws::WebsocketContext::with_codec(Session::new(upgrade, deps), bytes, codec)
}

/// What a server says, as its client reads it.
#[derive(Debug)]
pub(crate) enum Said {
    /// A text frame.
    Text(String),
    /// A ping, which wants its answer.
    Ping(Bytes),
    /// The close frame, with its code.
    Close(Option<u16>),
}

/// The client's end of a connection: makes frames, and reads those of the server.
#[derive(Default)]
pub(crate) struct ClientEnd {
    unread: BytesMut,
}

impl ClientEnd {
    /// A text frame.
    pub(crate) fn text(text: &str) -> Bytes {
        Self::frame(OpCode::Text, text.as_bytes())
    }

    /// The answer to a ping.
    pub(crate) fn pong(payload: &[u8]) -> Bytes {
        Self::frame(OpCode::Pong, payload)
    }

    /// The goodbye of a page that is left.
    pub(crate) fn goodbye() -> Bytes {
        let mut bytes = BytesMut::new();
        Parser::write_close(&mut bytes, Some(CloseCode::Away.into()), true);
        bytes.freeze()
    }

    fn frame(opcode: OpCode, payload: &[u8]) -> Bytes {
        let mut bytes = BytesMut::new();
        Parser::write_message(&mut bytes, payload, opcode, true, true);
        bytes.freeze()
    }

    /// What has been said with these bytes.
    pub(crate) fn read(&mut self, bytes: &[u8]) -> Vec<Said> {
        self.unread.extend_from_slice(bytes);
        let mut said = Vec::new();
        while let Ok(Some((_, opcode, payload))) =
            Parser::parse(&mut self.unread, false, LONGEST_FRAME)
        {
            let payload = payload.unwrap_or_default();
            said.extend(match opcode {
                OpCode::Text => Some(Said::Text(String::from_utf8_lossy(&payload).into_owned())),
                OpCode::Ping => Some(Said::Ping(payload.freeze())),
                OpCode::Close => {
                    let close = Parser::try_parse_close_payload(&payload).ok().flatten();
                    Some(Said::Close(close.map(|close| close.code.into())))
                }
                _ => None,
            });
        }
        said
    }
}

/// What a client takes from a server.
const LONGEST_FRAME: usize = 1 << 20;
