//! Clients that say nothing any more.

use super::client::Client;
use crate::manager::tests::pod::{Pod, pass, profile};
use crate::room::tests::deps::World;

const SILENT: &str = "Some(1001)";

#[actix::test]
async fn who_does_not_answer_the_first_ping_was_never_there() {
    tokio::time::pause();
    let pod = Pod::in_world(&World::default());
    let client = Client::that_answers(0, &pod, profile("Ada"));
    pass(9_500).await;
    assert!(client.hears().is_empty(), "nobody is let in either");
    assert!(!client.never_answered());
    pass(2_000).await;
    assert_eq!(client.hears(), [SILENT]);
    assert!(client.never_answered(), "which its address is charged for");
}

#[actix::test]
async fn who_says_nothing_for_a_minute_is_gone() {
    tokio::time::pause();
    let pod = Pod::in_world(&World::default());
    let client = Client::that_answers(1, &pod, profile("Ada"));
    pass(59_000).await;
    assert_eq!(client.hears(), ["HELLO"]);
    pass(3_000).await;
    assert_eq!(client.hears(), [SILENT]);
    assert!(!client.never_answered());
}

#[actix::test]
async fn who_only_answers_pings_is_there() {
    tokio::time::pause();
    let pod = Pod::in_world(&World::default());
    let client = Client::of(&pod, profile("Ada"));
    pass(300_000).await;
    assert_eq!(client.hears(), ["HELLO"]);
}
