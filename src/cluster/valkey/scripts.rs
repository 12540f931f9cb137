//! Every Lua script, by name. The text of each lies in a file of its own.

use std::sync::OnceLock;

/// A script. It is sent by its hash; a server that does not know the hash gets the text once.
#[derive(Debug)]
pub(crate) struct Script {
    /// What it is called in messages.
    pub(crate) name: &'static str,
    text: &'static str,
    hash: OnceLock<String>,
    #[cfg(feature = "planted-faults")]
    planted: OnceLock<String>,
}

impl Script {
    pub(crate) const fn new(name: &'static str, text: &'static str) -> Self {
        Self {
            name,
            text,
            hash: OnceLock::new(),
            #[cfg(feature = "planted-faults")]
            planted: OnceLock::new(),
        }
    }

    /// What the server runs.
    #[cfg(not(feature = "planted-faults"))]
    pub(crate) fn text(&self) -> &str {
        self.text
    }

    /// What the server runs, with the fault that is planted.
    #[cfg(feature = "planted-faults")]
    pub(crate) fn text(&self) -> &str {
        self.planted.get_or_init(|| super::planted::planted(self.name, self.text))
    }

    /// The SHA-1 of the text, in hexadecimal.
    pub(crate) fn hash(&self) -> &str {
        self.hash.get_or_init(|| redis::Script::new(self.text()).get_hash().to_owned())
    }
}

macro_rules! scripts {
    ($($(#[$doc:meta])* $name:ident = $file:literal $(after $shared:literal)?),+ $(,)?) => {
        $($(#[$doc])* pub(crate) static $name: Script = Script::new($file, concat!(
            $(include_str!(concat!("lua/", $shared, ".lua")),)?
            include_str!(concat!("lua/", $file, ".lua")),
        ));)+
    };
}

scripts!(
    /// Answers the server's time.
    TIME = "time",
    /// Creates a room.
    FOUND = "found",
    /// Writes a snapshot.
    COMMIT = "commit",
    /// Makes a pod the host.
    CLAIM = "claim",
    /// Leaves a room without a host.
    RELEASE = "release",
    /// Reads a room.
    LOAD = "load",
    /// Tells which rooms of a partition are open, and takes the others off the list.
    OPEN = "open",
    /// Counts a new connection of a player.
    ARRIVE = "arrive",
    /// Reads and keeps a player's newest generation.
    NEWEST = "newest",
    /// Notes a player's last room.
    SIT = "sit",
    /// Forgets a player's last room.
    LEAVE_BEHIND = "leave_behind",
    /// Counts the connections of a client address.
    DOORS = "doors",
    /// Keeps sign-outs.
    SIGN_OUT = "sign_out",
    /// Reads sign-outs.
    NEW_SIGN_OUTS = "new_sign_outs",
    /// Renews a heartbeat.
    BEAT = "beat",
    /// Renews a pod's place in the index.
    BEAT_INDEX = "beat_index",
    /// Reads a heartbeat.
    POD = "pod",
    /// Reads the index of pods.
    PODS = "pods",
    /// Looks for entries of the outbox to be taken.
    OUTBOX_LOOK = "outbox_look",
    /// Takes entries of the outbox.
    OUTBOX_TAKE = "outbox_take",
    /// Leaves entries of the outbox to others.
    OUTBOX_LEAVE = "outbox_leave",
    /// Removes an entry of the outbox.
    OUTBOX_DONE = "outbox_done",
    /// Sets an entry of the outbox aside.
    OUTBOX_ASIDE = "outbox_aside",
    /// Removes recorders that are gone.
    OUTBOX_TIDY = "outbox_tidy",
    /// Tells whether the result of a room waits.
    OUTBOX_HOLDS = "outbox_holds",
    /// Lists entries of the outbox that were set aside.
    OUTBOX_LIST_ASIDE = "outbox_list_aside",
    /// Puts an entry that was set aside back into the outbox.
    OUTBOX_PUT_BACK = "outbox_put_back",
    /// Says how the outbox stands.
    OUTBOX_STATUS = "outbox_status",
);

scripts!(
    /// Keeps standings.
    BOARD_SET = "boards/set",
    /// Takes a player off a board.
    BOARD_REMOVE = "boards/remove",
    /// The top of a board and the places around a player.
    BOARD_PAGE = "boards/page",
    /// Begins to build leaderboards.
    BOARD_BEGIN = "boards/begin",
    /// Goes on with building leaderboards, or finishes it.
    BOARD_GO_ON = "boards/go_on",
);

scripts!(
    /// Puts a ticket into the queue.
    JOIN = "matchmaking/join" after "matchmaking/queue",
    /// Removes a ticket.
    LEAVE = "matchmaking/leave" after "matchmaking/queue",
    /// Keeps tickets alive.
    RENEW = "matchmaking/renew" after "matchmaking/queue",
    /// Pairs those who have waited longest.
    PAIR = "matchmaking/pair" after "matchmaking/queue",
    /// Seats players without the queue.
    SEAT = "matchmaking/seat" after "matchmaking/queue",
    /// Tells whether a room has a founding record that lasts.
    CONFIRM = "matchmaking/confirm" after "matchmaking/queue",
    /// Tells which rooms have no founding record.
    UNRECORDED = "matchmaking/unrecorded" after "matchmaking/queue",
    /// Some of the founding records.
    RECORDS = "matchmaking/records" after "matchmaking/queue",
    /// Deletes a founding record and its seats.
    FREE = "matchmaking/free" after "matchmaking/queue",
    /// Removes a founding record that nobody can read.
    FORGET = "matchmaking/forget" after "matchmaking/queue",
);
