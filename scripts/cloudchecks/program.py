"""What the server itself says: its variables, its addresses, and how long it takes to go."""

from __future__ import annotations

import functools
import re

from .found import Found
from .tools import ROOT, pass_or_report, say, server

# Read by the part of the server that speaks to AWS, not by the server.
OF_AWS = {"AWS_REGION"}


@functools.cache
def variables() -> frozenset[str]:
    """Every environment variable of the server, from its --help."""
    told = pass_or_report(say(server(), "--help"))
    found = frozenset(re.findall(r"\[env: ([A-Z][A-Z0-9_]*)", told))
    if "PORT" not in found:
        raise Found(["the server's --help names no variables"])
    return found


def secrets() -> set[str]:
    """Variables whose value may say where in Secrets Manager it is: those that a file may hold, too."""
    return {name for name in variables() if f"{name}_FILE" in variables()}


@functools.cache
def addresses() -> frozenset[str]:
    """The paths that the server answers by itself."""
    routes = (ROOT / "src/http/routes.rs").read_text()
    metrics = (ROOT / "src/http/metrics.rs").read_text()
    return frozenset(re.findall(r'"(/[\w./-]+)"', routes + metrics))


@functools.cache
def seconds(file: str, constant: str) -> int:
    """A length of time in the source, in seconds."""
    text = (ROOT / "src" / file).read_text()
    found = re.search(rf"const {constant}: \w+ = (?:Duration::from_secs\()?(\d+)\)?;", text)
    if not found:
        raise Found([f"src/{file} has no {constant} any more: scripts/cloudchecks/timing.py needs it"])
    return int(found[1])
