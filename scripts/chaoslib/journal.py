"""What the nemesis did, when, and what it saw: the windows in which disturbances are its doing."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from .schedule import Strike


@dataclass
class Window:
    """One strike as it happened. Moments are milliseconds since 1970."""

    fault: str
    variant: str
    number: int
    begin: float
    # When the disturbance was taken back; what follows is recovery.
    end: float | None = None
    pods: tuple[int, ...] = ()
    evidence: dict[str, Any] = field(default_factory=dict)
    failure: str = ""

    def json(self) -> dict[str, Any]:
        return {**self.__dict__, "pods": list(self.pods)}


def now() -> float:
    """Milliseconds since 1970."""
    return time.time() * 1000


class Journal:
    """All windows of a phase. Shared by the lanes."""

    def __init__(self, say=lambda text: None):
        self._lock = threading.Lock()
        self._windows: list[Window] = []
        self._say = say
        self.began = now()

    @contextlib.contextmanager
    def window(self, strike: Strike, pods: tuple[int, ...] = ()) -> Iterator[Window]:
        """The time of one disturbance: opened just before it is made, closed when it is over."""
        window = Window(strike.fault, strike.variant, strike.number, now(), pods=pods)
        with self._lock:
            self._windows.append(window)
        where = f" on pod {', '.join(map(str, pods))}" if pods else ""
        variant = f" ({strike.variant})" if strike.variant else ""
        after = (window.begin - self.began) / 1000
        self._say(f"{after:6.1f} s  #{strike.number} {strike.fault}{variant}{where}")
        try:
            yield window
        finally:
            window.end = now()

    def windows(self) -> list[Window]:
        with self._lock:
            return list(self._windows)
