"""The rig: pods, Valkey, DynamoDB, balancer and network, started and stopped together.

Several rigs live side by side on one machine, each in a folder of its own. A rig outlives the
program that started it; `Rig(folder)` finds it again.
"""

from __future__ import annotations

import contextlib
import pathlib
import secrets
import shutil
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from . import leaks, ports
from .dynamodb import DynamoDB
from .errors import RigError
from .faultproxy import FaultProxy
from .haproxy import SOCKET, Balancer
from .keys import session_keys
from .network import Loopback, Namespaces, Network, why_no_namespaces
from .pods import Pod
from .state import State, exclusive
from .valkey import KINDS, Valkey

MOST_PODS = 200
USUAL_PORT = 8080


@dataclass
class Options:
    """What a new rig is made of. The programs are paths; `building` finds or builds them."""

    binary: pathlib.Path
    pages: pathlib.Path
    haproxy: pathlib.Path
    valkey_server: pathlib.Path | None
    pods: int = 3
    # One of valkey.KINDS, or none: pods that know nothing of each other.
    valkey: str = "single"
    # Keep Valkey's data over a kill.
    aof: bool = False
    # The program of the proxies between pods and Valkey; None: pods talk to Valkey directly.
    fault_proxy: pathlib.Path | None = None
    seed: int = 0
    # The program that plays DynamoDB, where results are recorded then; None: they are in SQLite.
    moto: pathlib.Path | None = None
    # Of the balancer, on 127.0.0.1. None: 8080 or the next one that is free.
    port: int | None = None
    # Pods on 127.0.0.1 even where they could have namespaces.
    loopback: bool = False
    # More environment for every pod.
    settings: Mapping[str, str] = field(default_factory=dict)
    # How soon the balancer takes a dead pod out: after `check_fall` checks in a row.
    check_every: str = "5s"
    check_fall: int = 2


class Rig:
    """All of it. Pods are numbered from 1."""

    def __init__(self, folder: pathlib.Path):
        self.state = State(folder)
        self.exists = self.state.read()

    @property
    def folder(self) -> pathlib.Path:
        return self.state.folder

    @property
    def url(self) -> str:
        """Where players come in."""
        return self.state.get("url")

    @property
    def valkey_url(self) -> str | None:
        """VALKEY_URL of the store itself, past any proxy. Holds the password."""
        return self.valkey.url() if self.has_valkey else None

    @property
    def network(self) -> Network:
        if self.state.get("network") == Namespaces.kind:
            return Namespaces(self.state)
        return Loopback(self.state)

    @property
    def pods(self) -> list[Pod]:
        return [self.pod(number) for number in range(1, self.state.get("pods", 0) + 1)]

    @property
    def balancer(self) -> Balancer:
        return Balancer(self.state)

    @property
    def has_valkey(self) -> bool:
        return bool(self.state.get("valkey"))

    @property
    def valkey(self) -> Valkey:
        if not self.has_valkey:
            raise RigError("this rig has no Valkey")
        return Valkey(self.state)

    @property
    def has_dynamodb(self) -> bool:
        return bool(self.state.get("dynamodb"))

    @property
    def dynamodb(self) -> DynamoDB:
        if not self.has_dynamodb:
            raise RigError("this rig has no DynamoDB")
        return DynamoDB(self.state)

    @property
    def proxies(self) -> dict[int, FaultProxy]:
        """The fault proxy of each pod; empty if there are none."""
        found = self.state.get("proxies") or {"ports": {}}
        return {int(pod): FaultProxy(self.state, int(pod)) for pod in found["ports"]}

    def pod(self, number: int) -> Pod:
        if not 1 <= number <= self.state.get("pods", 0):
            raise RigError(f"there is no pod {number}; they are 1 to {self.state.get('pods', 0)}")
        return Pod(self.state, self.network, number)

    def cut(self, pod: int, what: str = "everything", direction: str = "both") -> None:
        """Drops all packets between a pod and valkey, balancer or everything.

        `direction` is seen from the pod: `in`, `out` or `both`. Needs a rig with namespaces.
        """
        self.network.cut(self.pod(pod).number, what, direction)

    def heal(self, pod: int, what: str | None = None, direction: str = "both") -> None:
        """Takes a pod's cuts back, all of them unless told which."""
        self.network.heal(self.pod(pod).number, what, direction)

    def running(self) -> list[str]:
        """The names of all programs that live."""
        return [name for name, program in self.state.programs().items() if program.alive()]

    def start(self, options: Options) -> None:
        """Starts everything and waits until players can come. What fails takes all down again."""
        if self.running():
            raise RigError(f"the rig in {self.folder} runs already")
        if self.exists:
            self.stop(now=True)
        try:
            # One rig of this machine at a time: two must not choose the same ports or network.
            with exclusive(pathlib.Path(tempfile.gettempdir())):
                self._start_all(options)
        except BaseException:
            # Whatever happened, also an interrupt: nothing may stay behind.
            with contextlib.suppress(RigError):
                self.stop(now=True)
            raise

    def stop(self, now: bool = False) -> None:
        """Ends every program and removes every namespace; results, keys and logs stay.

        Pods are drained first, so that finished games are recorded; `now` kills them instead. Fails if
        there are secrets in the logs.
        """
        if not self.state.read():
            return
        if not now:
            self.end_pods()
        for program in reversed(list(self.state.programs().values())):
            program.kill()
        self.network.remove()
        for path in (self.folder / "valkey", self.folder / "pages"):
            shutil.rmtree(path, ignore_errors=True)
        (self.folder / SOCKET).unlink(missing_ok=True)
        told = leaks.found(self.folder.glob("logs/*.log"), self._secrets())
        self.state.forget_all()
        self.exists = False
        if told:
            raise RigError("secrets are in the logs: " + "; ".join(told))

    def _secrets(self) -> list[str]:
        valkey = self.state.get("valkey") or {}
        settings = self.state.get("settings", {})
        of_providers = [value for name, value in settings.items() if name.endswith("_SECRET")]
        known = leaks.of_keys(self.folder / "session-keys.pem")
        return [*known, valkey.get("password", ""), *of_providers]

    def end_pods(self) -> None:
        """Drains all pods. What they have recorded can still be looked at."""
        if not self.pods:
            return
        for pod in self.pods:
            # So that it can still give away and record what it has.
            self.heal(pod.number)
        with ThreadPoolExecutor(len(self.pods)) as together:
            list(together.map(Pod.end, self.pods))

    def _start_all(self, options: Options) -> None:
        self._prepare(options)
        self._start_store(options)
        if options.moto:
            dynamodb = DynamoDB.prepare(self.state, options.moto, self.network.hub, options.pods)
            dynamodb.start(options.binary)
        for pod in self.pods:
            pod.start(wait=False)
        for pod in self.pods:
            pod.wait_ready()
        self.balancer.start({pod.number: (pod.address, pod.port) for pod in self.pods})

    def _prepare(self, options: Options) -> None:
        if not 1 <= options.pods <= MOST_PODS:
            raise RigError(f"a rig has 1 to {MOST_PODS} pods")
        why = "it was started with --loopback" if options.loopback else why_no_namespaces()
        port = options.port or ports.first_free_from(USUAL_PORT)
        if not ports.is_free(port):
            raise RigError(f"port {port} is in use")
        self.state.begin(
            id=secrets.token_hex(3),
            pods=options.pods,
            network=Loopback.kind if why else Namespaces.kind,
            why_loopback=why or "",
            url=f"http://localhost:{port}",
            binary=str(options.binary),
            settings=dict(options.settings),
            balancer={
                "program": str(options.haproxy),
                "port": port,
                "check_every": options.check_every,
                "check_fall": options.check_fall,
            },
        )
        self.exists = True
        session_keys(self.folder / "session-keys.pem")
        shutil.copytree(options.pages, self.folder / "pages", dirs_exist_ok=True)
        for log in self.folder.glob("logs/*.log"):
            log.unlink()
        for number in range(1, options.pods + 1):
            self.network.add(number)

    def _start_store(self, options: Options) -> None:
        if options.valkey == "none":
            return
        if options.valkey not in KINDS or options.valkey_server is None:
            raise RigError(f"Valkey is one of {', '.join(KINDS)}, and needs its server's program")
        if options.fault_proxy and options.valkey == "cluster":
            raise RigError("nodes of a cluster name each other: no proxy can stand before them")
        self.state.put(
            "valkey",
            {
                "server": str(options.valkey_server),
                "kind": options.valkey,
                "host": self.network.hub,
                "ports": ports.free(KINDS[options.valkey], also=ports.VALKEY_BUS),
                "password": secrets.token_urlsafe(24),
                "aof": options.aof,
            },
        )
        self.valkey.start()
        numbers = [str(pod.number) for pod in self.pods]
        urls = dict.fromkeys(numbers, self.valkey.url())
        if options.fault_proxy:
            urls = self._start_proxies(options.fault_proxy, options.seed)
        self.state.put("valkey_urls", urls)

    def _start_proxies(self, program: pathlib.Path, seed: int) -> dict[str, str]:
        chosen = ports.free(2 * len(self.pods))
        pairs = {str(pod.number): [chosen.pop(), chosen.pop()] for pod in self.pods}
        host = self.network.hub
        setup = {"program": str(program), "host": host, "ports": pairs, "seed": seed}
        self.state.put("proxies", setup)
        store = self.valkey.nodes[0]
        for proxy in self.proxies.values():
            proxy.start(f"{store.host}:{store.port}")
        return {
            str(pod): self.valkey.url_through(host, proxy.port)
            for pod, proxy in self.proxies.items()
        }
