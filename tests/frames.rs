//! Frames as they are on the wire, good and bad, against the frame reader in a running server.
//!
//! The Autobahn suite says more (`scripts/autobahn`), but needs Python 2.7; these need nothing.

#![allow(clippy::unwrap_used, reason = "a test fails by it, in its client too")]

#[path = "frames/client.rs"]
mod client;
#[path = "../examples/echo/server.rs"]
mod echo;

use client::{BINARY, CLOSE, CONTINUE, Client, FIN, PING, PONG, TEXT, frame};

const LIMIT: usize = 4_096;

/// Fragments of a text message: the first, as many more as it takes, the last.
fn fragments(parts: &[&[u8]]) -> Vec<u8> {
    let last = parts.len() - 1;
    let frames = parts.iter().enumerate().map(|(i, part)| {
        let opcode = if i == 0 { TEXT } else { CONTINUE };
        frame(if i == last { FIN | opcode } else { opcode }, part)
    });
    frames.collect::<Vec<_>>().concat()
}

async fn expect_close(cases: &[(&str, Vec<u8>)], code: u16) {
    for (name, bytes) in cases {
        let mut client = Client::connect().await;
        client.send(bytes).await;
        assert_eq!(client.close_code().await, Some(code), "{name}");
    }
}

#[actix_web::test]
async fn a_text_comes_back() {
    let mut client = Client::connect().await;
    client.send(&frame(FIN | TEXT, "hello κόσμε".as_bytes())).await;
    assert_eq!(client.text().await, "hello κόσμε");
}

#[actix_web::test]
async fn a_text_of_exactly_the_limit_comes_back_whole_or_in_fragments() {
    let text = "x".repeat(LIMIT);
    let mut client = Client::connect().await;
    client.send(&frame(FIN | TEXT, text.as_bytes())).await;
    assert_eq!(client.text().await, text);
    client.send(&fragments(&[&text.as_bytes()[..1], &text.as_bytes()[1..]])).await;
    assert_eq!(client.text().await, text);
}

#[actix_web::test]
async fn a_character_may_be_cut_between_fragments() {
    let bytes = "κ😀".as_bytes();
    let cut: Vec<&[u8]> = bytes.chunks(1).collect();
    let mut client = Client::connect().await;
    client.send(&fragments(&cut)).await;
    assert_eq!(client.text().await, "κ😀");
}

#[actix_web::test]
async fn a_ping_between_fragments_is_answered_before_the_message_is_complete() {
    let mut client = Client::connect().await;
    client.send(&frame(TEXT, b"one ")).await;
    client.send(&frame(FIN | PING, b"here?")).await;
    assert_eq!(client.frame().await, Some((FIN | PONG, b"here?".to_vec())));
    client.send(&frame(FIN | CONTINUE, b"two")).await;
    assert_eq!(client.text().await, "one two");
}

#[actix_web::test]
async fn frames_cut_into_single_bytes_on_the_wire_are_read_all_the_same() {
    let mut client = Client::connect().await;
    for byte in fragments(&[b"slow", b"ly"]) {
        client.send(&[byte]).await;
    }
    assert_eq!(client.text().await, "slowly");
}

#[actix_web::test]
async fn an_empty_message_is_a_message() {
    let mut client = Client::connect().await;
    client.send(&[frame(FIN | TEXT, b""), fragments(&[b"", b"", b""])].concat()).await;
    assert_eq!(client.text().await, "");
    assert_eq!(client.text().await, "");
}

#[actix_web::test]
async fn a_goodbye_is_answered_with_its_own_code() {
    let mut client = Client::connect().await;
    client.send(&frame(FIN | CLOSE, &1001_u16.to_be_bytes())).await;
    assert_eq!(client.close_code().await, Some(1001));
}

#[actix_web::test]
async fn nothing_after_a_goodbye_is_read() {
    let mut client = Client::connect().await;
    let goodbye = frame(FIN | CLOSE, &1000_u16.to_be_bytes());
    client.send(&[goodbye, frame(FIN | TEXT, b"one more thing")].concat()).await;
    assert_eq!(client.frame().await.map(|(first, _)| first), Some(FIN | CLOSE));
    assert_eq!(client.frame().await, None);
}

#[actix_web::test]
async fn what_is_no_websocket_frame_is_closed_with_1002() {
    let unmasked = vec![FIN | TEXT, 5, b'h', b'e', b'l', b'l', b'o'];
    let too_long = [0_u8; 126];
    expect_close(
        &[
            ("no mask", unmasked),
            ("first reserved bit", frame(FIN | 0x40 | TEXT, b"hello")),
            ("second reserved bit", frame(FIN | 0x20 | TEXT, b"hello")),
            ("third reserved bit", frame(FIN | 0x10 | TEXT, b"hello")),
            ("reserved opcode 3", frame(FIN | 0x3, b"")),
            ("reserved opcode 11", frame(FIN | 0xb, b"")),
            ("ping in fragments", frame(PING, b"he")),
            ("close in fragments", frame(CLOSE, b"")),
            ("ping of 126 bytes", frame(FIN | PING, &too_long)),
            ("pong of 126 bytes", frame(FIN | PONG, &too_long)),
            ("close of 126 bytes", frame(FIN | CLOSE, &too_long)),
            ("close of one byte", frame(FIN | CLOSE, &[3])),
            ("close code 1005", frame(FIN | CLOSE, &1005_u16.to_be_bytes())),
            ("close code 999", frame(FIN | CLOSE, &999_u16.to_be_bytes())),
            ("continuation of nothing", frame(FIN | CONTINUE, b"hello")),
            ("text within fragments", [frame(TEXT, b"a"), frame(FIN | TEXT, b"b")].concat()),
            ("fragments within fragments", [frame(TEXT, b"a"), frame(TEXT, b"b")].concat()),
        ],
        1002,
    )
    .await;
}

#[actix_web::test]
async fn a_binary_message_is_closed_with_1003() {
    expect_close(
        &[
            ("whole", frame(FIN | BINARY, b"\x01\x02")),
            ("empty", frame(FIN | BINARY, b"")),
            ("first fragment", frame(BINARY, b"\x01")),
        ],
        1003,
    )
    .await;
}

#[actix_web::test]
async fn text_that_is_not_utf8_is_closed_with_1007() {
    let cut_short = &"😀".as_bytes()[..3];
    expect_close(
        &[
            ("whole", frame(FIN | TEXT, b"caf\xe9 au lait")),
            ("cut short", frame(FIN | TEXT, cut_short)),
            ("surrogate", frame(FIN | TEXT, b"\xed\xa0\x80")),
            ("in the last fragment", fragments(&[b"good", b"bad \xff"])),
            ("cut short at the end of the last fragment", fragments(&[b"good", cut_short])),
            ("cut by the fragments and wrong", fragments(&[b"\xf0\x9f", b"\x41"])),
            ("at once, before the last fragment", frame(TEXT, b"\xf8\x88")),
            (
                "at once, when a cut character turns out wrong",
                [frame(TEXT, b"\xf0\x9f"), frame(CONTINUE, b"a")].concat(),
            ),
        ],
        1007,
    )
    .await;
}

#[actix_web::test]
async fn a_message_above_the_limit_is_closed_with_1009() {
    let much = vec![b'x'; LIMIT];
    expect_close(
        &[
            ("4097 bytes", frame(FIN | TEXT, &[&much[..], b"x"].concat())),
            ("4097 bytes in fragments", [frame(TEXT, &much), frame(CONTINUE, b"x")].concat()),
            ("a good one first", [frame(TEXT, b"x"), frame(FIN | CONTINUE, &much)].concat()),
        ],
        1009,
    )
    .await;
}

#[actix_web::test]
async fn a_length_above_the_limit_is_closed_with_1009_before_anything_of_it_has_come() {
    let header = |length: u64| {
        let mask_and_length = [&[0xff][..], &length.to_be_bytes(), &[1, 2, 3, 4]].concat();
        [&[FIN | TEXT][..], &mask_and_length].concat()
    };
    expect_close(
        &[
            ("4097", header(4_097)),
            ("a terabyte", header(1 << 40)),
            ("2^63 - 1", header((1 << 63) - 1)),
            ("2^63", header(1 << 63)),
            ("2^64 - 1", header(u64::MAX)),
        ],
        1009,
    )
    .await;
}

#[actix_web::test]
async fn a_flood_of_any_kind_of_frame_is_closed_with_4029() {
    expect_close(
        &[
            ("endless empty fragments", {
                [frame(TEXT, b""), frame(CONTINUE, b"").repeat(100)].concat()
            }),
            ("4096 fragments of one byte", {
                [frame(TEXT, b"x"), frame(CONTINUE, b"x").repeat(4_095)].concat()
            }),
            ("pings", frame(FIN | PING, b"").repeat(200)),
            ("pongs", frame(FIN | PONG, b"").repeat(200)),
            ("messages", frame(FIN | TEXT, b"{}").repeat(200)),
        ],
        4029,
    )
    .await;
}

#[actix_web::test]
async fn compression_is_not_negotiated() {
    let client = Client::connect_offering("permessage-deflate; client_max_window_bits").await;
    assert!(!client.response.to_ascii_lowercase().contains("sec-websocket-extensions"));
}
