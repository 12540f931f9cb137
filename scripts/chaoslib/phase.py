"""One phase: a rig, players, a nemesis, and afterwards the judgement."""

from __future__ import annotations

import contextlib
import pathlib
import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from clusterlib.network import Namespaces
from clusterlib.resp import ReplyError
from clusterlib.rig import Options, Rig

from . import gaps, in_dynamodb, in_sqlite, lobby, logs, machine, metrics, results, verdict
from .excuses import excused
from .faults import AOF, CLUSTER, DYNAMODB, FAULTS, NAMESPACES, PROXIES, SINGLE, Fault
from .faults import brief, impossible
from .fleet import Fleet
from .journal import Journal
from .nemesis import Nemesis
from .scene import Scene
from .schedule import plan
from .store import Store, StoreGone
from .strikes.store import let_speak
from .swarm import Play, Swarm

# Players keep coming a little longer than the plan should take: strikes may be late.
ARRIVALS = 1.1
# After the last game, the store must be empty this soon: a sweep, a void game, a recorder's turn.
EMPTY_WITHIN = 60.0
# As long as it takes moto to write down what has gathered in an outage.
DRAINED_WITHIN = 300.0
LOOK_EVERY = 0.5
# Lines that a program can read, and the words of pods about rooms that move.
LOGS = {"LOG_FORMAT": "json", "RUST_LOG": "info,overcookied=debug"}


@dataclass
class Setting:
    """What a phase is made of."""

    name: str
    faults: tuple[str, ...]
    minutes: float
    seed: int
    times: int
    play: Play
    options: Options
    tolerated: frozenset[str] = frozenset()
    # Strikes that last are shorter than they could be.
    brief: bool = False
    # Games that must end while results cannot be recorded.
    wanted: int = 0

    def of(self, names: Iterable[str]) -> list[Fault]:
        """These faults, as long as they are here."""
        faults = [FAULTS[name] for name in names]
        return [brief(fault) for fault in faults] if self.brief else faults


@dataclass
class Outcome:
    """What came of it."""

    setting: Setting
    seen: verdict.Seen
    violations: list[verdict.Violation]
    skipped: dict[str, str]
    counters: metrics.Readings
    plan: list[str]
    games: int = 0
    # Games noted as begun though their result is there.
    late_notes: int = 0
    seconds: float = 0.0
    # Of all cores, and of one core by this program alone.
    busy: float = 0.0
    own: float = 0.0
    restarts: list[str] = field(default_factory=list)


class Phase:
    """Runs one setting in a folder of its own."""

    def __init__(self, setting: Setting, folder: pathlib.Path, say):
        self._setting = setting
        self._options = replace(
            setting.options,
            settings={**setting.play.settings(), **LOGS, **setting.options.settings},
        )
        self._folder = folder
        self._say = say
        self._rig = Rig(folder)
        self._swarm = Swarm(setting.options.binary, folder)
        self._lives = metrics.Lives()
        self._found: dict[str, list[str]] = {}

    def run(self) -> Outcome:
        """Plays, breaks, heals and judges. Whatever happens, nothing stays behind."""
        began, load = time.monotonic(), machine.Load()
        self._rig.start(self._options)
        try:
            outcome = self._play()
        except BaseException:
            self._swarm.stop()
            self._rig.stop(now=True)
            raise
        outcome.seconds = time.monotonic() - began
        outcome.busy, outcome.own = load.busy(), load.own()
        return outcome

    def _play(self) -> Outcome:
        setting, store = self._setting, Store(self._rig.valkey)
        skipped = self._skipped()
        struck = tuple(name for name in setting.faults if name not in skipped)
        seconds = 60 * setting.minutes
        strikes = plan(setting.of(struck), seconds, setting.seed)
        arrivals = ARRIVALS * seconds
        with Fleet(self._rig) as fleet, metrics.Scraper(fleet.pods, self._lives):
            with lobby.Watch(store) as watch:
                journal = Journal(self._say)
                scene = Scene(self._rig, fleet, store, journal, setting.wanted)
                nemesis = Nemesis(scene, strikes, arrivals)
                self._swarm.start(self._arguments(arrivals))
                nemesis.start()
                self._wait(nemesis, arrivals, fleet)
                self._found["not empty"] = self._settle(store)
                if not scene.wait_watched(EMPTY_WITHIN):
                    self._found["not back"] = ["what was struck did not come back"]
            for pod in fleet.pods:
                metrics.scrape(pod, self._lives)
        self._rig.end_pods()
        recorded = self._recorded()
        self._rig.stop()
        windows = journal.windows()
        self._found["exit"] = fleet.violations
        self._found["lobby"] = watch.found()
        self._found["nemesis"] = nemesis.failures
        self._found["log"] = self._unexplained(windows)
        report = self._swarm.report()
        known = watch.games | {game for w in windows for game in w.evidence.get("games", ())}
        played, lost = (report or {}).get("games", 0), excused(windows, watch)
        self._found["result"] = results.check(recorded, known, played, lost)
        if report is None:
            self._found["swarm"] = [self._swarm.said()]
        seen = verdict.Seen(windows, report, gaps.read(self._swarm.gaps()), self._found)
        demands = verdict.Demands(struck, setting.times, setting.tolerated, setting.wanted)
        return Outcome(
            setting=setting,
            seen=seen,
            violations=verdict.judge(seen, demands),
            skipped=skipped,
            counters=self._lives.total(),
            plan=[str(strike) for strike in strikes],
            games=len(watch.games),
            late_notes=len(recorded.late_notes()),
            restarts=fleet.restarts,
        )

    def _skipped(self) -> dict[str, str]:
        """Faults that this rig cannot have, and why."""
        rig, offered = self._rig, set()
        offered |= {NAMESPACES} if isinstance(rig.network, Namespaces) else set()
        offered |= {PROXIES} if rig.proxies else set()
        offered |= {DYNAMODB} if rig.has_dynamodb else set()
        offered |= {AOF} if self._setting.options.aof else set()
        offered |= {CLUSTER} if rig.valkey.kind == "cluster" else {SINGLE}
        found = {name: impossible(FAULTS[name], offered) for name in self._setting.faults}
        return {name: why for name, why in found.items() if why}

    def _arguments(self, arrivals: float) -> list[str]:
        return self._setting.play.arguments(self._rig.url, arrivals, self._setting.seed)

    def _wait(self, nemesis: Nemesis, arrivals: float, fleet: Fleet) -> None:
        """Until the nemesis has done its work and every player is finished."""
        while nemesis.busy() and self._swarm.plays():
            time.sleep(LOOK_EVERY)
        if nemesis.busy():
            self._found["swarm early"] = ["it ended before the nemesis did"]
        nemesis.stop()
        self._heal(fleet)
        self._say("all is healed; waiting for the players to finish")
        if not self._swarm.wait(arrivals + self._setting.play.patience()):
            self._found["swarm late"] = ["it did not come to its end"]

    def _heal(self, fleet: Fleet) -> None:
        """Takes everything back, also what a strike that failed has left."""
        rig = self._rig
        for proxy in rig.proxies.values():
            proxy.heal()
        if rig.has_dynamodb:
            rig.dynamodb.heal()
        for node in rig.valkey.nodes:
            if node.alive():
                node.cont()
            else:
                node.restart(wipe=not self._setting.options.aof)
        with contextlib.suppress(ReplyError):
            rig.valkey.unpause()
        let_speak(rig.valkey.nodes, True)
        for pod in fleet.pods:
            rig.heal(pod.number)
        fleet.heal()
        if not fleet.wait_whole():
            self._found["not ready"] = [
                f"{pod.name} does not get ready" for pod in fleet.pods if not pod.ready()
            ]

    def _settle(self, store: Store) -> list[str]:
        """What is left in the store when there was time enough to clean up."""
        within = DRAINED_WITHIN if self._rig.has_dynamodb else EMPTY_WITHIN
        end, left = time.monotonic() + within, ["Valkey did not answer"]
        while left and time.monotonic() < end:
            with contextlib.suppress(StoreGone):
                left = store.leftovers()
            if left:
                time.sleep(LOOK_EVERY)
        return left

    def _recorded(self) -> results.Recorded:
        """What is in the results, read when nobody writes any more."""
        if self._rig.has_dynamodb:
            return in_dynamodb.read(self._rig.dynamodb)
        return in_sqlite.read(self._folder / "results.sqlite3")

    def _unexplained(self, windows) -> list[str]:
        lines = logs.unexplained(logs.read(self._folder / "logs"), windows)
        return [f"{line.pod}: {line.text}" for line in lines]
