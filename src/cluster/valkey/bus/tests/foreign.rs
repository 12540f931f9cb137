//! What others write onto the channels does no harm.

use redis::AsyncCommands;
use serde_json::json;

use super::*;

/// A connection of somebody who is no pod.
async fn foreign(server: &Server) -> redis::aio::MultiplexedConnection {
    let client = redis::Client::open(server.url()).unwrap();
    client.get_multiplexed_async_connection().await.unwrap()
}

#[tokio::test]
#[ignore = "starts a server"]
async fn garbage_is_skipped_and_counted() {
    let server = Server::start(Program::Valkey);
    let (one, other) = (Pod::on(&server.url()).await, Pod::on(&server.url()).await);
    let mut foreign = foreign(&server).await;
    let inbox = format!("overcookied:game:events:{}", other.id);
    let from = one.id;
    let wrong: Vec<Vec<u8>> = vec![
        b"".to_vec(),
        b"\xff\x00\xfe".to_vec(),
        b"null".to_vec(),
        b"[1,2".to_vec(),
        "[".repeat(100_000).into_bytes(),
        b"{\"format\":1}".to_vec(),
        json!({"format": 2, "from": from, "messages": []}).to_string().into_bytes(),
        json!({"format": 4_000_000_000u64, "sender": "x"}).to_string().into_bytes(),
        json!({"format": 1, "from": "nobody", "messages": []}).to_string().into_bytes(),
        json!({"format": 1, "from": from, "messages": {"a": 1}}).to_string().into_bytes(),
        format!("{{\"format\":1,\"from\":\"{from}\",\"messages\":[\"{}\"]}}", "x".repeat(1 << 20))
            .into_bytes(),
    ];
    let count = wrong.len() as u64;
    for payload in wrong {
        let _: i64 = foreign.publish(&inbox, payload).await.unwrap();
    }
    until_they_hear(&one, &other).await;
    assert_eq!(other.counted("unreadable"), count);
    assert_eq!(other.resubscriptions(), 0);
}

#[tokio::test]
#[ignore = "starts a server"]
async fn one_message_that_nobody_knows_does_not_take_the_others_along() {
    let server = Server::start(Program::Valkey);
    let (one, other) = (Pod::on(&server.url()).await, Pod::on(&server.url()).await);
    let mut foreign = foreign(&server).await;
    let good = |n: u64| serde_json::to_value(saying(n)).unwrap();
    let messages = json!([
        good(1),
        {"type": "teleport", "room": "somewhere"},
        good(2),
        "quit",
        {"type": "quit", "room": 7},
        good(3),
    ]);
    let said = json!({"format": 1, "from": one.id, "messages": messages, "newer": true});
    let inbox = format!("overcookied:game:events:{}", other.id);
    let _: i64 = foreign.publish(&inbox, said.to_string()).await.unwrap();
    let announced = json!({"format": 1, "from": one.id, "messages": [{"room": 1}, made()]});
    let _: i64 = foreign.publish("overcookied:match:notify", announced.to_string()).await.unwrap();

    until("the good ones are heard", || other.heard_from(&one) == [1, 2, 3]).await;
    until("the match is heard", || other.heard.announced.lock().unwrap().len() == 1).await;
    assert_eq!(other.counted("unreadable"), 4);
    assert_eq!(other.counted("received"), 4);
}

#[tokio::test]
#[ignore = "starts a server"]
async fn a_foreign_ping_proves_nothing_and_breaks_nothing() {
    let server = Server::start(Program::Valkey);
    let (one, other) = (Pod::on(&server.url()).await, Pod::on(&server.url()).await);
    let mut foreign = foreign(&server).await;
    let inbox = format!("overcookied:game:events:{}", other.id);
    for ping in [0, 1, u64::MAX] {
        let said = json!({"format": 1, "from": one.id, "ping": ping}).to_string();
        let _: i64 = foreign.publish(&inbox, said).await.unwrap();
    }
    until_they_hear(&one, &other).await;
    assert_eq!(other.counted("unreadable"), 0);
}
