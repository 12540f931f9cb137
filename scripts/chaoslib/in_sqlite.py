"""Reads what is recorded in SQLite, past the server."""

from __future__ import annotations

import contextlib
import pathlib
import sqlite3
import uuid

from .results import Recorded, Seat, Sums

ALL_TIME = 0
SEATS = """SELECT mine.game, mine.player, mine.seat, mine.points, theirs.points, mine.bot,
    theirs.bot, games.reason, games.winner
  FROM games JOIN seats AS mine ON mine.game = games.id
  LEFT JOIN seats AS theirs ON theirs.game = mine.game AND theirs.seat != mine.seat"""


def read(database: pathlib.Path) -> Recorded:
    """Everything in the file."""
    # Not read-only: the write-ahead log of pods that were killed may have to be taken in.
    with contextlib.closing(sqlite3.connect(database, timeout=10)) as connection:
        games = connection.execute("SELECT id FROM games")
        recorded = Recorded(seats={_id(game): [] for (game,) in games})
        for game, *row in connection.execute(SEATS):
            recorded.seats[_id(game)].append(_seat(*row))
        entries = connection.execute("SELECT game, count(*) FROM history GROUP BY game")
        recorded.entries = {_id(game): count for game, count in entries}
        sums = connection.execute(
            "SELECT player, games, points, wins, draws FROM standings WHERE period = ?", (ALL_TIME,)
        )
        recorded.sums = {_id(player): Sums(*numbers) for player, *numbers in sums}
        return recorded


def _seat(player, seat, points, against, bot, other_bot, reason, winner) -> Seat:
    result = "void" if reason == "void" else "draw" if winner is None else "loss"
    result = "win" if winner == seat else result
    ranked = bot is None and other_bot is None
    return Seat(_id(player), result, points, -1 if against is None else against, ranked)


def _id(raw: bytes) -> str:
    return str(uuid.UUID(bytes=raw))
