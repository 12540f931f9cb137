"""What the machine was doing: figures mean little without it."""

from __future__ import annotations

import pathlib
import resource
import subprocess
import time

STAT = pathlib.Path("/proc/stat")


class Load:
    """How busy all cores were since it was made, and how much of it was this program's."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._cores = _cores()
        self._own = _own()

    def busy(self) -> float:
        """The share of all cores that was not idle, 0 to 1; 0 where nobody counts."""
        idle, total = (now - then for now, then in zip(_cores(), self._cores))
        return 1 - idle / total if total else 0.0

    def own(self) -> float:
        """The share of one core that this program itself took."""
        return (_own() - self._own) / max(0.001, time.monotonic() - self._began)


def busy_before(seconds: float = 1.0) -> float:
    """How busy the machine is with other things, before anything is started."""
    load = Load()
    time.sleep(seconds)
    return load.busy()


def resident(pid: int) -> int:
    """The memory of a process, in bytes; 0 of one that is not there."""
    try:
        text = pathlib.Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    found = (line.split()[1] for line in text.splitlines() if line.startswith("VmRSS:"))
    return 1024 * int(next(found, 0))


def commit() -> str:
    """The commit of this checkout, with a + when files differ from it."""
    here = pathlib.Path(__file__).parent
    command = ["git", "describe", "--always", "--dirty=+", "--exclude=*"]
    try:
        done = subprocess.run(command, cwd=here, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return done.stdout.strip()


def _cores() -> tuple[float, float]:
    """Idle and all ticks since the machine started."""
    try:
        ticks = [float(number) for number in STAT.read_text().splitlines()[0].split()[1:9]]
    except OSError:
        return 0.0, 0.0
    return ticks[3] + ticks[4], sum(ticks)


def _own() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
