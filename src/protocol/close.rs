//! How a connection ends: every reason with its close code, in one table.

/// Why the server ends a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CloseReason {
    /// The client said goodbye.
    Goodbye,
    /// The bytes were not WebSocket.
    ProtocolError,
    /// A binary message; this protocol is text.
    Binary,
    /// Text that is not UTF-8.
    BadUtf8,
    /// A message of more than 4 KiB.
    TooBig,
    /// This pod is going away, or cannot see the store.
    GoingAway,
    /// The session of the player has expired.
    Expired,
    /// Another connection of this player took over.
    Replaced,
    /// More messages than a connection may send.
    TooManyMessages,
    /// Not a single frame for a minute: the peer is gone, and will hardly read the code.
    Silent,
}

impl CloseReason {
    /// Every reason.
    pub const ALL: [Self; 10] = [
        Self::Goodbye,
        Self::ProtocolError,
        Self::Binary,
        Self::BadUtf8,
        Self::TooBig,
        Self::GoingAway,
        Self::Expired,
        Self::Replaced,
        Self::TooManyMessages,
        Self::Silent,
    ];

    /// The close code of RFC 6455, section 7.4, or one of ours from 4000 up.
    pub fn code(self) -> u16 {
        match self {
            Self::Goodbye => 1000,
            Self::Silent => 1001,
            Self::ProtocolError => 1002,
            Self::Binary => 1003,
            Self::BadUtf8 => 1007,
            Self::TooBig => 1009,
            Self::GoingAway => 1012,
            Self::Expired => 4001,
            Self::Replaced => 4002,
            Self::TooManyMessages => 4029,
        }
    }

    /// What the close frame says, and the label in metrics and logs.
    pub fn label(self) -> &'static str {
        match self {
            Self::Goodbye => "goodbye",
            Self::Silent => "silent",
            Self::ProtocolError => "protocol_error",
            Self::Binary => "binary",
            Self::BadUtf8 => "bad_utf8",
            Self::TooBig => "too_big",
            Self::GoingAway => "going_away",
            Self::Expired => "expired",
            Self::Replaced => "replaced",
            Self::TooManyMessages => "too_many_messages",
        }
    }
}
