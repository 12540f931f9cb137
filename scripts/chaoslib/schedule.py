"""When to strike with what: a plan drawn from a seed.

Pure. The plan is reproducible; a run is not: which pod hosts most at a moment, and what is under way
just then, is the machine's affair.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .faults import PLAYERS, Fault

# Seconds between two strikes of a lane: at least, and so much more on average.
PAUSE, MORE = 0.3, 0.6
# Seconds before the first strike, for games to begin.
LEAD = 8.0


@dataclass(frozen=True)
class Strike:
    """One planned fault."""

    number: int
    # Seconds from the beginning of the phase.
    at: float
    fault: str
    lane: str
    variant: str
    # Drawn for the strike's own choices: which pod, for how long.
    draw: int
    # Seconds until the next strike of its lane may come.
    lasts: float = 0.0

    def rng(self) -> random.Random:
        """The choices of this strike."""
        return random.Random(self.draw)

    def __str__(self) -> str:
        variant = f" ({self.variant})" if self.variant else ""
        return f"#{self.number} {self.at:7.1f} s  {self.fault}{variant}"


def plan(faults: Sequence[Fault], seconds: float, seed: int) -> list[Strike]:
    """Strikes for a phase of so many seconds, in the order of their moments.

    Every round has each fault once, in a new order; lanes that have less to do pause longer, so that
    all faults come equally often. What does not fit as a whole round is left out.
    """
    lanes = _lanes(faults)
    if not lanes:
        return []
    length = round_length(faults)
    rounds = fitting(faults, seconds)
    rng = random.Random(seed)
    drafts = []
    for number in range(rounds):
        for lane in sorted(lanes):
            drafts += _round(lanes[lane], number, LEAD + number * length, length, rng)
    drafts.sort(key=lambda draft: (draft[0], draft[1].name))
    return [
        Strike(number, round(at, 2), fault.name, fault.lane, variant, draw, fault.lasts)
        for number, (at, fault, variant, draw) in enumerate(drafts, 1)
    ]


def round_length(faults: Iterable[Fault]) -> float:
    """Seconds of one round: as long as the busiest lane needs."""
    lanes = _lanes(faults)
    return max(sum(fault.lasts + PAUSE + MORE for fault in lane) for lane in lanes.values())


def rounds_needed(minutes: float) -> int:
    """How often each fault must strike at least in so many minutes: once a minute."""
    return max(1, int(minutes))


def fitting(faults: Iterable[Fault], seconds: float) -> int:
    """How many rounds have room in so many seconds; one always has."""
    return max(1, int((seconds - LEAD) / round_length(faults)))


def _lanes(faults: Iterable[Fault]) -> dict[str, list[Fault]]:
    lanes: dict[str, list[Fault]] = {}
    for fault in faults:
        if fault.lane != PLAYERS:
            lanes.setdefault(fault.lane, []).append(fault)
    return lanes


def _round(lane: list[Fault], number: int, begin: float, length: float, rng: random.Random):
    order = rng.sample(lane, len(lane))
    busy = sum(fault.lasts for fault in lane)
    # Every pause has its minimum and a random share of what is left over, as has the end.
    weights = [rng.random() for _ in range(len(order) + 1)]
    scale = (length - busy - PAUSE * len(order)) / sum(weights)
    at = begin
    for fault, weight in zip(order, weights):
        at += PAUSE + weight * scale
        yield at, fault, fault.variants[number % len(fault.variants)], rng.randrange(2**32)
        at += fault.lasts
