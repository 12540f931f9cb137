"""What is measured. Each function returns plain numbers."""

import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.request

import machine
import perf

CONNECTIONS = 500
DUELS = CONNECTIONS // 2
RATE = 10


def echo(seconds):
    """Processor time per message of the bare echo: paced as the duels are, and at full speed."""
    with machine.echo() as server:
        run = lambda rate: machine.result(machine.load(
            server, "echo", "--connections", CONNECTIONS, "--seconds", seconds, "--rate", rate))
        return {"paced": run(RATE), "full": run(0)}


def clicks(seconds, perf_seconds):
    """250 duels at 10 clicks a second a player: processor time per click, and latency."""
    with machine.server(GAME_SECONDS=str(seconds)) as server:
        swarm = machine.load(
            server, "--duels", DUELS, "--rate", RATE, "--ramp", 250, "--golden-share", 0, "--json")
        measured = machine.result(swarm, broken_is_fine=True)
    # The profile has a run of its own: sampling costs time too.
    with machine.server(GAME_SECONDS=str(perf_seconds + 8)) as server:
        swarm = machine.load(
            server, "--duels", DUELS, "--rate", RATE, "--ramp", 250, "--golden-share", 0, "--json")
        time.sleep(2 * DUELS / 250 + 5 + 2)
        measured["profile"] = perf.finish(perf.start(server.pid, perf_seconds))
        machine.result(swarm, broken_is_fine=True)
    return measured


def idle(connections, seconds):
    with machine.server() as server:
        return machine.result(machine.load(
            server, "idle", "--connections", connections, "--seconds", seconds))


def stall(connections):
    with machine.server() as server:
        return machine.result(machine.load(
            server, "stall", "--connections", connections, "--seconds", 60))


def cold():
    """First build and start from a fresh clone, and the second start, both by scripts/play."""
    clone = pathlib.Path(tempfile.mkdtemp(prefix="overcookied-cold-"))
    try:
        subprocess.run(["git", "clone", "-q", str(machine.ROOT), str(clone)], check=True)
        return {"first": play(clone), "second": play(clone)}
    finally:
        shutil.rmtree(clone, ignore_errors=True)


def play(clone):
    """Seconds from `scripts/play` to a server that is ready."""
    port = machine.free_port()
    url = f"http://127.0.0.1:{port}"
    # Without the caller's target directory: nothing is to be built already.
    env = {name: value for name, value in os.environ.items() if name != "CARGO_TARGET_DIR"}
    env |= {"PORT": str(port), "PUBLIC_URL": url, "METRICS_PORT": "0"}
    began = time.monotonic()
    process = subprocess.Popen(
        ["./scripts/play"], cwd=clone, env=env, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while time.monotonic() < began + 3600:
            if process.poll() is not None:
                raise SystemExit(f"bench: scripts/play ended with {process.returncode}")
            try:
                if urllib.request.urlopen(f"{url}/health/ready", timeout=1).status == 200:
                    return time.monotonic() - began
            except OSError:
                time.sleep(0.02)
        raise SystemExit("bench: scripts/play does not get ready within an hour")
    finally:
        # Its own session: the script and the server it started.
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)
