"""How long players wait when the pod that hosts their game dies, stands still, or is cut off.

Games follow each other through the balancer. Again and again the pod that hosts most of them is
struck. A gap runs from a player's last acknowledgement before to its first one after.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from chaoslib.store import Store
from clusterlib.pods import Pod

from . import figures
from .figures import Strike
from .load import Load, LoadError, violations
from .stage import Setting, Stage, games, has_namespaces, stage
from .usage import between

GAME, COUNTDOWN = 20, 1
RATE = 10
# As low as the load allows at this rate: shorter waits are not told.
THRESHOLD_MS = 200
# Players first come, then games are there to be hit.
LEAD = 6.0
# The last games are played to their end.
TAIL = GAME + COUNTDOWN + 90
STOPPED_FOR = CUT_FOR = 5.0
# Longer than anybody should need to play on: who comes back meanwhile may meet the dead pod.
DEAD_FOR = 3.0
WHOLE_WITHIN = 20.0


@dataclass(frozen=True)
class Kind:
    """One way to lose a pod: how to strike, and how often."""

    what: str
    strike: Callable[[Stage, Pod], None]
    # From one strike to the next, in seconds.
    every: float


def _kill(_rig: Stage, pod: Pod) -> None:
    pod.kill()
    time.sleep(DEAD_FOR)
    pod.start()


def _stop(_rig: Stage, pod: Pod) -> None:
    pod.stop()
    try:
        time.sleep(STOPPED_FOR)
    finally:
        pod.cont()


def _cut(rig: Stage, pod: Pod) -> None:
    rig.rig.cut(pod.number, "everything")
    try:
        time.sleep(CUT_FOR)
    finally:
        rig.rig.heal(pod.number)


KINDS = {
    "kill": Kind("kill -9 of the hosting pod", _kill, DEAD_FOR + 2.5),
    "stop": Kind("SIGSTOP of the hosting pod, 5 s", _stop, STOPPED_FOR + 4.0),
    "cut": Kind("network of the hosting pod drops everything, 5 s", _cut, CUT_FOR + 4.0),
}


def measure(setting: Setting, name: str) -> dict[str, Any]:
    kind = KINDS[name]
    strikes = setting.kills if name == "kill" else max(1, setting.kills // 3)
    with stage(setting, name, games(GAME, COUNTDOWN)) as rig:
        if name == "cut" and not has_namespaces(rig.rig):
            why = rig.rig.state.get("why_loopback", "")
            return {"what": kind.what, "skipped": f"pods share 127.0.0.1: {why}", "failed": []}
        return {"what": kind.what, **_run(rig, kind, strikes)}


def _run(rig: Stage, kind: Kind, strikes: int) -> dict[str, Any]:
    duels = 12 if rig.setting.quick else 24
    # So that about as many games are under way at any time.
    ramp = 2 * duels / (GAME + COUNTDOWN + 1)
    seconds = LEAD + strikes * kind.every
    with rig.load() as load:
        load.start(
            duels=round(seconds * ramp / 2) + duels,
            rate=RATE,
            ramp=f"{ramp:.3f}",
            gap_threshold=THRESHOLD_MS,
            timeout=TAIL,
        )
        rig.watch(load)
        rig.wait_rooms(load, duels // 2)
        first = rig.sampler.mark()
        done = _strike_all(rig, kind, strikes, load)
        usage = between(first, rig.sampler.mark())
        report = load.report(seconds + TAIL)
        gaps = load.gaps()
    found = figures.attribute(gaps, done)
    return {
        "strikes": len(done),
        "asked": strikes,
        "duels": duels,
        "rate": RATE,
        "thresholdMs": THRESHOLD_MS,
        "gamesHit": sum(len(strike.rooms) for strike in done),
        "gaps": found.spreads(),
        "games": report["games"],
        "endings": report["endings"],
        "reconnects": report["reconnects"],
        "usage": usage,
        "failed": violations(report) + ([f"{found.never} gaps never ended"] if found.never else []),
    }


def _strike_all(rig: Stage, kind: Kind, strikes: int, load: Load) -> list[Strike]:
    done: list[Strike] = []
    begin = time.monotonic()
    for number in range(strikes):
        time.sleep(max(0.0, begin + number * kind.every - time.monotonic()))
        if not load.plays():
            # It took longer than planned: the players are through.
            break
        pod, rooms = _most_hosting(rig)
        at = 1000 * time.time()
        kind.strike(rig, pod)
        done.append(Strike(at, 1000 * time.time(), rooms))
        rig.setting.say(f"  {number + 1} of {strikes}: {pod.name}, {len(rooms)} games")
        _wait_whole(rig)
    return done


def _most_hosting(rig: Stage) -> tuple[Pod, frozenset[str]]:
    """The pod that hosts most games, and these games."""
    store = Store(rig.rig.valkey)
    by_address = {f"{pod.address}:{pod.port}": pod for pod in rig.rig.pods}
    hosted: dict[str, set[str]] = {}
    for room in store.rooms():
        hosted.setdefault(room.host, set()).add(room.id)
    known = {name: by_address[at] for name, at in store.pods().items() if at in by_address}
    living = {name: rooms for name, rooms in hosted.items() if name in known}
    if not living:
        raise LoadError("no pod hosts a game")
    name = max(living, key=lambda name: len(living[name]))
    return known[name], frozenset(living[name])


def _wait_whole(rig: Stage) -> None:
    end = time.monotonic() + WHOLE_WITHIN
    while not all(pod.ready() for pod in rig.rig.pods):
        if time.monotonic() > end:
            raise LoadError("a pod does not get ready again")
        time.sleep(0.1)
