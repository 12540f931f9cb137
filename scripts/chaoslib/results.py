"""What is in the results database, past the server: every game once, and counted once."""

from __future__ import annotations

import contextlib
import pathlib
import sqlite3
import uuid
from collections.abc import Iterable

ALL_TIME = 0


def check(
    database: pathlib.Path, seen: set[str], played: int, lost: set[str]
) -> list[str]:
    """What is wrong with the record, in words.

    `seen` are the games that were seen being founded, by looking every so often; `played` is how many
    the players know of. A founding record that was there for a moment only (a primary died with it)
    may have been missed, but nobody has played more games than there were. `lost` are matches that may
    have gone without a result, since nobody was told of them.
    """
    # Not read-only: the write-ahead log of pods that were killed may have to be taken in.
    with contextlib.closing(sqlite3.connect(database, timeout=10)) as connection:
        recorded = _recorded(connection)
        return [
            *_missing(seen, set(recorded), lost, played),
            *(
                f"game {game} is recorded with {seats} seats and {entries} entries of history"
                for game, (seats, entries) in recorded.items()
                if (seats, entries) != (2, 2)
            ),
            *_miscounted(connection),
        ]


def _recorded(connection: sqlite3.Connection) -> dict[str, tuple[int, int]]:
    """Every game that has a row, with the number of its seats and of its entries of history."""
    rows = connection.execute(
        "SELECT id, (SELECT count(*) FROM seats WHERE seats.game = games.id),"
        " (SELECT count(*) FROM history WHERE history.game = games.id) FROM games"
    )
    return {str(uuid.UUID(bytes=game)): (seats, entries) for game, seats, entries in rows}


def _missing(seen: set[str], recorded: set[str], lost: set[str], played: int) -> Iterable[str]:
    for game in sorted(seen - recorded - lost):
        yield f"game {game} was founded and has no result"
    unseen = sorted(recorded - seen)
    if len(unseen) > max(0, played - len(seen & recorded)):
        for game in unseen:
            yield f"game {game} has a result, but was neither founded nor played"


def _miscounted(connection: sqlite3.Connection) -> Iterable[str]:
    """Players whose totals are not the sum of their games. Void games count nothing."""
    rows = connection.execute(
        "SELECT seats.player, count(*), sum(points), sum(games.winner IS seats.seat)"
        " FROM seats JOIN games ON games.id = seats.game"
        " WHERE games.reason != 'void' GROUP BY seats.player"
    )
    played = {player: tuple(numbers) for player, *numbers in rows}
    rows = connection.execute(
        "SELECT player, games, points, wins FROM standings WHERE period = ?", (ALL_TIME,)
    )
    counted = {player: tuple(numbers) for player, *numbers in rows}
    for player in sorted(played.keys() | counted.keys()):
        if played.get(player) != counted.get(player):
            yield (
                f"player {uuid.UUID(bytes=player)} has games, points, wins {counted.get(player)} "
                f"but played {played.get(player)}"
            )
