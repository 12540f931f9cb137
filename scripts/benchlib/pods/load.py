"""The load player as a program beside the rig: `overcookied swarm`."""

from __future__ import annotations

import json
import pathlib
import signal
import time
from collections.abc import Sequence
from typing import Any

from chaoslib.gaps import Gap, read
from clusterlib.processes import Program
from clusterlib.processes import start as launch

LOOK_EVERY = 0.1
# Beside what the players themselves may take: signing in, and asking for every result.
OVERHEAD = 120.0


class LoadError(Exception):
    """The load did not play to its end: there is nothing to report."""


class Load:
    """One run of it. Whatever happens, it is gone at the end of a `with` block."""

    def __init__(self, binary: pathlib.Path, folder: pathlib.Path, urls: str | Sequence[str]):
        self._binary = binary
        folder.mkdir(parents=True, exist_ok=True)
        self._report, self._gaps = folder / "load.json", folder / "gaps.jsonl"
        self._log = folder / "load.log"
        self._urls = [urls] if isinstance(urls, str) else list(urls)
        self._program: Program | None = None

    def start(self, **options: object) -> Load:
        """Begins to play. Options are those of `overcookied swarm`, with _ for -."""
        for path in (self._report, self._gaps):
            path.unlink(missing_ok=True)
        options = {"golden_share": 0, **options}
        words = [w for name, value in options.items() for w in (_flag(name), str(value))]
        words += [word for url in self._urls for word in ("--url", url)]
        words += ["--json", str(self._report), "--gaps", str(self._gaps)]
        self._program = launch([str(self._binary), "swarm", *words], self._log)
        return self

    def __enter__(self) -> Load:
        return self

    def __exit__(self, *_: object) -> None:
        if self._program is not None and self._program.alive():
            self._program.signal(signal.SIGINT)
            if not self._program.wait_gone(2):
                self._program.kill()

    @property
    def pid(self) -> int | None:
        return self._program.pid if self._program else None

    def plays(self) -> bool:
        """Whether it has not finished."""
        return self._program is not None and self._program.alive()

    def report(self, within: float) -> dict[str, Any]:
        """Waits until it has finished. Violations are in the report; no report is an error."""
        end = time.monotonic() + within + OVERHEAD
        while self.plays():
            if time.monotonic() > end:
                raise LoadError(f"the load does not come to its end:\n{self.said()}")
            time.sleep(LOOK_EVERY)
        try:
            return json.loads(self._report.read_text())
        except (FileNotFoundError, ValueError):
            raise LoadError(f"the load could not play:\n{self.said()}") from None

    def gaps(self) -> list[Gap]:
        """Every gap between acknowledgements."""
        try:
            return read(self._gaps.read_text().splitlines())
        except FileNotFoundError:
            return []

    def said(self, most: int = 1500) -> str:
        try:
            return self._log.read_text(errors="replace")[-most:]
        except FileNotFoundError:
            return ""


def violations(report: dict[str, Any]) -> list[str]:
    """What the ledger complains about, in words; empty if every promise was kept."""
    counts = {name: count for name, count in report["violations"].items() if count}
    if not counts:
        return []
    first = [f"{found['class']}: {found['text']}" for found in report.get("details", [])[:5]]
    return [", ".join(f"{count} {name}" for name, count in counts.items()), *first]


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")
