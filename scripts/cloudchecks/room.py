"""That the nodes which `up` makes have room for as many pods as the autoscaler may want, and for one more: the first of
the next version, which comes before an old one goes.
"""

from __future__ import annotations

import re

from .found import report
from .objects import containers, of_kind, only, server_container
from .tree import Object, Tree

NODES = "terraform/eks/variables-nodes.tf"
# Thousandths of a processor. A node of two leaves this to pods (kubelet's reservation: 6 % of the first, 1 % of the
# second), of which network, DNS, metrics, Pod Identity and the balancer's controller ask for the rest.
OF_A_NODE, FOR_THE_CLUSTER = 1930, 350


def check_room(tree: Tree) -> str:
    objects = tree.objects(tree.layers["overlays/aws"])
    count = nodes(tree)
    report(faults(objects, count))
    return f"{most(objects)} pods and one more on {count} nodes, which have room for {room(objects, count)}"


def nodes(tree: Tree) -> int:
    found = re.search(r'"node_count_desired" \{.*?default\s*= (\d+)', tree.read(NODES), re.S)
    return int(found[1]) if found else 0


def most(objects: list[Object]) -> int:
    return only(objects, "HorizontalPodAutoscaler")["spec"].get("maxReplicas", 0)


def asked(container: Object) -> int:
    """Thousandths of a processor that a container asks for."""
    cpu = str(container.get("resources", {}).get("requests", {}).get("cpu", "0"))
    return int(cpu.removesuffix("m")) if cpu.endswith("m") else round(1000 * float(cpu))


def room(objects: list[Object], count: int) -> int:
    """How many of the server's pods fit, beside everything else that is applied."""
    if count == 0:
        return 0
    server = only(objects, "Deployment")
    others = [one for kind in ("Deployment", "StatefulSet") for one in of_kind(objects, kind) if one is not server]
    left = [OF_A_NODE - FOR_THE_CLUSTER] * count
    for other in others:
        for container in containers(other):
            # The scheduler puts it where most is left.
            left[left.index(max(left))] -= asked(container)
    return sum(free // max(1, asked(server_container(objects))) for free in left)


def faults(objects: list[Object], count: int):
    wanted, fit = most(objects), room(objects, count)
    if fit < wanted + 1:
        yield f"the autoscaler may want {wanted} pods and a rollout one more, and {count} nodes have room for {fit}"
