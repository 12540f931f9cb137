"""Carries a plan out: one thread per lane, each waiting for its next moment."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

from clusterlib.errors import RigError
from clusterlib.resp import ReplyError

from .journal import Window
from .scene import Scene
from .schedule import Strike
from .store import StoreGone
from .strikes import STRIKES


class Nemesis:
    """Strikes until the plan is done, or the time is over."""

    def __init__(self, scene: Scene, plan: Sequence[Strike], seconds: float):
        self._scene = scene
        self._seconds = seconds
        self._over = threading.Event()
        self.failures: list[str] = []
        lanes = {strike.lane for strike in plan}
        self._threads = [
            threading.Thread(
                target=self._run,
                args=([strike for strike in plan if strike.lane == lane],),
                daemon=True,
            )
            for lane in sorted(lanes)
        ]
        self._began = time.monotonic()

    def start(self) -> None:
        self._began = time.monotonic()
        for thread in self._threads:
            thread.start()

    def busy(self) -> bool:
        """Whether any lane has strikes left, or is in the middle of one."""
        return any(thread.is_alive() for thread in self._threads)

    def stop(self) -> None:
        """No new strikes; waits for those under way."""
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _run(self, plan: Sequence[Strike]) -> None:
        for strike in plan:
            wait = strike.at - (time.monotonic() - self._began)
            if self._over.wait(max(0.0, wait)):
                return
            if time.monotonic() - self._began > self._seconds:
                return
            self._strike(strike)

    def _strike(self, strike: Strike) -> None:
        try:
            STRIKES[strike.fault](self._scene, strike)
        except (OSError, RigError, ReplyError, StoreGone, StopIteration, IndexError) as error:
            self._fail(strike, error)

    def _fail(self, strike: Strike, error: Exception) -> None:
        text = f"{strike} could not be carried out: {type(error).__name__}: {error}"[:600]
        self.failures.append(text)
        for window in self._scene.journal.windows():
            if window.number == strike.number:
                _mark(window, text)


def _mark(window: Window, text: str) -> None:
    window.failure = text
