//! What the results file looks like inside.
//!
//! A released step is never changed: files made by it are out there. A change is a step of its own.

use crate::sqlite::Schema;

/// The results file. Seats are 0 (`p1`) and 1 (`p2`), times are milliseconds since 1970.
///
/// Everything but `games` and `seats` can be worked out again from these two.
pub(super) const SCHEMA: Schema = Schema { page_size: 4096, steps: &[FIRST] };

/// The period of the all-time board in `standings`; weeks are year and ISO week, like 202647.
pub(super) const ALL_TIME: i64 = 0;

const FIRST: &str = "
CREATE TABLE games (
    id BLOB PRIMARY KEY,
    game TEXT NOT NULL,
    ended_at INTEGER NOT NULL,
    reason TEXT NOT NULL,
    winner INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE seats (
    game BLOB NOT NULL,
    seat INTEGER NOT NULL,
    player BLOB NOT NULL,
    name TEXT NOT NULL,
    picture TEXT,
    bot TEXT,
    points INTEGER NOT NULL,
    clicks INTEGER NOT NULL,
    PRIMARY KEY (game, seat)
) STRICT, WITHOUT ROWID;

CREATE TABLE history (
    player BLOB NOT NULL,
    ended_at INTEGER NOT NULL,
    game BLOB NOT NULL,
    seat INTEGER NOT NULL,
    PRIMARY KEY (player, ended_at, game)
) STRICT, WITHOUT ROWID;

-- Players as their newest game showed them.
CREATE TABLE players (
    id BLOB PRIMARY KEY,
    name TEXT NOT NULL,
    picture TEXT,
    shown_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE standings (
    period INTEGER NOT NULL,
    player BLOB NOT NULL,
    points INTEGER NOT NULL,
    games INTEGER NOT NULL,
    wins INTEGER NOT NULL,
    draws INTEGER NOT NULL,
    -- When the player came to have these points.
    reached_at INTEGER NOT NULL,
    PRIMARY KEY (period, player)
) STRICT, WITHOUT ROWID;
CREATE INDEX standings_by_rank ON standings (period, points DESC, reached_at, player);
";
