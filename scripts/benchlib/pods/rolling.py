"""A rolling restart of all pods under load: games lost, and how long each player had to wait.

Three times: as a deployment does it, where a pod that is told to go stays until the balancer has
noticed; the same onto a server whose snapshots are one format ahead; and without that delay, where
the balancer goes on sending players to a pod that is gone.
"""

from __future__ import annotations

import pathlib
import time
from typing import Any

from chaoslib.store import Store
from clusterlib.pods import Pod

from . import figures
from .load import LoadError, violations
from .stage import Setting, Stage, games, stage
from .usage import between

RATE = 5
THRESHOLD_MS = 400
RAMP = 100
# The balancer takes a pod out after two checks, 2 s apart, have failed; the delay outlasts that.
CHECKS = {"check_every": "2s", "check_fall": 2}
DELAYS = {"delayed": 6, "upgraded": 6, "undelayed": 0}
# What a server one format ahead writes as soon as no other lives.
NEXT_FORMAT = "2"
# By then every pod has seen that, and every game has been committed.
AGREED_WITHIN = 4
DRAIN_WITHIN = 20.0
TAKEN_IN_WITHIN = 15.0
# A deployment takes the next pod when the new one is there.
PAUSE = 1.0
COUNTDOWN = 2


def measure(setting: Setting) -> dict[str, Any]:
    found: dict[str, Any] = {"rate": RATE, "thresholdMs": THRESHOLD_MS}
    for name, delay in DELAYS.items():
        program = setting.upgrade if name == "upgraded" else None
        rounds = [_round(setting, name, delay, n, program) for n in range(min(2, setting.rounds))]
        found[name] = _together(rounds) | {"drainDelay": delay}
    found["failed"] = [text for name in DELAYS for text in found[name]["failed"]]
    return found


def _together(rounds: list[dict[str, Any]]) -> dict[str, Any]:
    """All rounds as one: every player of every round counts."""
    longest = [gap for one in rounds for gap in one.pop("longest")]
    return {
        "rounds": len(rounds),
        "games": sum(one["games"] for one in rounds),
        "lost": sum(one["lost"] for one in rounds),
        "players": len(longest),
        "playersWithGap": sum(gap > 0 for gap in longest),
        "gapPerPlayer": figures.spread(longest),
        # Every player of a drained pod must come back: without any, nothing was restarted.
        "reconnects": sum(one["reconnects"] for one in rounds),
        "drainSeconds": [one["drainSeconds"] for one in rounds],
        "ahead": sum(one["ahead"] for one in rounds),
        "usage": rounds[0]["usage"],
        "failed": [text for one in rounds for text in one["failed"]],
    }


def _round(
    setting: Setting, name: str, delay: int, number: int, program: pathlib.Path | None
) -> dict[str, Any]:
    duels = 20 if setting.quick else 200
    setting.say(f"  {name}, {duels} duels, round {number + 1}")
    # Longer than three pods take, so that all games are under way throughout.
    game = 3 * (delay + 8) + 2 * duels // RAMP + 5 + (AGREED_WITHIN if program else 0)
    settings = games(game, COUNTDOWN, DRAIN_DELAY=str(delay))
    with stage(setting, f"rolling-{name}", settings, **CHECKS) as rig, rig.load() as load:
        load.start(
            duels=duels,
            rate=RATE,
            ramp=RAMP,
            seed=number + 1,
            gap_threshold=THRESHOLD_MS,
            timeout=game + 90,
        )
        rig.watch(load)
        time.sleep(max(0.0, rig.wait_rooms(load, duels) + COUNTDOWN + 1 - time.monotonic()))
        first, began = rig.sampler.mark(), 1000 * time.time()
        drains = [_roll(rig, pod, delay, program) for pod in rig.rig.pods]
        usage, ended = between(first, rig.sampler.mark()), 1000 * time.time()
        ahead = _written_ahead(rig) if program else 0
        early = not load.plays()
        report = load.report(game + 90)
        gaps = load.gaps()
    failed = violations(report)
    if early:
        failed.append("the games were over before the last pod was restarted")
    if program and not ahead:
        failed.append("no game was written in the higher format: nothing was upgraded")
    return {
        "games": report["games"],
        "lost": report["games"] - report["endings"]["time"],
        "longest": figures.longest_gaps(gaps, began, ended, 2 * duels),
        "reconnects": report["reconnects"],
        "drainSeconds": drains,
        "ahead": ahead,
        "usage": usage,
        "failed": failed,
    }


def _written_ahead(rig: Stage) -> int:
    """How many games are written in the higher format, once every pod can read it."""
    time.sleep(AGREED_WITHIN)
    store = Store(rig.rig.valkey)
    formats = [store.room(room).get("format") for room in store.games()]
    return formats.count(NEXT_FORMAT)


def _roll(rig: Stage, pod: Pod, delay: int, program: pathlib.Path | None) -> float:
    """One pod: drained, started again, and taken in by the balancer. How long the drain took."""
    began = time.monotonic()
    pod.term()
    if not pod.wait_gone(DRAIN_WITHIN + delay):
        raise LoadError(f"{pod.name} does not end on SIGTERM")
    took = time.monotonic() - began
    pod.start(program)
    end = time.monotonic() + TAKEN_IN_WITHIN
    while rig.rig.balancer.servers()[pod.number] != "UP":
        if time.monotonic() > end:
            raise LoadError(f"the balancer does not take {pod.name} in again")
        time.sleep(0.1)
    time.sleep(PAUSE)
    return round(took, 2)
