//! Games of which nothing is heard any more.

use std::time::Duration;

use tokio::time::sleep;

use super::fake::{Fake, Mood, Running, game};
use crate::cluster::contract::new_room;
use crate::cluster::{NewRoom, Rooms};
use crate::ids::PodId;
use crate::protocol::Reason;
use crate::results::FinishedGame;
use crate::wall_clock;

/// A game that began so long ago, as it is noted.
fn began(minutes_ago: u64) -> FinishedGame {
    let ended_at = wall_clock::millis() - minutes_ago * 60_000;
    FinishedGame { ended_at, reason: Reason::Void, winner: None, ..game() }
}

const TWO_LOOKS: Duration = Duration::from_secs(125);

#[tokio::test(start_paused = true)]
async fn what_begins_is_noted_also_when_the_results_are_away_at_first() {
    let fake = Fake::default();
    fake.set(|state| state.results = Mood::Failing);
    let running = Running::on(&fake);
    let games: Vec<_> = (0..200).map(|_| began(0)).collect();
    games.iter().for_each(|game| running.handle.begun(game.clone()));
    sleep(Duration::from_secs(60)).await;
    assert_eq!(fake.get(|state| state.begun.len()), 0);
    fake.set(|state| state.results = Mood::Well);
    sleep(Duration::from_secs(60)).await;
    assert!(games.iter().all(|game| fake.get(|state| state.begun.contains(game))));
}

#[tokio::test(start_paused = true)]
async fn a_game_that_nobody_knows_any_more_is_recorded_as_void() {
    let fake = Fake::default();
    let (old, young) = (began(16), began(14));
    fake.set(|state| state.begun = vec![old.clone(), young.clone()]);
    let running = Running::on(&fake);
    sleep(TWO_LOOKS).await;
    assert!(fake.has_recorded(&old) && !fake.has_recorded(&young));
    assert_eq!(running.counted("forgotten"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_game_whose_room_is_open_is_not_forgotten() {
    let fake = Fake::default();
    let old = began(60);
    fake.set(|state| state.begun = vec![old.clone()]);
    let running = Running::on(&fake);
    let room = NewRoom { id: old.game_id, ..new_room(PodId::random()) };
    running.rooms.found(room).await.unwrap();
    sleep(TWO_LOOKS).await;
    assert_eq!((fake.has_recorded(&old), running.counted("forgotten")), (false, 0));
}

#[tokio::test(start_paused = true)]
async fn a_game_whose_result_still_waits_is_not_forgotten() {
    let fake = Fake::default();
    let ended = fake.end_game();
    // Nobody can read it yet.
    fake.set(|state| {
        state.waiting[0].format += 1;
        state.begun = vec![FinishedGame { ended_at: 0, ..ended.clone() }];
    });
    let running = Running::on(&fake);
    sleep(TWO_LOOKS).await;
    assert_eq!((fake.has_recorded(&ended), running.counted("forgotten")), (false, 0));
}

#[tokio::test(start_paused = true)]
async fn while_the_outbox_cannot_be_asked_nothing_counts_as_forgotten() {
    let fake = Fake::default();
    let old = began(60);
    fake.set(|state| {
        state.begun = vec![old.clone()];
        state.outbox = Mood::Failing;
    });
    let _running = Running::on(&fake);
    sleep(TWO_LOOKS * 3).await;
    assert!(!fake.has_recorded(&old));
    fake.set(|state| state.outbox = Mood::Well);
    sleep(TWO_LOOKS).await;
    assert!(fake.has_recorded(&old));
}
