"""Games that may go without a result: a fault has lost them, and nobody was promised otherwise."""

from __future__ import annotations

from collections.abc import Iterable

from .journal import Window
from .lobby import Watch
from .store import room_key, slot_of


def excused(windows: Iterable[Window], watch: Watch) -> set[str]:
    """Without a room nobody has been told of a match: a failover or a wiped store may lose it.

    If commits do not wait, a failover may lose the room of a game that has just begun, too, where the
    dead primary held it or the queue.
    """
    windows = list(windows)
    found = watch.lost(_spans(windows, "F9", "F9-nowait", "F8-wiped"))
    for window in windows:
        if window.fault == "F9-nowait":
            made = watch.made(_spans([window], window.fault))
            held = window.evidence.get("slots", ())
            found |= {game for game in made if _lay_there(game, held)}
    return found


def _spans(windows: Iterable[Window], *faults: str) -> list[tuple[float, float]]:
    """When these faults struck, and until when."""
    return [(w.begin, w.end or w.begin) for w in windows if w.fault in faults]


def _lay_there(game: str, held: Iterable[tuple[int, int]]) -> bool:
    slots = {slot_of("{mm}"), slot_of(room_key(game))}
    return any(first <= slot <= last for first, last in held for slot in slots)
