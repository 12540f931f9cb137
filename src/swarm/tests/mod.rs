//! The swarm against a small server of its own, over real sockets: it finds no fault with an
//! honest one, however rough, and every fault of one that is not.

mod fake;

use std::sync::Arc;
use std::time::Duration;

use fake::{Fake, Manners};

use super::loads::LoadArgs;
use super::loads::idle::{self, IdleArgs};
use super::{Cause, Class, Options, Progress, Report, SwarmError, run};

async fn play(manners: Manners, golden_share: f64) -> Report {
    let fake = Fake::start(manners).await;
    let options = Options {
        urls: vec![fake.url()],
        duels: 3,
        rate: 20.0,
        seed: 11,
        timeout: Duration::from_secs(if manners == Manners::NeverEnds { 3 } else { 60 }),
        golden_share,
        ramp: 1000.0,
        ..Options::default()
    };
    run(&options, &Arc::new(Progress::default())).await.unwrap()
}

async fn found(manners: Manners) -> Vec<Class> {
    let report = play(manners, 0.0).await;
    let mut classes: Vec<Class> = report.violations.iter().map(|v| v.class).collect();
    classes.sort_unstable();
    classes.dedup();
    classes
}

fn assert_clean(report: &Report) {
    assert!(report.is_clean(), "{report}");
    assert_eq!(report.ledgers.len(), 6);
    for ledger in &report.ledgers {
        assert!(ledger.acked() > 0, "{} has not clicked", ledger.name);
    }
}

#[tokio::test]
async fn an_honest_server_is_found_honest() {
    let report = play(Manners::Honest, 0.0).await;
    assert_clean(&report);
    let clicks: usize = report.ledgers.iter().map(|ledger| ledger.sent.len()).sum();
    assert!(report.latency.click_to_ack.count > 0);
    assert!(report.latency.click_to_ack.count <= clicks as u64);
    assert_eq!(report.latency.click_to_opponent.count, report.latency.click_to_ack.count);
    assert_eq!(report.latency.join_to_start.count, 3);
    let told: serde_json::Value = serde_json::from_str(&report.json()).unwrap();
    assert_eq!(told["clicks"], clicks);
    assert_eq!(told["violations"]["lost"], 0);
}

#[tokio::test]
async fn golden_cookies_are_claimed_and_their_bonus_is_no_double() {
    let report = play(Manners::Honest, 1.0).await;
    assert_clean(&report);
    let claims: u32 = report.ledgers.iter().map(|ledger| ledger.claims).sum();
    assert!(claims > 0);
}

#[tokio::test]
async fn an_honest_server_that_drops_connections_is_found_honest() {
    let report = play(Manners::DropsConnections, 0.0).await;
    assert_clean(&report);
    let reconnects: usize = report.ledgers.iter().map(|ledger| ledger.reconnects()).sum();
    assert!(reconnects > 0);
    assert_eq!(report.latency.absence.count, reconnects as u64);
    assert!(report.ledgers.iter().any(|ledger| ledger.losses.contains_key(&Cause::Dropped)));
}

#[tokio::test]
async fn an_honest_server_that_goes_away_is_found_honest() {
    let report = play(Manners::GoesAway, 0.0).await;
    assert_clean(&report);
    assert!(report.ledgers.iter().any(|ledger| ledger.losses.contains_key(&Cause::GoingAway)));
}

#[tokio::test]
async fn an_honest_server_that_misses_inputs_gets_them_again() {
    let report = play(Manners::MissesInputs, 0.0).await;
    assert_clean(&report);
    assert!(report.ledgers.iter().any(|ledger| ledger.repeats > 0));
}

#[tokio::test]
async fn a_server_that_loses_an_acknowledged_click_is_found_out() {
    assert!(found(Manners::LosesAClick).await.contains(&Class::Lost));
}

#[tokio::test]
async fn a_server_that_forgets_to_give_points_is_found_out() {
    assert_eq!(found(Manners::GivesNoPoint).await, [Class::Lost]);
}

#[tokio::test]
async fn a_server_that_counts_twice_is_found_out() {
    assert_eq!(found(Manners::CountsTwice).await, [Class::Doubled]);
}

#[tokio::test]
async fn a_server_that_falls_back_is_found_out() {
    assert_eq!(found(Manners::FallsBack).await, [Class::Lost]);
}

#[tokio::test]
async fn a_server_that_tells_two_stories_is_found_out() {
    assert!(found(Manners::TellsTwoStories).await.contains(&Class::Mismatch));
}

#[tokio::test]
async fn a_server_that_records_a_game_twice_is_found_out() {
    assert_eq!(found(Manners::RecordsTwice).await, [Class::RecordedTwice]);
}

#[tokio::test]
async fn a_server_that_records_a_game_otherwise_is_found_out() {
    assert_eq!(found(Manners::RecordsOtherwise).await, [Class::Mismatch]);
}

#[tokio::test]
async fn a_game_that_never_ends_is_stuck() {
    assert_eq!(found(Manners::NeverEnds).await, [Class::Stuck]);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_no_broken_promise() {
    // A port that was just ours: nobody listens there.
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    let options = Options { urls: vec![url], ..Options::default() };
    let found = run(&options, &Arc::new(Progress::default())).await;
    assert!(matches!(found, Err(SwarmError::Http(_))));
}

#[tokio::test]
async fn an_idle_load_opens_what_it_was_asked_for_and_holds_it() {
    let fake = Fake::start(Manners::Honest).await;
    let load = LoadArgs { url: fake.url(), connections: 50, seconds: 0, watch: None };
    let report = idle::run(&IdleArgs { load }).await.unwrap();
    assert_eq!((report.connections, report.still_open), (50, 50));
}
