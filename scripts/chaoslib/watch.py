"""Notes every game that is founded, while it is there to be seen."""

from __future__ import annotations

import contextlib
import threading

from .store import Store, StoreGone

# A game is there for as long as it is played, which is many times this.
EVERY = 0.5


class GamesSeen:
    """All games founded while it looked."""

    def __init__(self, store: Store):
        self._store = store
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.games: set[str] = set()

    def __enter__(self) -> GamesSeen:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(EVERY):
            with contextlib.suppress(StoreGone):
                self.games |= self._store.games()
