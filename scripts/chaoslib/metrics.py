"""Counters of pods over all their lives.

A pod that dies takes its counters along, so they are read every second and the last reading of each
life is added up. `parse` and `Lives` are pure.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Mapping

from clusterlib.errors import RigError
from clusterlib.pods import Pod

PREFIX = "overcookied_"
EVERY = 1.0
LINE = re.compile(r"^(?P<name>[a-z_]+)(?:\{(?P<labels>[^}]*)\})? (?P<value>\S+)")

Readings = dict[str, float]


def parse(text: str) -> Readings:
    """The exposition format as name{labels} to value, without the prefix of this program."""
    found = {}
    for line in text.splitlines():
        match = LINE.match(line)
        if match and match["name"].startswith(PREFIX):
            labels = f"{{{match['labels']}}}" if match["labels"] else ""
            found[match["name"].removeprefix(PREFIX) + labels] = float(match["value"])
    return found


class Lives:
    """The last reading of every life of every pod."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last: dict[tuple[int, int], Readings] = {}

    def read(self, pod: int, life: int, readings: Readings) -> None:
        """Notes what a pod says in the life of this process id."""
        with self._lock:
            self._last[pod, life] = readings

    def total(self) -> Readings:
        """Counters of all lives together. Gauges mean nothing here."""
        with self._lock:
            return add(self._last.values())


def add(all_readings: Iterable[Mapping[str, float]]) -> Readings:
    """The sums by name."""
    total: Readings = {}
    for readings in all_readings:
        for name, value in readings.items():
            total[name] = total.get(name, 0.0) + value
    return total


def labelled(readings: Mapping[str, float], name: str, label: str = "outcome") -> dict[str, float]:
    """The values of one metric by a label."""
    pattern = re.compile(rf'^{re.escape(name)}\{{.*?{label}="([^"]*)".*\}}$')
    found = ((pattern.match(key), value) for key, value in readings.items())
    return {match[1]: value for match, value in found if match}


def quantile_bound(readings: Mapping[str, float], name: str, share: float) -> float | None:
    """The bucket of a histogram in which the share lies: its upper bound, or None of nothing."""
    buckets = labelled(readings, f"{name}_bucket", "le")
    ordered = sorted((float(le), count) for le, count in buckets.items())
    if not ordered or ordered[-1][1] <= 0:
        return None
    needed = share * ordered[-1][1]
    return next(bound for bound, count in ordered if count >= needed)


class Scraper:
    """Reads every pod once a second, each on a thread of its own: one may stand still."""

    def __init__(self, pods: Iterable[Pod], lives: Lives):
        self._lives = lives
        self._done = threading.Event()
        self._threads = [
            threading.Thread(target=self._watch, args=(pod,), daemon=True) for pod in pods
        ]

    def __enter__(self) -> Scraper:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        for thread in self._threads:
            thread.join()

    def _watch(self, pod: Pod) -> None:
        while not self._done.wait(EVERY):
            scrape(pod, self._lives)


def scrape(pod: Pod, lives: Lives) -> Readings | None:
    """One reading of a pod; None if it does not answer."""
    program = pod.program
    if program is None:
        return None
    try:
        readings = parse(pod.metrics())
    except (OSError, RigError):
        return None
    lives.read(pod.number, program.pid, readings)
    return readings
