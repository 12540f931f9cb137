//! Who is signed out, and how pods hear of it.

use std::sync::Arc;
use std::time::Duration;

use crate::auth::{Provider, Session, SignedOut, sign_out_everywhere};
use crate::cluster::{MemoryStore, SignOuts};
use crate::ids::{PlayerId, SessionId};
use crate::matchmaking::Profile;

fn session(player: PlayerId) -> Session {
    let lasting = Session::lasting(Profile { id: player, name: "Ada".into(), picture: None });
    Session { id: SessionId::random(), ..lasting }
}

/// A pod that shares the store.
fn pod(store: &MemoryStore) -> SignedOut {
    let (signed_out, watch) = SignedOut::new(Arc::new(store.clone()));
    tokio::spawn(watch.run());
    signed_out
}

async fn a_second() {
    tokio::time::sleep(Duration::from_secs(1)).await;
}

#[tokio::test(start_paused = true)]
async fn a_session_that_ends_on_one_pod_ends_on_all_within_a_second() {
    let store = MemoryStore::new();
    let (one, other) = (pod(&store), pod(&store));
    let player = PlayerId::random();
    let (phone, laptop) = (session(player), session(player));
    one.add(phone.sign_out());
    assert!(one.contains(&phone), "here at once");
    a_second().await;
    assert!(other.contains(&phone));
    assert!(!one.contains(&laptop) && !other.contains(&laptop), "the other one goes on");
}

#[tokio::test(start_paused = true)]
async fn signing_out_everywhere_ends_what_began_before_and_nothing_later() {
    let store = MemoryStore::new();
    let (one, other) = (pod(&store), pod(&store));
    let player = PlayerId::random();
    let (before, stranger) = (session(player), session(PlayerId::random()));
    one.add(sign_out_everywhere(player));
    a_second().await;
    let after = Session { signed_in_at: before.signed_in_at + 10, ..session(player) };
    for pod in [one, other] {
        assert!(pod.contains(&before) && !pod.contains(&after) && !pod.contains(&stranger));
    }
}

#[tokio::test(start_paused = true)]
async fn a_pod_that_starts_later_knows_who_has_signed_out() {
    let store = MemoryStore::new();
    let ada = session(PlayerId::random());
    store.sign_out(vec![ada.sign_out()]).await.unwrap();
    let (late, mut watch) = SignedOut::new(Arc::new(store));
    assert!(!late.contains(&ada));
    watch.look().await;
    assert!(late.contains(&ada), "before anybody is let in");
}

#[tokio::test(start_paused = true)]
async fn a_store_that_has_lost_everything_is_told_again() {
    let store = MemoryStore::new();
    let (one, ada) = (pod(&store), session(PlayerId::random()));
    one.add(ada.sign_out());
    a_second().await;
    store.wipe();
    a_second().await;
    let late = pod(&store);
    a_second().await;
    assert!(late.contains(&ada));
}

#[tokio::test(start_paused = true)]
async fn a_sign_out_that_a_failover_lost_is_told_again() {
    let store = MemoryStore::new();
    let (one, ada) = (pod(&store), session(PlayerId::random()));
    one.add(ada.sign_out());
    a_second().await;
    store.wipe();
    // It is not empty, so nobody sees that something is missing.
    store.sign_out(vec![session(PlayerId::random()).sign_out()]).await.unwrap();
    let late = pod(&store);
    a_second().await;
    assert!(!late.contains(&ada));
    tokio::time::sleep(Duration::from_secs(61)).await;
    assert!(late.contains(&ada));
}

#[test]
fn a_renewed_token_is_of_the_same_session() {
    let key = super::new_key();
    let tokens = super::tokens(&[&key]);
    let player = Profile { id: PlayerId::random(), name: "Ada".into(), picture: None };
    let first = tokens.issue(player.clone(), Provider::Guest).unwrap().session;
    let second = tokens.renew(&first, player, Provider::Guest).unwrap().session;
    assert_eq!(first.sign_out().session, second.sign_out().session);
}
