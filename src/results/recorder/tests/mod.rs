//! The recorder against an outbox and results that fail when told to, in virtual time.

mod fake;
mod forgotten;

use std::time::Duration;

use tokio::time::{Instant, sleep};

use self::fake::{Fake, Mood, Running, game};
use crate::ids::{PlayerId, Strength};
use crate::matchmaking::{Founder, Founding, Matchmaking, Profile};
use crate::results::{OutboxId, RECORD_FORMAT};

const A_MOMENT: Duration = Duration::from_millis(1);
const A_POLL: Duration = Duration::from_millis(251);

#[tokio::test(start_paused = true)]
async fn a_finished_game_is_recorded_by_the_next_poll() {
    let running = Running::on(&Fake::default());
    sleep(A_MOMENT).await;
    let game = running.fake.end_game();
    sleep(A_MOMENT).await;
    assert!(!running.fake.has_recorded(&game));
    sleep(A_POLL).await;
    assert!(running.fake.has_recorded(&game));
    assert_eq!((running.fake.left(), running.counted("new")), (0, 1));
}

#[tokio::test(start_paused = true)]
async fn a_nudge_does_not_wait_for_the_poll() {
    let running = Running::on(&Fake::default());
    sleep(A_MOMENT).await;
    let game = running.fake.end_game();
    running.handle.nudge();
    sleep(A_MOMENT).await;
    assert!(running.fake.has_recorded(&game));
}

#[tokio::test(start_paused = true)]
async fn more_than_a_batch_is_recorded_without_waiting() {
    let fake = Fake::default();
    (0..1000).for_each(|_| drop(fake.end_game()));
    let running = Running::on(&fake);
    sleep(A_MOMENT).await;
    assert_eq!((fake.left(), running.counted("new")), (0, 1000));
}

#[tokio::test(start_paused = true)]
async fn a_crash_before_the_acknowledgement_records_nothing_twice() {
    let fake = Fake::default();
    let game = fake.end_game();
    fake.set(|state| state.done = Mood::Silent);
    let first = Running::on(&fake);
    sleep(A_POLL).await;
    assert!(fake.has_recorded(&game));
    assert_eq!(fake.left(), 1);
    first.task.abort();

    fake.set(|state| state.done = Mood::Well);
    let second = Running::on(&fake);
    sleep(A_POLL).await;
    assert_eq!((second.counted("new"), second.counted("already"), fake.left()), (0, 1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_record_that_cannot_be_read_is_set_aside_after_five_tries() {
    let fake = Fake::default();
    fake.put("{\"torn".to_owned());
    let game = fake.end_game();
    let running = Running::on(&fake);
    sleep(A_MOMENT).await;
    assert!(fake.has_recorded(&game));
    sleep(A_POLL * 3).await;
    assert_eq!((fake.left(), running.counted("failed")), (1, 4));
    sleep(A_POLL).await;
    assert_eq!(fake.get(|state| state.aside.clone()), [OutboxId::numbered(1)]);
    assert_eq!((fake.left(), running.counted("set_aside")), (0, 1));
    sleep(A_POLL * 10).await;
    assert_eq!((running.counted("failed"), running.counted("set_aside")), (4, 1));
}

#[tokio::test(start_paused = true)]
async fn a_record_that_the_results_refuse_is_set_aside_after_five_tries() {
    let fake = Fake::default();
    let refused: Vec<_> = (0..20).map(|_| fake.end_game()).collect();
    fake.set(|state| state.refused = refused.iter().map(|game| game.game_id).collect());
    let game = fake.end_game();
    let running = Running::on(&fake);
    sleep(A_MOMENT).await;
    assert!(fake.has_recorded(&game), "they hold up others");
    sleep(Duration::from_secs(30)).await;
    assert_eq!((fake.left(), fake.get(|state| state.aside.len())), (0, 20));
    assert_eq!((running.counted("failed"), running.counted("set_aside")), (80, 20));
}

#[tokio::test(start_paused = true)]
async fn what_other_pods_may_still_record_is_not_set_aside() {
    let fake = Fake::default();
    let refused = fake.end_game();
    fake.set(|state| {
        state.refused.insert(refused.game_id);
        state.waiting[0].age = Some(Duration::from_secs(599));
    });
    let running = Running::on(&fake);
    sleep(Duration::from_secs(60)).await;
    assert_eq!((fake.left(), running.counted("set_aside")), (1, 0));
    fake.set(|state| state.waiting[0].age = Some(Duration::from_secs(601)));
    sleep(Duration::from_secs(30)).await;
    assert_eq!((fake.left(), running.counted("set_aside")), (0, 1));
}

#[tokio::test(start_paused = true)]
async fn what_other_pods_may_still_read_is_not_set_aside() {
    let fake = Fake::default();
    fake.put("{\"torn".to_owned());
    fake.end_game();
    let young = Duration::from_secs(599);
    fake.set(|state| {
        state.waiting[0].age = Some(young);
        // However old.
        state.waiting[1].format = RECORD_FORMAT + 1;
        state.waiting[1].age = Some(Duration::from_secs(1_000_000));
    });
    let running = Running::on(&fake);
    sleep(Duration::from_secs(60)).await;
    assert_eq!((fake.left(), running.counted("set_aside"), running.counted("new")), (2, 0, 0));
    fake.set(|state| state.waiting[0].age = Some(young + Duration::from_secs(2)));
    sleep(A_POLL).await;
    assert_eq!((fake.left(), running.counted("set_aside")), (1, 1));
    assert_eq!(fake.get(|state| state.waiting[0].format), RECORD_FORMAT + 1);
}

#[tokio::test(start_paused = true)]
async fn what_fails_or_cannot_be_read_is_left_to_others_now_and_then() {
    let fake = Fake::default();
    let bad = fake.end_game();
    fake.end_game();
    fake.set(|state| {
        state.poison.insert(bad.game_id);
        state.waiting[1].format = RECORD_FORMAT + 1;
    });
    let (began, _running) = (Instant::now(), Running::on(&fake));
    sleep(Duration::from_secs(60)).await;
    for number in [1, 2] {
        let left: Vec<Instant> = fake.get(|state| {
            let of = state.left_at.iter().filter(|(id, _)| *id == OutboxId::numbered(number));
            of.map(|(_, at)| *at).collect()
        });
        assert!((9..=12).contains(&left.len()), "{number}: {} times in a minute", left.len());
        assert!(left[0] - began >= Duration::from_secs(5), "{number}");
    }
}

#[tokio::test(start_paused = true)]
async fn many_records_that_cannot_be_read_do_not_hold_up_those_behind_them() {
    let fake = Fake::default();
    (0..200).for_each(|_| drop(fake.end_game()));
    fake.set(|state| state.waiting.iter_mut().for_each(|entry| entry.format = 2));
    let game = fake.end_game();
    let _running = Running::on(&fake);
    sleep(A_POLL * 6).await;
    assert!(fake.has_recorded(&game));
}

#[tokio::test(start_paused = true)]
async fn records_that_fail_do_not_hold_up_those_behind_them() {
    let fake = Fake::default();
    let bad: Vec<_> = (0..100).map(|_| fake.end_game()).collect();
    fake.set(|state| state.poison = bad.iter().map(|game| game.game_id).collect());
    let good: Vec<_> = (0..100).map(|_| fake.end_game()).collect();
    let running = Running::on(&fake);
    sleep(Duration::from_secs(300)).await;
    assert!(good.iter().all(|game| fake.has_recorded(game)));
    assert_eq!(fake.left(), 100);

    let late = fake.end_game();
    sleep(Duration::from_secs(60)).await;
    assert!(fake.has_recorded(&late));
    fake.set(|state| state.poison.clear());
    sleep(Duration::from_secs(120)).await;
    assert_eq!((fake.left(), running.counted("new")), (0, 201));
}

#[tokio::test(start_paused = true)]
async fn an_outage_is_met_with_patience_and_ends_with_everything_recorded() {
    let fake = Fake::default();
    (0..500).for_each(|_| drop(fake.end_game()));
    fake.set(|state| state.results = Mood::Failing);
    let running = Running::on(&fake);
    sleep(Duration::from_secs(3600)).await;
    let tries = fake.get(|state| state.record_calls);
    // Up to three tries a round, and rounds 15 s apart on average: about 720.
    assert!((200..2000).contains(&tries), "{tries} tries in an hour");
    assert_eq!((fake.left(), running.counted("new")), (500, 0));

    fake.set(|state| state.results = Mood::Well);
    sleep(Duration::from_secs(65)).await;
    assert_eq!((fake.left(), running.counted("new")), (0, 500));
}

#[tokio::test(start_paused = true)]
async fn an_outbox_that_is_away_is_asked_again_with_patience() {
    let fake = Fake::default();
    let game = fake.end_game();
    fake.set(|state| state.outbox = Mood::Failing);
    let _running = Running::on(&fake);
    sleep(Duration::from_secs(600)).await;
    fake.set(|state| state.outbox = Mood::Well);
    sleep(Duration::from_secs(31)).await;
    assert!(fake.has_recorded(&game));
}

#[tokio::test(start_paused = true)]
async fn players_are_freed_before_the_entry_is_acknowledged() {
    let fake = Fake::default();
    let game = fake.end_game();
    fake.set(|state| state.done = Mood::Failing);
    let running = Running::on(&fake);
    let people = game.seats.map(|sat| sat.player);
    let founder = |player: &PlayerId| Founder {
        player: Profile { id: *player, name: "name".to_owned(), picture: None },
        bot: None,
    };
    let seats = people.map(founder);
    let founding = Founding { room: game.game_id, game: "cookie".to_owned(), seats, seed: 1 };
    running.matchmaking.seat(founding).await.unwrap();
    sleep(A_POLL).await;
    let both = vec![people.p1, people.p2];
    assert_eq!(running.matchmaking.seats_of(both).await.unwrap(), []);
    assert_eq!(running.matchmaking.founding(game.game_id).await.unwrap(), None);
    assert_eq!(fake.left(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_practice_game_is_recorded_too() {
    let fake = Fake::default();
    let mut game = game();
    game.seats.p2.bot = Some(Strength::Easy);
    fake.put(serde_json::to_string(&game).unwrap());
    let _running = Running::on(&fake);
    sleep(A_MOMENT).await;
    assert!(fake.has_recorded(&game));
}

#[tokio::test(start_paused = true)]
async fn stopping_records_what_has_just_ended() {
    let running = Running::on(&Fake::default());
    sleep(A_MOMENT).await;
    let game = running.fake.end_game();
    let asked = Instant::now();
    running.handle.stop();
    running.task.await.unwrap();
    assert!(running.fake.has_recorded(&game));
    assert!(asked.elapsed() < A_POLL);
}

#[tokio::test(start_paused = true)]
async fn stopping_does_not_wait_for_ever() {
    let fake = Fake::default();
    fake.end_game();
    fake.set(|state| state.results = Mood::Silent);
    let running = Running::on(&fake);
    sleep(A_POLL).await;
    let asked = Instant::now();
    running.handle.stop();
    running.task.await.unwrap();
    let waited = asked.elapsed();
    assert!((Duration::from_secs(5)..Duration::from_secs(6)).contains(&waited), "{waited:?}");
}

#[tokio::test(start_paused = true)]
async fn stopping_cuts_a_long_wait_short() {
    let fake = Fake::default();
    fake.set(|state| state.outbox = Mood::Failing);
    let running = Running::on(&fake);
    sleep(Duration::from_secs(600)).await;
    let asked = Instant::now();
    running.handle.stop();
    running.task.await.unwrap();
    assert!(asked.elapsed() < A_POLL);
}
