//! Connections, the queue, practice.

use super::super::{Notice, Wish};
use super::pod::{Pod, pass, profile};
use crate::ids::Strength;
use crate::protocol::{ErrorCode, ServerMsg};

#[actix::test]
async fn two_players_who_wait_are_seated_in_one_room() {
    tokio::time::pause();
    let pod = Pod::new();
    let (ada, _) = pod.connect(&profile("Ada")).await;
    let (bob, _) = pod.connect(&profile("Bob")).await;
    ada.joins("cookie");
    bob.joins("cookie");
    pass(20).await;
    assert_eq!(ada.seats().len(), 1);
    assert_eq!(ada.seats(), bob.seats());
    assert!(ada.was_told(|n| matches!(n, Notice::Tell(ServerMsg::Queued(q)) if q.waiting == 1)));
    assert_eq!(pod.metrics.queue.get(), 0);
}

#[actix::test]
async fn joining_twice_is_like_joining_once() {
    tokio::time::pause();
    let pod = Pod::new();
    let (ada, _) = pod.connect(&profile("Ada")).await;
    for _ in 0..5 {
        ada.joins("cookie");
    }
    pass(3_000).await;
    assert_eq!(ada.seats(), vec![], "nobody is matched with himself");
    assert_eq!(pod.metrics.queue.get(), 1);
}

#[actix::test]
async fn who_leaves_the_queue_is_not_matched() {
    tokio::time::pause();
    let pod = Pod::new();
    let (ada, _) = pod.connect(&profile("Ada")).await;
    let (bob, _) = pod.connect(&profile("Bob")).await;
    ada.joins("cookie");
    pass(10).await;
    ada.wishes(Wish::Leave);
    pass(10).await;
    bob.joins("cookie");
    pass(3_000).await;
    assert!(ada.was_told(|n| matches!(n, Notice::Tell(ServerMsg::QueueLeft(q)) if q.waiting == 0)));
    assert_eq!((ada.seats(), bob.seats()), (vec![], vec![]));
}

#[actix::test]
async fn who_disconnects_while_waiting_is_not_matched() {
    tokio::time::pause();
    let pod = Pod::new();
    let (ada, _) = pod.connect(&profile("Ada")).await;
    let (bob, _) = pod.connect(&profile("Bob")).await;
    ada.joins("cookie");
    pass(10).await;
    ada.leaves_the_server().await;
    pass(10).await;
    bob.joins("cookie");
    pass(3_000).await;
    assert_eq!(bob.seats(), vec![]);
    assert_eq!(pod.metrics.queue.get(), 1);
}

#[actix::test]
async fn a_ticket_lives_as_long_as_its_player_waits() {
    tokio::time::pause();
    let pod = Pod::new();
    let (ada, _) = pod.connect(&profile("Ada")).await;
    ada.joins("cookie");
    pass(60_000).await;
    let (bob, _) = pod.connect(&profile("Bob")).await;
    bob.joins("cookie");
    pass(20).await;
    assert_eq!(ada.seats().len(), 1);
}

#[actix::test]
async fn the_newest_connection_of_a_player_wins() {
    tokio::time::pause();
    let pod = Pod::new();
    let ada = profile("Ada");
    let (first, one) = pod.connect(&ada).await;
    let (second, two) = pod.connect(&ada).await;
    pass(1).await;
    assert!(two.generation > one.generation);
    assert!(first.was_told(|n| matches!(n, Notice::Replaced)));
    assert!(!second.was_told(|n| matches!(n, Notice::Replaced)));
    first.leaves_the_server().await;
    second.joins("cookie");
    first.joins("cookie");
    pass(20).await;
    assert_eq!(pod.metrics.queue.get(), 1, "the older one is not listened to");
}

#[actix::test]
async fn practice_begins_at_once_and_takes_the_player_out_of_the_queue() {
    tokio::time::pause();
    let pod = Pod::new();
    let (ada, _) = pod.connect(&profile("Ada")).await;
    let (bob, _) = pod.connect(&profile("Bob")).await;
    ada.joins("cookie");
    pass(10).await;
    ada.wishes(Wish::Practice { game: "cookie".to_owned(), strength: Strength::Hard });
    pass(20).await;
    bob.joins("cookie");
    pass(3_000).await;
    assert_eq!(ada.seats().len(), 1);
    assert_eq!(bob.seats(), vec![]);
}

#[actix::test]
async fn an_unknown_game_is_an_error() {
    tokio::time::pause();
    let pod = Pod::new();
    let (ada, _) = pod.connect(&profile("Ada")).await;
    ada.joins("chess");
    pass(10).await;
    let unknown = |n: &Notice| {
        matches!(n, Notice::Tell(ServerMsg::Error { code: ErrorCode::UnknownGame, .. }))
    };
    assert!(ada.was_told(unknown));
}

#[actix::test]
async fn a_process_that_stood_still_does_not_lose_the_queue() {
    tokio::time::pause();
    let pod = Pod::new();
    let (ada, _) = pod.connect(&profile("Ada")).await;
    ada.joins("cookie");
    pass(10).await;
    tokio::time::advance(std::time::Duration::from_secs(30)).await;
    pass(2_000).await;
    let (bob, _) = pod.connect(&profile("Bob")).await;
    bob.joins("cookie");
    pass(20).await;
    assert_eq!(ada.seats().len(), 1);
    assert_eq!(ada.seats(), bob.seats());
}

#[actix::test]
async fn leaving_too_late_is_answered_by_the_seat() {
    tokio::time::pause();
    let pod = Pod::new();
    let (ada, _) = pod.connect(&profile("Ada")).await;
    let (bob, _) = pod.connect(&profile("Bob")).await;
    ada.joins("cookie");
    bob.joins("cookie");
    pass(20).await;
    ada.wishes(Wish::Leave);
    pass(20).await;
    assert!(!ada.was_told(|n| matches!(n, Notice::Tell(ServerMsg::QueueLeft(_)))));
    assert_eq!(ada.seats().len(), 2);
}
