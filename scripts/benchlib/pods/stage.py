"""The stage of one measurement: a rig, what watches it, and the load that plays on it."""

from __future__ import annotations

import contextlib
import pathlib
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from chaoslib.metrics import Readings, add, parse
from clusterlib.network import Namespaces
from clusterlib.rig import Options, Rig

from .load import Load, LoadError
from .usage import Mark, Sampler

LOOK_EVERY = 0.05
# Also for signing in: hashing and signing take their time on a busy machine.
STARTED_WITHIN = 90.0
SETTLED = 1.0
VALKEY = "valkey:"
CALLS = re.compile(r"^cmdstat_([^:]+):calls=(\d+)", re.M)


@dataclass
class Setting:
    """What all measurements of a run have in common."""

    binary: pathlib.Path
    pages: pathlib.Path
    haproxy: pathlib.Path
    valkey_server: pathlib.Path
    # The program of examples/bare_echo; None: nothing to compare with.
    echo: pathlib.Path | None
    # A server whose snapshots are one format ahead; None: nothing is upgraded to it.
    upgrade: pathlib.Path | None
    folder: pathlib.Path
    loopback: bool
    quick: bool
    kills: int
    duels: int
    rounds: int
    say: Callable[[str], None]


@dataclass
class Window:
    """A stretch of time in which everybody played, as pods, parts and machine saw it."""

    first: Mark
    last: Mark
    before: Readings
    after: Readings

    def rise(self, name: str) -> float:
        """How much a counter of all pods together rose."""
        return self.after.get(name, 0.0) - self.before.get(name, 0.0)


@dataclass
class Stage:
    """A rig that runs."""

    rig: Rig
    sampler: Sampler
    setting: Setting
    # Further programs to watch, by name.
    extra: dict[str, int] = field(default_factory=dict)

    @contextlib.contextmanager
    def load(self, urls: str | list[str] | None = None) -> Iterator[Load]:
        """A load player, not yet started; it goes through the balancer unless told otherwise."""
        with Load(self.setting.binary, self.rig.folder, urls or self.rig.url) as load:
            try:
                yield load
            finally:
                self.extra.pop("load player", None)

    def watch(self, load: Load) -> None:
        """Has the load player's processor time counted too."""
        if load.pid is not None:
            self.extra["load player"] = load.pid

    def readings(self) -> Readings:
        """The counters of all pods together."""
        return add([parse(pod.metrics()) for pod in self.rig.pods])

    def wait_rooms(self, load: Load, at_least: int) -> float:
        """Waits until so many games are hosted. When that was."""
        end = time.monotonic() + STARTED_WITHIN
        while time.monotonic() < end and load.plays():
            if self.readings().get("rooms", 0.0) >= at_least:
                return time.monotonic()
            time.sleep(LOOK_EVERY)
        raise LoadError(f"there are no {at_least} games:\n{load.said()}")

    def window(self, load: Load, duels: int, countdown: float, game: float) -> Window:
        """Watches from a second after the last countdown until just before the first game ends."""
        self.watch(load)
        first = self.wait_rooms(load, 1)
        every = self.wait_rooms(load, duels)
        return self.watched(every + countdown + SETTLED, first + countdown + game - SETTLED)

    def watched(self, begin: float, end: float) -> Window:
        """Watches between two moments of the monotonic clock."""
        if end - begin < 1:
            raise LoadError(f"games are too short: only {end - begin:.1f} s were left to measure in")
        time.sleep(max(0.0, begin - time.monotonic()))
        first, before = self.sampler.mark(), self._counters()
        time.sleep(max(0.0, end - time.monotonic()))
        return Window(first, self.sampler.mark(), before, self._counters())

    def _counters(self) -> Readings:
        """The counters of pods and of Valkey."""
        nodes = self.rig.valkey.nodes if self.rig.has_valkey else []
        return add([self.readings(), *(calls(node.call("INFO", "commandstats")) for node in nodes)])


@contextlib.contextmanager
def stage(setting: Setting, name: str, settings: dict[str, str], **options) -> Iterator[Stage]:
    """A rig for one measurement, in a folder of its own: no round meets another one's results."""
    rig = Rig(setting.folder / f"{len(list(setting.folder.glob('*'))) + 1}-{name}")
    options.setdefault("loopback", setting.loopback)
    extra: dict[str, int] = {}
    rig.start(
        Options(
            binary=setting.binary,
            pages=setting.pages,
            haproxy=setting.haproxy,
            valkey_server=setting.valkey_server,
            settings={"RUST_LOG": "warn", **settings},
            **options,
        )
    )
    try:
        with Sampler(lambda: {**_pids(rig), **extra}) as sampler:
            yield Stage(rig, sampler, setting, extra)
    finally:
        rig.stop(now=True)


def calls(commandstats: str) -> Readings:
    """How often each command was called, as `valkey:<command>`."""
    return {f"{VALKEY}{name}": float(count) for name, count in CALLS.findall(commandstats)}


def has_namespaces(rig: Rig) -> bool:
    return isinstance(rig.network, Namespaces)


def games(game: int, countdown: int, **more: str) -> dict[str, str]:
    """The environment of pods with games of this length."""
    return {"GAME_SECONDS": str(game), "COUNTDOWN_SECONDS": str(countdown), **more}


def _pids(rig: Rig) -> dict[str, int]:
    found = {pod.name: pod.program for pod in rig.pods}
    found["haproxy"] = rig.balancer.program
    if rig.has_valkey:
        found |= {node.name: node.program for node in rig.valkey.nodes}
    return {name: program.pid for name, program in found.items() if program is not None}
