"""What pods said: panics, and errors that no fault explains.

Pure, but for reading the files. Pods of a chaos run log JSON, one object a line; a panic is text.
"""

from __future__ import annotations

import datetime
import json
import pathlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from .journal import Window

PANIC = "panicked at"
# What a fault has broken may be complained about for so long, in milliseconds.
TAIL = 5000.0


@dataclass(frozen=True)
class Line:
    """A line worth looking at."""

    pod: str
    # Milliseconds since 1970; None for text without a time.
    at: float | None
    text: str
    panic: bool


def read(folder: pathlib.Path) -> list[Line]:
    """Panics and lines of level ERROR in the logs of all pods."""
    found = []
    for path in sorted(folder.glob("pod*.log")):
        with path.open(errors="replace") as lines:
            found += scan(path.stem, lines)
    return found


def scan(pod: str, lines: Iterable[str]) -> Iterator[Line]:
    """The lines of one pod that are worth looking at."""
    for line in lines:
        text = line.strip()
        if PANIC in text:
            yield Line(pod, None, text[:500], True)
        elif '"ERROR"' in text:
            yield Line(pod, _moment(text), text[:500], False)


def unexplained(lines: Iterable[Line], windows: Sequence[Window]) -> list[Line]:
    """Every panic, and errors while nothing was broken."""

    def excused(line: Line) -> bool:
        if line.panic or line.at is None:
            return False
        return any(
            window.begin <= line.at <= (window.end or window.begin) + TAIL for window in windows
        )

    return [line for line in lines if not excused(line)]


def _moment(text: str) -> float | None:
    try:
        told = json.loads(text)["timestamp"]
        return datetime.datetime.fromisoformat(told.replace("Z", "+00:00")).timestamp() * 1000
    except (ValueError, KeyError, TypeError):
        return None
