//! What the rooms file looks like inside.
//!
//! A released step is never changed: files made by it are out there. A change is a step of its own.

use crate::sqlite::Schema;

/// The rooms file. A room's row has an integer key of its own, so that a snapshot of the usual size
/// stays within one small page; the index over open rooms names no column that an ordinary commit
/// changes.
pub(super) const SCHEMA: Schema = Schema { page_size: 2048, steps: &[FIRST, SECOND, THIRD] };

const FIRST: &str = "
CREATE TABLE rooms (
    key INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    host BLOB,
    epoch INTEGER NOT NULL,
    version INTEGER NOT NULL,
    p1 BLOB,
    p2 BLOB,
    ended_at INTEGER,
    format INTEGER NOT NULL,
    snapshot BLOB NOT NULL
) STRICT;
CREATE INDEX rooms_open ON rooms (key) WHERE ended_at IS NULL;
CREATE INDEX rooms_ended ON rooms (ended_at) WHERE ended_at IS NOT NULL;

CREATE TABLE players (
    id BLOB PRIMARY KEY,
    last_room BLOB,
    touched_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX players_touched ON players (touched_at);
CREATE TABLE generations (last INTEGER NOT NULL) STRICT;
INSERT INTO generations VALUES (0);

CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    record TEXT NOT NULL,
    tries INTEGER NOT NULL
) STRICT;
CREATE TABLE outbox_aside (
    id INTEGER PRIMARY KEY,
    record TEXT NOT NULL,
    tries INTEGER NOT NULL,
    why TEXT NOT NULL,
    since INTEGER NOT NULL
) STRICT;
";

/// Sessions that are over before their tokens expire; times are seconds since 1970.
const SECOND: &str = "
CREATE TABLE sign_outs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    player BLOB NOT NULL,
    session BLOB,
    at INTEGER NOT NULL,
    until INTEGER NOT NULL
) STRICT;
CREATE INDEX sign_outs_until ON sign_outs (until);
";

/// A sign-out that is told again is there once.
const THIRD: &str = "
DELETE FROM sign_outs WHERE id NOT IN (
    SELECT min(id) FROM sign_outs GROUP BY player, ifnull(session, x''), at
);
CREATE UNIQUE INDEX sign_outs_once ON sign_outs (player, ifnull(session, x''), at);
";
