"""Numbers out of numbers: percentiles, medians over rounds, and which gap belongs to which strike.

Pure. Moments are milliseconds since 1970, lengths are milliseconds.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from chaoslib.gaps import Gap, spread

# Acknowledgements that were under way when the pod was struck may be read this much later.
UNDER_WAY = 150.0
# What begins so long after a strike was taken back is not its doing.
AFTERMATH = 4000.0
FEWER = re.compile(r"acknowledges (\d+) after (\d+)")


@dataclass(frozen=True)
class Strike:
    """One pod disturbed, and the games that it hosted just before."""

    at: float
    until: float
    rooms: frozenset[str]


@dataclass
class Attributed:
    """Gaps by what they have to do with the strikes."""

    # Of games on the struck pod: players whose connection stayed, and who lost it.
    survivor: list[float] = field(default_factory=list)
    reconnected: list[float] = field(default_factory=list)
    # Players whose game was hosted on another pod.
    elsewhere: list[float] = field(default_factory=list)
    # Begun in the time of a strike, or soon after it, by players who had been back already.
    later: list[float] = field(default_factory=list)
    # No strike near: the machine's own.
    none: list[float] = field(default_factory=list)
    # Gaps of any kind that no acknowledgement ended.
    never: int = 0

    def spreads(self) -> dict[str, Any]:
        names = ("survivor", "reconnected", "elsewhere", "later", "none")
        return {name: spread(getattr(self, name)) for name in names} | {"never": self.never}


def attribute(gaps: Iterable[Gap], strikes: Sequence[Strike]) -> Attributed:
    """Each gap to the first strike that it spans, or that it follows."""
    found = Attributed()
    for gap in gaps:
        found.never += gap.ended == "never"
        _group(found, gap, strikes).append(gap.ms)
    return found


def _group(found: Attributed, gap: Gap, strikes: Sequence[Strike]) -> list[float]:
    for strike in strikes:
        if gap.begin <= strike.at + UNDER_WAY and gap.end > strike.at:
            if gap.room not in strike.rooms:
                return found.elsewhere
            return found.reconnected if gap.reconnected else found.survivor
    for strike in strikes:
        if strike.at < gap.begin <= strike.until + AFTERMATH:
            return found.later
    return found.none


def longest_gaps(gaps: Iterable[Gap], begin: float, end: float, players: int) -> list[float]:
    """The longest gap of each player that touches a stretch of time.

    A player without a gap has one below the load's threshold, and counts as 0.
    """
    longest: dict[str, float] = {}
    for gap in gaps:
        if gap.end > begin and gap.begin <= end + AFTERMATH:
            longest[gap.player] = max(gap.ms, longest.get(gap.player, 0.0))
    return [*longest.values(), *([0.0] * max(0, players - len(longest)))]


def lost_clicks(details: Iterable[dict[str, Any]]) -> int:
    """Acknowledged clicks that the server took back, by the load's own words."""
    texts = (found["text"] for found in details if found["class"] == "lost")
    return sum(int(m[2]) - int(m[1]) for text in texts for m in FEWER.finditer(text))


def medians(rounds: Sequence[Any]) -> Any:
    """The median of each number in rounds of the same shape; what is no number is the first's."""
    known = [one for one in rounds if one is not None]
    if not known:
        return None
    if isinstance(known[0], dict):
        return {name: medians([one.get(name) for one in known]) for name in known[0]}
    if isinstance(known[0], (int, float)) and not isinstance(known[0], bool):
        return statistics.median(known)
    return known[0]
