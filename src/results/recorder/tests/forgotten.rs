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

/// Long enough to walk over the notes twice.
const TWO_WALKS: Duration = Duration::from_secs(125);

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
    sleep(TWO_WALKS).await;
    assert!(fake.has_recorded(&old) && !fake.has_recorded(&young));
    assert_eq!(running.counted("forgotten"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_game_whose_host_is_about_to_put_its_room_back_is_not_forgotten() {
    let fake = Fake::default();
    let old = began(60);
    fake.set(|state| state.begun = vec![old.clone()]);
    let running = Running::on(&fake);
    // Seen once.
    sleep(Duration::from_secs(61)).await;
    let room = NewRoom { id: old.game_id, ..new_room(PodId::random()) };
    running.rooms.found(room).await.unwrap();
    sleep(TWO_WALKS).await;
    assert_eq!((fake.has_recorded(&old), running.counted("forgotten")), (false, 0));
}

#[tokio::test(start_paused = true)]
async fn games_that_wait_for_long_do_not_hide_a_forgotten_one() {
    let fake = Fake::default();
    let waiting: Vec<_> = (0..300).map(|_| fake.end_game()).collect();
    let forgotten = began(16);
    fake.set(|state| {
        state.waiting.iter_mut().for_each(|entry| entry.format += 1);
        let older =
            |(n, game): (usize, &FinishedGame)| FinishedGame { ended_at: n as u64, ..game.clone() };
        state.begun = waiting.iter().enumerate().map(older).collect();
        state.begun.push(forgotten.clone());
    });
    let running = Running::on(&fake);
    sleep(TWO_WALKS * 4).await;
    assert!(fake.has_recorded(&forgotten));
    assert_eq!(running.counted("forgotten"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_note_that_came_too_late_is_no_forgotten_game() {
    let fake = Fake::default();
    let game = fake.end_game();
    let running = Running::on(&fake);
    sleep(Duration::from_secs(1)).await;
    assert!(fake.has_recorded(&game));
    // The results still list it: they are asked to record it once more, and say that it is there.
    fake.set(|state| {
        state.begun = vec![FinishedGame { ended_at: 0, ..game.clone() }];
        state.lists_recorded = true;
    });
    sleep(TWO_WALKS).await;
    assert_eq!((running.counted("forgotten"), fake.get(|state| state.record_calls)), (0, 2));
}

#[tokio::test(start_paused = true)]
async fn a_note_that_is_refused_does_not_hold_up_the_others() {
    let fake = Fake::default();
    let games: Vec<_> = (0..20).map(|_| began(0)).collect();
    fake.set(|state| {
        state.refused.insert(games[3].game_id);
    });
    let running = Running::on(&fake);
    games.iter().for_each(|game| running.handle.begun(game.clone()));
    sleep(Duration::from_secs(1)).await;
    assert_eq!(fake.get(|state| state.begun.len()), 19);
}

#[tokio::test(start_paused = true)]
async fn a_game_whose_room_is_open_is_not_forgotten() {
    let fake = Fake::default();
    let old = began(60);
    fake.set(|state| state.begun = vec![old.clone()]);
    let running = Running::on(&fake);
    let room = NewRoom { id: old.game_id, ..new_room(PodId::random()) };
    running.rooms.found(room).await.unwrap();
    sleep(TWO_WALKS).await;
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
    sleep(TWO_WALKS).await;
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
    sleep(TWO_WALKS * 3).await;
    assert!(!fake.has_recorded(&old));
    fake.set(|state| state.outbox = Mood::Well);
    sleep(TWO_WALKS).await;
    assert!(fake.has_recorded(&old));
}
