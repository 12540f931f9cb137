"""The load that plays: `overcookied swarm` as a program beside the rig."""

from __future__ import annotations

import json
import pathlib
import signal
import time
from dataclasses import dataclass, field
from typing import Any

from clusterlib.processes import Program
from clusterlib.processes import start as launch


LOOK_EVERY = 0.25


@dataclass
class Play:
    """How the swarm plays. Games follow each other: so many are under way at once."""

    duels: int = 40
    # Of each player, one after the other: who has just finished is the one to be confused about.
    # None: as many as there is time for, and all players come at the beginning.
    games: int | None = 2
    rate: float = 6.0
    game_seconds: int = 15
    countdown_seconds: int = 1
    # Longer than any outage that is struck: nobody may lose a game by one.
    grace_seconds: int = 15
    absences: float = 0.0
    two_tabs: float = 0.0
    leaves: float = 0.0
    extra: list[str] = field(default_factory=list)

    def settings(self) -> dict[str, str]:
        """The environment of pods that host these games."""
        return {
            "GAME_SECONDS": str(self.game_seconds),
            "COUNTDOWN_SECONDS": str(self.countdown_seconds),
            "GRACE_SECONDS": str(self.grace_seconds),
            "GOLDEN_COOKIE_MIN_SECONDS": "1",
            "GOLDEN_COOKIE_MAX_SECONDS": "3",
        }

    def arguments(self, url: str, seconds: float, seed: int) -> list[str]:
        """Players who come at a steady rate for so many seconds, or play for so long."""
        game = self.game_seconds + self.countdown_seconds + 1
        games = self._games(seconds)
        ramp = max(1.0, 2 * self.duels / (game if self.games is None else games * game))
        duels = self.duels if self.games is None else max(1, round(seconds * ramp / 2))
        options = {
            "url": url,
            "duels": duels,
            "games": games,
            "ramp": f"{ramp:.3f}",
            "rate": self.rate,
            "seed": seed,
            "timeout": self.timeout(),
            "absences": self.absences,
            "two-tabs": self.two_tabs,
            "leaves": self.leaves,
            # Pods may hear of a second connection only when an outage of the bus is over.
            "replaced-within": 20,
            # Players pause for a moment now and then without any fault.
            "gap-threshold": 400,
        }
        named = [word for name, value in options.items() for word in (f"--{name}", str(value))]
        return [*named, *self.extra]

    def patience(self) -> float:
        """How long the last player may take, and the swarm's own looks at the end."""
        return (self.games or 2) * self.timeout() + 120.0

    def _games(self, seconds: float) -> int:
        if self.games is not None:
            return self.games
        return max(1, round(seconds / (self.game_seconds + self.countdown_seconds + 1)))

    def timeout(self) -> int:
        """A player may meet many faults in a row; one who plays so long is stuck."""
        return 90 + 3 * self.game_seconds


class Swarm:
    """One run of it, in a folder that keeps its report, its gaps and what it said."""

    def __init__(self, binary: pathlib.Path, folder: pathlib.Path):
        self._binary = binary
        self.report_file = folder / "swarm.json"
        self.gaps_file = folder / "gaps.jsonl"
        self.log = folder / "swarm.log"
        self._process: Program | None = None

    def start(self, arguments: list[str]) -> None:
        for path in (self.report_file, self.gaps_file):
            path.unlink(missing_ok=True)
        command = [str(self._binary), "swarm", *arguments]
        command += ["--json", str(self.report_file), "--gaps", str(self.gaps_file)]
        self._process = launch(command, self.log)

    def plays(self) -> bool:
        """Whether it has not finished."""
        return self._process is not None and self._process.alive()

    def wait(self, within: float) -> bool:
        """Waits until it has finished; ends it and says False if that takes too long."""
        end = time.monotonic() + within
        while self.plays():
            if time.monotonic() > end:
                self.stop()
                return False
            time.sleep(LOOK_EVERY)
        return True

    def stop(self) -> None:
        """Ends it, whatever it does."""
        if self._process is not None:
            self._process.signal(signal.SIGINT)
            if not self._process.wait_gone(2):
                self._process.kill()

    def report(self) -> dict[str, Any] | None:
        """Its report; None if it could not play to the end."""
        try:
            return json.loads(self.report_file.read_text())
        except (FileNotFoundError, ValueError):
            return None

    def gaps(self) -> list[str]:
        """The lines of its file of gaps."""
        try:
            return self.gaps_file.read_text().splitlines()
        except FileNotFoundError:
            return []

    def said(self, most: int = 1500) -> str:
        try:
            return self.log.read_text(errors="replace")[-most:]
        except FileNotFoundError:
            return ""
