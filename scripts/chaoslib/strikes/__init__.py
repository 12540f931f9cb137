"""How each fault is struck: make the disturbance, wait, take it back."""

from __future__ import annotations

from collections.abc import Callable

from ..scene import Scene
from ..schedule import Strike
from . import both, pods, poison, primary, results, store

STRIKES: dict[str, Callable[[Scene, Strike], None]] = {
    "F1": pods.killed,
    "F2": pods.killed_and_sent_to,
    "F3": pods.stopped,
    "F4": pods.cut_from_valkey,
    "F5": pods.cut_from_balancer,
    "F6": pods.two_killed,
    "F7": pods.rolled,
    "F8": store.killed,
    "F8-wiped": store.killed,
    "F9": primary.killed,
    "F9-nowait": primary.killed,
    "F10": store.writes_paused,
    "F10-late": store.answers_late,
    "F11": store.replies_lost,
    "F12": store.bus_broken,
    "F13": pods.churned,
    "F14": results.away,
    "F15": results.killed_before_hearing,
    "F15-lost": results.replies_lost,
    "F16": poison.fed,
    "F17": both.away,
}
