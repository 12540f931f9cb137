"""The outbox in Valkey as an operator may touch it: puts records in, and sees where they are.

For one server, not for a cluster. Entries are known by the game that the record begins with, torn or
not; an entry's place is `partition:milliseconds-number`, as the server shows it.
"""

from __future__ import annotations

import json
import re
import time
import uuid
from collections.abc import Iterable
from typing import Any

from clusterlib.valkey import Valkey

from .store import PARTITIONS, PREFIX

FORMAT = 1
# One that no version writes.
UNKNOWN_FORMAT = 999


# The entries of all partitions: partition, id, how the record begins, one after the other.
ENTRIES = """local found = {}
for partition, key in ipairs(KEYS) do
  for _, entry in ipairs(redis.call('XRANGE', key, '-', '+')) do
    local record = ''
    for i = 1, #entry[2], 2 do
      if entry[2][i] == 'record' then record = entry[2][i + 1] end
    end
    found[#found + 1] = partition - 1
    found[#found + 1] = entry[1]
    found[#found + 1] = string.sub(record, 1, 100)
  end
end
return found"""
GAME = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
WAITING, ASIDE = "outbox", "aside"


class Outbox:
    """Streams of finished games: of those that wait, and of those set aside."""

    def __init__(self, valkey: Valkey):
        self._node = valkey.nodes[0]

    def put(self, record: str, game: str, form: int = FORMAT) -> None:
        """Adds a record as the commit that ends a game does."""
        key = key_of(uuid.UUID(game).bytes[15] % PARTITIONS, WAITING)
        self._node.call("XADD", key, "*", "format", form, "record", record)

    def waiting(self) -> dict[str, str]:
        """The places of all games that wait."""
        return self._entries(WAITING)

    def aside(self) -> dict[str, str]:
        """The places of all games that were set aside."""
        return self._entries(ASIDE)

    def count(self) -> int:
        """How many wait."""
        with self._node.client() as client:
            keys = (key_of(partition, WAITING) for partition in range(PARTITIONS))
            return sum(client.call("XLEN", key) for key in keys)

    def tries(self, place: str) -> int:
        """How often an entry that waits has been taken."""
        key, name = at(place, WAITING)
        pending = self._node.call("XPENDING", key, "recorder", name, name, 1)
        return int(pending[0][3]) if pending else 0

    def remove(self, places: Iterable[str], stream: str) -> None:
        """Takes entries out, as nobody else will."""
        with self._node.client() as client:
            for place in places:
                key, name = at(place, stream)
                if stream == WAITING:
                    client.call("XACK", key, "recorder", name)
                client.call("XDEL", key, name)

    def _entries(self, stream: str) -> dict[str, str]:
        keys = [key_of(partition, stream) for partition in range(PARTITIONS)]
        told = self._node.call("EVAL", ENTRIES, len(keys), *keys)
        found = {}
        for partition, name, record in zip(told[::3], told[1::3], told[2::3]):
            game = GAME.search(record)
            found[game[0] if game else name] = f"{partition}:{name}"
        return found


def at(place: str, stream: str) -> tuple[str, str]:
    """The key of a stream, and the name of an entry in it."""
    partition, _, name = place.partition(":")
    return key_of(int(partition), stream), name


def key_of(partition: int, stream: str) -> str:
    return f"{PREFIX}:{{r{partition}}}:{stream}"


def finished_game(name: str = "outbox") -> tuple[str, dict[str, Any]]:
    """A game between two players who never were, and its id."""
    game = str(uuid.uuid4())
    seats = {
        seat: {
            "player": str(uuid.uuid4()),
            "name": name,
            "picture": None,
            "bot": None,
            "points": points,
            "clicks": points,
        }
        for seat, points in (("p1", 2), ("p2", 1))
    }
    record = {
        "gameId": game,
        "game": "cookie",
        "endedAt": int(1000 * time.time()),
        "reason": "time",
        "winner": "p1",
        "seats": seats,
    }
    return game, record


def text(record: dict[str, Any]) -> str:
    return json.dumps(record)
