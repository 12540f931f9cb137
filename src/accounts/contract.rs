//! The contract of accounts: what every side of [`Accounts`](super::Accounts) must do.

use futures_util::future::join_all;

use super::{Account, Accounts, DELETED, SignIn};
use crate::auth::{Identity, Provider};
use crate::ids::PlayerId;
use crate::leaderboard::Standing;
use crate::matchmaking::Profile;
use crate::results::contract::{WEDNESDAY, game};
use crate::results::{FinishedGame, HistoryEntry, Recorded, Results, Totals};

/// A side: the same data for accounts and results.
pub(crate) trait Side: Accounts + Results {}
impl<T: Accounts + Results> Side for T {}

macro_rules! promise {
    ([$($attribute:tt)+] $side:expr, $promise:ident) => {
        $($attribute)+
        async fn $promise() {
            crate::accounts::contract::$promise(&$side).await;
        }
    };
}
pub(crate) use promise;

/// Makes a test of every promise for one side.
macro_rules! contract {
    ($attributes:tt $side:expr, $($promise:ident),+ $(,)?) => {
        $(crate::accounts::contract::promise!($attributes $side, $promise);)+
    };
    ($attributes:tt $side:expr) => {
        crate::accounts::contract::contract!(
            $attributes $side,
            who_is_not_known_gets_an_account,
            an_identity_stays_with_its_player,
            of_many_who_come_at_once_one_makes_the_account,
            a_guest_who_signs_in_keeps_id_and_totals,
            nobody_gets_a_second_identity,
            a_new_name_is_shown_and_stays,
            a_guest_may_have_another_name,
            nothing_is_left_of_a_deleted_player,
            a_game_recorded_after_the_deletion_counts_for_the_opponent_alone,
            deleting_twice_or_nobody_changes_nothing,
        );
    };
}
pub(crate) use contract;

fn identity(provider: Provider) -> Identity {
    let subject = PlayerId::random().to_string();
    Identity { provider, issuer: "https://provider.example".to_owned(), subject }
}

fn newcomer(name: &str) -> Profile {
    Profile { id: PlayerId::random(), name: name.to_owned(), picture: None }
}

fn with_picture(profile: &Profile, picture: &str) -> Profile {
    Profile { picture: Some(picture.to_owned()), ..profile.clone() }
}

/// A game that this profile won with 5 to 3, and how it was called in it.
fn won_by(winner: &Profile, loser: PlayerId, ended_at: u64) -> FinishedGame {
    let mut game = game(ended_at, (winner.id, 5), (loser, 3));
    game.seats.p1.name.clone_from(&winner.name);
    game
}

async fn signed_in(side: &impl Side, identity: Identity, newcomer: Profile) -> Account {
    match side.sign_in(identity, newcomer).await.unwrap() {
        SignIn::Account(account) => account,
        other => panic!("{other:?}"),
    }
}

async fn record(side: &impl Side, game: &FinishedGame) {
    assert_eq!(side.record(game.clone()).await.unwrap(), Recorded::New);
}

async fn history(side: &impl Side, player: PlayerId) -> Vec<HistoryEntry> {
    side.history(player, None, 50).await.unwrap().games
}

async fn shown(side: &impl Side, player: PlayerId) -> Vec<Standing> {
    side.standings(vec![player], WEDNESDAY).await.unwrap()
}

pub(crate) async fn who_is_not_known_gets_an_account(side: &impl Side) {
    let (google, ada) = (identity(Provider::Google), newcomer("Ada"));
    assert_eq!(side.account(ada.id).await.unwrap(), None);
    let made = signed_in(side, google, ada.clone()).await;
    assert_eq!((&made.player, made.provider), (&ada, Provider::Google));
    assert_eq!(side.account(ada.id).await.unwrap(), Some(made));
}

pub(crate) async fn an_identity_stays_with_its_player(side: &impl Side) {
    let (github, ada) = (identity(Provider::GitHub), newcomer("Ada"));
    side.sign_in(github.clone(), ada.clone()).await.unwrap();
    let other = with_picture(&newcomer("Ada Lovelace"), "https://pictures.example/ada");
    let again = signed_in(side, github.clone(), other.clone()).await;
    assert_eq!(again.player.id, ada.id, "whoever has the identity is the same player");
    assert_eq!(again.player.name, "Ada", "the name is the player's own");
    assert_eq!(again.player.picture, other.picture, "the picture is the provider's");
    assert_eq!(side.account(ada.id).await.unwrap(), Some(again));
    assert_eq!(side.account(other.id).await.unwrap(), None);

    let elsewhere = Identity { issuer: "https://other.example".to_owned(), ..github };
    let stranger = signed_in(side, elsewhere, newcomer("Bob")).await;
    assert_ne!(stranger.player.id, ada.id, "a subject is one of its issuer alone");
}

pub(crate) async fn of_many_who_come_at_once_one_makes_the_account(side: &impl Side) {
    let google = identity(Provider::Google);
    let coming = (0..6).map(|_| signed_in(side, google.clone(), newcomer("Ada")));
    let came: Vec<_> = join_all(coming).await;
    assert!(came.iter().all(|account| account.player.id == came[0].player.id), "{came:?}");
}

pub(crate) async fn a_guest_who_signs_in_keeps_id_and_totals(side: &impl Side) {
    let (guest, ben) = (newcomer("Guest"), PlayerId::random());
    record(side, &won_by(&guest, ben, WEDNESDAY)).await;
    let account = signed_in(side, identity(Provider::Google), guest.clone()).await;
    assert_eq!((account.player.id, account.provider), (guest.id, Provider::Google));
    record(side, &won_by(&guest, ben, WEDNESDAY + 1)).await;
    let expected = Totals { points: 10, games: 2, wins: 2, draws: 0 };
    assert_eq!(side.totals(guest.id).await.unwrap(), expected);
    assert_eq!(history(side, guest.id).await.len(), 2);
    assert_eq!(side.account(guest.id).await.unwrap(), Some(account), "games do not change it");
}

pub(crate) async fn nobody_gets_a_second_identity(side: &impl Side) {
    let (guest, google) = (newcomer("Guest"), identity(Provider::Google));
    let account = signed_in(side, google.clone(), guest.clone()).await;
    let other = identity(Provider::GitHub);
    assert_eq!(side.sign_in(other.clone(), guest.clone()).await.unwrap(), SignIn::Taken);
    assert_eq!(side.account(guest.id).await.unwrap(), Some(account));
    assert_eq!(signed_in(side, google, newcomer("x")).await.player.id, guest.id);
    let free = signed_in(side, other, newcomer("Somebody")).await;
    assert_ne!(free.player.id, guest.id, "the other identity was left free");
}

pub(crate) async fn a_new_name_is_shown_and_stays(side: &impl Side) {
    let (ada, ben) = (newcomer("Ada"), PlayerId::random());
    side.sign_in(identity(Provider::Google), ada.clone()).await.unwrap();
    record(side, &won_by(&ada, ben, WEDNESDAY)).await;
    let renamed = Profile { name: "Lovelace".to_owned(), ..ada.clone() };
    assert!(side.rename(renamed, WEDNESDAY + 5).await.unwrap());
    let names = async || {
        let standings = shown(side, ada.id).await;
        standings.into_iter().map(|standing| standing.player.name).collect::<Vec<_>>()
    };
    assert_eq!(names().await, ["Lovelace"; 2]);
    assert!(shown(side, ada.id).await.iter().all(|shown| shown.shown_at >= WEDNESDAY + 5));
    // It was under way when the name changed.
    record(side, &won_by(&ada, ben, WEDNESDAY + 10)).await;
    assert_eq!(names().await, ["Lovelace"; 2]);
    assert_eq!(side.account(ada.id).await.unwrap().unwrap().player.name, "Lovelace");
    assert_eq!(history(side, ben).await[1].opponent.name, "Ada", "as it was at the time");
}

pub(crate) async fn a_guest_may_have_another_name(side: &impl Side) {
    let (guest, ben) = (newcomer("Guest"), PlayerId::random());
    let renamed = Profile { name: "Nobody".to_owned(), ..guest.clone() };
    assert!(side.rename(renamed.clone(), WEDNESDAY).await.unwrap());
    let account = side.account(guest.id).await.unwrap().unwrap();
    assert_eq!((account.player, account.provider), (renamed, Provider::Guest));
    record(side, &won_by(&guest, ben, WEDNESDAY + 1)).await;
    assert_eq!(shown(side, guest.id).await[0].player.name, "Nobody");
    let known = Profile { picture: Some("https://pictures.example/1".to_owned()), ..guest.clone() };
    let account = signed_in(side, identity(Provider::GitHub), known).await;
    assert_eq!((account.player.name.as_str(), account.provider), ("Nobody", Provider::GitHub));
}

pub(crate) async fn nothing_is_left_of_a_deleted_player(side: &impl Side) {
    let (google, ada, ben) = (identity(Provider::Google), newcomer("Ada"), PlayerId::random());
    side.sign_in(google.clone(), with_picture(&ada, "https://pictures.example/1")).await.unwrap();
    for game in 0..30 {
        record(side, &won_by(&ada, ben, WEDNESDAY + game)).await;
    }
    let before = side.totals(ben).await.unwrap();
    side.delete(ada.id).await.unwrap();
    assert_eq!(side.account(ada.id).await.unwrap(), None);
    assert_eq!(side.totals(ada.id).await.unwrap(), Totals::default());
    assert_eq!(shown(side, ada.id).await, []);
    assert_eq!(history(side, ada.id).await, []);

    let seen = history(side, ben).await;
    assert_eq!(seen.len(), 30, "the opponent's history stays");
    for entry in &seen {
        assert_eq!((entry.opponent.name.as_str(), &entry.opponent.picture), (DELETED, &None));
        assert_ne!(entry.opponent.id, ada.id);
        assert_eq!((entry.points, entry.opponent_points), (3, 5));
    }
    assert_eq!(side.totals(ben).await.unwrap(), before);

    let renamed = side.rename(ada.clone(), WEDNESDAY).await.unwrap();
    assert!(!renamed, "there is nobody to have a name");
    let back = signed_in(side, google, newcomer("Ada again")).await;
    assert_ne!(back.player.id, ada.id, "whoever comes back is new");
    let gone = side.sign_in(identity(Provider::GitHub), ada).await.unwrap();
    assert_eq!(gone, SignIn::Deleted, "a deleted player is not made again");
}

pub(crate) async fn a_game_recorded_after_the_deletion_counts_for_the_opponent_alone(
    side: &impl Side,
) {
    let (ada, ben) = (newcomer("Ada"), PlayerId::random());
    side.delete(ada.id).await.unwrap();
    let late = won_by(&ada, ben, WEDNESDAY);
    record(side, &late).await;
    assert_eq!(side.record(late).await.unwrap(), Recorded::Already);
    assert_eq!(side.totals(ada.id).await.unwrap(), Totals::default());
    assert_eq!(shown(side, ada.id).await, []);
    assert_eq!(history(side, ada.id).await, []);
    assert_eq!(side.totals(ben).await.unwrap().games, 1);
    let seen = &history(side, ben).await[0].opponent;
    assert_eq!((seen.name.as_str(), seen.id == ada.id), (DELETED, false));
}

pub(crate) async fn deleting_twice_or_nobody_changes_nothing(side: &impl Side) {
    let (ada, ben) = (newcomer("Ada"), PlayerId::random());
    record(side, &won_by(&ada, ben, WEDNESDAY)).await;
    side.delete(ada.id).await.unwrap();
    let seen = history(side, ben).await;
    side.delete(ada.id).await.unwrap();
    side.delete(PlayerId::random()).await.unwrap();
    assert_eq!(history(side, ben).await, seen);
}
