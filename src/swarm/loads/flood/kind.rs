//! The ways to flood, and what is particular to each.

use std::time::Duration;

use clap::ValueEnum;
use serde::Serialize;

use super::super::super::wire;
use super::super::frame;

/// A way to flood.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "camelCase")]
pub(super) enum Kind {
    /// Small messages that make sense, as fast as they go.
    #[default]
    Messages,
    /// Empty text frames, as fast as they go.
    Empty,
    /// Pings, as fast as they go.
    Pings,
    /// One message in empty fragments, without end.
    Fragments,
    /// WebSockets that are opened, closed, and opened again at once.
    Connections,
    /// Request heads that come one byte at a time.
    Heads,
    /// Signed-in sockets that never say anything but the pongs that every client sends by itself.
    Silent,
    /// Signed-in sockets that never say anything, not even a pong, and come back when they are cut off.
    Mute,
}

/// What a client of a kind does with its connections.
pub(super) enum Way {
    /// Writes frames until it is cut off.
    Stream(Stream),
    /// Opens and closes them.
    OpenAndClose,
    /// Sends a head of a request, a byte at a time.
    Trickle,
    /// Nothing, but for the answers to pings, or not even those.
    Wait {
        /// Whether pings are answered.
        answers: bool,
    },
}

/// Frames to write as fast as they go.
pub(super) struct Stream {
    /// Once, at the beginning; may be none.
    pub(super) opening: Vec<u8>,
    /// Again and again.
    pub(super) frame: Vec<u8>,
}

impl Kind {
    /// How many clients there are when nobody says it.
    pub(super) fn connections(self) -> usize {
        match self {
            Self::Messages | Self::Empty | Self::Pings | Self::Fragments => 1,
            // As many as one address keeps below the server's limit.
            Self::Connections => 40,
            Self::Heads => 200,
            Self::Silent | Self::Mute => 1000,
        }
    }

    /// What its clients do.
    pub(super) fn way(self) -> Way {
        let (opening, frame) = match self {
            Self::Messages => (Vec::new(), frame::text(&wire::leave_queue())),
            Self::Empty => (Vec::new(), frame::text("")),
            Self::Pings => (Vec::new(), frame::ping()),
            Self::Fragments => (frame::first_fragment(), frame::next_fragment()),
            Self::Connections => return Way::OpenAndClose,
            Self::Heads => return Way::Trickle,
            Self::Silent => return Way::Wait { answers: true },
            Self::Mute => return Way::Wait { answers: false },
        };
        Way::Stream(Stream { opening, frame })
    }

    /// Whether its clients are players: who never finishes a request needs no session.
    pub(super) fn signs_in(self) -> bool {
        self != Self::Heads
    }

    /// A client that is not cut off after this counts as never cut off. The server gives a head 10 s,
    /// and a client as long to answer the first ping; it looks at its clock once a second.
    pub(super) fn patience(self) -> Duration {
        Duration::from_secs(match self {
            Self::Heads | Self::Mute => 15,
            // They may stay: longer than any flood.
            Self::Silent => 3600,
            _ => 5,
        })
    }

    /// The time over which the clients come. Those that are left alone for ten seconds come spread
    /// over most of it, and so do those that follow them: else all would come and go at once, and
    /// it would be a flood of connections.
    pub(super) fn coming(self) -> Duration {
        match self {
            Self::Heads | Self::Silent | Self::Mute => Duration::from_secs(8),
            _ => Duration::ZERO,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// First byte and length of the payload of each frame.
    fn frames(mut bytes: &[u8]) -> Vec<(u8, u8)> {
        let mut found = Vec::new();
        while let [first, second, rest @ ..] = bytes {
            assert_eq!(second & 0x80, 0x80, "a client's frames are masked");
            let length = second & 0x7f;
            found.push((*first, length));
            bytes = &rest[4 + usize::from(length)..];
        }
        found
    }

    #[test]
    fn each_kind_streams_its_own_frames() {
        let of = |kind: Kind| {
            let Way::Stream(Stream { opening, frame }) = kind.way() else { panic!("{kind:?}") };
            (frames(&opening), frames(&frame))
        };
        let message = wire::leave_queue().len() as u8;
        assert_eq!(of(Kind::Messages), (vec![], vec![(0x81, message)]));
        assert_eq!(of(Kind::Empty), (vec![], vec![(0x81, 0)]));
        assert_eq!(of(Kind::Pings), (vec![], vec![(0x89, 0)]));
        // A text that has begun, and goes on: neither has the bit that says it is the last.
        assert_eq!(of(Kind::Fragments), (vec![(0x01, 0)], vec![(0x00, 0)]));
    }

    #[test]
    fn who_is_left_alone_for_a_while_comes_before_the_first_one_is_cut_off() {
        for kind in Kind::value_variants() {
            assert!(kind.coming() < kind.patience(), "{kind:?}");
            let is_left_alone = matches!(kind.way(), Way::Trickle | Way::Wait { .. });
            assert_eq!(is_left_alone, !kind.coming().is_zero(), "{kind:?}");
        }
    }
}
