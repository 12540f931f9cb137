//! The swarm against a small server of its own, over real sockets: it finds no fault with an
//! honest one, however rough, and every fault of one that is not.

mod fake;
mod games;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use fake::{Fake, Manners};

use super::loads::LoadArgs;
use super::loads::idle::{self, IdleArgs};
use super::{Cause, Class, Options, Progress, Report, SwarmError, run};

async fn play(manners: Manners, golden_share: f64) -> Report {
    play_with(manners, |options| options.golden_share = golden_share).await
}

async fn play_with(manners: Manners, change: impl FnOnce(&mut Options)) -> Report {
    let fake = Fake::start(manners).await;
    let mut options = Options {
        urls: vec![fake.url()],
        duels: 3,
        rate: 20.0,
        seed: 11,
        timeout: Duration::from_secs(if manners == Manners::NeverEnds { 3 } else { 60 }),
        golden_share: 0.0,
        ramp: 1000.0,
        ..Options::default()
    };
    change(&mut options);
    run(&options, &Arc::new(Progress::default())).await.unwrap()
}

async fn found(manners: Manners) -> Vec<Class> {
    classes(&play(manners, 0.0).await)
}

fn classes(report: &Report) -> Vec<Class> {
    let mut classes: Vec<Class> = report.violations.iter().map(|v| v.class).collect();
    classes.sort_unstable();
    classes.dedup();
    classes
}

fn assert_clean(report: &Report) {
    assert!(report.is_clean(), "{report}");
    let players: HashSet<_> = report.ledgers.iter().map(|ledger| ledger.player).collect();
    assert_eq!(players.len(), 6);
    for ledger in report.ledgers.iter().filter(|ledger| !ledger.odd_one_out) {
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
async fn a_server_that_says_paused_before_hello_is_waited_for() {
    let report = play(Manners::PausesFirst, 0.0).await;
    assert_clean(&report);
    assert!(report.ledgers.iter().all(|ledger| ledger.losses.is_empty()), "{report}");
}

#[tokio::test]
async fn a_stall_is_a_gap_of_the_survivors_and_is_written_as_it_happens() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("gaps.jsonl");
    let report = play_with(Manners::Stalls, |options| options.gaps = Some(path.clone())).await;
    assert_clean(&report);
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(text.lines().count() as u64, report.gaps.all.count);
    assert!(report.gaps.survivor.count > 0 && report.gaps.survivor.max >= 400.0, "{report}");
}

#[tokio::test]
async fn dead_targets_among_good_ones_are_passed_over_and_counted() {
    // A port nobody listens on, and one that answers as a balancer without a pod does.
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let dead = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    let balancer = fake::unavailable().await;
    let report = play_with(Manners::Honest, |options| {
        options.urls.extend([dead, balancer]);
    })
    .await;
    assert_clean(&report);
    let lost = |cause| report.ledgers.iter().any(|ledger| ledger.losses.contains_key(&cause));
    assert!(lost(Cause::Refused) && lost(Cause::Unavailable), "{report}");
}

#[tokio::test]
async fn players_may_go_away_and_come_back() {
    let report = play_with(Manners::Honest, |options| {
        options.habits.absences = 60.0;
        options.habits.absence_lengths = [Duration::from_millis(200); 3];
    })
    .await;
    assert_clean(&report);
    assert!(report.latency.comeback.count > 0, "{report}");
}

#[tokio::test]
async fn players_may_open_a_second_tab_and_an_honest_server_closes_the_first() {
    let report = play_with(Manners::Honest, |options| options.habits.two_tabs = 20.0).await;
    assert_clean(&report);
    assert!(report.latency.replaced.count > 0, "{report}");
}

#[tokio::test]
async fn a_server_that_lets_the_first_tab_stay_is_found_out() {
    let tabs = |options: &mut Options| options.habits.two_tabs = 60.0;
    let report = play_with(Manners::KeepsTheOlder, tabs).await;
    assert_eq!(classes(&report), [Class::NotReplaced], "{report}");
}

#[tokio::test]
async fn a_server_that_counts_the_clicks_of_the_first_tab_is_found_out() {
    let tabs = |options: &mut Options| options.habits.two_tabs = 60.0;
    let report = play_with(Manners::CountsTheOlder, tabs).await;
    assert!(classes(&report).contains(&Class::Doubled), "{report}");
}

#[tokio::test]
async fn players_may_leave_the_queue_and_join_again() {
    let report = play_with(Manners::Honest, |options| {
        options.habits.leaves = 0.7;
        options.ramp = 20.0;
    })
    .await;
    assert_clean(&report);
    assert!(report.ledgers.iter().any(|ledger| ledger.leaves > 0), "{report}");
}

#[tokio::test]
async fn joins_come_at_the_rate_that_was_asked_for() {
    let report = play_with(Manners::Honest, |options| options.joins_per_second = 20.0).await;
    assert_clean(&report);
    let told: serde_json::Value = serde_json::from_str(&report.json()).unwrap();
    let rate = told["joinsPerSecond"].as_f64().unwrap();
    assert!(rate > 0.0 && rate < 21.0, "{rate} joins a second");
}

#[tokio::test]
async fn a_server_that_forgets_who_waits_is_found_out() {
    let patience = |options: &mut Options| options.queue_patience = Duration::from_millis(500);
    let report = play_with(Manners::ForgetsTheQueue, patience).await;
    assert_eq!(classes(&report), [Class::LostFromQueue], "{report}");
}

#[tokio::test]
async fn a_server_that_puts_a_player_into_two_games_is_found_out() {
    assert!(found(Manners::MatchesTwice).await.contains(&Class::MatchedTwice));
}

#[tokio::test]
async fn a_server_that_keeps_players_seated_is_found_out() {
    assert_eq!(found(Manners::KeepsSeated).await, [Class::StillSeated]);
}

#[tokio::test]
async fn void_games_are_counted_and_tolerated_as_far_as_was_asked() {
    let report = play(Manners::Voids, 0.0).await;
    assert_eq!((classes(&report), report.endings.void), (vec![Class::Void], 3));
    assert_clean(&play_with(Manners::Voids, |options| options.allow_void = 3).await);
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
