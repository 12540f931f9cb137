//! The contract of matchmaking: what every side of the port must do.
//!
//! Each promise is a function of a [`Side`], so that a new side runs all of them with one line.

mod contract;
mod interleavings;
mod storm;
mod valkey;

use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::{Matchmaking, MemoryMatchmaking, Profile, Ticket};
use crate::ids::{PlayerId, TicketId};

/// One side of the port, and its time.
pub(crate) trait Side {
    fn queue(&self) -> &dyn Matchmaking;
    /// Lets so much of the side's time pass.
    fn pass(&self, time: Duration) -> BoxFuture<'_, ()>;
}

impl Side for MemoryMatchmaking {
    fn queue(&self) -> &dyn Matchmaking {
        self
    }

    fn pass(&self, time: Duration) -> BoxFuture<'_, ()> {
        tokio::time::advance(time).boxed()
    }
}

/// Hands every promise to a macro, after what that is given.
macro_rules! every_promise {
    ($then:ident!($($given:tt)*)) => {
        $then!(
            $($given)*,
            two_who_wait_are_paired_and_seated,
            one_alone_is_not_paired,
            games_do_not_mix,
            who_waits_longest_is_paired_first,
            joining_again_keeps_the_place_and_takes_the_new_ticket,
            joining_another_game_gives_the_place_up,
            nobody_is_paired_with_himself,
            who_is_seated_joins_no_queue,
            leaving_takes_only_the_ticket_it_names,
            leaving_too_late_names_the_room,
            a_ticket_that_is_not_renewed_dies,
            a_renewed_ticket_lives,
            a_ticket_that_its_pod_has_not_heard_of_is_not_paired,
            a_late_join_takes_the_ticket_but_not_the_place,
            renewing_and_leaving_never_create_a_ticket,
            at_most_twenty_pairs_are_made_at_once,
            seating_takes_the_tickets_and_keeps_the_record,
            seating_who_sits_already_changes_nothing,
            a_bot_has_no_seat,
            freeing_deletes_the_record_and_only_its_own_seats,
            freeing_again_leaves_the_next_ticket_alone,
            seeds_and_rooms_differ,
        );
    };
}

use every_promise;

/// Makes a test of each promise, for one side.
macro_rules! tests {
    (#[$test:meta] $side:expr, $($promise:ident),+ $(,)?) => {
        $(
            #[$test]
            async fn $promise() {
                contract::$promise(&$side).await;
            }
        )+
    };
}

/// Tries one promise after the other, each with a side of its own.
macro_rules! try_all {
    ($side:expr, $($promise:ident),+ $(,)?) => {
        $(
            println!("{}", stringify!($promise));
            contract::$promise(&$side).await;
        )+
    };
}

use try_all;

every_promise!(tests!(
    #[tokio::test(start_paused = true)]
    MemoryMatchmaking::new()
));

fn profile(name: &str) -> Profile {
    let picture = Some(format!("https://pictures.example/{name}"));
    Profile { id: PlayerId::random(), name: name.to_owned(), picture }
}

fn ticket(player: &Profile) -> Ticket {
    Ticket {
        id: TicketId::random(),
        player: player.clone(),
        game: "cookie".to_owned(),
        pod: crate::ids::PodId::random(),
    }
}
