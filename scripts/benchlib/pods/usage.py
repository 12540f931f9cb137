"""Processor time of every part of a rig, and how busy the machine is. From /proc."""

from __future__ import annotations

import contextlib
import os
import pathlib
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import machine

EVERY = 0.25
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Mark:
    """A moment, and the processor seconds that each part had used by then, over all its lives."""

    at: float
    seconds: Mapping[str, float]
    # Ticks of the machine: all of them, and the idle ones.
    machine: tuple[int, int]


class Sampler:
    """Looks at all parts again and again, so that what a pod used before it died is not forgotten.

    Up to a quarter of a second of a pod that dies is missed.
    """

    def __init__(self, pids: Callable[[], Mapping[str, int]]):
        self._pids = pids
        self._lock = threading.Lock()
        self._used: dict[tuple[str, int], float] = {}
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Sampler:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def mark(self) -> Mark:
        """Looks now."""
        with self._lock:
            for name, pid in self._pids().items():
                used = processor_seconds(pid)
                if used is not None:
                    self._used[name, pid] = used
            seconds: dict[str, float] = {}
            for (name, _), used in self._used.items():
                seconds[name] = seconds.get(name, 0.0) + used
            return Mark(time.monotonic(), seconds, machine.ticks())

    def _watch(self) -> None:
        while not self._done.wait(EVERY):
            self.mark()


def between(first: Mark, last: Mark) -> dict[str, Any]:
    """Processor seconds a second of each part, as cores, and the share of the machine in use."""
    length = max(1e-9, last.at - first.at)
    total, idle = (b - a for a, b in zip(first.machine, last.machine))
    cores = {
        name: (used - first.seconds.get(name, 0.0)) / length
        for name, used in last.seconds.items()
    }
    busy = 1 - idle / max(1, total)
    cores["others"] = max(0.0, busy * (os.cpu_count() or 1) - sum(cores.values()))
    return {"seconds": length, "busy": busy, "cores": cores}


def processor_seconds(pid: int) -> float | None:
    """User and kernel time of a process; None if it is gone."""
    with contextlib.suppress(OSError):
        text = pathlib.Path(f"/proc/{pid}/stat").read_text()
        # The name in brackets may hold anything; fields are counted behind it.
        fields = text[text.rindex(")") + 2 :].split()
        return (int(fields[11]) + int(fields[12])) / TICKS
    return None
