"""Free ports, away from those that the system hands out to clients: a pod that is dead for a minute
finds its port free when it comes back."""

from __future__ import annotations

import pathlib
import random
import socket

from .errors import RigError

LOWEST, USUAL_CLIENTS = 12000, 32768
# A Valkey node in a cluster also listens this far above its port.
VALKEY_BUS = 10000


def is_free(port: int) -> bool:
    """Whether nobody listens on a port, on any address of this machine."""
    with socket.socket() as probe:
        # Connections of a server that is gone linger for a minute; they are nobody who listens.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("", port))
        except OSError:
            return False
        return True


def free(count: int, also: int = 0) -> list[int]:
    """That many free ports. With `also`, the ports that far above them are free as well."""
    highest = min(_first_client_port(), 65536) - also
    for _ in range(1000):
        ports = random.sample(range(LOWEST, highest), count)
        if all(is_free(port) and (not also or is_free(port + also)) for port in ports):
            return ports
    raise RigError(f"no {count} free ports between {LOWEST} and {highest}")


def first_free_from(port: int, tries: int = 100) -> int:
    """The port, or the next one that is free."""
    for candidate in range(port, port + tries):
        if is_free(candidate):
            return candidate
    raise RigError(f"no free port from {port} to {port + tries - 1}")


def _first_client_port() -> int:
    try:
        text = pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range").read_text()
    except OSError:
        return USUAL_CLIENTS
    first = int(text.split()[0])
    # Some machines hand out nearly all ports; then a clash is only less likely.
    return first if first > LOWEST + 2 * VALKEY_BUS else USUAL_CLIENTS
