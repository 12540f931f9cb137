//! The bytes of a WebSocket, up to the first frame that announces too much.
//!
//! The WebSocket crate refuses a frame above its limit only when it has all of it, and until then
//! keeps what arrives: a client that announces a terabyte could fill the memory. So the headers of
//! the frames are looked at as they pass, and the stream fails at the first that is too big.
//! Everything else that can be wrong with a frame is left to the crate.

use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::error::PayloadError;
use bytes::Bytes;
use futures_util::Stream;

/// A stream of bytes whose frames are no longer than a limit.
pub struct Bounded<S> {
    bytes: S,
    headers: Headers,
    failed: bool,
}

impl<S> Bounded<S> {
    /// Bounds the frames in a stream of bytes to a payload of `limit` bytes.
    pub fn new(bytes: S, limit: usize) -> Self {
        Self { bytes, headers: Headers::new(limit), failed: false }
    }
}

impl<S> Stream for Bounded<S>
where
    S: Stream<Item = Result<Bytes, PayloadError>> + Unpin,
{
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.failed {
            return Poll::Ready(None);
        }
        let polled = Pin::new(&mut self.bytes).poll_next(cx);
        match &polled {
            Poll::Ready(Some(Ok(chunk))) if !self.headers.accept(chunk) => {
                self.failed = true;
                Poll::Ready(Some(Err(PayloadError::Overflow)))
            }
            _ => polled,
        }
    }
}

/// The longest header: two bytes, eight of length, four of mask.
const LONGEST: usize = 14;

/// Follows the headers of frames through a stream of bytes (RFC 6455, section 5.2).
struct Headers {
    limit: u64,
    /// The header that is being read, and how much of it is there.
    header: [u8; LONGEST],
    read: usize,
    /// Bytes of the payload that are still to pass.
    payload: u64,
}

impl Headers {
    fn new(limit: usize) -> Self {
        Self { limit: limit as u64, header: [0; LONGEST], read: 0, payload: 0 }
    }

    /// Lets bytes pass. `false`: a frame in them announces more than the limit.
    fn accept(&mut self, mut chunk: &[u8]) -> bool {
        while let Some((&byte, rest)) = chunk.split_first() {
            if self.payload > 0 {
                let skipped = usize::try_from(self.payload).unwrap_or(usize::MAX).min(chunk.len());
                self.payload -= skipped as u64;
                chunk = &chunk[skipped..];
                continue;
            }
            chunk = rest;
            self.header[self.read] = byte;
            self.read += 1;
            if let Some(length) = self.length() {
                if length > self.limit {
                    return false;
                }
                self.payload = length;
                self.read = 0;
            }
        }
        true
    }

    /// The length of the payload, once the header is complete.
    fn length(&self) -> Option<u64> {
        let header = &self.header[..self.read];
        let second = *header.get(1)?;
        let mask = if second & 0x80 == 0 { 0 } else { 4 };
        let extended = match second & 0x7f {
            126 => 2,
            127 => 8,
            short => return (header.len() == 2 + mask).then_some(u64::from(short)),
        };
        let length = header.get(2..2 + extended)?;
        (header.len() == 2 + extended + mask)
            .then(|| length.iter().fold(0, |length, byte| (length << 8) | u64::from(*byte)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LIMIT: usize = 4_096;

    fn frame(length: usize, masked: bool) -> Vec<u8> {
        let mask_bit = if masked { 0x80 } else { 0 };
        let mut frame = vec![0x81];
        match length {
            0..=125 => frame.push(mask_bit | length as u8),
            126..=0xffff => {
                frame.push(mask_bit | 126);
                frame.extend((length as u16).to_be_bytes());
            }
            _ => {
                frame.push(mask_bit | 127);
                frame.extend((length as u64).to_be_bytes());
            }
        }
        frame.extend(std::iter::repeat_n(0xff, length + if masked { 4 } else { 0 }));
        frame
    }

    #[test]
    fn a_frame_is_refused_when_its_header_is_there_and_nothing_of_it_has_come() {
        for header in [
            &[0x82, 0xfe, 0x10, 0x01, 0, 0, 0, 0][..],
            &[0x82, 0xff, 0, 0, 0x01, 0, 0, 0, 0, 0, 0, 0, 0, 0],
            &[0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
            &[0x82, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0],
        ] {
            let (last, before) = header.split_last().unwrap();
            let mut headers = Headers::new(LIMIT);
            assert!(headers.accept(before));
            assert!(!headers.accept(&[*last]), "{header:x?}");
        }
    }

    #[test]
    fn a_short_length_written_long_is_no_more_than_it_says() {
        let mut headers = Headers::new(LIMIT);
        assert!(headers.accept(&[0x82, 0xff, 0, 0, 0, 0, 0, 0, 0x10, 0, 1, 2, 3, 4]));
        assert_eq!(headers.payload, 4_096);
    }

    proptest! {
        #[test]
        fn frames_within_the_limit_pass_however_they_are_cut(
            lengths in prop::collection::vec((0..=LIMIT, any::<bool>()), 1..8),
            cuts in prop::collection::vec(1_usize..2_000, 1..20),
        ) {
            let mut bytes: Vec<u8> =
                lengths.iter().flat_map(|(length, masked)| frame(*length, *masked)).collect();
            let mut headers = Headers::new(LIMIT);
            for cut in cuts.iter().cycle() {
                let rest = bytes.split_off((*cut).min(bytes.len()));
                prop_assert!(headers.accept(&bytes));
                bytes = rest;
                if bytes.is_empty() {
                    break;
                }
            }
            prop_assert_eq!((headers.read, headers.payload), (0, 0));
            prop_assert!(!headers.accept(&frame(LIMIT + 1, true)));
        }
    }
}
