"""Programs that outlive whoever started them, known by pid and start time: a recycled pid is never
signalled."""

from __future__ import annotations

import contextlib
import os
import pathlib
import resource
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

POLL = 0.01


@dataclass(frozen=True)
class Program:
    """One running program. Its start time tells it from a later one with the same pid."""

    pid: int
    started: str

    def alive(self) -> bool:
        """Whether it still runs (a stopped one does; one that only waits to be reaped does not)."""
        found = _look(self.pid)
        if found is None or found.started != self.started:
            return False
        if found.state in "ZX":
            _reap(self.pid)
            return False
        return True

    def stopped(self) -> bool:
        """Whether it was stopped by a signal and not yet continued."""
        found = _look(self.pid)
        return found is not None and found.started == self.started and found.state == "T"

    def signal(self, number: int) -> bool:
        """Sends a signal. False if it is gone; nobody else ever gets the signal."""
        handle = _handle(self.pid)
        try:
            # Looked at while the handle is held: from here on it cannot become somebody else.
            if not self.alive():
                return False
            if handle is None:
                os.kill(self.pid, number)
            else:
                signal.pidfd_send_signal(handle, number)
            return True
        except ProcessLookupError:
            return False
        finally:
            if handle is not None:
                os.close(handle)

    def kill(self, within: float = 10) -> None:
        """SIGKILL, and waits until it is gone."""
        self.signal(signal.SIGKILL)
        if not self.wait_gone(within):
            raise TimeoutError(f"process {self.pid} does not die")

    def end(self, patience: float) -> bool:
        """SIGTERM, and SIGKILL after `patience` seconds. True if the first was enough."""
        self.signal(signal.SIGTERM)
        self.signal(signal.SIGCONT)
        if self.wait_gone(patience):
            return True
        self.kill()
        return False

    def wait_gone(self, within: float) -> bool:
        """Waits until it is gone; False if it is still there after `within` seconds."""
        return wait_for(lambda: not self.alive(), within)


def start(
    command: Sequence[str | os.PathLike[str]],
    log: pathlib.Path,
    env: Mapping[str, str] | None = None,
    cwd: pathlib.Path | None = None,
) -> Program:
    """Starts a program in a session of its own; what it says is added to `log`."""
    log.parent.mkdir(parents=True, exist_ok=True)
    _allow_open_files()
    with log.open("ab") as out:
        child = subprocess.Popen(
            [os.fspath(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env=None if env is None else dict(env),
            cwd=cwd,
            start_new_session=True,
        )
    found = _look(child.pid)
    # From here on it is known by its Program; a Popen complains about children that live on.
    child.returncode = 0
    if found is None:
        raise ProcessLookupError(f"{command[0]} ended at once; see {log}")
    return Program(child.pid, found.started)


def wait_for(condition, within: float) -> bool:
    """Asks until the answer is yes; False after `within` seconds. An OSError is a no."""
    end = time.monotonic() + within
    while True:
        with contextlib.suppress(OSError):
            if condition():
                return True
        if time.monotonic() >= end:
            return False
        time.sleep(POLL)


@dataclass(frozen=True)
class _Found:
    state: str
    started: str


def _look(pid: int) -> _Found | None:
    """What the kernel says about a pid."""
    if not os.path.isdir("/proc/self"):
        return _ask_ps(pid)
    try:
        text = pathlib.Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The name may hold anything, even ") "; what follows the last bracket is numbers.
    fields = text[text.rindex(")") + 2 :].split()
    return _Found(state=fields[0], started=f"{fields[19]}@{_boot()}")


def _ask_ps(pid: int) -> _Found | None:
    asked = subprocess.run(
        ["ps", "-o", "state=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    state, _, started = asked.stdout.strip().partition(" ")
    return _Found(state=state[0], started=started.strip()) if state else None


def _boot() -> str:
    try:
        return pathlib.Path("/proc/sys/kernel/random/boot_id").read_text()[:8]
    except OSError:
        return ""


def _handle(pid: int) -> int | None:
    """A handle on a process, where the system has such a thing."""
    if not hasattr(os, "pidfd_open"):
        return None
    try:
        return os.pidfd_open(pid)
    except OSError:
        return None


def _reap(pid: int) -> None:
    """Takes the exit status of a child of ours; what is somebody else's is theirs."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)


def _allow_open_files() -> None:
    """Every connection is a file or two: children inherit as many as this user may have."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
