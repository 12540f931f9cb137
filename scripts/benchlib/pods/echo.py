"""A bare echo server behind the balancer of a rig, in the place of its pods.

It is the same HAProxy process that the duels went through, so what it adds is in both figures.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
from collections.abc import Iterator
from typing import Any

import machine
from clusterlib.errors import RigError
from clusterlib.processes import start as launch
from clusterlib.processes import wait_for

from .load import LoadError
from .stage import Stage
from .usage import between

READY_WITHIN = 10.0


def measure(stage: Stage, connections: int, rate: float, seconds: int) -> dict[str, Any] | None:
    """Echoes at the pace of duels, from as many connections. None where there is no echo server."""
    if stage.setting.echo is None:
        return None
    with _instead_of_pods(stage):
        first = stage.sampler.mark()
        report = _run(stage, connections, rate, seconds)
        used = between(first, stage.sampler.mark())
    latency = report.get("latencyMs")
    return {"connections": connections, "rate": rate, "latencyMs": latency, "usage": used} | {
        "messagesPerSecond": report["messagesPerSecond"]
    }


def _run(stage: Stage, connections: int, rate: float, seconds: int) -> dict[str, Any]:
    command = [stage.setting.binary, "swarm", "echo", "--url", stage.rig.url]
    command += ["--connections", connections, "--rate", rate, "--seconds", seconds]
    with subprocess.Popen(
        list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        stage.extra["load player"] = process.pid
        try:
            told, complaint = process.communicate(timeout=seconds + 60)
        except BaseException:
            process.kill()
            raise
        finally:
            stage.extra.pop("load player", None)
    if process.returncode != 0:
        raise LoadError(f"the echo load failed: {complaint[-800:]}")
    return json.loads(told)


@contextlib.contextmanager
def _instead_of_pods(stage: Stage) -> Iterator[None]:
    """Points every server of the balancer at the echo server, and back at the pods afterwards."""
    port = machine.free_port()
    command = [str(stage.setting.echo), str(port)]
    program = launch(command, stage.rig.folder / "logs" / "echo.log")
    stage.extra["echo"] = program.pid
    try:
        if not wait_for(lambda: machine.is_open(port), READY_WITHIN):
            raise RigError("the echo server does not start")
        for pod in stage.rig.pods:
            _point(stage, pod.name, "127.0.0.1", port, checked=False)
        yield
    finally:
        program.kill()
        stage.extra.pop("echo", None)
        for pod in stage.rig.pods:
            _point(stage, pod.name, pod.address, pod.port, checked=True)


def _point(stage: Stage, name: str, host: str, port: int, checked: bool) -> None:
    # An echo server has no readiness to ask for.
    ask, server = stage.rig.balancer.ask, f"pods/{name}"
    if not checked:
        ask(f"disable health {server}")
    ask(f"set server {server} addr {host} port {port}")
    ask(f"set server {server} health up")
    if checked:
        ask(f"enable health {server}")
