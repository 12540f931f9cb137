"""Strikes at pods: killed, stopped, cut off, drained.

A strike chooses its victims when it comes, by the seed's draw among what the moment offers, and
notes what it saw. It leaves all pods running.
"""

from __future__ import annotations

import time

from clusterlib.pods import Pod

from .. import metrics
from ..journal import Window
from ..scene import Scene
from ..schedule import Strike
from ..store import Room, StoreGone

# Games whose pods died are looked after for so long: by then somebody has taken them over.
FOLLOW = 3.0
# How often a pod of a strike at the queue stands still, and how long somebody to wait is awaited.
STANDSTILLS, WAITS_WITHIN = 4, 0.5
FENCED = 'commits_total{outcome="fenced"}'
FENCED_WITHIN = 4.0
LOOK_EVERY = 0.2


def killed(scene: Scene, strike: Strike) -> None:
    """F1: one pod that hosts."""
    rng = strike.rng()
    _kill(scene, strike, [rng.choice(scene.hosts()[:2])], dead_for=rng.uniform(1.0, 2.5))


def killed_and_sent_to(scene: Scene, strike: Strike) -> None:
    """F2: the balancer does not look for 10 s, and goes on sending players to the dead pod."""
    victim = strike.rng().choice(scene.hosts()[:2])
    balancer, server = scene.rig.balancer, f"pods/{victim.name}"
    balancer.ask(f"disable health {server}")
    try:
        balancer.ask(f"set server {server} health up")
        window = _kill(scene, strike, [victim], dead_for=10.0)
        window.evidence["balancer"] = scene.rig.balancer.servers().get(victim.number, "?")
    finally:
        balancer.ask(f"enable health {server}")


def two_killed(scene: Scene, strike: Strike) -> None:
    """F6: two pods at the same moment."""
    rng = strike.rng()
    victims = rng.sample(scene.fleet.pods, 2)
    # The third must be a whole one.
    rest = [pod for pod in scene.fleet.pods if pod not in victims]
    with scene.fleet.take(*rest):
        _kill(scene, strike, victims, dead_for=rng.uniform(2.5, 3.5))


def stopped(scene: Scene, strike: Strike) -> None:
    """F3: a pod stands still, its games go elsewhere, and it comes back believing it has them."""
    pod = strike.rng().choice(scene.hosts()[:2])
    with scene.fleet.take(pod):
        before = metrics.scrape(pod, metrics.Lives()) or {}
        with scene.journal.window(strike, (pod.number,)) as window:
            window.evidence["hosted"] = int(before.get("rooms", 0))
            pod.stop()
            try:
                time.sleep(5.0)
            finally:
                pod.cont()
        window.evidence["fenced"] = _rise(pod, FENCED, before)


def cut_from_valkey(scene: Scene, strike: Strike) -> None:
    """F4: packets between one pod and Valkey are dropped."""
    _cut(scene, strike, "valkey", "both")


def cut_from_balancer(scene: Scene, strike: Strike) -> None:
    """F5: packets between one pod and the balancer are dropped, one way or both."""
    _cut(scene, strike, "balancer", strike.variant)


def rolled(scene: Scene, strike: Strike) -> None:
    """F7: every pod is drained and started again."""
    pods = strike.rng().sample(scene.fleet.pods, len(scene.fleet.pods))
    with scene.fleet.take(*pods):
        with scene.journal.window(strike, tuple(pod.number for pod in pods)) as window:
            drains = []
            for pod in pods:
                scene.fleet.expect_down(pod)
                began = time.monotonic()
                if not pod.drain():
                    window.evidence["stuck"] = pod.name
                    scene.fleet.violations.append(f"{pod.name} does not end on SIGTERM")
                drains.append(round(time.monotonic() - began, 2))
                scene.fleet.start(pod)
                # A deploy waits until the new pod has players before it takes the next one.
                time.sleep(0.5)
            window.evidence["drain_seconds"] = drains


def churned(scene: Scene, strike: Strike) -> None:
    """F13: two pods stand still in turns, each just as somebody waits there in the queue.

    Whoever waits is matched by another pod meanwhile, and the one that wakes does not know it yet.
    """
    rng = strike.rng()
    pods = rng.sample(scene.fleet.pods, 2)
    with scene.fleet.take(*pods):
        with scene.journal.window(strike, tuple(pod.number for pod in pods)) as window:
            aimed = 0
            for _ in range(STANDSTILLS):
                waited_for = scene.waits_at(pods, within=WAITS_WITHIN)
                aimed += waited_for is not None
                pod = waited_for or rng.choice(pods)
                pod.stop()
                try:
                    time.sleep(rng.uniform(0.15, 1.2))
                finally:
                    pod.cont()
                time.sleep(rng.uniform(0.0, 0.3))
            window.evidence["aimed"] = aimed


def _kill(scene: Scene, strike: Strike, victims: list[Pod], dead_for: float) -> Window:
    with scene.fleet.take(*victims):
        rooms, known = scene.rooms_by_pod()
        with scene.journal.window(strike, tuple(pod.number for pod in victims)) as window:
            scene.fleet.kill(*victims)
        killed_at = time.monotonic()
        dead = {name for name, pod in known.items() if pod in victims}
        hosted = [room for room in rooms if room.host in dead]
        alone = [room for room in hosted if set(room.pods) <= dead]
        window.evidence.update(hosted=len(hosted), both_on_dead=len(alone))
        time.sleep(max(0.0, dead_for - (time.monotonic() - killed_at)))
        for pod in victims:
            scene.fleet.start(pod)
        time.sleep(max(0.0, FOLLOW - (time.monotonic() - killed_at)))
        window.evidence["taken_over"] = _taken_over(scene, hosted, dead)
        window.evidence["taken_over_both_on_dead"] = _taken_over(scene, alone, dead)
    return window


def _taken_over(scene: Scene, rooms: list[Room], dead: set[str]) -> int:
    """How many of these games have another host in a later epoch."""
    count = 0
    for room in rooms:
        try:
            now = scene.store.room(room.id)
        except StoreGone:
            return count
        later = int(now.get("epoch", 0)) > room.epoch
        count += bool(later and now.get("host") and now["host"] not in dead)
    return count


def _cut(scene: Scene, strike: Strike, what: str, direction: str) -> None:
    rng = strike.rng()
    pod = rng.choice(scene.hosts()[:2])
    with scene.fleet.take(pod):
        with scene.journal.window(strike, (pod.number,)):
            scene.rig.cut(pod.number, what, direction)
            try:
                time.sleep(rng.uniform(2.5, 3.5))
            finally:
                scene.rig.heal(pod.number)


def _rise(pod: Pod, name: str, before: metrics.Readings) -> int:
    """How much a counter of a pod rises within a while."""
    end = time.monotonic() + FENCED_WITHIN
    risen = 0.0
    while not risen and time.monotonic() < end:
        time.sleep(LOOK_EVERY)
        after = metrics.scrape(pod, metrics.Lives()) or before
        risen = after.get(name, 0.0) - before.get(name, 0.0)
    return int(risen)
