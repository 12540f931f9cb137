"""How a check ends that does not end well."""

from __future__ import annotations

from collections.abc import Iterable


class Found(Exception):
    """Something is wrong: one line for each thing."""

    def __init__(self, lines: Iterable[str]):
        self.lines = list(lines)
        super().__init__("\n".join(self.lines))


class Skipped(Exception):
    """It could not be looked at here, and why."""


def report(lines: Iterable[str]) -> None:
    """Fails if there is anything to tell."""
    lines = list(lines)
    if lines:
        raise Found(lines)
