"""What is in the results database, past the server: every game once, and counted once."""

from __future__ import annotations

import contextlib
import pathlib
import sqlite3
import uuid
from collections.abc import Iterable

ALL_TIME = 0


def check(database: pathlib.Path, games: Iterable[str], excused: Iterable[str] = ()) -> list[str]:
    """What is wrong with the record of these games, in words.

    `games` are all that were founded. `excused` are those whose result may be missing.
    """
    # Not read-only: the write-ahead log of pods that were killed may have to be taken in.
    with contextlib.closing(sqlite3.connect(database, timeout=10)) as connection:
        recorded = _recorded(connection)
        return [
            *_missing(set(games), set(recorded), set(excused)),
            *(
                f"game {game} is recorded with {seats} seats and {entries} entries of history"
                for game, (seats, entries) in recorded.items()
                if (seats, entries) != (2, 2)
            ),
            *_miscounted(connection),
        ]


def count(database: pathlib.Path) -> int:
    """How many games are recorded."""
    with contextlib.closing(sqlite3.connect(database, timeout=10)) as connection:
        return connection.execute("SELECT count(*) FROM games").fetchone()[0]


def _recorded(connection: sqlite3.Connection) -> dict[str, tuple[int, int]]:
    """Every game that has a row, with the number of its seats and of its entries of history."""
    rows = connection.execute(
        "SELECT id, (SELECT count(*) FROM seats WHERE seats.game = games.id),"
        " (SELECT count(*) FROM history WHERE history.game = games.id) FROM games"
    )
    return {str(uuid.UUID(bytes=game)): (seats, entries) for game, seats, entries in rows}


def _missing(games: set[str], recorded: set[str], excused: set[str]) -> Iterable[str]:
    for game in sorted(games - recorded - excused):
        yield f"game {game} was founded and has no result"
    for game in sorted(recorded - games):
        yield f"game {game} has a result, and nobody saw it being founded"


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
