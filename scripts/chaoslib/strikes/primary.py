"""The strike at a primary of a cluster."""

from __future__ import annotations

import time

from clusterlib.pods import Pod
from clusterlib.valkey import Node, slots

from ..scene import Scene
from ..schedule import Strike
from ..store import room_key

# How much the replica has missed when its primary dies, in seconds.
LAG = 0.3
# A replica that does not take the place within this has failed.
FAILOVER_WITHIN = 15.0


def killed(scene: Scene, strike: Strike) -> None:
    """F9: a primary dies whose replica has missed the last moments; the replica takes its place.

    With a pod: the host of games that lie there dies too, with what it remembers. Then only the
    replica knows.
    """
    valkey = scene.rig.valkey
    key, pods = _where(scene, strike)
    primary = valkey.primary_of(key)
    replica = valkey.replicas_of(primary)[0]
    with scene.fleet.take(*pods):
        with scene.fleet.store_disturbed():
            with scene.journal.window(strike, tuple(pod.number for pod in pods)) as window:
                window.evidence["key"] = key
                window.evidence["slots"] = [
                    (first, last) for first, last, port in slots(primary) if port == primary.port
                ]
                window.evidence["failover_seconds"] = _fail_over(scene, primary, replica, pods)
            primary.restart(wipe=True)
            valkey.wait_whole(within=30)
        for pod in pods:
            scene.fleet.start(pod)


def _where(scene: Scene, strike: Strike) -> tuple[str, list[Pod]]:
    """A key whose primary shall die, and the pod that hosts the game of that key, if it shall."""
    rng = strike.rng()
    rooms, known = scene.rooms_by_pod()
    hosted = [room for room in rooms if room.host in known]
    if strike.variant == "with a pod" and hosted:
        room = rng.choice(hosted)
        return room_key(room.id), [known[room.host]]
    return rng.choice(["{mm}", *(f"{{r{number}}}" for number in range(16))]), []


def _fail_over(scene: Scene, primary: Node, replica: Node, pods: list[Pod]) -> float:
    """Seconds from the death of a primary to another one that takes writes.

    The replica is locked out for a moment before: one that merely stood still would find what it
    has missed in its socket.
    """
    (_, password) = replica.call("CONFIG", "GET", "masterauth")
    replica.call("CONFIG", "SET", "masterauth", "not-the-password")
    try:
        primary.call("CLIENT", "KILL", "TYPE", "replica")
        time.sleep(LAG)
        scene.fleet.expect_down(*pods)
        began = time.monotonic()
        primary.program.signal(9)
        scene.fleet.kill(*pods)
        primary.kill()
        _wait_primary(replica)
        return round(time.monotonic() - began, 2)
    finally:
        replica.call("CONFIG", "SET", "masterauth", password)


def _wait_primary(node: Node, within: float = FAILOVER_WITHIN) -> None:
    end = time.monotonic() + within
    while not node.is_primary() and time.monotonic() < end:
        time.sleep(0.05)
