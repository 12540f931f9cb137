"""Strikes at DynamoDB, or at who waits for its answer. Each takes back what it broke."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterable

from clusterlib.dynamodb import DoorOf
from clusterlib.errors import RigError
from clusterlib.pods import Pod

from .. import machine
from ..journal import Window, now
from ..outbox import Outbox
from ..scene import Scene
from ..schedule import Strike

RECORDING = "TransactWriteItems"
# An outage goes on for so long at most until enough games have ended in it.
LATEST = 20.0
# Somebody records a game within this, or something is wrong; and how long one pod is watched.
RECORDS_WITHIN, A_TURN = 30.0, 1.5
# How often what waits is counted, and how long it may take until nothing does.
LOOK_EVERY, DRAINED_WITHIN = 0.25, 300.0
# How many replies are one that is lost.
ONE_IN = 3


def away(scene: Scene, strike: Strike) -> None:
    """F14: nobody reaches DynamoDB while games end. They wait in the outbox."""
    before = _resident(scene)
    with scene.journal.window(strike) as window:
        for door in doors(scene):
            door.cut()
        try:
            most = _watch_outage(scene, strike, window, before)
        finally:
            scene.rig.dynamodb.heal()
    window.evidence["grown_mb"] = round(most / 1e6, 1)
    scene.afterwards(lambda: _note_drain(window, Outbox(scene.rig.valkey)))


def _watch_outage(scene: Scene, strike: Strike, window: Window, before: dict[int, int]) -> int:
    """Waits until it has lasted and enough games have ended; the most that any pod grew by."""
    began, most = time.monotonic(), 0
    seen: set[str] = set()
    while True:
        time.sleep(LOOK_EVERY)
        after = _resident(scene)
        most = max([most, *(after[pid] - before[pid] for pid in before.keys() & after.keys())])
        # Every game is open for many looks; it is settled when it ends, recorded or not.
        seen |= (open_now := scene.store.games())
        ended = window.evidence["ended"] = len(seen - open_now)
        lasted = time.monotonic() - began
        if lasted >= strike.lasts and (ended >= scene.wanted or lasted >= strike.lasts + LATEST):
            return most


def _note_drain(window: Window, outbox: Outbox) -> None:
    """How long it takes until nothing waits any more, and how much comes through in a second."""
    waited, began = outbox.count(), window.end or now()
    end = time.monotonic() + DRAINED_WITHIN
    while outbox.count() and time.monotonic() < end:
        time.sleep(LOOK_EVERY)
    seconds = (now() - began) / 1000
    window.evidence["waited"] = waited
    window.evidence["drained_seconds"] = round(seconds, 1)
    window.evidence["a_second"] = round(waited / max(0.1, seconds), 1)


def killed_before_hearing(scene: Scene, strike: Strike) -> None:
    """F15: DynamoDB has recorded a game, and the pod dies before it can acknowledge the entry.

    Which pod records next is nobody's choice: they are watched in turns.
    """
    turns = itertools.cycle(strike.rng().sample(scene.fleet.pods, len(scene.fleet.pods)))
    end = time.monotonic() + RECORDS_WITHIN
    while not _killed_when_recording(scene, strike, next(turns)):
        if time.monotonic() > end:
            raise RigError(f"nobody recorded anything within {RECORDS_WITHIN:.0f} s")


def _killed_when_recording(scene: Scene, strike: Strike, pod: Pod) -> bool:
    """False if the pod records nothing for a while."""
    with scene.fleet.take(pod):
        door = scene.rig.dynamodb.door(pod.number)
        try:
            if not door.hold(RECORDING, A_TURN):
                return False
            with scene.journal.window(strike, (pod.number,)) as window:
                scene.fleet.kill(pod)
                window.evidence["unheard"] = 1
        finally:
            door.heal()
        scene.fleet.start(pod)
    return True


def replies_lost(scene: Scene, strike: Strike) -> None:
    """F15-lost: calls are carried out, and every so often nobody hears of it."""
    before = _lost(scene)
    with scene.journal.window(strike) as window:
        try:
            for door in doors(scene):
                door.lose_replies(ONE_IN)
            time.sleep(strike.lasts)
            # Among few games it may be answers to other calls that are lost.
            end = time.monotonic() + RECORDS_WITHIN
            while _lost(scene) == before and time.monotonic() < end:
                time.sleep(LOOK_EVERY)
        finally:
            scene.rig.dynamodb.heal()
    window.evidence["unheard"] = _lost(scene) - before


def _lost(scene: Scene) -> int:
    """Transactions of which nobody heard."""
    return sum(door.stats()["lost"].get(RECORDING, 0) for door in doors(scene))


def doors(scene: Scene) -> Iterable[DoorOf]:
    """The ways of all pods to DynamoDB."""
    return [scene.rig.dynamodb.door(pod.number) for pod in scene.fleet.pods]


def _resident(scene: Scene) -> dict[int, int]:
    """The memory of every pod, by process."""
    programs = (pod.program for pod in scene.fleet.pods)
    pids = (program.pid for program in programs if program is not None)
    return {pid: size for pid in pids if (size := machine.resident(pid))}
