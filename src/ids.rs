//! Names of things: players, rooms, connections, pods, seats, and the counters that order them.
//!
//! Each is a type of its own, so that one cannot be passed where another is meant. Nothing here
//! has an "empty" or "unknown" value: an id exists before the thing it names is started.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::randomness;

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(test, derive(ts_rs::TS))]
        #[serde(transparent)]
        pub struct $name(#[cfg_attr(test, ts(type = "string"))] Uuid);

        impl $name {
            /// A new one, from 122 random bits of the operating system.
            pub fn random() -> Self {
                Self(randomness::uuid())
            }

            /// The id as a uuid.
            pub fn as_uuid(self) -> Uuid {
                self.0
            }
        }

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }
    };
}

uuid_id!(
    /// A person or bot. Shown to other players.
    PlayerId
);
uuid_id!(
    /// One game on its way from founding to result. The results call it `gameId`.
    RoomId
);
uuid_id!(
    /// One open WebSocket, named before its Session starts.
    ConnectionId
);
uuid_id!(
    /// One signing-in, until that browser or program signs out.
    SessionId
);
uuid_id!(
    /// One running server process.
    PodId
);
uuid_id!(
    /// One place in the matchmaking queue.
    TicketId
);

macro_rules! counter {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[cfg_attr(test, derive(ts_rs::TS))]
        #[serde(transparent)]
        pub struct $name(#[cfg_attr(test, ts(type = "number"))] pub u64);

        impl $name {
            /// The one after this.
            #[must_use]
            pub fn next(self) -> Self {
                Self(self.0 + 1)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

counter!(
    /// Which of a player's connections is the newest; counted up by each one.
    Generation
);
counter!(
    /// How often the hosting of a room has changed hands; a write with an old one is fenced.
    Epoch
);
counter!(
    /// Number of commits of a room; every `UPDATE` carries it.
    Version
);

/// A player's place in a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum Seat {
    /// The first seat: whoever waited longer.
    P1,
    /// The second seat.
    P2,
}

impl Seat {
    /// Both seats, in order.
    pub const BOTH: [Seat; 2] = [Seat::P1, Seat::P2];

    /// The opponent's seat.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Seat::P1 => Seat::P2,
            Seat::P2 => Seat::P1,
        }
    }
}

/// One value for each seat.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct BySeat<T> {
    /// The first seat's.
    pub p1: T,
    /// The second seat's.
    pub p2: T,
}

impl<T> BySeat<T> {
    /// One value for each seat, made by a function of the seat.
    pub fn from_fn(mut make: impl FnMut(Seat) -> T) -> Self {
        Self { p1: make(Seat::P1), p2: make(Seat::P2) }
    }

    /// Both values with their seats, in order.
    pub fn iter(&self) -> impl Iterator<Item = (Seat, &T)> {
        [(Seat::P1, &self.p1), (Seat::P2, &self.p2)].into_iter()
    }

    /// One value for each seat, from this one's.
    pub fn map<U>(&self, mut change: impl FnMut(&T) -> U) -> BySeat<U> {
        BySeat { p1: change(&self.p1), p2: change(&self.p2) }
    }

    /// Whether some seat's value fulfils the condition.
    pub fn any(&self, wanted: impl FnMut(&T) -> bool) -> bool {
        self.find(wanted).is_some()
    }

    /// The seat whose value fulfils the condition; the first if both do.
    pub fn find(&self, mut wanted: impl FnMut(&T) -> bool) -> Option<Seat> {
        self.iter().find(|(_, value)| wanted(value)).map(|(seat, _)| seat)
    }
}

impl<T> BySeat<Option<T>> {
    /// The values that are there, in order.
    pub fn present(self) -> impl Iterator<Item = T> {
        [self.p1, self.p2].into_iter().flatten()
    }
}

impl<T> std::ops::Index<Seat> for BySeat<T> {
    type Output = T;

    fn index(&self, seat: Seat) -> &T {
        match seat {
            Seat::P1 => &self.p1,
            Seat::P2 => &self.p2,
        }
    }
}

impl<T> std::ops::IndexMut<Seat> for BySeat<T> {
    fn index_mut(&mut self, seat: Seat) -> &mut T {
        match seat {
            Seat::P1 => &mut self.p1,
            Seat::P2 => &mut self.p2,
        }
    }
}

/// How well a bot of the server's plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum Strength {
    /// Anybody wins against it.
    Easy,
    /// A fair opponent.
    Medium,
    /// Hard to beat.
    Hard,
}
