//! Frames that break the rules of WebSocket, against a server with games on it.

use crate::helpers::{LONG, TestApp, spawn_app};
use crate::player::Pair;
use crate::raw::{BINARY, CLOSE, CONTINUE, FIN, HANDSHAKE, PING, RawSocket, TEXT, ask, frame};

const LIMIT: usize = 4_096;

async fn raw(app: &TestApp) -> RawSocket {
    let guest = app.guest("Mallory").await;
    let mut socket = RawSocket::open(app.address, &guest.token).await;
    socket.expect("HELLO").await;
    socket
}

/// Sends each on a connection of its own, and looks after the neighbours.
async fn closes(cases: &[(&str, Vec<u8>)], code: u16) {
    let app = spawn_app(LONG);
    let mut neighbours = Pair::in_play(&app).await;
    for (what, bytes) in cases {
        let mut socket = raw(&app).await;
        socket.send(bytes).await;
        assert_eq!(socket.close_code().await, Some(code), "{what}");
        neighbours.goes_on().await;
    }
}

fn announcing(length: u64) -> Vec<u8> {
    [&[FIN | TEXT, 0xff][..], &length.to_be_bytes(), &[1, 2, 3, 4]].concat()
}

#[tokio::test]
async fn what_is_no_websocket_frame_is_closed_with_1002() {
    let text = br#"{"type":"JOIN_QUEUE"}"#;
    let unmasked = [&[FIN | TEXT, 21][..], text].concat();
    let fragmented_ping = frame(PING, b"he");
    closes(
        &[
            ("no mask", unmasked),
            ("a reserved bit", frame(FIN | 0x40 | TEXT, text)),
            ("a reserved opcode", frame(FIN | 0x3, b"")),
            ("a ping of 126 bytes", frame(FIN | PING, &[0; 126])),
            ("a ping in fragments", fragmented_ping),
            ("a close in fragments", frame(CLOSE, b"")),
            ("a continuation of nothing", frame(FIN | CONTINUE, text)),
        ],
        1002,
    )
    .await;
}

#[tokio::test]
async fn binary_is_closed_with_1003_and_text_that_is_not_utf8_with_1007() {
    closes(&[("binary", frame(FIN | BINARY, b"{}"))], 1003).await;
    let split = [frame(TEXT, b"{\"type\":\"\xf0\x9f"), frame(FIN | CONTINUE, b"\"}")].concat();
    closes(&[("whole", frame(FIN | TEXT, b"{\"type\":\"\xff\"}")), ("split", split)], 1007).await;
}

#[tokio::test]
async fn a_message_above_four_kibibytes_is_closed_with_1009() {
    let much = vec![b' '; LIMIT];
    closes(
        &[
            ("4097 bytes", frame(FIN | TEXT, &[b' '; LIMIT + 1])),
            ("4097 bytes in two", [frame(TEXT, &much), frame(FIN | CONTINUE, b" ")].concat()),
            ("2^63 announced", announcing(1 << 63)),
            ("2^64 - 1 announced", announcing(u64::MAX)),
            ("4097 announced", announcing(4_097)),
        ],
        1009,
    )
    .await;
}

#[tokio::test]
async fn a_message_of_exactly_four_kibibytes_is_read() {
    let app = spawn_app(LONG);
    let mut socket = raw(&app).await;
    let mut message = br#"{"type":"JOIN_QUEUE","payload":{}}"#.to_vec();
    message.resize(LIMIT, b' ');
    socket.send(&frame(FIN | TEXT, &message)).await;
    socket.expect("QUEUED").await;
    let (first, last) = message.split_at(1_000);
    socket.send(&[frame(TEXT, first), frame(FIN | CONTINUE, last)].concat()).await;
    socket.expect("QUEUED").await;
}

/// Within the allowance, so that it is the size and nothing else that is tried.
#[tokio::test]
async fn fragments_of_one_byte_within_the_rate_make_a_message() {
    let app = spawn_app(LONG);
    let mut socket = raw(&app).await;
    let message = br#"{"type":"JOIN_QUEUE","payload":{}}"#;
    for (i, byte) in message.iter().enumerate() {
        let first = match i {
            0 => TEXT,
            _ if i == message.len() - 1 => FIN | CONTINUE,
            _ => CONTINUE,
        };
        socket.send(&frame(first, &[*byte])).await;
    }
    socket.expect("QUEUED").await;
}

#[tokio::test]
async fn compression_is_offered_in_vain_and_what_is_compressed_all_the_same_is_refused() {
    let app = spawn_app(LONG);
    let guest = app.guest("Mallory").await;
    let offer = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n";
    let headers = format!("{HANDSHAKE}{offer}Authorization: Bearer {}\r\n", guest.token);
    let answer = ask(app.address, &headers).await;
    assert_eq!(answer.status, 101);
    assert!(!answer.head.contains("sec-websocket-extensions"), "{}", answer.head);
}
