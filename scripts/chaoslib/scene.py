"""What a strike works with, and how it finds its victims."""

from __future__ import annotations

from dataclasses import dataclass

from clusterlib.pods import Pod
from clusterlib.rig import Rig

from .fleet import Fleet
from .journal import Journal
from .store import Room, Store, StoreGone


@dataclass
class Scene:
    """The rig, who looks after its pods, what it stores, and what was done to it."""

    rig: Rig
    fleet: Fleet
    store: Store
    journal: Journal

    def rooms_by_pod(self) -> tuple[list[Room], dict[str, Pod]]:
        """Open games, and the pod of each pod's id."""
        try:
            addresses = {f"{pod.address}:{pod.port}": pod for pod in self.fleet.pods}
            known = {
                name: addresses[address]
                for name, address in self.store.pods().items()
                if address in addresses
            }
            return self.store.rooms(), known
        except StoreGone:
            return [], {}

    def hosts(self) -> list[Pod]:
        """Pods that no strike has, by the number of games they host, most first."""
        rooms, known = self.rooms_by_pod()
        count = {pod.number: 0 for pod in self.fleet.pods}
        for room in rooms:
            if room.host in known:
                count[known[room.host].number] += 1
        free = self.fleet.free() or self.fleet.pods
        return sorted(free, key=lambda pod: -count[pod.number])
