"""The load balancer in front of the pods: plain round-robin, no stickiness, and slow to notice.

A pod that died stays in for up to ten seconds, so clients do meet it: their attempt is answered 503
and not sent elsewhere, as with the balancers of clouds.
"""

from __future__ import annotations

import csv
import os
import resource
import socket

from .errors import RigError
from .processes import Program, wait_for
from .state import State

READY_WITHIN = 10.0
# A WebSocket is two files here, one to each side.
FILES_PER_CONNECTION, OTHER_FILES, MOST_CONNECTIONS = 2, 200, 8000
SOCKET = "haproxy.sock"

CONFIG = """\
global
    maxconn {maxconn}
    nbthread 1
    # A name relative to the folder: names of sockets may have 107 characters only.
    stats socket unix@{socket} mode 600 level admin
    log stdout format raw local0

defaults
    mode http
    log global
    option httplog
    option dontlog-normal
    option dontlognull
    option forwardfor
    timeout connect 1s
    timeout client 60s
    timeout server 60s
    timeout tunnel 1h
    timeout client-fin 5s
    timeout server-fin 5s
    timeout http-request 10s
    # Whoever meets a dead pod is told so.
    retries 0
    no option redispatch

frontend players
    bind 127.0.0.1:{port}
    default_backend pods

backend pods
    balance roundrobin
    option httpchk GET /health/ready
    http-check expect status 200
    default-server check inter {inter} fall {fall} rise 1 downinter 1s
"""


class Balancer:
    """HAProxy in front of all pods of a rig."""

    name = "haproxy"

    def __init__(self, state: State):
        self._state = state
        self._setup = state.get("balancer")
        self.port: int = self._setup["port"]

    @property
    def program(self) -> Program | None:
        return self._state.program(self.name)

    def alive(self) -> bool:
        program = self.program
        return program is not None and program.alive()

    def start(self, servers: dict[int, tuple[str, int]]) -> None:
        """Starts it in front of these pods (number to address and port of the game)."""
        path = self._state.folder / "haproxy.cfg"
        path.write_text(config(self._setup, servers))
        command = [self._setup["program"], "-db", "-f", path.name]
        self._state.launch(self.name, command, cwd=self._state.folder)
        if not wait_for(self._listens, READY_WITHIN):
            raise RigError(f"HAProxy does not start:\n{self._state.said(self.name)}")

    def servers(self) -> dict[int, str]:
        """What it thinks of each pod at the moment, such as UP, DOWN or `UP 1/2`."""
        rows = csv.DictReader(self.ask("show stat").lstrip("# ").splitlines())
        pods = [row for row in rows if row["pxname"] == "pods" and row["svname"] != "BACKEND"]
        return {int(row["svname"].removeprefix("pod")): row["status"] for row in pods}

    def only(self, *pods: int) -> None:
        """Whatever comes from now on goes to these pods; what others have already stays there."""
        for pod in self.servers():
            state = "ready" if pod in pods else "drain"
            refusal = self.ask(f"set server pods/pod{pod} state {state}").strip()
            if refusal:
                raise RigError(f"HAProxy does not let pod{pod} be {state}: {refusal}")

    def ask(self, command: str) -> str:
        """One command at its admin socket."""
        handle = os.open(self._state.folder, os.O_RDONLY)
        try:
            with socket.socket(socket.AF_UNIX) as admin:
                admin.settimeout(5)
                short = f"/proc/self/fd/{handle}/{SOCKET}"
                there = os.path.exists("/proc/self/fd")
                admin.connect(short if there else str(self._state.folder / SOCKET))
                admin.sendall(command.encode() + b"\n")
                with admin.makefile("rb") as answer:
                    return answer.read().decode()
        finally:
            os.close(handle)

    def _listens(self) -> bool:
        if not self.alive():
            raise RigError(f"HAProxy ended:\n{self._state.said(self.name)}")
        socket.create_connection(("127.0.0.1", self.port), 1).close()
        # Its own socket gets its name a little later.
        return bool(self.ask("show version"))


def config(setup: dict, servers: dict[int, tuple[str, int]]) -> str:
    """The configuration file for these pods."""
    text = CONFIG.format(
        maxconn=_most_connections(),
        socket=SOCKET,
        port=setup["port"],
        inter=setup["check_every"],
        fall=setup["check_fall"],
    )
    lines = [f"    server pod{pod} {host}:{port}" for pod, (host, port) in servers.items()]
    return text + "\n".join(lines) + "\n"


def _most_connections() -> int:
    """As many as the limit of open files allows; HAProxy does not start with more."""
    _, files = resource.getrlimit(resource.RLIMIT_NOFILE)
    if files == resource.RLIM_INFINITY:
        return MOST_CONNECTIONS
    return max(50, min(MOST_CONNECTIONS, (files - OTHER_FILES) // FILES_PER_CONNECTION))
