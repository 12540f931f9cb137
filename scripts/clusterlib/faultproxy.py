"""The proxy between one pod and Valkey (examples/fault_proxy), and how it is told what to break."""

from __future__ import annotations

import json
from typing import Any

from .control import tell
from .errors import RigError
from .processes import Program, wait_for
from .state import State

READY_WITHIN = 10.0


class FaultProxy:
    """The proxy of one pod. All faults are off until told otherwise; they add up."""

    def __init__(self, state: State, pod: int):
        self._state = state
        self._pod = pod
        self.name = f"proxy{pod}"
        setup = state.get("proxies")
        self.host: str = setup["host"]
        self.port, self._control = setup["ports"][str(pod)]

    @property
    def program(self) -> Program | None:
        return self._state.program(self.name)

    def start(self, target: str) -> None:
        """Starts it in front of `target` (host:port)."""
        setup = self._state.get("proxies")
        listen, control = f"{self.host}:{self.port}", f"127.0.0.1:{self._control}"
        seed = str(setup["seed"] + self._pod)
        command = [setup["program"], listen, target, control, seed]
        self._state.launch(self.name, command)
        if not wait_for(self._answers, READY_WITHIN):
            raise RigError(f"{self.name} does not start:\n{self._state.said(self.name)}")

    def delay(self, direction: str, milliseconds: int) -> None:
        """Holds every byte back: `up` (to Valkey) or `down` (to the pod). 0 ends it."""
        self.say(f"delay {direction} {milliseconds}")

    def lose_replies(self, one_in: int) -> None:
        """One call in so many is carried out, but its answer is lost, and the connection with it.

        0 ends it.
        """
        self.say(f"lose-replies {one_in}")

    def stall(self, direction: str = "both") -> None:
        """Forwards nothing more: `up`, `down` or both. Connections stay open."""
        self.say(f"stall {direction}")

    def cut(self) -> None:
        """Resets every connection and refuses new ones."""
        self.say("cut")

    def cut_after(self, direction: str, count: int) -> None:
        """Resets each connection when it has carried so many bytes from now on. 0 ends it."""
        self.say(f"cut-after {direction} {count}")

    def heal(self) -> None:
        """Ends every fault."""
        self.say("heal")

    def stats(self) -> dict[str, Any]:
        """Counters and faults: see examples/fault_proxy."""
        return json.loads(self.say("stats"))

    def say(self, line: str) -> str:
        """One line to the control port; its answer, without `ok`."""
        return tell(self._control, line, self.name)

    def _answers(self) -> bool:
        if self.program is None or not self.program.alive():
            raise RigError(f"{self.name} ended:\n{self._state.said(self.name)}")
        return bool(self.stats())
