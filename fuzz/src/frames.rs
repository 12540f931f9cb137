//! The bytes of a WebSocket: whole messages come out of them, none longer than the limit.
//!
//! The first byte says into how long pieces the rest is cut on its way.

use std::io;

use actix_codec::Decoder;
use actix_http::ws::{Codec, Frame};
use actix_web_actors::ws::{Message, ProtocolError};
use bytes::{Bytes, BytesMut};
use bytestring::ByteString;
use futures_util::{FutureExt, StreamExt, stream};
use overcookied::protocol::{CloseReason, MAX_MESSAGE_BYTES};
use overcookied::session::bounded::Bounded;
use overcookied::session::frames::{Accept, Incoming, Reader};

/// The longest header of a frame, in bytes.
const HEADER: usize = 14;

/// The length of the pieces, and the bytes.
pub fn check(bytes: &[u8]) -> bool {
    let Some((length, bytes)) = bytes.split_first() else { return false };
    let pieces = read(bytes, usize::from(*length).max(1));
    let whole = read(bytes, bytes.len().max(1));
    for incoming in &pieces.messages {
        match incoming {
            Incoming::Text(text) => assert!(text.len() <= MAX_MESSAGE_BYTES),
            Incoming::Binary(_) => panic!("binary messages are not accepted"),
            Incoming::Ping(_) | Incoming::Pong | Incoming::Close(_) => {}
        }
    }
    // A frame that announces too much is refused before those are read that came in one piece with it.
    if whole.end == Some(CloseReason::TooBig) {
        assert!(pieces.messages.starts_with(&whole.messages));
    } else {
        assert_eq!(pieces, whole, "how they are cut changes nothing");
    }
    !pieces.messages.is_empty()
}

/// What came out.
#[derive(Debug, PartialEq, Eq)]
struct Read {
    messages: Vec<Incoming>,
    end: Option<CloseReason>,
}

/// As the WebSocket crate does it.
fn read(bytes: &[u8], length: usize) -> Read {
    let pieces: Vec<_> =
        bytes.chunks(length).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    let mut pieces = Bounded::new(stream::iter(pieces), MAX_MESSAGE_BYTES);
    let mut codec = Codec::new().max_size(MAX_MESSAGE_BYTES);
    let mut reader = Reader::new(Accept::GAME);
    let mut buffer = BytesMut::new();
    let mut messages = Vec::new();
    while let Some(Some(piece)) = pieces.next().now_or_never() {
        let mut failed = None;
        match piece {
            Ok(piece) => buffer.extend_from_slice(&piece),
            Err(error) => failed = Some(Err(wrapped(error))),
        }
        while let Some(item) = failed.take().or_else(|| next(&mut codec, &mut buffer)) {
            match reader.read(item) {
                Ok(incoming) => messages.extend(incoming),
                Err(reason) => return Read { messages, end: Some(reason) },
            }
            if let Some(Incoming::Close(_)) = messages.last() {
                return Read { messages, end: None };
            }
        }
        assert!(
            buffer.len() < MAX_MESSAGE_BYTES + HEADER,
            "no more than a part of a frame is kept"
        );
    }
    Read { messages, end: None }
}

fn next(codec: &mut Codec, buffer: &mut BytesMut) -> Option<Result<Message, ProtocolError>> {
    Some(codec.decode(buffer).transpose()?.and_then(|frame| {
        Ok(match frame {
            Frame::Text(bytes) => Message::Text(ByteString::try_from(bytes).map_err(wrapped)?),
            Frame::Binary(bytes) => Message::Binary(bytes),
            Frame::Ping(bytes) => Message::Ping(bytes),
            Frame::Pong(bytes) => Message::Pong(bytes),
            Frame::Close(reason) => Message::Close(reason),
            Frame::Continuation(item) => Message::Continuation(item),
        })
    }))
}

fn wrapped(error: impl ToString) -> ProtocolError {
    ProtocolError::Io(io::Error::other(error.to_string()))
}
