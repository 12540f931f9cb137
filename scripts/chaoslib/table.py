"""The summary: as text, and as Markdown for the page of benchmarks. Pure, but for the page."""

from __future__ import annotations

import pathlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .gaps import ALL, NONE, SEVERAL

SUMS = (SEVERAL, NONE, ALL)
BEGIN, END = "<!-- begin: chaos -->", "<!-- end: chaos -->"
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
            label = label_of(fault["fault"], phase["name"], len(phases) > 1)
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


def label_of(fault: str, phase: str, several: bool) -> str:
    """A fault that had a phase, and a rig, to itself says so; a sum says of what."""
    if not several:
        return fault
    if fault == phase:
        return f"{fault} (a rig of its own)"
    return f"{fault} ({phase})" if fault in SUMS else fault


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


def write(path: pathlib.Path, phases: Sequence[Mapping[str, Any]], head: str) -> None:
    """Writes the table; into a page that has a place for it, between its marks."""
    text = f"{head}\n\n{markdown(phases)}\n"
    page = path.read_text() if path.exists() else ""
    if BEGIN in page and END in page:
        before, rest = page.split(BEGIN, 1)
        text = f"{before}{BEGIN}\n{text}{END}{rest.split(END, 1)[1]}"
    path.write_text(text)


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
    yield (
        f"{phase['seconds']:.0f} s, the machine {phase['busy']:.0%} busy; "
        f"this program took {phase['own']:.1%} of a core"
    )
    for name, value in phase["counters"].items():
        yield f"{name}: {value}"
    if phase["tolerated"]:
        lost = ", ".join(f"{name} {count}" for name, count in phase["tolerated"].items())
        yield f"lost, as this fault may: {lost}"
    for name, why in phase["skipped"].items():
        yield f"{name} was NOT struck: {why}"
