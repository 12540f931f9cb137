//! Accounts: players whom a provider vouches for, or who have changed their name.
//!
//! A guest has no account until then: name and id are in the session. Accounts lie with the
//! [results](crate::results), which have everything that lasts about a player.

#[cfg(test)]
pub(crate) mod contract;

use crate::auth::{Identity, Provider};
use crate::cluster::Answer;
use crate::ids::PlayerId;
use crate::matchmaking::Profile;
use crate::results::ResultsError;

/// What others see of a player whose account is deleted.
pub const DELETED: &str = "Deleted player";

/// A player's account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The player as others see one.
    pub player: Profile,
    /// Who vouched last.
    pub provider: Provider,
}

/// What signing in came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignIn {
    /// The identity has this account.
    Account(Account),
    /// The identity is new, and the newcomer has another one already.
    Taken,
    /// The newcomer has been deleted.
    Deleted,
}

/// Where accounts are kept.
pub trait Accounts: Send + Sync {
    /// The account of an identity, with this picture from now on. Whoever is not known gets one as
    /// this newcomer; of several who come at once, one makes it and all get it. Nobody gets a second
    /// identity: whoever has copied a guest's session must not get into what the guest becomes.
    fn sign_in(&self, identity: Identity, newcomer: Profile) -> Answer<SignIn, ResultsError>;

    /// A player's account, if there is one.
    fn account(&self, player: PlayerId) -> Answer<Option<Account>, ResultsError>;

    /// Gives a player another name, here and where totals are shown; what has been played stays as
    /// it was. `false`: the player has been deleted.
    fn rename(&self, player: Profile, now: u64) -> Answer<bool, ResultsError>;

    /// Deletes all there is of a player: identities, name, totals and history; in the histories of
    /// opponents stands [`DELETED`]. Games that are recorded later count nothing for this player. To
    /// do it twice changes nothing; after an error it is to be done again.
    fn delete(&self, player: PlayerId) -> Answer<(), ResultsError>;
}
