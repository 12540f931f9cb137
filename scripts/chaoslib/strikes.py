"""How each fault is struck: make the disturbance, wait, take it back.

A strike chooses its victims when it comes, by the seed's draw among what the moment offers, and
notes what it saw. It leaves all pods running.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from clusterlib.pods import Pod
from clusterlib.rig import Rig
from clusterlib.valkey import Node

from . import metrics
from .fleet import Fleet
from .journal import Journal, Window
from .schedule import Strike
from .store import Room, Store, StoreGone, room_key

# Games whose pods died are looked after for so long: by then somebody has taken them over.
FOLLOW = 3.0
FENCED = 'commits_total{outcome="fenced"}'
FENCED_WITHIN = 4.0
LOOK_EVERY = 0.2
# How much a replica has missed when its primary dies, in seconds.
LAG = 0.3


@dataclass
class Scene:
    """What a strike works with."""

    rig: Rig
    fleet: Fleet
    store: Store
    journal: Journal

    def rooms_by_pod(self) -> tuple[list[Room], dict[str, Pod]]:
        """Open games, and the pod of each pod's id."""
        try:
            addresses = {f"{pod.address}:{pod.port}": pod for pod in self.fleet.pods}
            known = {
                name: addresses[address]
                for name, address in self.store.pods().items()
                if address in addresses
            }
            return self.store.rooms(), known
        except StoreGone:
            return [], {}

    def hosts(self) -> list[Pod]:
        """Pods that no strike has, by the number of games they host, most first."""
        rooms, known = self.rooms_by_pod()
        count = {pod.number: 0 for pod in self.fleet.pods}
        for room in rooms:
            if room.host in known:
                count[known[room.host].number] += 1
        free = self.fleet.free() or self.fleet.pods
        return sorted(free, key=lambda pod: -count[pod.number])


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
    """F13: two pods stand still in turns, in the middle of whatever the queue is doing."""
    rng = strike.rng()
    pods = rng.sample(scene.fleet.pods, 2)
    with scene.fleet.take(*pods):
        with scene.journal.window(strike, tuple(pod.number for pod in pods)):
            for pod in pods:
                pod.stop()
                try:
                    time.sleep(rng.uniform(0.15, 1.2))
                finally:
                    pod.cont()
                time.sleep(rng.uniform(0.0, 0.3))


def store_killed(scene: Scene, strike: Strike) -> None:
    """F8: Valkey dies and comes back, with or without its data."""
    node = scene.rig.valkey.nodes[0]
    away = strike.rng().uniform(0.2, 1.5)
    with scene.fleet.store_disturbed():
        with scene.journal.window(strike):
            node.kill()
            time.sleep(away)
            node.restart(wipe=strike.fault == "F8-wiped")


def primary_killed(scene: Scene, strike: Strike) -> None:
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


def writes_paused(scene: Scene, strike: Strike) -> None:
    """F10: Valkey answers no write for a while."""
    with scene.fleet.store_disturbed():
        with scene.journal.window(strike):
            scene.rig.valkey.pause(1500, "WRITE")
            time.sleep(1.5)


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


def _wait_primary(node: Node, within: float = 15.0) -> None:
    end = time.monotonic() + within
    while not node.is_primary() and time.monotonic() < end:
        time.sleep(0.05)


STRIKES: dict[str, Callable[[Scene, Strike], None]] = {
    "F1": killed,
    "F2": killed_and_sent_to,
    "F3": stopped,
    "F4": cut_from_valkey,
    "F5": cut_from_balancer,
    "F6": two_killed,
    "F7": rolled,
    "F8": store_killed,
    "F8-wiped": store_killed,
    "F9": primary_killed,
    "F9-nowait": primary_killed,
    "F10": writes_paused,
    "F11": replies_lost,
    "F12": bus_broken,
    "F13": churned,
}
