//! Clients that say nothing any more.

use super::client::Client;
use crate::manager::tests::pod::{Pod, just_back, pass, profile};
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
    assert!(!client.left_at_once(), "once");
}

#[actix::test]
async fn who_leaves_before_the_first_answer_costs_its_address_something_and_who_leaves_later_does_not()
 {
    tokio::time::pause();
    let pod = Pod::in_world(&World::default());
    for (pings, charged) in [(0, true), (1, false)] {
        let client = Client::that_answers(pings, &pod, profile("Ada"));
        pass(100).await;
        client.leaves();
        pass(100).await;
        assert_eq!(
            (client.left_at_once(), client.never_answered()),
            (charged, false),
            "{pings} answers"
        );
    }
}

#[actix::test]
async fn who_was_told_to_wait_may_leave() {
    tokio::time::pause();
    let world = World::default();
    let (pod, _other) = just_back(&world).await;
    let client = Client::that_answers(1, &pod, profile("Ada"));
    pass(400).await;
    assert_eq!(client.hears(), ["PAUSED"]);
    client.leaves();
    pass(100).await;
    assert!(!client.left_at_once(), "it is asked again, and has not answered again");
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
    assert!(!client.never_answered() && !client.left_at_once());
}

#[actix::test]
async fn who_only_answers_pings_is_there() {
    tokio::time::pause();
    let pod = Pod::in_world(&World::default());
    let client = Client::of(&pod, profile("Ada"));
    pass(300_000).await;
    assert_eq!(client.hears(), ["HELLO"]);
}
