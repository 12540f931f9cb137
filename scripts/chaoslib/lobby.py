"""What must hold in matchmaking at every moment: seats, founding records and tickets as one.

They share a slot, so that one script sees all of them at the same instant. What must hold is pure; the
watch asks again and again while everybody plays, and notes every game that is founded meanwhile.
"""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from .store import Store, StoreGone

# What should not be there is cleared away by the next pairing: within a sixth of a second.
EVERY = 0.03
# What is wrong for so many looks in a row is no step of anybody's work.
LOOKS = 10
# Milliseconds before a failover that a match need not be confirmed yet.
JUST_BEFORE = 1000


@dataclass(frozen=True)
class Lobby:
    """Matchmaking at one instant."""

    # Player to room.
    seated: Mapping[str, str] = field(default_factory=dict)
    # Room to founding record, as text.
    matches: Mapping[str, str] = field(default_factory=dict)
    # Players with a ticket, and players in a queue.
    tickets: frozenset[str] = frozenset()
    queued: frozenset[str] = frozenset()


def players_of(record: str) -> list[str]:
    """The persons of a founding record; none of one that cannot be read."""
    try:
        seats = json.loads(record)["founding"]["seats"]
        return [seat["player"]["id"] for seat in seats.values() if seat["bot"] is None]
    except (ValueError, KeyError, TypeError, AttributeError):
        return []


def at_once(lobby: Lobby) -> Iterable[str]:
    """What no single script may leave behind: whoever sits does not wait."""
    for player in sorted(lobby.seated.keys() & (lobby.tickets | lobby.queued)):
        yield f"player {player} sits in {lobby.seated[player]} and waits for another game"


def lasting(lobby: Lobby) -> Iterable[str]:
    """What may not last: seats and founding records that do not fit each other."""
    for room, record in lobby.matches.items():
        for player in players_of(record):
            if lobby.seated.get(player) != room:
                where = lobby.seated.get(player, "nowhere")
                yield f"player {player} of the open game {room} sits in {where}"
    for player, room in lobby.seated.items():
        if player not in players_of(lobby.matches.get(room, "")):
            yield f"player {player} sits in {room}, which has no founding record of that player"


class Watch:
    """Looks until it is left, and keeps what was wrong."""

    def __init__(self, store: Store):
        self._store = store
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look_on, daemon=True)
        self._streaks: dict[str, int] = {}
        self._found: dict[str, None] = {}
        # Each match made while it looked, and when it was first seen, in milliseconds since 1970.
        self._since: dict[str, float] = {}
        self._founded: set[str] = set()
        self.looks = 0

    @property
    def games(self) -> set[str]:
        """All matches made while it looked: each is there for many looks."""
        return set(self._since)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def found(self) -> list[str]:
        """Everything that was wrong, in words. To have seen nothing at all is wrong, too."""
        return [*self._found] if self.looks else ["matchmaking was never looked at"]

    def made(self, times: Iterable[tuple[float, float]]) -> set[str]:
        """Matches made within these times, or just before."""
        within = [(begin - JUST_BEFORE, end) for begin, end in times]
        return {
            game
            for game, since in self._since.items()
            if any(begin <= since <= end for begin, end in within)
        }

    def lost(self, times: Iterable[tuple[float, float]]) -> set[str]:
        """Those of them that never got a room."""
        return self.made(times) - self._founded

    def see(self, lobby: Lobby) -> None:
        """One more look."""
        self.looks += 1
        seen = 1000 * time.time()
        for game in lobby.matches:
            self._since.setdefault(game, seen)
        self._found.update(dict.fromkeys(at_once(lobby)))
        now = dict.fromkeys(lasting(lobby))
        self._streaks = {text: self._streaks.get(text, 0) + 1 for text in now}
        self._found.update(dict.fromkeys(t for t, n in self._streaks.items() if n >= LOOKS))

    def _look_on(self) -> None:
        while not self._done.wait(EVERY):
            with contextlib.suppress(StoreGone):
                self.see(Lobby(*self._store.lobby()))
                self._founded |= self._store.founded(self.games - self._founded)
