"""What a strike works with, and how it finds its victims."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from clusterlib.pods import Pod
from clusterlib.rig import Rig

from .fleet import Fleet
from .journal import Journal
from .store import Room, Store, StoreGone

LOOK_EVERY = 0.005


@dataclass
class Scene:
    """The rig, who looks after its pods, what it stores, and what was done to it."""

    rig: Rig
    fleet: Fleet
    store: Store
    journal: Journal
    # Games that must end while results cannot be recorded.
    wanted: int = 0
    _watching: list[threading.Thread] = field(default_factory=list)

    def afterwards(self, look: Callable[[], None]) -> None:
        """Goes on looking when the strike is over, at how long things take to come back."""
        thread = threading.Thread(target=look, daemon=True)
        self._watching.append(thread)
        thread.start()

    def wait_watched(self, within: float) -> bool:
        """Waits until all that is looked at has come back."""
        end = time.monotonic() + within
        for thread in self._watching:
            thread.join(max(0.0, end - time.monotonic()))
        return not any(thread.is_alive() for thread in self._watching)

    def rooms_by_pod(self) -> tuple[list[Room], dict[str, Pod]]:
        """Open games, and the pod of each pod's id."""
        try:
            return self.store.rooms(), self._known()
        except StoreGone:
            return [], {}

    def waits_at(self, pods: list[Pod], within: float) -> Pod | None:
        """The first of these pods that has somebody in the queue; None if none has for so long."""
        end = time.monotonic() + within
        try:
            known = self._known()
            while time.monotonic() < end:
                for name in self.store.waits_at():
                    if known.get(name) in pods:
                        return known[name]
                time.sleep(LOOK_EVERY)
        except StoreGone:
            pass
        return None

    def _known(self) -> dict[str, Pod]:
        addresses = {f"{pod.address}:{pod.port}": pod for pod in self.fleet.pods}
        said = self.store.pods().items()
        return {name: addresses[address] for name, address in said if address in addresses}

    def hosts(self) -> list[Pod]:
        """Pods that no strike has, by the number of games they host, most first."""
        rooms, known = self.rooms_by_pod()
        count = {pod.number: 0 for pod in self.fleet.pods}
        for room in rooms:
            if room.host in known:
                count[known[room.host].number] += 1
        free = self.fleet.free() or self.fleet.pods
        return sorted(free, key=lambda pod: -count[pod.number])
