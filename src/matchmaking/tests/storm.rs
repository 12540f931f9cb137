//! Two pods, many players, calls that are given up half way and answers that are lost: nobody is
//! matched twice, nobody with himself, nobody is lost.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use rand::{RngExt, SeedableRng};
use rand_core::{OsRng, RngCore};
use rand_pcg::Pcg32;
use tokio::time::timeout;

use super::{profile, ticket};
use crate::cluster::valkey::tests::proxy::Proxy;
use crate::cluster::valkey::tests::sides::{settings, six_nodes, valkey};
use crate::cluster::{Answer, Unavailable, Valkey, ValkeySettings};
use crate::ids::{PlayerId, RoomId, TicketId};
use crate::matchmaking::{Cursor, Joined, Left, Matchmaking, Profile, ValkeyMatchmaking};

/// Tickets of a storm do not die: how fast the machine is must not matter.
const LIFE: Duration = Duration::from_secs(10_000);

/// Players of one pod who are in motion at the same time.
const CROWD: usize = 16;

/// How often a player tries one thing.
const TRIES: usize = 2000;

async fn pod(settings: ValkeySettings) -> ValkeyMatchmaking {
    ValkeyMatchmaking::new(Valkey::connect(settings).await.unwrap()).with_ticket_life(LIFE)
}

/// The answer, unless it is given up on before: then the call may have been done all the same.
async fn perhaps<T>(dice: &mut Pcg32, answer: Answer<T, Unavailable>) -> Option<T> {
    if dice.random_bool(0.7) {
        return answer.await.ok();
    }
    let patience = Duration::from_micros(dice.random_range(0..1500));
    timeout(patience, answer).await.ok()?.ok()
}

/// What a player wants in the end, and got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Stayed,
    Gone,
}

/// Joins until told so, and lets the ticket be paired; one in three leaves again until told so.
async fn play(queue: &ValkeyMatchmaking, player: &Profile, dice: &mut Pcg32) -> Fate {
    let Some(id) = wait(queue, player, dice).await else { return Fate::Stayed };
    if dice.random_bool(0.67) {
        return Fate::Stayed;
    }
    for _ in 0..TRIES {
        match perhaps(dice, queue.leave("cookie".to_owned(), player.id, id)).await {
            Some(Left::Seated(_)) => return Fate::Stayed,
            Some(Left::Left { .. }) => return Fate::Gone,
            None => {}
        }
    }
    panic!("{} cannot leave", player.name);
}

/// The ticket that waits, unless the player is seated already.
async fn wait(queue: &ValkeyMatchmaking, player: &Profile, dice: &mut Pcg32) -> Option<TicketId> {
    let mut joined = None;
    for _ in 0..TRIES {
        let Some(id) = joined else {
            let ticket = ticket(player);
            let id = ticket.id;
            match perhaps(dice, queue.join(ticket)).await {
                Some(Joined::Seated(_)) => return None,
                Some(Joined::Queued { .. }) => joined = Some(id),
                None => {}
            }
            continue;
        };
        match perhaps(dice, queue.renew(vec![(player.id, id)])).await {
            Some(gone) if gone.is_empty() => return Some(id),
            // An older join was done later, or the player was seated between two tries.
            Some(_) => joined = None,
            None => {}
        }
    }
    panic!("{} cannot join", player.name);
}

/// All players of one pod, some at a time, while the pod pairs.
async fn pod_plays(
    queue: ValkeyMatchmaking,
    players: Vec<Profile>,
    seed: u64,
    busy: Arc<AtomicUsize>,
) -> HashMap<PlayerId, Fate> {
    let pairing = async {
        let mut dice = Pcg32::seed_from_u64(seed ^ 1);
        while busy.load(Ordering::SeqCst) > 0 {
            perhaps(&mut dice, queue.pair("cookie".to_owned())).await;
            tokio::task::yield_now().await;
        }
    };
    let playing = async {
        let crowd = players.chunks(players.len().div_ceil(CROWD)).enumerate().map(|(n, some)| {
            let queue = &queue;
            async move {
                let mut dice = Pcg32::seed_from_u64(seed + 1000 * n as u64);
                let mut fates = Vec::new();
                for player in some {
                    fates.push((player.id, play(queue, player, &mut dice).await));
                }
                fates
            }
        });
        let fates = join_all(crowd).await;
        busy.fetch_sub(1, Ordering::SeqCst);
        fates.into_iter().flatten().collect()
    };
    futures_util::future::join(playing, pairing).await.0
}

/// Who sits in which room by the founding records.
async fn recorded(queue: &ValkeyMatchmaking) -> HashMap<RoomId, [PlayerId; 2]> {
    let (mut all, mut from) = (HashMap::new(), Cursor::default());
    loop {
        let (some, next) = queue.records(from).await.unwrap();
        for record in some {
            let seats = record.founding.seats;
            all.insert(record.founding.room, [seats.p1.player.id, seats.p2.player.id]);
        }
        if next == Cursor::default() {
            return all;
        }
        from = next;
    }
}

async fn storm(pods: [ValkeyMatchmaking; 2], quiet: &ValkeyMatchmaking, players: usize) {
    let seed = OsRng.next_u64() >> 1;
    println!("seed {seed}");
    let all = || (0..players).map(|n| profile(&n.to_string())).collect::<Vec<_>>();
    let crowds = [all(), all()];
    let everybody: Vec<PlayerId> = crowds.iter().flatten().map(|player| player.id).collect();
    let busy = Arc::new(AtomicUsize::new(2));
    let playing = pods.into_iter().zip(crowds).enumerate().map(|(n, (queue, players))| {
        tokio::spawn(pod_plays(queue, players, seed + n as u64, Arc::clone(&busy)))
    });
    let mut fates = HashMap::new();
    for done in join_all(playing).await {
        fates.extend(done.unwrap());
    }
    // What was given up on may still be on its way: everybody who stays is asked for at last.
    while !quiet.pair("cookie".to_owned()).await.unwrap().is_empty() {}

    let rooms = recorded(quiet).await;
    let mut seated_by_records = HashMap::new();
    for (room, players) in &rooms {
        assert_ne!(players[0], players[1], "matched with himself");
        for player in players {
            let before = seated_by_records.insert(*player, *room);
            assert_eq!(before, None, "matched twice: {player}");
        }
    }
    let seats = quiet.seats_of(everybody.clone()).await.unwrap();
    let seats: HashMap<PlayerId, RoomId> = seats.into_iter().collect();
    assert_eq!(seats, seated_by_records, "seats and founding records do not tell the same");
    let gone: HashSet<_> =
        fates.iter().filter(|(_, f)| **f == Fate::Gone).map(|(p, _)| p).collect();
    assert!(gone.iter().all(|player| !seats.contains_key(player)), "matched after leaving");
    let left_over = everybody.iter().filter(|p| !gone.contains(p) && !seats.contains_key(p));
    assert!(left_over.count() <= 1, "lost from the queue");
    println!("{} rooms, {} left, of {} players", rooms.len(), gone.len(), everybody.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "starts a server"]
async fn calls_that_are_given_up_half_way_lose_nobody() {
    let settings = settings(&valkey().url());
    let pods = [pod(settings.clone()).await, pod(settings.clone()).await];
    storm(pods, &pod(settings).await, 1000).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "starts servers"]
async fn calls_that_are_given_up_half_way_lose_nobody_in_a_cluster() {
    let settings = settings(&six_nodes().urls());
    let pods = [pod(settings.clone()).await, pod(settings.clone()).await];
    storm(pods, &pod(settings).await, 200).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "starts a server"]
async fn answers_that_are_lost_lose_nobody() {
    let server = valkey();
    let proxy = Proxy::to(server.port).await;
    let prefix = PlayerId::random().to_string();
    let through = ValkeySettings::new(&proxy.url()).unwrap().with_prefix(&prefix);
    let pods = [pod(through.clone()).await, pod(through).await];
    proxy.lose(15);
    let straight = ValkeySettings::new(&server.url()).unwrap().with_prefix(&prefix);
    storm(pods, &pod(straight).await, 200).await;
    assert_eq!(proxy.losses_left(), 0, "too few answers were lost");
}
