"""Turns outcomes into what is shown and written: rows by fault, counters, violations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from . import gaps, metrics, verdict
from .faults import FAULTS, PLAYERS
from .phase import Outcome

# The swarm's own measurements of what players do to themselves.
OF_PLAYERS = {"F18": "comeback", "F19": "takeover"}


def phase(outcome: Outcome) -> dict[str, Any]:
    """One phase as JSON."""
    seen, setting = outcome.seen, outcome.setting
    return {
        "name": setting.name,
        "seed": setting.seed,
        "minutes": round(setting.minutes, 2),
        "seconds": round(outcome.seconds, 1),
        "busy": round(outcome.busy, 3),
        "own": round(outcome.own, 3),
        "held": not outcome.violations,
        "faults": _faults(outcome),
        "skipped": outcome.skipped,
        "violations": [violation.__dict__ for violation in outcome.violations],
        "tolerated": verdict.tolerated(
            seen, verdict.Demands((), 0, outcome.setting.tolerated)
        ),
        "counters": counters(outcome),
        "swarm": seen.report and {k: v for k, v in seen.report.items() if k != "details"},
        "windows": [window.json() for window in seen.windows],
        "plan": outcome.plan,
        "restarts": outcome.restarts,
    }


def counters(outcome: Outcome) -> dict[str, Any]:
    """What the pods counted, over all their lives, and what the strikes saw."""
    readings, windows = outcome.counters, outcome.seen.windows
    resume = {
        name: metrics.quantile_bound(readings, "resume_seconds", share)
        for name, share in (("p50", 0.5), ("p99", 0.99))
    }
    return {
        "games": outcome.games,
        "takeovers": whole(metrics.labelled(readings, "takeovers_total")),
        "commits": whole(metrics.labelled(readings, "commits_total")),
        "from silence to a new host, in seconds, at most": resume,
        "rooms restored": int(readings.get("rooms_restored_total", 0)),
        "bus rebuilt": int(readings.get("bus_resubscriptions_total", 0)),
        "bus messages": whole(metrics.labelled(readings, "bus_messages_total")),
        "games hosted by pods that were killed": verdict.total(windows, "hosted"),
        "taken over with both players' pods dead": verdict.total(windows, "taken_over_both_on_dead"),
        "commits refused to pods that had stood still": verdict.total(windows, "fenced"),
        **_of_results(outcome),
    }


# What strikes at DynamoDB have seen, and in which words it is told.
SEEN = {
    "ended": "games that ended while DynamoDB was away",
    "grown_mb": "MB that a pod grew by meanwhile",
    "waited": "games that waited when it was back",
    "drained_seconds": "seconds until none waited",
    "a_second": "recorded in a second",
    "unheard": "transactions that were done and not heard of",
    "good_alone_ms": "good records without bad ones, in ms",
    "good_beside_bad_ms": "good records beside bad ones, in ms",
    "aside": "bad records set aside",
    "aside_again": "set aside again when they were tried again",
    "commits_again_seconds": "seconds until games went on",
    "reads_again_seconds": "seconds until results could be read",
}


def _of_results(outcome: Outcome) -> dict[str, Any]:
    """Of phases with results in DynamoDB."""
    if not outcome.setting.options.moto:
        return {}
    told: dict[str, Any] = {
        "games by how they were recorded": whole(
            metrics.labelled(outcome.counters, "results_total")
        ),
        "notes of games written after their result": outcome.late_notes,
    }
    for name, words in SEEN.items():
        values = [w.evidence[name] for w in outcome.seen.windows if name in w.evidence]
        if values:
            told[words] = sum(values) if name == "unheard" else _one(values)
    if returns := _returns(outcome):
        told["from healing until players' clicks counted again, in ms"] = returns
    return told


def _returns(outcome: Outcome) -> dict[str, float] | None:
    """How long after the healing of F17 gaps ended that had begun in the outage."""
    outages = [w for w in outcome.seen.windows if w.fault == "F17" and w.end]
    after = [
        round(gap.end - window.end)
        for window in outages
        for gap in outcome.seen.gaps
        if gap.begin < window.end < gap.end
    ]
    return gaps.spread(after)


def _one(values: Sequence[Any]) -> Any:
    """All of them; without a list where there is only one."""
    return values[0] if len(values) == 1 else list(values)


def whole(values: Mapping[str, float]) -> dict[str, int]:
    return {name: int(value) for name, value in sorted(values.items())}


def _faults(outcome: Outcome) -> list[dict[str, Any]]:
    seen = outcome.seen
    groups = gaps.by_fault(seen.gaps, seen.windows)
    struck = verdict.struck(seen)
    touched = _violations_by_fault(outcome)
    found = []
    for name in outcome.setting.faults:
        if name in outcome.skipped:
            continue
        fault = FAULTS[name]
        group = groups.get(name, gaps.Group())
        row = {
            "fault": name,
            "what": fault.what,
            "struck": struck.get(name, 0),
            "gaps": len(group.all),
            "all": gaps.spread(group.all),
            "survivors": gaps.spread(group.survivors),
            "reconnected": gaps.spread(group.reconnected),
            "violations": touched.get(name, 0),
        }
        if fault.lane == PLAYERS:
            row.update(_of_players(name, seen.report or {}))
        found.append(row)
    for name in (gaps.SEVERAL, gaps.NONE):
        if name in groups:
            found.append(_rest(name, groups[name]))
    found.append(_all(outcome))
    return found


def _of_players(name: str, report: Mapping[str, Any]) -> dict[str, Any]:
    """Back in the game after an absence, or in a second tab: the swarm measures it."""
    spread = report.get("latencyMs", {}).get(OF_PLAYERS[name]) or {}
    count = int(spread.get("count", 0))
    return {"gaps": count, "reconnected": spread if count else None, "all": None}


def _rest(name: str, group: gaps.Group) -> dict[str, Any]:
    return {
        "fault": name,
        "what": "gaps that belong to no fault alone",
        "struck": None,
        "gaps": len(group.all),
        "all": gaps.spread(group.all),
        "survivors": gaps.spread(group.survivors),
        "reconnected": gaps.spread(group.reconnected),
        "violations": None,
    }


def _all(outcome: Outcome) -> dict[str, Any]:
    group = gaps.Group()
    for gap in outcome.seen.gaps:
        group.add(gap)
    row = _rest(gaps.ALL, group)
    return {**row, "what": "the whole phase", "violations": len(outcome.violations)}


def _violations_by_fault(outcome: Outcome) -> dict[str, int]:
    """Violations of games that a fault touched; one may be near several."""
    counts: dict[str, int] = {}
    for violation in outcome.violations:
        for name in gaps.near(violation.game, outcome.seen.gaps, outcome.seen.windows):
            counts[name] = counts.get(name, 0) + 1
    return counts


def first(violations: Sequence[verdict.Violation], most: int = 20) -> list[str]:
    """The first of them, in words."""
    lines = [str(violation) for violation in violations[:most]]
    more = len(violations) - most
    return lines + ([f"and {more} more"] if more > 0 else [])
