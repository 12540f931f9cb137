"""Games that may go without a result: a fault has lost them, and nobody was promised otherwise."""

from __future__ import annotations

from collections.abc import Iterable

from .journal import Window
from .lobby import Watch
from .store import room_key, slot_of

# They may lose a match of which nobody has been told, as it has no room yet.
LOSE_MATCHES = ("F9", "F9-nowait", "F8-wiped")


def excused(windows: Iterable[Window], watch: Watch) -> set[str]:
    """Matches that a failover or a wiped store has lost before they got a room.

    If commits do not wait, a failover may lose the room of a game that has just begun, too, where the
    dead primary held it or the queue.
    """
    found: set[str] = set()
    for window in windows:
        span = [(window.begin, window.end or window.begin)]
        if window.fault in LOSE_MATCHES:
            found |= watch.lost(span)
        if window.fault == "F9-nowait":
            held = window.evidence.get("slots", ())
            found |= {game for game in watch.made(span) if _lay_there(game, held)}
    return found


def _lay_there(game: str, held: Iterable[tuple[int, int]]) -> bool:
    slots = {slot_of("{mm}"), slot_of(room_key(game))}
    return any(first <= slot <= last for first, last in held for slot in slots)
