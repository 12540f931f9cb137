//! WebSocket frames written by hand, for clients that mean no good.

const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

/// A masked text frame of fewer than 126 bytes; anything longer is cut.
pub(super) fn text(payload: &str) -> Vec<u8> {
    masked(0x81, payload.as_bytes())
}

/// The answer to the server's first ping, which may go out before the ping has come.
pub(super) fn pong() -> Vec<u8> {
    masked(0x8a, b"")
}

/// A ping without payload.
pub(super) fn ping() -> Vec<u8> {
    masked(0x89, b"")
}

/// The beginning of a text of which more follows, and nothing of it yet.
pub(super) fn first_fragment() -> Vec<u8> {
    masked(0x01, b"")
}

/// Nothing more of that text, and not its end either.
pub(super) fn next_fragment() -> Vec<u8> {
    masked(0x00, b"")
}

/// The end of a connection, for no special reason.
pub(super) fn goodbye() -> Vec<u8> {
    masked(0x88, &1000_u16.to_be_bytes())
}

fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
    let payload = &payload[..payload.len().min(125)];
    let mut frame = vec![first, 0x80 | payload.len() as u8];
    frame.extend(MASK);
    frame.extend(payload.iter().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    frame
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_example_of_rfc_6455_comes_out() {
        let expected = [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58];
        assert_eq!(super::text("Hello"), expected);
    }
}
