"""What a phase must have shown, and whether it did.

Pure. Times are reported elsewhere; here only what must never happen, what must have happened at
least once, and bounds so generous that a slow machine keeps them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from . import gaps as gaps_
from .gaps import Gap
from .journal import Window

KILLS = ("F1", "F2", "F6")
# What a pod may grow by while results cannot be recorded, in MB.
MOST_GROWN = 20.0


@dataclass(frozen=True)
class Violation:
    """A broken promise, or a run that proves nothing."""

    kind: str
    text: str
    game: str | None = None

    def __str__(self) -> str:
        return f"{self.kind}: {self.text}" + (f" (game {self.game})" if self.game else "")


@dataclass
class Seen:
    """Everything that a phase has seen."""

    windows: Sequence[Window]
    report: Mapping[str, Any] | None
    gaps: Sequence[Gap] = ()
    # What others found, by kind, in words.
    found: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Demands:
    """What the phase is held to."""

    # Every one of these must have struck so often.
    faults: tuple[str, ...]
    times: int
    # Classes of the swarm's violations that this fault may honestly cause.
    tolerated: frozenset[str] = frozenset()
    # Games that must have ended while results could not be recorded.
    wanted: int = 0


def judge(seen: Seen, demands: Demands) -> list[Violation]:
    """Every violation."""
    return [
        *_of_swarm(seen.report, demands.tolerated),
        *(Violation(kind, text) for kind, texts in seen.found.items() for text in texts),
        *_of_gaps(seen),
        *_of_strikes(seen, demands),
        *_of_results(seen, demands),
    ]


def tolerated(seen: Seen, demands: Demands) -> dict[str, int]:
    """How much of what is tolerated did happen, by class."""
    counts: dict[str, int] = {}
    for detail in (seen.report or {}).get("details", ()):
        if detail["class"] in demands.tolerated:
            counts[detail["class"]] = counts.get(detail["class"], 0) + 1
    return counts


def struck(seen: Seen) -> dict[str, int]:
    """How often each fault struck; those of the players are in the swarm's report."""
    times: dict[str, int] = {}
    for window in seen.windows:
        if not window.failure:
            times[window.fault] = times.get(window.fault, 0) + 1
    report = seen.report or {}
    times["F18"] = int(report.get("absences", 0))
    times["F19"] = int(report.get("tabs", {}).get("opened", 0))
    return times


def total(windows: Iterable[Window], evidence: str) -> int:
    """The sum of a number that strikes noted."""
    return sum(int(window.evidence.get(evidence, 0)) for window in windows)


def _of_swarm(report: Mapping[str, Any] | None, tolerated: frozenset[str]) -> Iterable[Violation]:
    if report is None:
        yield Violation("swarm", "it could not play to the end")
        return
    for detail in report["details"]:
        if detail["class"] not in tolerated:
            text = f"{detail['text']} (player {detail['player']})"
            yield Violation(detail["class"], text, detail.get("game"))


def _of_gaps(seen: Seen) -> Iterable[Violation]:
    for gap in gaps_.too_long(seen.gaps, seen.windows):
        text = f"player {gap.player} waited {gap.ms / 1000:.1f} s for an acknowledgement"
        yield Violation("gap", text, gap.room)


def _of_strikes(seen: Seen, demands: Demands) -> Iterable[Violation]:
    times = struck(seen)
    for fault in demands.faults:
        if times.get(fault, 0) < demands.times:
            text = f"{fault} struck {times.get(fault, 0)} times, not {demands.times}"
            yield Violation("not struck", text)
    if set(KILLS) & set(demands.faults):
        if not total(seen.windows, "taken_over_both_on_dead"):
            yield Violation("not struck", "no game of which both players' pods died was taken over")
    stops = [window for window in seen.windows if window.fault == "F3"]
    if total(stops, "hosted") and not total(stops, "fenced"):
        yield Violation("not struck", "no pod that stood still had a commit refused")
    churned = [window for window in seen.windows if window.fault == "F13"]
    if churned and not total(churned, "aimed"):
        yield Violation("not struck", "no pod stood still while somebody waited there")
    silences = [window for window in seen.windows if window.variant.startswith("silence")]
    if silences and not total(silences, "begun"):
        yield Violation("queue", "no game began while publish/subscribe was silent")


def _of_results(seen: Seen, demands: Demands) -> Iterable[Violation]:
    """Of strikes at what records games: what they saw that may not be, and whether they hit."""
    for window in seen.windows:
        for text in window.evidence.get("wrong", ()):
            yield Violation("broken", f"{window.fault}: {text}")
        if (grown := window.evidence.get("grown_mb", 0)) > MOST_GROWN:
            yield Violation("memory", f"a pod grew by {grown} MB while results waited")
        ended = window.evidence.get("ended", demands.wanted)
        if ended < demands.wanted and not window.failure:
            text = f"{ended} games ended while DynamoDB was away, not {demands.wanted}"
            yield Violation("not struck", text)
    lost = [window for window in seen.windows if window.fault == "F15-lost"]
    if lost and not total(lost, "unheard"):
        yield Violation("not struck", "no reply to a transaction was lost")
