"""Gaps between acknowledgements, as the swarm wrote them down, set against the nemesis' journal.

Pure. A gap belongs to a fault that was under way during it, or had just been. One to which several
faults belong is nobody's alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from .journal import Window

# Clients that met a fault may come back this much later, in milliseconds.
TAIL = 3000.0
# A gap may begin with an acknowledgement that was under way when a pod was killed.
LATE = 100.0
# How much longer than the longest disturbance it touches a gap may be: past that it is a violation.
MOST = 15_000.0
ALONE, SEVERAL, NONE = "alone", "several at once", "no fault near"


@dataclass(frozen=True)
class Gap:
    """Moments and lengths in milliseconds."""

    begin: float
    end: float
    ms: float
    player: str
    room: str | None
    reconnected: bool
    paused: float
    ended: str


def read(lines: Iterable[str]) -> list[Gap]:
    """The swarm's file. A last line that was cut off is left out."""
    gaps = []
    for line in lines:
        try:
            told = json.loads(line)
        except ValueError:
            continue
        gaps.append(
            Gap(
                begin=float(told["begin"]),
                end=float(told["end"]),
                ms=float(told["ms"]),
                player=told["player"],
                room=told.get("room"),
                reconnected=bool(told["reconnected"]),
                paused=1000 * float(told["pausedSeconds"]),
                ended=told["ended"],
            )
        )
    return gaps


def touching(gap: Gap, windows: Sequence[Window], tail: float = TAIL) -> list[Window]:
    """The windows that a gap touches, or what comes so soon after them."""

    def ends(window: Window) -> float:
        return window.begin if window.end is None else window.end

    return [w for w in windows if gap.end > w.begin and gap.begin <= ends(w) + tail]


def blamed(gap: Gap, windows: Sequence[Window]) -> set[str]:
    """The faults that made a gap: those under way during it; else those that had just been."""
    found = touching(gap, windows, LATE) or touching(gap, windows)
    return {window.fault for window in found}


@dataclass
class Group:
    """The gaps of one row: of survivors, and of those who had to reconnect."""

    survivors: list[float] = field(default_factory=list)
    reconnected: list[float] = field(default_factory=list)

    def add(self, gap: Gap) -> None:
        (self.reconnected if gap.reconnected else self.survivors).append(gap.ms)

    @property
    def all(self) -> list[float]:
        return self.survivors + self.reconnected


def by_fault(gaps: Iterable[Gap], windows: Sequence[Window]) -> dict[str, Group]:
    """Gaps by the fault they belong to; SEVERAL and NONE are the other names."""
    groups: dict[str, Group] = {}
    for gap in gaps:
        names = blamed(gap, windows)
        name = NONE if not names else names.pop() if len(names) == 1 else SEVERAL
        groups.setdefault(name, Group()).add(gap)
    return groups


def too_long(gaps: Iterable[Gap], windows: Sequence[Window], most: float = MOST) -> list[Gap]:
    """Gaps that no fault excuses."""

    def excused(gap: Gap) -> float:
        lengths = [(w.end or w.begin) - w.begin for w in touching(gap, windows)]
        return max(lengths, default=0.0)

    return [gap for gap in gaps if gap.ms > most + excused(gap)]


def near(room: str | None, gaps: Iterable[Gap], windows: Sequence[Window]) -> set[str]:
    """The faults that touched a game, by the gaps of its players."""
    if room is None:
        return set()
    found = (touching(gap, windows) for gap in gaps if gap.room == room)
    return {window.fault for windows in found for window in windows}


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of all values does not exceed."""
    if not values:
        raise ValueError("nothing to choose from")
    ordered = sorted(values)
    rank = max(1, -(-len(ordered) * share // 1))
    return ordered[int(rank) - 1]


def spread(values: Sequence[float]) -> dict[str, float] | None:
    """Number, p50, p99 and maximum; None of nothing."""
    if not values:
        return None
    return {
        "count": len(values),
        "p50": percentile(values, 0.5),
        "p99": percentile(values, 0.99),
        "max": max(values),
    }
