//! The frame reader: makes whole messages out of what the WebSocket crate hands to an actor.
//!
//! The crate hands out fragments one by one and mixes its own errors with those of the socket.
//! Here fragments are put together under a limit, text is checked across them, and each error
//! becomes the close code that RFC 6455 asks for. It counts no frames: that is
//! [`Limiter`](super::rate::Limiter)'s, and comes first.

use std::io;
use std::str;

use actix_http::ws::Item;
use actix_web::error::PayloadError;
use actix_web_actors::ws::{self, Message, ProtocolError};
use bytes::Bytes;
use bytestring::ByteString;

use crate::protocol::{CloseReason, MAX_MESSAGE_BYTES};

/// Something a client sent, complete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Incoming {
    /// A text message.
    Text(ByteString),
    /// A binary message.
    Binary(Bytes),
    /// A ping; it wants a pong with the same bytes.
    Ping(Bytes),
    /// A pong.
    Pong,
    /// Goodbye, with a close code if the client gave one.
    Close(Option<u16>),
}

/// What a connection accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accept {
    /// The longest message, in bytes; also the most that is kept of an unfinished one.
    pub message_bytes: usize,
    /// Whether messages may be binary.
    pub binary: bool,
}

impl Accept {
    /// What the protocol of the games accepts: short text.
    pub const GAME: Self = Self { message_bytes: MAX_MESSAGE_BYTES, binary: false };
}

/// The frame reader of one connection.
#[derive(Debug)]
pub struct Reader {
    accept: Accept,
    partial: Option<Partial>,
    done: bool,
}

impl Reader {
    /// A reader for a new connection.
    pub fn new(accept: Accept) -> Self {
        Self { accept, partial: None, done: false }
    }

    /// Takes what the WebSocket crate has handed out. `None`: nothing is complete by it. After a
    /// [`Incoming::Close`] or an error nothing more is read.
    ///
    /// # Errors
    /// With the reason for which the connection must be closed.
    pub fn read(
        &mut self,
        item: Result<Message, ProtocolError>,
    ) -> Result<Option<Incoming>, CloseReason> {
        if self.done {
            return Ok(None);
        }
        let read = item.map_err(|error| reason(&error)).and_then(|message| self.message(message));
        self.done = matches!(read, Err(_) | Ok(Some(Incoming::Close(_))));
        if self.done {
            self.partial = None;
        }
        read
    }

    fn message(&mut self, message: Message) -> Result<Option<Incoming>, CloseReason> {
        Ok(match message {
            Message::Text(text) => {
                self.check_size(text.len())?;
                Some(Incoming::Text(text))
            }
            Message::Binary(bytes) => {
                self.check_binary()?;
                self.check_size(bytes.len())?;
                Some(Incoming::Binary(bytes))
            }
            Message::Continuation(item) => self.fragment(item)?,
            Message::Ping(bytes) => Some(Incoming::Ping(bytes)),
            Message::Pong(_) => Some(Incoming::Pong),
            Message::Close(close) => {
                Some(Incoming::Close(close.map(|ws::CloseReason { code, .. }| code.into())))
            }
            Message::Nop => None,
        })
    }

    fn fragment(&mut self, item: Item) -> Result<Option<Incoming>, CloseReason> {
        let (bytes, last) = match item {
            Item::FirstText(bytes) => {
                self.begin(Kind::Text)?;
                (bytes, false)
            }
            Item::FirstBinary(bytes) => {
                self.check_binary()?;
                self.begin(Kind::Binary)?;
                (bytes, false)
            }
            Item::Continue(bytes) => (bytes, false),
            Item::Last(bytes) => (bytes, true),
        };
        let partial = self.partial.as_mut().ok_or(CloseReason::ProtocolError)?;
        partial.add(&bytes, self.accept.message_bytes)?;
        if !last {
            return Ok(None);
        }
        self.partial.take().map(Partial::finish).transpose()
    }

    fn begin(&mut self, kind: Kind) -> Result<(), CloseReason> {
        match self.partial {
            Some(_) => Err(CloseReason::ProtocolError),
            None => {
                self.partial = Some(Partial { kind, bytes: Vec::new(), checked: 0 });
                Ok(())
            }
        }
    }

    fn check_size(&self, bytes: usize) -> Result<(), CloseReason> {
        if bytes > self.accept.message_bytes { Err(CloseReason::TooBig) } else { Ok(()) }
    }

    fn check_binary(&self) -> Result<(), CloseReason> {
        if self.accept.binary { Ok(()) } else { Err(CloseReason::Binary) }
    }
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Text,
    Binary,
}

/// A message of which fragments are missing. It has its own copy of what has come, since a
/// fragment would keep the whole buffer alive that it was read into.
#[derive(Debug)]
struct Partial {
    kind: Kind,
    bytes: Vec<u8>,
    /// How many of the bytes are known to be UTF-8, if it is text.
    checked: usize,
}

impl Partial {
    fn add(&mut self, fragment: &[u8], limit: usize) -> Result<(), CloseReason> {
        let total = self.bytes.len() + fragment.len();
        if total > limit {
            return Err(CloseReason::TooBig);
        }
        if total > self.bytes.capacity() {
            let capacity = total.max(self.bytes.len() * 2).min(limit);
            self.bytes.reserve_exact(capacity - self.bytes.len());
        }
        self.bytes.extend_from_slice(fragment);
        match self.kind {
            Kind::Text => self.check_text(),
            Kind::Binary => Ok(()),
        }
    }

    /// Fails as soon as the text cannot become UTF-8 any more; a character may be cut at the end.
    fn check_text(&mut self) -> Result<(), CloseReason> {
        match str::from_utf8(&self.bytes[self.checked..]) {
            Ok(_) => self.checked = self.bytes.len(),
            Err(error) if error.error_len().is_none() => self.checked += error.valid_up_to(),
            Err(_) => return Err(CloseReason::BadUtf8),
        }
        Ok(())
    }

    fn finish(self) -> Result<Incoming, CloseReason> {
        let bytes = Bytes::from(self.bytes);
        match self.kind {
            Kind::Binary => Ok(Incoming::Binary(bytes)),
            Kind::Text => {
                ByteString::try_from(bytes).map(Incoming::Text).map_err(|_| CloseReason::BadUtf8)
            }
        }
    }
}

/// Why an error of the WebSocket crate ends the connection.
fn reason(error: &ProtocolError) -> CloseReason {
    match error {
        ProtocolError::Overflow => CloseReason::TooBig,
        // The crate wraps these in `Other` and keeps their text alone; reserved bits come as
        // `InvalidData`. A socket that broke off is nobody's mistake, and nobody reads the code.
        ProtocolError::Io(error) if error.kind() == io::ErrorKind::Other => {
            let text = error.to_string();
            if text == PayloadError::Overflow.to_string() {
                CloseReason::TooBig
            } else if text.contains("utf-8") {
                CloseReason::BadUtf8
            } else if text.starts_with(BROKEN_OFF) {
                CloseReason::Goodbye
            } else {
                CloseReason::ProtocolError
            }
        }
        _ => CloseReason::ProtocolError,
    }
}

/// How the text of `PayloadError::Incomplete` begins, before the error of the socket.
const BROKEN_OFF: &str = "payload reached EOF before completing";

/// The close frame for a reason.
pub fn close_frame(reason: CloseReason) -> ws::CloseReason {
    ws::CloseReason { code: reason.code().into(), description: Some(reason.label().to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fragment(item: fn(Bytes) -> Item, bytes: &[u8]) -> Result<Message, ProtocolError> {
        Ok(Message::Continuation(item(Bytes::copy_from_slice(bytes))))
    }

    fn io(kind: io::ErrorKind, text: &str) -> ProtocolError {
        ProtocolError::Io(io::Error::new(kind, text.to_owned()))
    }

    #[test]
    fn errors_of_the_crate_become_the_close_codes_of_the_standard() {
        let invalid = ByteString::try_from(Bytes::from_static(b"\xff")).unwrap_err();
        for (error, expected) in [
            (ProtocolError::UnmaskedFrame, CloseReason::ProtocolError),
            (ProtocolError::Overflow, CloseReason::TooBig),
            (io(io::ErrorKind::InvalidData, "reserved bits"), CloseReason::ProtocolError),
            (io(io::ErrorKind::Other, &invalid.to_string()), CloseReason::BadUtf8),
            (io(io::ErrorKind::Other, &PayloadError::Overflow.to_string()), CloseReason::TooBig),
            (io(io::ErrorKind::Other, "connection reset"), CloseReason::ProtocolError),
        ] {
            assert_eq!(reason(&error), expected, "{error}");
        }
    }

    #[test]
    fn a_continuation_of_nothing_is_a_protocol_error() {
        let mut reader = Reader::new(Accept::GAME);
        assert_eq!(reader.read(fragment(Item::Last, b"x")), Err(CloseReason::ProtocolError));
    }

    #[test]
    fn after_an_error_nothing_is_read_and_nothing_is_kept() {
        let mut reader = Reader::new(Accept::GAME);
        assert_eq!(reader.read(fragment(Item::FirstText, b"half")), Ok(None));
        assert_eq!(reader.read(Err(ProtocolError::BadOpCode)), Err(CloseReason::ProtocolError));
        assert!(reader.partial.is_none());
        assert_eq!(reader.read(Ok(Message::Text("more".into()))), Ok(None));
    }

    proptest! {
        #[test]
        fn text_cut_anywhere_comes_out_as_it_went_in(
            text in "\\PC{0,300}",
            cuts in prop::collection::vec(0_usize..40, 1..30),
        ) {
            let mut reader = Reader::new(Accept::GAME);
            let mut rest = text.as_bytes();
            let mut item: fn(Bytes) -> Item = Item::FirstText;
            for cut in cuts {
                let (fragment_bytes, after) = rest.split_at(cut.min(rest.len()));
                prop_assert_eq!(reader.read(fragment(item, fragment_bytes)), Ok(None));
                (item, rest) = (Item::Continue, after);
            }
            let whole = Some(Incoming::Text(text.as_str().into()));
            prop_assert_eq!(reader.read(fragment(Item::Last, rest)), Ok(whole));
        }

        #[test]
        fn no_more_than_the_limit_is_ever_kept(sizes in prop::collection::vec(0_usize..900, 0..99)) {
            let mut reader = Reader::new(Accept::GAME);
            let mut item: fn(Bytes) -> Item = Item::FirstText;
            let mut total = 0;
            for size in sizes {
                total += size;
                let read = reader.read(fragment(item, &vec![b'x'; size]));
                item = Item::Continue;
                let kept = reader.partial.as_ref().map_or(0, |partial| partial.bytes.capacity());
                prop_assert!(kept <= MAX_MESSAGE_BYTES, "{kept} bytes");
                if total > MAX_MESSAGE_BYTES {
                    prop_assert_eq!(read, Err(CloseReason::TooBig));
                    break;
                }
                prop_assert_eq!(read, Ok(None));
            }
        }
    }
}
