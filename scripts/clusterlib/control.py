"""How programs of the rig that break things are told what to break: one line, and an answer in one."""

from __future__ import annotations

import socket

from .errors import RigError


def tell(port: int, line: str, of: str, within: float = 5) -> str:
    """One line to a control port of this machine; its answer, without `ok`."""
    with socket.create_connection(("127.0.0.1", port), within) as control:
        control.sendall(line.encode() + b"\n")
        with control.makefile("r") as answers:
            answer = answers.readline().strip()
    kind, _, rest = answer.partition(" ")
    if kind != "ok":
        raise RigError(f"{of} answers {answer!r} to {line!r}")
    return rest
