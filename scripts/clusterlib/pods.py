"""One pod of a rig: a server process that can be killed, stopped, drained and brought back."""

from __future__ import annotations

import http.client
import os
import pathlib
import signal
from collections.abc import Mapping

from .dynamodb import DynamoDB, is_theirs
from .errors import RigError
from .network import Network
from .processes import Program, wait_for
from .state import State

READY_WITHIN = 30.0
# What the server itself allows for giving up rooms and for the recorder, and a little more.
DRAIN_WITHIN = 20.0
# Named here, and never inherited from whoever started the rig.
OURS = (
    "SESSION_KEYS",
    "RESULTS",
    "RESULTS_DB",
    "VALKEY_URL",
    "VALKEY_URL_FILE",
    "VALKEY_CA_FILE",
    "PYTHONPATH",
)


class Pod:
    """One pod. Numbered from 1."""

    def __init__(self, state: State, network: Network, number: int):
        self._state = state
        self._network = network
        self.number = number
        self.name = f"pod{number}"

    @property
    def address(self) -> str:
        return self._network.address(self.number)

    @property
    def port(self) -> int:
        return self._network.pod_ports(self.number)[0]

    @property
    def url(self) -> str:
        """The pod itself, past the balancer."""
        return f"http://{self.address}:{self.port}"

    @property
    def log(self) -> pathlib.Path:
        """What it said, over all its lives."""
        return self._state.log(self.name)

    @property
    def program(self) -> Program | None:
        return self._state.program(self.name)

    def alive(self) -> bool:
        """Whether its process is there, stopped or not."""
        program = self.program
        return program is not None and program.alive()

    def start(
        self,
        binary: pathlib.Path | None = None,
        env: Mapping[str, str] | None = None,
        wait: bool = True,
    ) -> None:
        """Starts it, with another program or more environment for this one life, if given.

        Waits until it is ready, unless `wait` is off.
        """
        self._network.add(self.number)
        program = binary or self._state.get("binary")
        command = [*self._network.prefix(self.number), str(program), "serve"]
        self._state.launch(self.name, command, env={**self._environment(), **(env or {})})
        if wait:
            self.wait_ready()

    def wait_ready(self, within: float = READY_WITHIN) -> None:
        """Waits until it takes players."""

        def is_ready() -> bool:
            if not self.alive():
                raise RigError(f"{self.name} ended:\n{self._state.said(self.name)}")
            return self.ready()

        if not wait_for(is_ready, within):
            raise RigError(f"{self.name} does not get ready:\n{self._state.said(self.name)}")

    def ready(self) -> bool:
        """Whether it says that it takes players. A cut between it and this machine is a no."""
        try:
            return self.get(self.port, "/health/ready")[0] == 200
        except OSError:
            return False

    def metrics(self) -> str:
        """Its metrics, as text."""
        status, text = self.get(self._network.pod_ports(self.number)[1], "/metrics")
        if status != 200:
            raise RigError(f"{self.name} answers {status} to /metrics")
        return text

    def get(self, port: int, path: str, within: float = 2) -> tuple[int, str]:
        """One request past the balancer: status and body. An OSError when nobody answers."""
        connection = http.client.HTTPConnection(self.address, port, timeout=within)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode(errors="replace")
        except http.client.HTTPException as error:
            raise ConnectionError(str(error)) from error
        finally:
            connection.close()

    def kill(self) -> None:
        """SIGKILL, and waits until it is gone."""
        if self.program is not None:
            self.program.kill()

    def stop(self) -> None:
        """SIGSTOP: its sockets stay open, nothing moves."""
        self._signal(signal.SIGSTOP)

    def cont(self) -> None:
        """SIGCONT."""
        self._signal(signal.SIGCONT)

    def term(self) -> None:
        """SIGTERM, without waiting: the drain begins."""
        self._signal(signal.SIGTERM)

    def drain(self, within: float | None = None) -> bool:
        """SIGTERM, and waits as long as a drain may take. False if it is still there."""
        self.term()
        return self.wait_gone(self._drain_within() if within is None else within)

    def wait_gone(self, within: float) -> bool:
        """Waits until its process is gone; False if it still is there after `within` seconds."""
        return self.program is None or self.program.wait_gone(within)

    def restart(
        self, binary: pathlib.Path | None = None, env: Mapping[str, str] | None = None
    ) -> None:
        """Kills it if it lives, and starts it again (see `start`)."""
        self.kill()
        self.start(binary, env)

    def end(self) -> None:
        """Drains it, and kills it if that takes too long."""
        if self.program is not None:
            self.program.end(self._drain_within())

    def said(self, most: int = 2000) -> str:
        """The end of its log."""
        return self._state.said(self.name, most)

    def _signal(self, number: int) -> None:
        if self.program is None or not self.program.signal(number):
            raise RigError(f"{self.name} does not run")

    def _drain_within(self) -> float:
        delay = self._state.get("settings", {}).get("DRAIN_DELAY", "0")
        number = delay.removesuffix("ms").removesuffix("s")
        return DRAIN_WITHIN + float(number) / (1000 if delay.endswith("ms") else 1)

    def _environment(self) -> dict[str, str]:
        folder, state = self._state.folder, self._state
        port, metrics = self._network.pod_ports(self.number)
        inherited = {
            name: value
            for name, value in os.environ.items()
            if name not in OURS and not is_theirs(name)
        }
        ours = {
            "HOST": self.address,
            "PORT": str(port),
            "METRICS_PORT": str(metrics),
            "PUBLIC_URL": state.get("url"),
            "WEB_DIR": str(folder / "pages"),
            "DATA_DIR": str(folder / self.name),
            "SESSION_KEYS_FILE": str(folder / "session-keys.pem"),
            "RESULTS_DB": str(folder / "results.sqlite3"),
            "TRUSTED_PROXIES": self._network.hub,
            "MAX_CONNECTIONS_PER_ADDRESS": "100000",
            "RUST_BACKTRACE": "1",
        }
        url = state.get("valkey_urls", {}).get(str(self.number))
        if url:
            ours["VALKEY_URL"] = url
        if state.get("dynamodb"):
            ours |= DynamoDB(state).environment(self.number)
        return {**inherited, **ours, **state.get("settings", {})}
