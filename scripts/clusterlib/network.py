"""Where pods live: in a network namespace each, which can be cut off, or all on 127.0.0.1.

A pod's namespace has one link, to this machine: an address pair of its own. Pods do not see each
other; Valkey and the balancer are on this side. Packets are dropped inside the pod's namespace, so
nothing of this machine's own firewall is touched.
"""

from __future__ import annotations

import contextlib
import ipaddress
import json
import os
import subprocess
from collections.abc import Iterable, Iterator
from typing import Union

from . import ports
from .errors import RigError
from .state import State

POD_PORT, POD_METRICS = 8080, 9464
WHATS = ("valkey", "balancer", "everything")
DIRECTIONS = ("in", "out", "both")
RANGES = ("10.203.0.0/16", "172.29.0.0/16", "192.168.0.0/16")
SEARCH = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"

Cut = tuple[str, str]


class Loopback:
    """Everything on 127.0.0.1, each pod on ports of its own. Nothing can be cut."""

    kind = "loopback"
    hub = "127.0.0.1"

    def __init__(self, state: State, why: str = ""):
        self._state = state
        self._why = why or state.get("why_loopback", "")

    def add(self, pod: int) -> None:
        """Chooses the pod's ports, for as long as the rig lives."""
        if str(pod) not in self._state.get("pod_ports", {}):
            self._state.put_in("pod_ports", pod, ports.free(2))

    def address(self, _pod: int) -> str:
        return self.hub

    def pod_ports(self, pod: int) -> tuple[int, int]:
        """The pod's ports: of the game, and of its metrics."""
        port, metrics = self._state.get("pod_ports")[str(pod)]
        return port, metrics

    def prefix(self, _pod: int) -> list[str]:
        """What stands before a command to run it where the pod lives."""
        return []

    def cut(self, pod: int, what: str = "everything", direction: str = "both") -> None:
        raise RigError(f"pod {pod} cannot be cut off: {self._why or 'pods share 127.0.0.1'}")

    def heal(self, pod: int, what: str | None = None, direction: str = "both") -> None:
        """Nothing is ever cut."""

    def cuts(self, _pod: int) -> list[Cut]:
        return []

    def remove(self) -> None:
        """Nothing was made."""


class Namespaces:
    """A network namespace per pod, joined to this machine by a pair of virtual interfaces."""

    kind = "namespaces"

    def __init__(self, state: State):
        self._state = state

    @property
    def hub(self) -> str:
        """This machine's address as pods see it."""
        return str(self._network()[1])

    def add(self, pod: int) -> None:
        """Makes the pod's namespace and its link, if they are not there."""
        if not self._state.get("subnet"):
            self._state.put("subnet", str(free_subnet(_used())))
        space, link = self._space(pod), self._link(pod)
        if space in _spaces():
            return
        # Written down before it is made: `remove` must find it whatever happens.
        self._state.put_in("spaces", pod, space)
        _ip("netns", "add", space)
        _ip("link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", space)
        _ip("address", "add", self.hub, "peer", self.address(pod), "dev", link)
        _ip("link", "set", link, "up")
        inside = ("-n", space)
        _ip(*inside, "address", "add", self.address(pod), "peer", self.hub, "dev", "eth0")
        _ip(*inside, "link", "set", "eth0", "up")
        _ip(*inside, "link", "set", "lo", "up")

    def address(self, pod: int) -> str:
        return str(self._network()[10 + pod])

    def pod_ports(self, _pod: int) -> tuple[int, int]:
        """The pod's ports: of the game, and of its metrics."""
        return POD_PORT, POD_METRICS

    def prefix(self, pod: int) -> list[str]:
        """What stands before a command to run it where the pod lives."""
        return [_tool("ip"), "netns", "exec", self._space(pod)]

    def cut(self, pod: int, what: str = "everything", direction: str = "both") -> None:
        """Drops every packet between the pod and `what`, seen from the pod: `in`, `out` or both."""
        self._set(pod, {*self.cuts(pod), *_cuts(what, direction)})

    def heal(self, pod: int, what: str | None = None, direction: str = "both") -> None:
        """Takes back the cuts of one kind, or without `what` all of them."""
        there = set(self.cuts(pod))
        left = set() if what is None else there - set(_cuts(what, direction))
        if left != there:
            self._set(pod, left)

    def cuts(self, pod: int) -> list[Cut]:
        """What is cut at the moment, as pairs of what and direction."""
        return [(what, way) for what, way in self._state.get("cuts", {}).get(str(pod), [])]

    def remove(self) -> None:
        """Removes every namespace and link of this rig. What runs inside must be gone."""
        for pod in map(int, self._state.get("spaces", {})):
            # Deleting one end deletes the other; a namespace alone would only go when it is unused.
            if os.path.exists(f"/sys/class/net/{self._link(pod)}"):
                _ip("link", "delete", self._link(pod))
            if self._space(pod) in _spaces():
                _ip("netns", "delete", self._space(pod))
        self._state.put("spaces", {})
        self._state.put("cuts", {})

    def _set(self, pod: int, wanted: set[Cut]) -> None:
        command = [*self.prefix(pod), _tool("nft"), "-f", "-"]
        doors = (self._state.get("dynamodb") or {"doors": {}})["doors"]
        _run(command, rules(sorted(wanted), doors.get(str(pod))))
        self._state.put_in("cuts", pod, sorted(wanted))

    def _network(self) -> ipaddress.IPv4Network:
        return ipaddress.IPv4Network(self._state.get("subnet"))

    def _space(self, pod: int) -> str:
        return f"overcookied-{self._state.get('id')}-pod{pod}"

    def _link(self, pod: int) -> str:
        # The kernel allows 15 characters.
        return f"oc{self._state.get('id')}-{pod}"


Network = Union[Loopback, Namespaces]


def why_no_namespaces() -> str | None:
    """Why pods cannot have namespaces here, in words for a person; None when they can."""
    if os.geteuid() != 0:
        return "that needs root, for a network namespace per pod"
    probe = f"overcookied-probe-{os.getpid()}"
    try:
        _ip("netns", "add", probe)
    except RigError as error:
        return f"this machine gives no network namespaces ({error})"
    try:
        _run([_tool("ip"), "netns", "exec", probe, _tool("nft"), "-f", "-"], rules([]))
    except RigError as error:
        return f"this machine has no nftables ({error})"
    finally:
        _ip("netns", "delete", probe)
    return None


def rules(cuts: Iterable[Cut], dynamodb: int | None = None) -> str:
    """The nft script for a pod's namespace that drops exactly what is cut, in one step.

    What comes to or from the pod's own ports is the balancer (or somebody reading metrics); all
    else are connections that the pod opened: to DynamoDB, if it has that port, or to Valkey.
    """
    drops: dict[str, list[str]] = {"in": [], "out": []}
    for what, way in cuts:
        own, other = ("dport", "sport") if way == "in" else ("sport", "dport")
        spared = f"tcp {other} != {dynamodb} " if dynamodb else ""
        drops[way].append(
            {
                "valkey": f"tcp {own} != {{ {POD_PORT}, {POD_METRICS} }} {spared}drop",
                "balancer": f"tcp {own} {POD_PORT} drop",
                "everything": "drop",
            }[what]
        )
    lines = ["table inet overcookied", "delete table inet overcookied", "table inet overcookied {"]
    for name, hook, side, way in (("i", "input", "iif", "in"), ("o", "output", "oif", "out")):
        lines.append(f"chain {name} {{ type filter hook {hook} priority 0; policy accept;")
        lines += [f'{side}name "lo" accept', *drops[way], "}"]
    return "\n".join([*lines, "}", ""])


def free_subnet(used: Iterable[ipaddress.IPv4Network]) -> ipaddress.IPv4Network:
    """The first /24 of the private ranges that touches nothing in use."""
    taken = list(used)
    for wide in RANGES:
        for subnet in ipaddress.IPv4Network(wide).subnets(new_prefix=24):
            if not any(subnet.overlaps(other) for other in taken):
                return subnet
    raise RigError(f"no free network in {', '.join(RANGES)}")


def _cuts(what: str, direction: str) -> list[Cut]:
    if what not in WHATS:
        raise RigError(f"a pod is cut from one of {', '.join(WHATS)}; not from {what!r}")
    if direction not in DIRECTIONS:
        raise RigError(f"a cut goes {', '.join(DIRECTIONS)}; not {direction!r}")
    return [(what, way) for way in (("in", "out") if direction == "both" else (direction,))]


def _used() -> Iterator[ipaddress.IPv4Network]:
    """Every network that this machine has an address in or a route to."""
    for interface in json.loads(_ip("-json", "-4", "address") or "[]"):
        for found in interface.get("addr_info", []):
            text = f"{found['local']}/{found['prefixlen']}"
            yield ipaddress.IPv4Network(text, strict=False)
            yield ipaddress.IPv4Network(found["local"])
    for route in json.loads(_ip("-json", "-4", "route", "show", "table", "all") or "[]"):
        # Words such as "default" are no network that somebody lives in.
        with contextlib.suppress(ValueError):
            yield ipaddress.IPv4Network(route["dst"], strict=False)


def _spaces() -> set[str]:
    return {line.split()[0] for line in _ip("netns", "list").splitlines() if line.strip()}


def _ip(*arguments: str) -> str:
    return _run([_tool("ip"), *arguments])


def _tool(name: str) -> str:
    for folder in SEARCH.split(":"):
        path = os.path.join(folder, name)
        if os.access(path, os.X_OK):
            return path
    raise RigError(f"no {name}; scripts/install-netns installs it")


def _run(command: list[str], text: str | None = None) -> str:
    try:
        done = subprocess.run(
            command, input=text, capture_output=True, text=True, check=False, timeout=30
        )
    except subprocess.TimeoutExpired:
        raise RigError(f"{' '.join(command)} does not come back") from None
    if done.returncode != 0:
        raise RigError(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout
