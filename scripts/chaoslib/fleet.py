"""The pods as the nemesis handles them: what it did to which, so that what it did not do is noticed.

A pod that ends without the nemesis having ended it is a violation.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator

from clusterlib.errors import RigError
from clusterlib.pods import Pod
from clusterlib.rig import Rig

LOOK_EVERY = 0.3
# All pods are up again this long after a strike, or something is wrong.
WHOLE_WITHIN = 45.0
# A pod that does not get ready in the first life is given another one.
STARTS = 3


class Interlock:
    """Two kinds of work that must not meet; any number of one kind may be under way."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._busy: dict[str, int] = {}

    @contextlib.contextmanager
    def hold(self, kind: str) -> Iterator[None]:
        with self._changed:
            self._changed.wait_for(lambda: not set(self._busy) - {kind})
            self._busy[kind] = self._busy.get(kind, 0) + 1
        try:
            yield
        finally:
            with self._changed:
                self._busy[kind] -= 1
                if not self._busy[kind]:
                    del self._busy[kind]
                self._changed.notify_all()


class Fleet:
    """All pods of a rig. Shared by the lanes."""

    def __init__(self, rig: Rig):
        self.pods: list[Pod] = rig.pods
        # A pod cannot start while Valkey is away, and refuses to: the two do not overlap.
        self._starts = Interlock()
        self._lock = threading.Condition()
        self._down: set[int] = set()
        self._taken: set[int] = set()
        self.violations: list[str] = []
        self.restarts: list[str] = []
        self._done = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Fleet:
        self._watcher.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._watcher.join()

    def store_disturbed(self):
        """Held while pods that start would not find Valkey."""
        return self._starts.hold("store")

    @contextlib.contextmanager
    def take(self, *pods: Pod) -> Iterator[None]:
        """Keeps pods for one strike; waits until no other strike has them."""
        numbers = {pod.number for pod in pods}
        with self._lock:
            self._lock.wait_for(lambda: not self._taken & numbers)
            self._taken |= numbers
        try:
            yield
        finally:
            with self._lock:
                self._taken -= numbers
                self._lock.notify_all()

    def free(self) -> list[Pod]:
        """Pods that no strike has at the moment."""
        with self._lock:
            return [pod for pod in self.pods if pod.number not in self._taken]

    def kill(self, *pods: Pod) -> None:
        """SIGKILL to all of them, as close together as can be."""
        self.expect_down(*pods)
        for pod in pods:
            if pod.program is not None:
                pod.program.signal(9)
        for pod in pods:
            pod.kill()

    def expect_down(self, *pods: Pod) -> None:
        """These pods are about to end, by the nemesis' will."""
        with self._lock:
            self._down |= {pod.number for pod in pods}

    def start(self, pod: Pod) -> None:
        """Starts a pod that is down and waits until it is ready."""
        for attempt in range(1, STARTS + 1):
            try:
                with self._starts.hold("start"):
                    pod.restart()
                break
            except RigError as error:
                self.restarts.append(f"{pod.name}, attempt {attempt}: {error}"[:400])
                if attempt == STARTS:
                    raise
        with self._lock:
            self._down.discard(pod.number)

    def wait_whole(self, within: float = WHOLE_WITHIN) -> bool:
        """Waits until every pod is ready."""
        end = time.monotonic() + within
        while not all(pod.ready() for pod in self.pods):
            if time.monotonic() > end:
                return False
            time.sleep(LOOK_EVERY)
        return True

    def heal(self) -> None:
        """Starts whatever is down, and wakes whatever stands still."""
        for pod in self.pods:
            if pod.alive():
                pod.cont()
            else:
                self.start(pod)

    def _watch(self) -> None:
        while not self._done.wait(LOOK_EVERY):
            for pod in self.pods:
                with self._lock:
                    unexpected = pod.number not in self._down and not pod.alive()
                    if unexpected:
                        self._down.add(pod.number)
                        self.violations.append(f"{pod.name} ended by itself: {pod.said(600)}")
                if unexpected:
                    with contextlib.suppress(RigError):
                        self.start(pod)
