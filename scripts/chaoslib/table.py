"""The summary: as text, as Markdown for the page of benchmarks, and as JSON. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

HEAD = (
    "fault",
    "what",
    "struck",
    "gaps",
    "survivors p50 / p99 / max, s",
    "reconnected p50 / p99 / max, s",
    "violations",
)


def rows(phases: Sequence[Mapping[str, Any]]) -> list[list[str]]:
    """One row per fault and phase, in the order of the phases."""
    found = []
    for phase in phases:
        for fault in phase["faults"]:
            label = fault["fault"] if len(phases) == 1 else f"{fault['fault']} ({phase['name']})"
            found.append(
                [
                    label,
                    fault["what"],
                    str(fault["struck"]) if fault["struck"] is not None else "",
                    str(fault["gaps"]),
                    times(fault["survivors"]),
                    times(fault["reconnected"]),
                    str(fault["violations"]) if fault["violations"] is not None else "",
                ]
            )
    return found


def times(spread: Mapping[str, float] | None) -> str:
    """p50, p99 and maximum in seconds."""
    if not spread:
        return ""
    return " / ".join(f"{spread[name] / 1000:.2f}" for name in ("p50", "p99", "max"))


def text(phases: Sequence[Mapping[str, Any]]) -> str:
    """For a terminal: columns as wide as they need to be, without the words."""
    wanted = [0, *range(2, len(HEAD))]
    lines = [[line[i] for i in wanted] for line in [list(HEAD), *rows(phases)]]
    widths = [max(len(line[i]) for line in lines) for i in range(len(wanted))]
    shown = ("  ".join(cell.ljust(width) for cell, width in zip(line, widths)) for line in lines)
    return "\n".join(line.rstrip() for line in shown)


def markdown(phases: Sequence[Mapping[str, Any]]) -> str:
    """For docs/BENCHMARKS.md."""
    lines = [list(HEAD), ["---"] * len(HEAD), *rows(phases)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def summary(phase: Mapping[str, Any]) -> Iterable[str]:
    """What else a phase has to say, line by line."""
    swarm = phase.get("swarm") or {}
    if swarm:
        endings = ", ".join(f"{name} {count}" for name, count in swarm["endings"].items() if count)
        yield (
            f"{swarm['games']} games of {swarm['players']} players ended ({endings}); "
            f"{swarm['clicks']} clicks, {swarm['acknowledged']} acknowledged, "
            f"{swarm['counted']} counted; {swarm['reconnects']} reconnects"
        )
    for name, value in phase["counters"].items():
        yield f"{name}: {value}"
    if phase["tolerated"]:
        lost = ", ".join(f"{name} {count}" for name, count in phase["tolerated"].items())
        yield f"lost, as this fault may: {lost}"
    for name, why in phase["skipped"].items():
        yield f"{name} was NOT struck: {why}"
