//! What every directory of players must do.

use futures_util::future::join_all;

use super::{MINUTE, ManyPods, Side, Timed};
use crate::ids::{PlayerId, PodId, RoomId};

pub(crate) async fn generations_rise_with_every_connection(side: &impl Side) {
    let (anna, ben) = (PlayerId::random(), PlayerId::random());
    let mut last = side.players().arrive(anna, PodId::random()).await.unwrap();
    assert_eq!(last.last_room, None);
    for _ in 0..5 {
        side.players().arrive(ben, PodId::random()).await.unwrap();
        let next = side.players().arrive(anna, PodId::random()).await.unwrap();
        assert!(next.generation > last.generation);
        last = next;
    }
    let both = join_all((0..10).map(|_| side.players().arrive(ben, PodId::random()))).await;
    let mut generations: Vec<_> = both.into_iter().map(|a| a.unwrap().generation).collect();
    generations.sort();
    generations.dedup();
    assert_eq!(generations.len(), 10, "two connections have the same generation");
}

pub(crate) async fn generations_rise_even_after_an_entry_was_forgotten(side: &impl Timed) {
    let anna = PlayerId::random();
    side.players().arrive(anna, PodId::random()).await.unwrap();
    let last = side.players().arrive(anna, PodId::random()).await.unwrap();
    side.pass(MINUTE * 40).await;
    assert!(
        side.players().arrive(anna, PodId::random()).await.unwrap().generation > last.generation
    );
}

pub(crate) async fn the_last_room_is_kept_until_left_behind(side: &impl Side) {
    let (anna, ben) = (PlayerId::random(), PlayerId::random());
    let (first, second) = (RoomId::random(), RoomId::random());
    let players = side.players();
    players.seated(first, vec![anna, ben]).await.unwrap();
    assert_eq!(players.arrive(anna, PodId::random()).await.unwrap().last_room, Some(first));
    assert_eq!(players.arrive(ben, PodId::random()).await.unwrap().last_room, Some(first));
    players.seated(second, vec![anna]).await.unwrap();
    players.leave_behind(anna, first).await.unwrap();
    assert_eq!(players.arrive(anna, PodId::random()).await.unwrap().last_room, Some(second));
    players.leave_behind(anna, second).await.unwrap();
    assert_eq!(players.arrive(anna, PodId::random()).await.unwrap().last_room, None);
    assert_eq!(players.arrive(ben, PodId::random()).await.unwrap().last_room, Some(first));
    let stranger = PlayerId::random();
    players.leave_behind(stranger, first).await.unwrap();
    assert_eq!(players.arrive(stranger, PodId::random()).await.unwrap().last_room, None);
}

pub(crate) async fn an_untouched_player_is_forgotten_after_half_an_hour(side: &impl Timed) {
    let (anna, ben, room) = (PlayerId::random(), PlayerId::random(), RoomId::random());
    side.players().seated(room, vec![anna, ben]).await.unwrap();
    side.pass(MINUTE * 29).await;
    assert_eq!(side.players().arrive(anna, PodId::random()).await.unwrap().last_room, Some(room));
    side.pass(MINUTE * 2).await;
    assert_eq!(side.players().arrive(anna, PodId::random()).await.unwrap().last_room, Some(room));
    assert_eq!(side.players().arrive(ben, PodId::random()).await.unwrap().last_room, None);
}

pub(crate) async fn the_newest_connection_of_each_player_is_known(side: &impl ManyPods) {
    let people: Vec<PlayerId> = (0..200).map(|_| PlayerId::random()).collect();
    let mut expected = Vec::new();
    for player in &people {
        side.players().arrive(*player, PodId::random()).await.unwrap();
        let newest = side.players().arrive(*player, PodId::random()).await.unwrap();
        expected.push((*player, newest.generation));
    }
    let stranger = PlayerId::random();
    let asked: Vec<_> = people.iter().copied().chain([stranger]).collect();
    let mut known = side.players().newest(asked).await.unwrap();
    known.sort();
    expected.sort();
    assert_eq!(known, expected);
    let seated_only = PlayerId::random();
    side.players().seated(RoomId::random(), vec![seated_only]).await.unwrap();
    assert_eq!(side.players().newest(vec![seated_only]).await.unwrap(), []);
}

pub(crate) async fn an_arrival_names_the_pod_that_served_the_player_before(side: &impl ManyPods) {
    let (anna, first, second) = (PlayerId::random(), PodId::random(), PodId::random());
    assert_eq!(side.players().arrive(anna, first).await.unwrap().pod_before, None);
    assert_eq!(side.players().arrive(anna, second).await.unwrap().pod_before, Some(first));
    assert_eq!(side.players().arrive(anna, second).await.unwrap().pod_before, Some(second));
}
