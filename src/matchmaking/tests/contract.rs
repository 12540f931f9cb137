//! The promises, one function each.

use std::collections::HashSet;
use std::time::Duration;

use super::{Side, profile, ticket};
use crate::ids::{BySeat, PlayerId, RoomId, Strength, TicketId};
use crate::matchmaking::{Founder, Founding, Joined, Left, Profile, Ticket};

/// Longer than a ticket lives.
const TOO_LONG: Duration = Duration::from_millis(2300);

/// Well within a ticket's life.
const A_WHILE: Duration = Duration::from_millis(1200);

async fn join(side: &impl Side, player: &Profile) -> TicketId {
    let ticket = ticket(player);
    let id = ticket.id;
    assert!(matches!(join_with(side, ticket).await, Joined::Queued { .. }));
    id
}

/// Joins, and hears of it.
async fn join_with(side: &impl Side, ticket: Ticket) -> Joined {
    let (player, id) = (ticket.player.id, ticket.id);
    let joined = side.queue().join(ticket).await.unwrap();
    if matches!(joined, Joined::Queued { .. }) {
        assert_eq!(side.queue().renew(vec![(player, id)]).await.unwrap(), []);
    }
    joined
}

async fn pair(side: &impl Side) -> Vec<Founding> {
    side.queue().pair("cookie".to_owned()).await.unwrap()
}

async fn leave(side: &impl Side, player: &Profile, ticket: TicketId) -> Left {
    side.queue().leave("cookie".to_owned(), player.id, ticket).await.unwrap()
}

async fn seat_of(side: &impl Side, player: &Profile) -> Option<RoomId> {
    let seats = side.queue().seats_of(vec![player.id]).await.unwrap();
    assert!(seats.iter().all(|(id, _)| *id == player.id));
    seats.first().map(|(_, room)| *room)
}

fn names(founding: &Founding) -> [&str; 2] {
    [&founding.seats.p1.player.name, &founding.seats.p2.player.name]
}

fn record(p1: &Profile, p2: &Profile, bot: Option<Strength>) -> Founding {
    let seats = BySeat {
        p1: Founder { player: p1.clone(), bot: None },
        p2: Founder { player: p2.clone(), bot },
    };
    Founding { room: RoomId::random(), game: "cookie".to_owned(), seats, seed: 42 }
}

pub(super) async fn two_who_wait_are_paired_and_seated(side: &impl Side) {
    let (anna, ben) = (profile("anna"), profile("ben"));
    assert_eq!(join_with(side, ticket(&anna)).await, Joined::Queued { waiting: 1 });
    assert_eq!(join_with(side, ticket(&ben)).await, Joined::Queued { waiting: 2 });
    let pairs = pair(side).await;
    assert_eq!(pairs.len(), 1);
    let made = &pairs[0];
    assert_eq!(made.game, "cookie");
    assert_eq!(made.seats.p1, Founder { player: anna.clone(), bot: None });
    assert_eq!(made.seats.p2, Founder { player: ben.clone(), bot: None });

    assert_eq!(side.queue().founding(made.room).await.unwrap().as_ref(), Some(made));
    let seats = side.queue().seats_of(vec![anna.id, PlayerId::random(), ben.id]).await.unwrap();
    let seats: HashSet<_> = seats.into_iter().collect();
    assert_eq!(seats, HashSet::from([(anna.id, made.room), (ben.id, made.room)]));
    assert!(pair(side).await.is_empty());
    let nowhere = RoomId::random();
    assert!(side.queue().founding(nowhere).await.unwrap().is_none());
    assert_eq!(side.queue().unrecorded(vec![made.room, nowhere]).await.unwrap(), [nowhere]);
    assert!(side.queue().confirm(made.room).await.unwrap());
    assert!(!side.queue().confirm(nowhere).await.unwrap());
    side.queue().free(made.room, vec![anna.id, ben.id]).await.unwrap();
    assert_eq!(side.queue().unrecorded(vec![made.room]).await.unwrap(), [made.room]);
    assert_eq!(side.queue().unrecorded(Vec::new()).await.unwrap(), []);
}

pub(super) async fn one_alone_is_not_paired(side: &impl Side) {
    assert!(pair(side).await.is_empty());
    let anna = profile("anna");
    join(side, &anna).await;
    assert!(pair(side).await.is_empty());
    assert_eq!(seat_of(side, &anna).await, None);
}

pub(super) async fn games_do_not_mix(side: &impl Side) {
    let (anna, ben) = (profile("anna"), profile("ben"));
    join(side, &anna).await;
    let other = Ticket { game: "tower".to_owned(), ..ticket(&ben) };
    assert_eq!(join_with(side, other).await, Joined::Queued { waiting: 1 });
    assert!(pair(side).await.is_empty());
    assert!(side.queue().pair("tower".to_owned()).await.unwrap().is_empty());
}

pub(super) async fn who_waits_longest_is_paired_first(side: &impl Side) {
    let players: Vec<_> = ["a", "b", "c", "d", "e"].map(profile).into();
    for player in &players {
        join(side, player).await;
        side.pass(Duration::from_millis(20)).await;
    }
    let pairs = pair(side).await;
    assert_eq!(pairs.iter().map(names).collect::<Vec<_>>(), [["a", "b"], ["c", "d"]]);
    assert_eq!(seat_of(side, &players[4]).await, None);
}

pub(super) async fn joining_again_keeps_the_place_and_takes_the_new_ticket(side: &impl Side) {
    let (anna, ben, carl) = (profile("anna"), profile("ben"), profile("carl"));
    let old = join(side, &anna).await;
    side.pass(Duration::from_millis(20)).await;
    join(side, &ben).await;
    side.pass(Duration::from_millis(20)).await;
    let renamed = Profile { name: "anna2".to_owned(), ..anna.clone() };
    let again = join_with(side, ticket(&renamed)).await;
    assert_eq!(again, Joined::Queued { waiting: 2 });
    assert_eq!(leave(side, &anna, old).await, Left::Left { waiting: 2 });
    side.pass(Duration::from_millis(20)).await;
    join(side, &carl).await;
    assert_eq!(names(&pair(side).await[0]), ["anna2", "ben"]);
}

pub(super) async fn joining_another_game_gives_the_place_up(side: &impl Side) {
    let (anna, ben) = (profile("anna"), profile("ben"));
    join(side, &anna).await;
    let other = Ticket { game: "tower".to_owned(), ..ticket(&anna) };
    assert_eq!(join_with(side, other).await, Joined::Queued { waiting: 1 });
    assert_eq!(join_with(side, ticket(&ben)).await, Joined::Queued { waiting: 1 });
    assert!(pair(side).await.is_empty());
}

pub(super) async fn nobody_is_paired_with_himself(side: &impl Side) {
    let anna = profile("anna");
    for _ in 0..5 {
        join(side, &anna).await;
        assert!(pair(side).await.is_empty());
    }
}

pub(super) async fn who_is_seated_joins_no_queue(side: &impl Side) {
    let (anna, ben) = (profile("anna"), profile("ben"));
    join(side, &anna).await;
    join(side, &ben).await;
    let room = pair(side).await[0].room;
    assert_eq!(side.queue().join(ticket(&anna)).await.unwrap(), Joined::Seated(room));
    join(side, &profile("carl")).await;
    assert!(pair(side).await.is_empty());
}

pub(super) async fn leaving_takes_only_the_ticket_it_names(side: &impl Side) {
    let (anna, ben) = (profile("anna"), profile("ben"));
    let old = join(side, &anna).await;
    let new = join(side, &anna).await;
    join(side, &ben).await;
    assert_eq!(leave(side, &anna, old).await, Left::Left { waiting: 2 });
    assert_eq!(leave(side, &ben, new).await, Left::Left { waiting: 2 });
    assert_eq!(leave(side, &anna, new).await, Left::Left { waiting: 1 });
    assert_eq!(leave(side, &anna, new).await, Left::Left { waiting: 1 });
    assert!(pair(side).await.is_empty());
}

pub(super) async fn leaving_too_late_names_the_room(side: &impl Side) {
    let (anna, ben) = (profile("anna"), profile("ben"));
    let id = join(side, &anna).await;
    join(side, &ben).await;
    let room = pair(side).await[0].room;
    assert_eq!(leave(side, &anna, id).await, Left::Seated(room));
    assert_eq!(seat_of(side, &anna).await, Some(room));
}

pub(super) async fn a_ticket_that_is_not_renewed_dies(side: &impl Side) {
    let (anna, ben, carl) = (profile("anna"), profile("ben"), profile("carl"));
    let old = join(side, &anna).await;
    side.pass(TOO_LONG).await;
    join(side, &ben).await;
    side.queue().renew(vec![(anna.id, old)]).await.unwrap();
    assert!(pair(side).await.is_empty());
    side.queue().renew(vec![(anna.id, old)]).await.unwrap();
    join(side, &carl).await;
    assert_eq!(names(&pair(side).await[0]), ["ben", "carl"]);
    assert_eq!(seat_of(side, &anna).await, None);
}

pub(super) async fn a_renewed_ticket_lives(side: &impl Side) {
    let (anna, ben) = (profile("anna"), profile("ben"));
    let id = join(side, &anna).await;
    for _ in 0..3 {
        side.pass(A_WHILE).await;
        side.queue().renew(vec![(anna.id, id), (ben.id, id)]).await.unwrap();
    }
    join(side, &ben).await;
    assert_eq!(names(&pair(side).await[0]), ["anna", "ben"]);
}

/// A join that comes late: its pod has given it up, and the player plays, or has played, or has gone.
pub(super) async fn a_ticket_that_its_pod_has_not_heard_of_is_not_paired(side: &impl Side) {
    let (anna, ben, carl) = (profile("anna"), profile("ben"), profile("carl"));
    let unheard = ticket(&anna);
    side.queue().join(unheard.clone()).await.unwrap();
    join(side, &ben).await;
    assert!(pair(side).await.is_empty());
    side.queue().renew(vec![(anna.id, TicketId::random())]).await.unwrap();
    assert!(pair(side).await.is_empty(), "another ticket was renewed");
    join(side, &carl).await;
    assert_eq!(names(&pair(side).await[0]), ["ben", "carl"], "nobody waits behind it");

    side.queue().renew(vec![(anna.id, unheard.id)]).await.unwrap();
    side.queue().join(unheard).await.unwrap();
    join(side, &profile("dora")).await;
    assert_eq!(names(&pair(side).await[0]), ["anna", "dora"], "the same call again");
}

pub(super) async fn a_late_join_takes_the_ticket_but_not_the_place(side: &impl Side) {
    let (anna, ben) = (profile("anna"), profile("ben"));
    let late = ticket(&anna);
    let waits = join(side, &anna).await;
    side.queue().join(late).await.unwrap();
    join(side, &ben).await;
    assert!(pair(side).await.is_empty());
    assert_eq!(side.queue().renew(vec![(anna.id, waits)]).await.unwrap(), [anna.id]);
    join(side, &anna).await;
    assert_eq!(names(&pair(side).await[0]), ["anna", "ben"]);
}

pub(super) async fn renewing_and_leaving_never_create_a_ticket(side: &impl Side) {
    let (anna, ben) = (profile("anna"), profile("ben"));
    let id = join(side, &anna).await;
    assert_eq!(leave(side, &anna, id).await, Left::Left { waiting: 0 });
    side.queue().renew(vec![(anna.id, id), (ben.id, TicketId::random())]).await.unwrap();
    leave(side, &ben, TicketId::random()).await;
    let carl = profile("carl");
    assert_eq!(join_with(side, ticket(&carl)).await, Joined::Queued { waiting: 1 });
    assert!(pair(side).await.is_empty());
}

pub(super) async fn at_most_twenty_pairs_are_made_at_once(side: &impl Side) {
    for n in 0..45 {
        join(side, &profile(&n.to_string())).await;
    }
    assert_eq!(pair(side).await.len(), 20);
    assert_eq!(pair(side).await.len(), 2);
    assert_eq!(pair(side).await.len(), 0);
}

pub(super) async fn seating_takes_the_tickets_and_keeps_the_record(side: &impl Side) {
    let (anna, ben, carl) = (profile("anna"), profile("ben"), profile("carl"));
    join(side, &anna).await;
    join(side, &carl).await;
    let practice = record(&anna, &ben, Some(Strength::Hard));
    assert_eq!(side.queue().seat(practice.clone()).await.unwrap(), None);
    assert_eq!(seat_of(side, &anna).await, Some(practice.room));
    assert_eq!(side.queue().founding(practice.room).await.unwrap(), Some(practice));
    assert!(pair(side).await.is_empty());
}

pub(super) async fn seating_who_sits_already_changes_nothing(side: &impl Side) {
    let (anna, ben, carl) = (profile("anna"), profile("ben"), profile("carl"));
    let first = record(&anna, &ben, None);
    assert_eq!(side.queue().seat(first.clone()).await.unwrap(), None);
    join(side, &carl).await;
    let second = record(&carl, &ben, None);
    assert_eq!(side.queue().seat(second.clone()).await.unwrap(), Some(first.room));
    assert_eq!(side.queue().founding(second.room).await.unwrap(), None);
    assert_eq!(seat_of(side, &carl).await, None);
    assert_eq!(seat_of(side, &ben).await, Some(first.room));
    let again = side.queue().join(ticket(&carl)).await.unwrap();
    assert_eq!(again, Joined::Queued { waiting: 1 });
}

pub(super) async fn a_bot_has_no_seat(side: &impl Side) {
    let (anna, bot) = (profile("anna"), profile("bot"));
    let practice = record(&anna, &bot, Some(Strength::Easy));
    side.queue().seat(practice).await.unwrap();
    assert_eq!(seat_of(side, &bot).await, None);
    let next = record(&profile("ben"), &bot, Some(Strength::Easy));
    assert_eq!(side.queue().seat(next).await.unwrap(), None);
}

pub(super) async fn freeing_deletes_the_record_and_only_its_own_seats(side: &impl Side) {
    let (anna, ben, carl) = (profile("anna"), profile("ben"), profile("carl"));
    let first = record(&anna, &ben, None);
    side.queue().seat(first.clone()).await.unwrap();
    side.queue().free(first.room, vec![anna.id]).await.unwrap();
    assert_eq!(side.queue().founding(first.room).await.unwrap(), None);
    assert_eq!(seat_of(side, &anna).await, None);
    assert_eq!(seat_of(side, &ben).await, Some(first.room));

    let second = record(&anna, &carl, None);
    assert_eq!(side.queue().seat(second.clone()).await.unwrap(), None);
    side.queue().free(first.room, vec![anna.id, ben.id]).await.unwrap();
    assert_eq!(seat_of(side, &anna).await, Some(second.room));
    assert_eq!(seat_of(side, &ben).await, None);
    assert_eq!(side.queue().founding(second.room).await.unwrap(), Some(second));
}

pub(super) async fn freeing_again_leaves_the_next_ticket_alone(side: &impl Side) {
    let (anna, ben, carl) = (profile("anna"), profile("ben"), profile("carl"));
    let first = record(&anna, &ben, None);
    side.queue().seat(first.clone()).await.unwrap();
    side.queue().free(first.room, vec![anna.id, ben.id]).await.unwrap();
    join(side, &anna).await;
    side.queue().free(first.room, vec![anna.id, ben.id]).await.unwrap();
    join(side, &carl).await;
    assert_eq!(names(&pair(side).await[0]), ["anna", "carl"]);
}

pub(super) async fn seeds_and_rooms_differ(side: &impl Side) {
    for n in 0..20 {
        join(side, &profile(&n.to_string())).await;
    }
    let pairs = pair(side).await;
    let seeds: HashSet<_> = pairs.iter().map(|founding| founding.seed).collect();
    let rooms: HashSet<_> = pairs.iter().map(|founding| founding.room).collect();
    assert_eq!((seeds.len(), rooms.len()), (10, 10));
}
