//! What the results file looks like inside.
//!
//! A released step is never changed: files made by it are out there. A change is a step of its own.

use crate::sqlite::Schema;

/// The results file. Seats are 0 (`p1`) and 1 (`p2`), times are milliseconds since 1970.
///
/// Everything but `games` and `seats` can be worked out again from these two. The period of the
/// all-time board in `standings` is 0; weeks are year and ISO week, like 202647.
pub(super) const SCHEMA: Schema =
    Schema { page_size: 4096, steps: &[FIRST, SECOND, THIRD, FOURTH, FIFTH] };

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

/// How many players there are in each group of places, so that a rank is found without counting
/// everybody above it. A place is eleven bytes, the best one smallest: five of the points, counted
/// down from 2^40 - 1, and six of when they were reached. A group of level n has its first n bytes
/// in common, the others shifted away. Triggers keep it true, whoever writes a standing.
const SECOND: &str = "
CREATE TABLE rank_levels (
    level INTEGER PRIMARY KEY,
    points_shift INTEGER NOT NULL,
    -- 63: the group is one of points alone.
    reached_shift INTEGER NOT NULL
) STRICT;
INSERT INTO rank_levels VALUES (1, 32, 63), (2, 24, 63), (3, 16, 63), (4, 8, 63), (5, 0, 63),
    (6, 0, 40), (7, 0, 32), (8, 0, 24), (9, 0, 16), (10, 0, 8), (11, 0, 0);

CREATE TABLE ranks (
    period INTEGER NOT NULL,
    level INTEGER NOT NULL,
    points INTEGER NOT NULL,
    reached INTEGER NOT NULL,
    players INTEGER NOT NULL,
    PRIMARY KEY (period, level, points, reached)
) STRICT, WITHOUT ROWID;

INSERT INTO ranks (period, level, points, reached, players)
SELECT period, level, (1099511627775 - points) >> points_shift, reached_at >> reached_shift,
       count(*)
FROM standings, rank_levels GROUP BY 1, 2, 3, 4;

CREATE TRIGGER standing_added AFTER INSERT ON standings BEGIN
    INSERT INTO ranks (period, level, points, reached, players)
    SELECT NEW.period, level, (1099511627775 - NEW.points) >> points_shift,
           NEW.reached_at >> reached_shift, 1
    FROM rank_levels WHERE true
    ON CONFLICT (period, level, points, reached) DO UPDATE SET players = players + 1;
END;

CREATE TRIGGER standing_removed AFTER DELETE ON standings BEGIN
    UPDATE ranks SET players = players - 1
    WHERE (period, level, points, reached) IN (
        SELECT OLD.period, level, (1099511627775 - OLD.points) >> points_shift,
               OLD.reached_at >> reached_shift FROM rank_levels);
    DELETE FROM ranks WHERE (period, level, points, reached) IN (
        SELECT OLD.period, level, (1099511627775 - OLD.points) >> points_shift,
               OLD.reached_at >> reached_shift FROM rank_levels)
      AND players = 0;
END;

CREATE TRIGGER standing_moved AFTER UPDATE OF points, reached_at ON standings
WHEN (OLD.points, OLD.reached_at) <> (NEW.points, NEW.reached_at) BEGIN
    INSERT INTO ranks (period, level, points, reached, players)
    SELECT NEW.period, level, (1099511627775 - NEW.points) >> points_shift,
           NEW.reached_at >> reached_shift, 1
    FROM rank_levels WHERE true
    ON CONFLICT (period, level, points, reached) DO UPDATE SET players = players + 1;
    UPDATE ranks SET players = players - 1
    WHERE (period, level, points, reached) IN (
        SELECT OLD.period, level, (1099511627775 - OLD.points) >> points_shift,
               OLD.reached_at >> reached_shift FROM rank_levels);
    DELETE FROM ranks WHERE (period, level, points, reached) IN (
        SELECT OLD.period, level, (1099511627775 - OLD.points) >> points_shift,
               OLD.reached_at >> reached_shift FROM rank_levels)
      AND players = 0;
END;
";

/// Games that have begun and have no result yet, as they are recorded if none ever comes.
const THIRD: &str = "
CREATE TABLE begun (
    game BLOB PRIMARY KEY,
    began_at INTEGER NOT NULL,
    record TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX begun_by_time ON begun (began_at);
";

/// A row once the leaderboards have been built from results that are elsewhere.
const FOURTH: &str = "CREATE TABLE boards_built (whole INTEGER PRIMARY KEY) STRICT;";

/// How regular the inputs of a seat were, as JSON; who vouches for players, how they want to be called, and who is no more.
const FIFTH: &str = "
CREATE TABLE accounts (
    player BLOB PRIMARY KEY,
    provider TEXT NOT NULL,
    name TEXT NOT NULL,
    picture TEXT
) STRICT, WITHOUT ROWID;
CREATE TABLE identities (
    identity TEXT PRIMARY KEY,
    player BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX identities_by_player ON identities (player);
ALTER TABLE seats ADD COLUMN rhythm TEXT;
CREATE TABLE deleted (player BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;
";
