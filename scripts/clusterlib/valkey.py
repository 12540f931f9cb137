"""Valkey as pods meet it: one server, a primary with a replica, or a cluster of six."""

from __future__ import annotations

import pathlib
import shutil
import signal
from collections.abc import Callable
from typing import Any

from .errors import RigError
from .processes import Program, wait_for
from .resp import Client, ReplyError
from .state import State

READY_WITHIN = 20.0
# Slots of the three primaries of a cluster.
SLOTS = ((0, 5460), (5461, 10922), (10923, 16383))
KINDS = {"single": 1, "replica": 2, "cluster": 6}

CONFIG = """\
bind {host}
port {port}
protected-mode no
requirepass {password}
masterauth {password}
dir {folder}
save ""
appendonly {aof}
# Written before the answer goes out, never forced to the disk: survives kill -9, no power cut.
appendfsync no
maxmemory-policy noeviction
repl-diskless-sync-delay 0
"""
CLUSTER_CONFIG = """\
cluster-enabled yes
cluster-config-file nodes.conf
cluster-node-timeout 1000
"""


class Node:
    """One server. Numbered from 0."""

    def __init__(self, state: State, number: int):
        self._state = state
        self.number = number
        self.name = f"valkey{number}"
        self._setup = state.get("valkey")
        self.host: str = self._setup["host"]
        self.port: int = self._setup["ports"][number]
        self.folder = state.folder / "valkey" / str(number)

    @property
    def program(self) -> Program | None:
        return self._state.program(self.name)

    def alive(self) -> bool:
        program = self.program
        return program is not None and program.alive()

    def start(self) -> None:
        """Starts it, with what its folder holds, and waits until it answers."""
        self.folder.mkdir(parents=True, exist_ok=True)
        config = self.folder / "valkey.conf"
        config.touch(0o600)
        config.write_text(self._config())
        self._state.launch(self.name, [self._setup["server"], str(config)], cwd=self.folder)
        if not wait_for(self._answers, READY_WITHIN):
            raise RigError(f"{self.name} does not answer:\n{self._state.said(self.name)}")

    def kill(self) -> None:
        """SIGKILL, and waits until it is gone."""
        if self.program is not None:
            self.program.kill()

    def restart(self, wipe: bool = False) -> None:
        """Starts it again after a kill (which it does first, if need be), with its data or without.

        Data is kept only by a rig with `aof`. The place in a cluster is never wiped: a primary that
        comes back empty before its replica has taken over is still the primary. With
        VALKEY_WAIT_REPLICAS=1 nothing is confirmed between a failover and the restart: until then
        the new primary has no replica.
        """
        if not wipe and not self._setup["aof"]:
            raise RigError("this rig's Valkey keeps nothing; make the rig with aof=True")
        self.kill()
        if wipe:
            shutil.rmtree(self.folder / "appendonlydir", ignore_errors=True)
            (self.folder / "dump.rdb").unlink(missing_ok=True)
        self.start()

    def stop(self) -> None:
        """SIGSTOP: connections stay open, nothing is answered."""
        if self.program is not None:
            self.program.signal(signal.SIGSTOP)

    def cont(self) -> None:
        """SIGCONT."""
        if self.program is not None:
            self.program.signal(signal.SIGCONT)

    def client(self, timeout: float = 5) -> Client:
        """A new connection, for the caller to close."""
        return Client(self.host, self.port, self._setup["password"], timeout)

    def call(self, *words: object) -> Any:
        """One command over a connection of its own."""
        with self.client() as client:
            return client.call(*words)

    def info(self, section: str) -> dict[str, str]:
        lines = self.call("INFO", section).splitlines()
        return dict(line.split(":", 1) for line in lines if ":" in line)

    def is_primary(self) -> bool:
        return self.info("replication")["role"] == "master"

    def _answers(self) -> bool:
        if not self.alive():
            raise RigError(f"{self.name} ended:\n{self._state.said(self.name)}")
        try:
            return self.call("PING") == "PONG"
        except ReplyError:
            return False  # it is loading its data

    def _config(self) -> str:
        text = CONFIG.format(
            host=self.host,
            port=self.port,
            password=self._setup["password"],
            folder=_quoted(self.folder),
            aof="yes" if self._setup["aof"] else "no",
        )
        return text + (CLUSTER_CONFIG if self._setup["kind"] == "cluster" else "")


class Valkey:
    """All servers of a rig together."""

    def __init__(self, state: State):
        setup = state.get("valkey")
        self.kind: str = setup["kind"]
        self._password: str = setup["password"]
        self.nodes = [Node(state, number) for number in range(KINDS[self.kind])]

    def start(self) -> None:
        """Starts all, empty, and joins them together."""
        for node in self.nodes:
            shutil.rmtree(node.folder, ignore_errors=True)
            node.start()
        if self.kind == "replica":
            self._join_replica()
        elif self.kind == "cluster":
            self._join_cluster()

    def url(self) -> str:
        """VALKEY_URL: the server, the primary, or all nodes of the cluster with commas between."""
        nodes = self.nodes if self.kind == "cluster" else self.nodes[:1]
        return ",".join(f"redis://:{self._password}@{node.host}:{node.port}" for node in nodes)

    def url_through(self, host: str, port: int) -> str:
        """VALKEY_URL of a proxy in front of the one server or primary."""
        return f"redis://:{self._password}@{host}:{port}"

    def primaries(self) -> list[Node]:
        """The living nodes that take writes now."""
        return [node for node in self.nodes if node.alive() and node.is_primary()]

    def primary_of(self, key: str) -> Node:
        """The node that holds a key now. Asks any living node."""
        if self.kind != "cluster":
            return self.primaries()[0]
        asked = next(node for node in self.nodes if node.alive())
        slot = asked.call("CLUSTER", "KEYSLOT", key)
        for first, last, port in slots(asked):
            if first <= slot <= last:
                return self._at(port)
        raise RigError(f"nobody holds slot {slot}")

    def replicas_of(self, primary: Node) -> list[Node]:
        """The living nodes that copy this one."""
        living = [node for node in self.nodes if node.alive() and node is not primary]
        told = {node: node.info("replication") for node in living}
        return [node for node in living if told[node].get("master_port") == str(primary.port)]

    def pause(self, milliseconds: int, mode: str = "WRITE") -> None:
        """CLIENT PAUSE at every primary: calls wait (`WRITE`: writing ones; `ALL`: all)."""
        self._at_all(self.primaries(), "CLIENT", "PAUSE", milliseconds, mode)

    def unpause(self) -> None:
        self._at_all(self.primaries(), "CLIENT", "UNPAUSE")

    def kill_pubsub(self) -> int:
        """Breaks every connection that holds a subscription. Returns how many there were."""
        living = [node for node in self.nodes if node.alive()]
        return sum(self._at_all(living, "CLIENT", "KILL", "TYPE", "pubsub"))

    def promote(self, replica: Node) -> None:
        """Makes a replica the primary, after the old one died (not needed in a cluster)."""
        replica.call("REPLICAOF", "NO", "ONE")

    def wait_whole(self, within: float = READY_WITHIN) -> None:
        """Waits until every slot is served and every replica is in step with its primary."""
        self._until(self._is_whole, "Valkey is not whole again", within)

    def _is_whole(self) -> bool:
        nodes = [node for node in self.nodes if node.alive()]
        told = [node.info("replication") for node in nodes]
        links = [info.get("master_link_status", "up") == "up" for info in told]
        return all(links) and (self.kind != "cluster" or all(map(_is_ok, nodes)))

    def _at_all(self, nodes: list[Node], *words: object) -> list[Any]:
        return [node.call(*words) for node in nodes]

    def _at(self, port: int) -> Node:
        return next(node for node in self.nodes if node.port == port)

    def _join_replica(self) -> None:
        primary, replica = self.nodes
        replica.call("REPLICAOF", primary.host, primary.port)
        self.wait_whole()

    def _join_cluster(self) -> None:
        first, primaries, replicas = self.nodes[0], self.nodes[:3], self.nodes[3:]
        for node, slots in zip(primaries, SLOTS):
            node.call("CLUSTER", "ADDSLOTSRANGE", *slots)
        for node in self.nodes:
            # Different from the start, so that they need not agree on it first.
            node.call("CLUSTER", "SET-CONFIG-EPOCH", node.number + 1)
        for node in self.nodes[1:]:
            first.call("CLUSTER", "MEET", node.host, node.port)
        self._until(self._all_know_all, "the nodes of the cluster do not find each other")
        for replica, primary in zip(replicas, primaries):
            replica.call("CLUSTER", "REPLICATE", primary.call("CLUSTER", "MYID"))
        self._until(self._replicas_know, "the replicas do not find their primaries")
        self.wait_whole()

    def _all_know_all(self) -> bool:
        def knows(node: Node) -> bool:
            lines = node.call("CLUSTER", "NODES").splitlines()
            return len(lines) == len(self.nodes) and "handshake" not in "".join(lines)

        return all(map(knows, self.nodes))

    def _replicas_know(self) -> bool:
        return not any(node.is_primary() for node in self.nodes[3:])

    @staticmethod
    def _until(condition: Callable[[], bool], else_say: str, within: float = READY_WITHIN) -> None:
        def asked() -> bool:
            try:
                return condition()
            except ReplyError:
                return False

        if not wait_for(asked, within):
            raise RigError(else_say)


def slots(node: Node) -> list[tuple[int, int, int]]:
    """Who serves which slots, as a node of a cluster knows it: first, last, port of the primary."""
    return [(first, last, primary[1]) for first, last, primary, *_ in node.call("CLUSTER", "SLOTS")]


def _is_ok(node: Node) -> bool:
    lines = node.call("CLUSTER", "INFO").splitlines()
    told = dict(line.split(":", 1) for line in lines if ":" in line)
    whole = told["cluster_state"] == "ok" and told["cluster_slots_ok"] == "16384"
    return whole and told["cluster_slots_pfail"] == "0" == told["cluster_slots_fail"]


def _quoted(folder: pathlib.Path) -> str:
    escaped = str(folder).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
