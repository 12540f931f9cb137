"""That times fit together: the pod is given the time that the server takes to go, and the balancer hangs up
neither before that nor in the middle of a game. The numbers are those of the source.
"""

from __future__ import annotations

from .found import report
from .names import PLACE
from .objects import attributes, of_kind, only, server_container, settings, template
from .program import seconds
from .tree import Object, Tree


def check_timing(tree: Tree) -> str:
    for name, folder in tree.layers.items():
        objects = tree.objects(folder)
        report(f"{name}: {fault}" for fault in faults(objects))
    objects = tree.objects(tree.layers["overlays/aws"])
    return f"in AWS a pod takes up to {leaving(objects)} s to go, and has {grace(objects)} s"


def grace(objects: list[Object]) -> int:
    return template(only(objects, "Deployment"))["spec"].get("terminationGracePeriodSeconds", 30)


def _before(objects: list[Object]) -> int:
    """From the order to stop until the first games are given away."""
    hook = server_container(objects).get("lifecycle", {}).get("preStop", {})
    delay = settings(objects).get("DRAIN_DELAY", "0")
    return hook.get("sleep", {}).get("seconds", 0) + int(delay)


def leaving(objects: list[Object]) -> int:
    """How long a pod takes to go, at most."""
    own = (("shutdown.rs", "DRAIN"), ("shutdown.rs", "RECORDER"), ("telemetry.rs", "LAST_SPANS"))
    return _before(objects) + sum(seconds(*one) for one in own)


def faults(objects: list[Object]):
    if grace(objects) < leaving(objects) + 5:
        yield f"a pod may take {leaving(objects)} s to go, and is killed after {grace(objects)} s"
    rolling = only(objects, "Deployment")["spec"].get("strategy", {}).get("rollingUpdate", {})
    if rolling.get("maxUnavailable") != 0:
        yield "a rollout takes pods away before there are others (maxUnavailable is not 0)"
    yield from _start(objects)
    for ingress in of_kind(objects, "Ingress"):
        yield from _balancer(objects, ingress)


def _start(objects: list[Object]):
    """A pod that still waits for AWS at its start is not started anew."""
    probe = server_container(objects).get("startupProbe", {})
    allowed = probe.get("periodSeconds", 10) * probe.get("failureThreshold", 3)
    looked_up = sum(value.startswith(PLACE) for value in settings(objects).values())
    tables = 3 if settings(objects).get("RESULTS") == "dynamodb" else 0
    needed = (looked_up + tables) * seconds("aws.rs", "CALL")
    if allowed < needed:
        yield f"a pod may take {needed} s to start, and is given {allowed} s"


def _balancer(objects: list[Object], ingress: Object):
    idle = int(attributes(ingress, "load-balancer-attributes").get("idle_timeout.timeout_seconds", 60))
    if idle <= seconds("session/pulse.rs", "PING") * seconds("session/pulse.rs", "PULSE"):
        yield f"the balancer hangs up after {idle} s of silence, and the server pings less often"
    if idle >= seconds("http/server.rs", "KEEP_ALIVE"):
        yield f"the balancer keeps connections for {idle} s, longer than the server: requests meet a closed door"
    kept = int(attributes(ingress, "target-group-attributes").get("deregistration_delay.timeout_seconds", 300))
    needed = _before(objects) + seconds("shutdown.rs", "DRAIN")
    if kept < needed:
        yield f"the balancer cuts connections after {kept} s, and the server still moves its players for {needed} s"
