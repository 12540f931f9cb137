"""The strike at DynamoDB and Valkey together: nothing can be kept, and nobody may be told it was."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

from clusterlib.pods import Pod
from clusterlib.processes import wait_for

from .. import metrics
from ..guest import Guest
from ..journal import Window, now
from ..scene import Scene
from ..schedule import Strike
from .results import doors

# Of the time of a strike, what is left to come back in.
COMES_BACK = 5.0
LOOK_EVERY = 1.0
# What was away is in use again within this, or something is wrong.
SERVES_WITHIN = 30.0
COMMITS = 'commits_total{outcome="taken"}'


def away(scene: Scene, strike: Strike) -> None:
    """F17: both are gone, or both are silent. Pods stay up, and know who is who."""
    guest = Guest.sign_in(scene.fleet.pods[0])
    with scene.fleet.store_disturbed():
        with scene.journal.window(strike) as window:
            window.evidence["wrong"] = wrong = []
            _break(scene, strike.variant)
            try:
                _ask_until(scene, guest, time.monotonic() + strike.lasts - COMES_BACK, wrong)
            finally:
                _heal(scene, strike.variant)
    _note_return(scene, guest, window)


def _break(scene: Scene, variant: str) -> None:
    for node in scene.rig.valkey.nodes:
        node.stop() if variant == "silent" else node.kill()
    for door in doors(scene):
        door.silence() if variant == "silent" else door.cut()


def _heal(scene: Scene, variant: str) -> None:
    scene.rig.dynamodb.heal()
    for node in scene.rig.valkey.nodes:
        node.cont() if variant == "silent" else node.restart()


def _ask_until(scene: Scene, guest: Guest, end: float, wrong: list[str]) -> None:
    """Asks every pod what it must answer without any store."""
    pods = scene.fleet.pods
    # Side by side: the outage must not last longer because somebody answers slowly.
    with ThreadPoolExecutor(len(pods)) as together:
        while time.monotonic() < end:
            for texts in together.map(lambda pod: list(_unanswered(pod, guest)), pods):
                wrong += (text for text in texts if text not in wrong)
            time.sleep(LOOK_EVERY)


def _unanswered(pod: Pod, guest: Guest) -> Iterator[str]:
    for path in ("/health/live", "/health/ready", "/api/me"):
        status = guest.get(pod, path)
        if status != 200:
            yield f"{pod.name} answers {status} to {path} while both stores are away"


def _note_return(scene: Scene, guest: Guest, window: Window) -> None:
    """How soon every pod reads results again, and commits again if it hosts."""
    before = {pod.number: _commits(pod) for pod in scene.fleet.pods}

    def reads() -> bool:
        return all(guest.get(pod, "/api/history") == 200 for pod in scene.fleet.pods)

    def commits() -> bool:
        return sum(_commits(pod) for pod in scene.fleet.pods) > sum(before.values())

    for name, condition in (("commits", commits), ("reads", reads)):
        _note(window, f"{name}_again_seconds", condition)


def _note(window: Window, name: str, condition: Callable[[], bool]) -> None:
    if not wait_for(condition, SERVES_WITHIN):
        window.evidence["wrong"].append(f"{name}: not within {SERVES_WITHIN:.0f} s")
    window.evidence[name] = round((now() - (window.end or now())) / 1000, 1)


def _commits(pod: Pod) -> float:
    return (metrics.scrape(pod, metrics.Lives()) or {}).get(COMMITS, 0.0)
