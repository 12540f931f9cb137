"""Processes and what the machine says about itself. Standard library only."""

import contextlib
import json
import os
import pathlib
import platform
import re
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
RELEASE = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release"
SERVER_CORE, LOAD_CORE = "0", "1"
READY_WITHIN = 30


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Running:
    """A server process pinned to its core, stopped at the end of a `with` block."""

    def __init__(self, command, url, env=None):
        self.url = url
        self.log = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            ["taskset", "-c", SERVER_CORE, *map(str, command)],
            env={**os.environ, **(env or {})},
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )
        self.pid = self.process.pid  # taskset execs: it is the server's own

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def said(self):
        self.log.seek(0)
        return self.log.read()[-2000:]


@contextlib.contextmanager
def server(under=None, **settings):
    """The server on a fresh directory, ready to be played on; `under`: where that directory is made."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory(dir=under) as data:
        env = {"HOST": "127.0.0.1", "PORT": str(port), "METRICS_PORT": "0", "DATA_DIR": data}
        env |= {"PUBLIC_URL": url, "RUST_LOG": "warn", **settings}
        with Running([RELEASE / "overcookied"], url, env) as running:
            wait_ready(running, f"{url}/health/ready")
            yield running


@contextlib.contextmanager
def echo():
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with Running([RELEASE / "examples" / "bare_echo", port], url) as running:
        until(running, lambda: is_open(port))
        yield running


def wait_ready(running, url):
    until(running, lambda: urllib.request.urlopen(url, timeout=1).status == 200)


def until(running, condition):
    end = time.monotonic() + READY_WITHIN
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            if condition():
                return
        if running.process.poll() is not None:
            break
        time.sleep(0.01)
    raise SystemExit(f"bench: the server does not get ready:\n{running.said()}")


def load(running, *args, leftover=False):
    """Starts `overcookied swarm ...` on the load core; `leftover`: with the time that others leave there."""
    command = ["taskset", "-c", LOAD_CORE, RELEASE / "overcookied", "swarm", *args]
    command += ["--url", running.url, "--watch", running.pid]
    return subprocess.Popen(
        list(map(str, [*(behind_all_others() if leftover else []), *command])),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def behind_all_others():
    """What starts a program that never makes another one wait (SCHED_IDLE). Nice 19 is only nearly that:
    it still gets its turn."""
    return ["chrt", "--idle", "0"] if shutil.which("chrt") else ["nice", "-n", "19"]


def memory():
    """A directory that is on no disk, if there is one."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


@contextlib.contextmanager
def awake():
    """Processors that do not sleep: the kernel polls where it would halt (its PM QoS interface). In a virtual
    machine one that halts is given to others and comes back late, by chance, and that was most of what there
    was to see at p99. Root alone may ask for it."""
    with contextlib.ExitStack() as held:
        try:
            asked = held.enter_context(open("/dev/cpu_dma_latency", "wb", buffering=0))
            # At most 0 microseconds to wake up, for as long as the file is open.
            asked.write(struct.pack("i", 0))
        except OSError as error:
            print(f"bench: processors may sleep, which blurs what is measured: {error}", file=sys.stderr)
        yield


def wait_said(process, text):
    """Waits until a load says something on stderr, or has ended."""
    while line := process.stderr.readline():
        if text in line:
            return


def result(process, broken_is_fine=False):
    """The JSON that a load prints at its end."""
    out, err = process.communicate(timeout=900)
    if process.returncode == 1 and not broken_is_fine:
        raise SystemExit(f"bench: promises were broken:\n{out[-3000:]}")
    if process.returncode not in (0, 1):
        raise SystemExit(f"bench: the load failed ({process.returncode}):\n{err[-3000:]}")
    return json.loads(out)


def describe():
    """One line about this machine."""
    cpu = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    memory = re.search(r"MemTotal:\s+(\d+)", pathlib.Path("/proc/meminfo").read_text())
    rustc = subprocess.run(["rustc", "--version"], capture_output=True, text=True, check=True)
    return (
        f"{cpu.group(1) if cpu else 'unknown processor'}, {os.cpu_count()} cores, "
        f"{int(memory.group(1)) // 1024**2} GiB, Linux {platform.release()}, "
        f"{' '.join(rustc.stdout.split()[:2])}"
    )


def commit():
    run = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=ROOT
    )
    return run.stdout.strip() or "unknown"


def busy_share(seconds=1.0):
    """How busy the machine is with other things, as a share of all its cores."""
    total, idle = ticks()
    time.sleep(seconds)
    total_after, idle_after = ticks()
    return 1 - (idle_after - idle) / max(1, total_after - total)


def ticks():
    """Ticks that all cores together have counted, and those of them in which they were idle."""
    fields = pathlib.Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]
    numbers = list(map(int, fields))
    return sum(numbers), numbers[3] + numbers[4]


def is_open(port):
    """Whether somebody listens on a port of this machine. An OSError is a no."""
    socket.create_connection(("127.0.0.1", port), 1).close()
    return True
