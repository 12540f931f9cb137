"""Strikes at Valkey and at the way to it. Each takes back what it broke."""

from __future__ import annotations

import time
from collections.abc import Iterable

from clusterlib.faultproxy import FaultProxy
from clusterlib.valkey import Node

from ..scene import Scene
from ..schedule import Strike

# How late answers are, both ways together: a tenth of the time between two renewals of a ticket.
LATE_MS = 80


def killed(scene: Scene, strike: Strike) -> None:
    """F8: Valkey dies and comes back, with or without its data."""
    node = scene.rig.valkey.nodes[0]
    away = strike.rng().uniform(0.2, 1.5)
    with scene.fleet.store_disturbed():
        with scene.journal.window(strike):
            node.kill()
            time.sleep(away)
            node.restart(wipe=strike.fault == "F8-wiped")


def writes_paused(scene: Scene, strike: Strike) -> None:
    """F10: Valkey answers no write for a while."""
    with scene.fleet.store_disturbed():
        with scene.journal.window(strike):
            scene.rig.valkey.pause(1500, "WRITE")
            time.sleep(1.5)


def answers_late(scene: Scene, strike: Strike) -> None:
    """F10-late: Valkey is far away. What one call has changed, the next is sent without knowing."""
    proxies = scene.rig.proxies.values()
    with scene.fleet.store_disturbed():
        with scene.journal.window(strike):
            try:
                _delay(proxies, LATE_MS // 2)
                time.sleep(4.0)
            finally:
                _delay(proxies, 0)


def _delay(proxies: Iterable[FaultProxy], milliseconds: int) -> None:
    for proxy in proxies:
        for direction in ("up", "down"):
            proxy.delay(direction, milliseconds)


def replies_lost(scene: Scene, strike: Strike) -> None:
    """F11: calls are carried out, and every so often nobody hears of it."""
    proxies = scene.rig.proxies.values()
    with scene.fleet.store_disturbed():
        lost = sum(proxy.stats().get("lostReplies", 0) for proxy in proxies)
        with scene.journal.window(strike) as window:
            for proxy in proxies:
                proxy.lose_replies(20)
            try:
                time.sleep(3.0)
            finally:
                for proxy in proxies:
                    proxy.lose_replies(0)
        after = sum(proxy.stats().get("lostReplies", 0) for proxy in proxies)
        window.evidence["lost"] = after - lost


def bus_broken(scene: Scene, strike: Strike) -> None:
    """F12: publish/subscribe breaks, alone or with everything else of one pod."""
    kind, _, seconds = strike.variant.partition(" ")
    {"kill": _subscriptions_killed, "silence": _bus_silenced, "cut": _links_cut}[kind](
        scene, strike, float(seconds or 0)
    )


def _subscriptions_killed(scene: Scene, strike: Strike, _seconds: float) -> None:
    with scene.journal.window(strike) as window:
        window.evidence["killed"] = scene.rig.valkey.kill_pubsub()


def _bus_silenced(scene: Scene, strike: Strike, seconds: float) -> None:
    """Nobody may publish or subscribe; all else works. Matches must be found by asking."""
    before = scene.store.games()
    with scene.journal.window(strike) as window:
        let_speak(scene.rig.valkey.nodes, False)
        try:
            time.sleep(seconds)
            # A room is made by a pod that has heard of the match, or has asked.
            window.evidence["begun"] = len({room.id for room in scene.store.rooms()} - before)
        finally:
            let_speak(scene.rig.valkey.nodes, True)


def _links_cut(scene: Scene, strike: Strike, seconds: float) -> None:
    """All links of one pod to Valkey are reset, and none can be made."""
    pod = strike.rng().choice(scene.fleet.free() or scene.fleet.pods)
    proxy = scene.rig.proxies[pod.number]
    with scene.fleet.take(pod):
        with scene.journal.window(strike, (pod.number,)):
            proxy.cut()
            try:
                time.sleep(seconds)
            finally:
                proxy.heal()


def let_speak(nodes: list[Node], may: bool) -> None:
    """Whether anybody may publish and subscribe."""
    for node in nodes:
        if node.alive():
            node.call("ACL", "SETUSER", "default", "allchannels" if may else "resetchannels")
